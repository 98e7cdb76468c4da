"""What is asked of a person's month: its last recorded day, and when it was sealed."""

from datetime import date, datetime

from sqlalchemy import func, select

from app.attendance.store import DayRecord
from app.db import Session


def last_day_in(session: Session, person_id: int, first_day: date, last_day: date) -> date | None:
    """The last day of these of which there is a record of the person."""
    return session.scalar(
        select(func.max(DayRecord.day)).where(DayRecord.person_id == person_id, DayRecord.day.between(first_day, last_day))
    )


def sealed_at(session: Session, person_id: int, first_day: date, last_day: date) -> datetime | None:
    """When the last of the person's days was sealed; None while one of them is open."""
    row = session.execute(
        select(func.bool_and(DayRecord.frozen_at.is_not(None)), func.max(DayRecord.frozen_at)).where(
            DayRecord.person_id == person_id, DayRecord.day.between(first_day, last_day)
        )
    ).one()
    return row[1] if row[0] else None
