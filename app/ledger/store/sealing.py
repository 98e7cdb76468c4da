"""Sealing: giving leaves their places, the tree above them, and its checkpoints."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, text, true, tuple_
from sqlalchemy.orm import Session

from app.ledger.rules import Node, Span, completed, parts_of
from app.ledger.store.tables import Leaf, Place, Sealed, Subtree


def lock(session: Session) -> None:
    """Make every other sealer wait until this transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('ledger.seal'))"))


def find_last_sealed(session: Session) -> Sealed | None:
    """The newest checkpoint."""
    return session.scalars(select(Sealed).order_by(Sealed.size.desc()).limit(1)).first()


def find_oldest_unsealed(session: Session) -> datetime | None:
    """When the first leaf was written that has no place yet; however many have none, one is looked at."""
    last = find_last_sealed(session)
    placed = select(Place.leaf_id).where(Place.leaf_id == Leaf.id).exists()
    since = Leaf.xid >= last.below_xid if last else true()
    return session.scalars(select(Leaf.recorded_at).where(since, ~placed).order_by(Leaf.xid).limit(1)).first()


def list_sealed(session: Session) -> Sequence[Sealed]:
    """Every checkpoint, oldest first."""
    return session.scalars(select(Sealed).order_by(Sealed.size)).all()


def horizon(session: Session) -> str:
    """The transaction below which everything has ended: no leaf can appear there any more."""
    return str(session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())")))


def give_places(session: Session, size: int, below_xid: str, horizon_xid: str) -> int:
    """Number of leaves put behind the first `size`: all of transactions in `[below_xid, horizon_xid)`, in order (xid, id).

    In that order a sealing that was rolled back and done again gives every leaf the same place. A database restored into another
    cluster counts its transactions anew: then `horizon_xid` is the smaller, and what has no place yet is on either side.
    """
    is_moved = int(horizon_xid) < int(below_xid)
    unplaced = "l.xid < :horizon OR l.xid >= :below" if is_moved else "l.xid >= :below AND l.xid < :horizon"
    placed = session.execute(
        text(
            f"""INSERT INTO ledger_order (leaf_index, leaf_id)
            SELECT :size + row_number() OVER (ORDER BY l.xid, l.id) - 1, l.id FROM ledger_leaves l
            WHERE ({unplaced}) AND NOT EXISTS (SELECT FROM ledger_order o WHERE o.leaf_id = l.id)"""
        ),
        {"size": size, "below": below_xid, "horizon": horizon_xid},
    )
    return cast(CursorResult[Any], placed).rowcount


def add_subtrees(session: Session, old_size: int, new_size: int) -> None:
    """Store the perfect subtrees that came to be between the two sizes, level by level."""
    session.execute(
        text(
            """INSERT INTO ledger_nodes (level, position, hash)
            SELECT 0, o.leaf_index, l.leaf_hash FROM ledger_order o JOIN ledger_leaves l ON l.id = o.leaf_id
            WHERE o.leaf_index >= :old_size AND o.leaf_index < :new_size"""
        ),
        {"old_size": old_size, "new_size": new_size},
    )
    for level, positions in completed(old_size, new_size):
        session.execute(
            text(
                """INSERT INTO ledger_nodes (level, position, hash)
                SELECT :level, l.position / 2, sha256(decode('01', 'hex') || l.hash || r.hash)
                FROM ledger_nodes l JOIN ledger_nodes r ON r.level = l.level AND r.position = l.position + 1
                WHERE l.level = :level - 1 AND l.position % 2 = 0 AND l.position >= :first AND l.position < :end"""
            ),
            {"level": level, "first": 2 * positions.start, "end": 2 * positions.stop},
        )


def add_sealed(session: Session, sealed: Sealed) -> None:
    """Keep a checkpoint."""
    session.add(sealed)
    session.flush()


def hashes_for(session: Session, spans: Iterable[Span]) -> Mapping[Node, bytes]:
    """Hashes of all perfect subtrees that make up the spans; one that is not stored is missing."""
    wanted = {node for span in spans for node in parts_of(span)}
    if not wanted:
        return {}
    rows = session.execute(select(Subtree).where(tuple_(Subtree.level, Subtree.position).in_(wanted))).scalars()
    return {Node(row.level, row.position): row.hash for row in rows}
