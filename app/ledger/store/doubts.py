"""What an audit looks at: every leaf beside the tree above it, and whatever fits nowhere."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.ledger.rules import SealedLeaf
from app.ledger.store.tables import Content, Leaf, Place, Subtree


def each_placed(session: Session) -> Iterator[SealedLeaf]:
    """Every leaf that has a place, in order, with what the tree above it says its hash is and what it commits to."""
    rows = session.execute(
        select(
            Place.leaf_index,
            Place.leaf_id,
            Leaf.entry,
            Leaf.leaf_hash,
            Subtree.hash,
            Leaf.kind,
            Leaf.subject,
            Content.salt,
            Content.content,
        )
        .join(Leaf, Leaf.id == Place.leaf_id, isouter=True)
        .join(Subtree, (Subtree.level == 0) & (Subtree.position == Place.leaf_index), isouter=True)
        .join(Content, Content.leaf_id == Place.leaf_id, isouter=True)
        .order_by(Place.leaf_index)
        .execution_options(yield_per=5000)
    )
    yield from (SealedLeaf(*row) for row in rows)


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
