"""Marks: which days are to be derived again, and which months have to be added up again because a day in them changed."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import BigInteger, Identity, Index, delete, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.attendance.store.corrections import CorrectionDecision, CorrectionRequest
from app.db import Base, Session


class MonthMark(Base):
    """A word that a day of the person's month was written, changed or taken back: triggers of `day_records` leave it.

    Nobody waits for anybody here: each change leaves a row of its own, and whoever has added the month up takes away exactly the
    rows that were there before he read the days. A mark that is committed later stays for the next time.
    """

    __tablename__ = "month_marks"
    __table_args__ = (Index("ix_month_marks_month", "month", "person_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    month: Mapped[date]


# Everybody who may have a record of the day: who is employed then, and whose record of it may have to go.
CONCERNED = """
SELECT person_id FROM postings WHERE kind = 'primary' AND since <= :day AND (until IS NULL OR until > :day)
UNION SELECT person_id FROM day_records WHERE day = :day AND frozen_at IS NULL
ORDER BY 1
"""

# Of a day that was derived before: whose hours were not over then, and who is posted elsewhere now, newly or no more.
STALE = """
SELECT person_id FROM day_records WHERE day = :day AND frozen_at IS NULL AND open_until <= :now
UNION
SELECT person_id
FROM (SELECT person_id, unit_id FROM postings
      WHERE kind = 'primary' AND since <= :day AND (until IS NULL OR until > :day)) AS posted
FULL JOIN (SELECT person_id, unit_id, frozen_at FROM day_records WHERE day = :day) AS record USING (person_id)
WHERE record.frozen_at IS NULL AND posted.unit_id IS DISTINCT FROM record.unit_id
"""


def list_concerned(session: Session, day: date) -> Sequence[int]:
    """Everybody whom the day is to be derived for."""
    return session.scalars(text(CONCERNED), {"day": day}).all()


def list_stale(session: Session, day: date, now: datetime) -> Sequence[int]:
    """Those whose record of a day can be told to be out of date by itself, with no word that anything arrived."""
    return session.scalars(text(STALE), {"day": day, "now": now}).all()


def list_decided_since(session: Session, since: datetime, person_ids: Sequence[int] | None = None) -> list[tuple[int, date]]:
    """The person-days of which a correction was decided at or after that instant."""
    query = (
        select(CorrectionRequest.person_id, CorrectionRequest.day)
        .join(CorrectionDecision, CorrectionDecision.correction_id == CorrectionRequest.id)
        .where(CorrectionDecision.decided_at >= since)
    )
    if person_ids is not None:
        query = query.where(CorrectionRequest.person_id.in_(person_ids))
    return [(person_id, day) for person_id, day in session.execute(query)]


def mark_months(session: Session, month: date, person_ids: Collection[int]) -> None:
    """Say that something beside the days, of which the month of these people is made up, has changed."""
    if person_ids:
        session.execute(insert(MonthMark), [{"person_id": person_id, "month": month} for person_id in sorted(person_ids)])


def marked_months(session: Session) -> Sequence[date]:
    """The first days of the months in which something changed, oldest first."""
    return session.scalars(select(MonthMark.month).distinct().order_by(MonthMark.month)).all()


def list_marked(session: Session, month: date) -> Sequence[int]:
    """Everybody in whose month something changed."""
    query = select(MonthMark.person_id).where(MonthMark.month == month)
    return session.scalars(query.distinct().order_by(MonthMark.person_id)).all()


def marks_of(session: Session, month: date, person_ids: Sequence[int]) -> Sequence[int]:
    """The marks at the month of these people that are there now; to be asked for before anything else is read."""
    query = select(MonthMark.id).where(MonthMark.month == month, MonthMark.person_id == func.any(list(person_ids)))
    return session.scalars(query).all()


def remove_marks(session: Session, mark_ids: Sequence[int]) -> None:
    """Take away marks whose month has been added up since."""
    session.execute(delete(MonthMark).where(MonthMark.id == func.any(list(mark_ids))).execution_options(synchronize_session=False))
