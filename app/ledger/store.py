"""The ledger's tables: leaves in order of arrival, the order they were sealed in, the tree above them, and its checkpoints."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, CursorResult, FetchedValue, ForeignKey, Identity, LargeBinary, Text, select, text, true, tuple_
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import UserDefinedType

from app.db import Base, prepared
from app.ledger.rules import Node, SealedLeaf, Span, canonical, completed, leaf_hash, parts_of

__all__ = ["append", "canonical"]


class Xid(UserDefinedType[str]):
    """A transaction number of PostgreSQL that never wraps around; text in Python."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Leaf(Base):
    """One fact: what happened, to what, in words that are never changed."""

    __tablename__ = "ledger_leaves"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, index=True)
    entry: Mapped[str] = mapped_column(Text)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    xid: Mapped[str] = mapped_column(Xid, FetchedValue(), index=True)


class Place(Base):
    """The place in the tree that sealing gave a leaf."""

    __tablename__ = "ledger_order"
    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leaf_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Leaf.id), unique=True)


class Subtree(Base):
    """Hash of one perfect subtree; level 0 are the leaves."""

    __tablename__ = "ledger_nodes"
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Sealed(Base):
    """A signed checkpoint, and the transaction below which every leaf was in it."""

    __tablename__ = "ledger_checkpoints"
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    below_xid: Mapped[str] = mapped_column(Xid)


def append(session: Session, kind: str, subject: str, entry: Mapping[str, object], now: datetime) -> bytes:
    """Hash of the leaf written for this fact, in the caller's transaction: both are kept or neither.

    `subject` is the id by which the leaf can be proven in later; no lock is taken, the order is settled when it is sealed.
    Proofs are public and most facts can be guessed, so random `salt` in the words keeps the hash from answering a guess.
    """
    words = canonical({**entry, "salt": secrets.token_urlsafe(12)})
    hashed = leaf_hash(words)
    prepared(
        session,
        "ledger_append",
        "INSERT INTO ledger_leaves (kind, subject, entry, leaf_hash, recorded_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        (kind, subject, words, hashed, now),
    )
    return hashed


def appending(kind: str, facts: str) -> str:
    """SQL that writes one leaf for each of `facts`, a relation of subject, entry, leaf_hash and recorded_at.

    For a store that writes many facts and their leaves in one statement; `append` is for everybody else.
    """
    return (
        "INSERT INTO ledger_leaves (kind, subject, entry, leaf_hash, recorded_at)"
        f" SELECT '{kind}', subject, entry, leaf_hash, recorded_at FROM {facts}"
    )


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


def find_leaf(session: Session, subject: str) -> tuple[bytes, int | None] | None:
    """Hash of the first leaf about the subject, and its place in the tree if it has one yet."""
    if "\0" in subject:  # PostgreSQL has no such text
        return None
    about = session.execute(
        select(Leaf.id, Leaf.leaf_hash, Place.leaf_index)
        .join(Place, Place.leaf_id == Leaf.id, isouter=True)
        .where(Leaf.subject == subject)
    ).all()  # few; ordered and limited in SQL, PostgreSQL may walk the whole ledger by id instead
    if not about:
        return None
    first = min(about, key=lambda leaf: leaf.id)
    return first.leaf_hash, first.leaf_index


def each_placed(session: Session) -> Iterator[SealedLeaf]:
    """Every leaf that has a place, in order, with what the tree above it says its hash is."""
    rows = session.execute(
        select(Place.leaf_index, Place.leaf_id, Leaf.entry, Leaf.leaf_hash, Subtree.hash)
        .join(Leaf, Leaf.id == Place.leaf_id, isouter=True)
        .join(Subtree, (Subtree.level == 0) & (Subtree.position == Place.leaf_index), isouter=True)
        .order_by(Place.leaf_index)
        .execution_options(yield_per=5000)
    )
    for index, leaf_id, entry, stored, above in rows:
        yield SealedLeaf(index, leaf_id, entry, stored, above)


def list_left_out(session: Session, below_xid: str) -> Sequence[int]:
    """Ids of leaves that claim to be older than the newest checkpoint and are not in it."""
    placed = select(Place.leaf_id).where(Place.leaf_id == Leaf.id).exists()
    return session.scalars(select(Leaf.id).where(Leaf.xid < below_xid, ~placed).order_by(Leaf.id)).all()


def list_torn(session: Session) -> Sequence[int]:
    """First leaf index of every stored subtree that is not the hash of its two halves."""
    return session.scalars(
        text(
            """SELECT p.position << p.level FROM ledger_nodes p
            LEFT JOIN ledger_nodes l ON l.level = p.level - 1 AND l.position = 2 * p.position
            LEFT JOIN ledger_nodes r ON r.level = p.level - 1 AND r.position = 2 * p.position + 1
            WHERE p.level > 0 AND p.hash IS DISTINCT FROM sha256(decode('01', 'hex') || l.hash || r.hash) ORDER BY 1"""
        )
    ).all()
