"""What an export is made of: leaves in the order they were sealed in, and the checkpoints over them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger.rules import Span
from app.ledger.store.tables import Content, Leaf, Place, Sealed


class Told(NamedTuple):
    """A sealed leaf with what it commits to; None when that was erased, or stands elsewhere as with a check-in."""

    leaf_index: int
    entry: str
    salt: str | None
    content: str | None


def size_sealed_before(session: Session, at: datetime | None) -> int:
    """Size of the last checkpoint before that instant, or of the newest."""
    size = select(func.max(Sealed.size))
    return session.scalar(size if at is None else size.where(Sealed.sealed_at < at)) or 0


def notes_between(session: Session, first: int, size: int) -> Sequence[str]:
    """The checkpoints of those sizes, both included, oldest first."""
    return session.scalars(select(Sealed.note).where(Sealed.size.between(first, size)).order_by(Sealed.size)).all()


def list_newest(session: Session, below: int | None, limit: int) -> Sequence[Sealed]:
    """The checkpoints, newest first, beginning below a size."""
    query = select(Sealed).order_by(Sealed.size.desc()).limit(limit)
    return session.scalars(query if below is None else query.where(Sealed.size < below)).all()


def each_leaf(session: Session, span: Span, kinds: Sequence[str] | None = None) -> Iterator[Told]:
    """The leaves of a stretch in their order, or those of some kinds."""
    query = (
        select(Place.leaf_index, Leaf.entry, Content.salt, Content.content)
        .join(Leaf, Leaf.id == Place.leaf_id)
        .join(Content, Content.leaf_id == Leaf.id, isouter=True)
        .where(Place.leaf_index >= span.first, Place.leaf_index < span.end)
        .order_by(Place.leaf_index)
    )
    if kinds is not None:
        query = query.where(Leaf.kind.in_(kinds))
    yield from (Told(*row) for row in session.execute(query.execution_options(yield_per=5000)))
