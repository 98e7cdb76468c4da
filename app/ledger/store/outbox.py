"""The outbox of checkpoints: one row for each outsider, because the newest checkpoint stands for all before it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.ledger.store.tables import Delivery


def deliveries_of(session: Session, urls: Sequence[str]) -> Mapping[str, Delivery]:
    """How far each of them has got."""
    return {row.url: row for row in session.scalars(select(Delivery).where(Delivery.url.in_(urls)))}


def note_delivery(session: Session, url: str, size: int | None, attempts: int, due_at: datetime, error: str | None) -> None:
    """Write how a delivery went; without a size it was not taken."""
    values = {"attempts": attempts, "due_at": due_at, "error": error} | ({} if size is None else {"size": size})
    written = (
        insert(Delivery).values(url=url, **{"size": 0} | values).on_conflict_do_update(index_elements=[Delivery.url], set_=values)
    )
    session.execute(written)
