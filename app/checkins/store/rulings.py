"""What decisions made later say about whether a check-in counts, each written once and the newest of a cause in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Subquery, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session
from app.people.store import Person


class CheckinRuling(Base):
    """Whether a check-in counts by a decision, whatever its verdict; without `counts` it counts as it was judged again.

    No floor below knows what a `cause` is: it only tells decisions apart.
    """

    __tablename__ = "checkin_rulings"
    __table_args__ = (Index("ix_checkin_rulings_day", "day", "person_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    checkin_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    day: Mapped[date]
    counts: Mapped[bool | None]
    cause: Mapped[str] = mapped_column(Text)
    ruled_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Ruled:
    """A check-in that a decision is about."""

    checkin_id: UUID
    person_id: int
    day: date


def in_force(first_day: date, last_day: date) -> Subquery:
    """The check-ins of the days about which a decision holds, with what it says; of several, one that strikes prevails."""
    ruling = CheckinRuling
    newest = (
        select(ruling.checkin_id, ruling.counts)
        .where(ruling.day.between(first_day, last_day))
        .ext(distinct_on(ruling.checkin_id, ruling.cause))
        .order_by(ruling.checkin_id, ruling.cause, ruling.id.desc())
        .subquery()
    )
    said = select(newest.c.checkin_id, func.bool_and(newest.c.counts).label("counts"))
    return said.where(newest.c.counts.is_not(None)).group_by(newest.c.checkin_id).subquery()


def list_ruled_since(session: Session, since: datetime, person_ids: Sequence[int] | None = None) -> list[tuple[int, date]]:
    """The person-days about whose check-ins something was decided at or after that instant."""
    ruling = CheckinRuling
    query = select(ruling.person_id, ruling.day).where(ruling.ruled_at >= since).distinct()
    if person_ids is not None:
        query = query.where(ruling.person_id.in_(person_ids))
    return [(person_id, day) for person_id, day in session.execute(query)]


def rule(session: Session, effects: Mapping[Ruled, bool | None], cause: str, now: datetime) -> list[Ruled]:
    """The check-ins for which the decision now says something else than it did before."""
    ruling = CheckinRuling
    before = (
        select(ruling.checkin_id, ruling.counts)
        .where(ruling.cause == cause, ruling.checkin_id.in_([one.checkin_id for one in effects]))
        .order_by(ruling.id)
    )
    said = {checkin_id: counts for checkin_id, counts in session.execute(before)}
    changed = [one for one, counts in effects.items() if said.get(one.checkin_id) != counts]
    for one in changed:
        row = CheckinRuling(
            checkin_id=one.checkin_id, person_id=one.person_id, day=one.day, counts=effects[one], cause=cause, ruled_at=now
        )
        session.add(row)
    session.flush()
    return changed
