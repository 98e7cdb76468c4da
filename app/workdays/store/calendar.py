"""What is asked of declared days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.db import Session, prepared
from app.workdays import rules
from app.workdays.store import tables

# A day of the agency itself comes last, so that it wins over one declared for everybody.
OVERRIDES = """
SELECT agency_id, day, kind, name, source FROM holidays
WHERE day = ANY($1::date[]) AND (agency_id IS NULL OR agency_id = ANY($2::bigint[])) ORDER BY agency_id NULLS FIRST
"""


def overrides_on(session: Session, agency_ids: Iterable[int], days: Sequence[date]) -> Mapping[int, Mapping[date, rules.Holiday]]:
    """The declared days of each agency, by agency and day."""
    found: dict[int, dict[date, rules.Holiday]] = {agency_id: {} for agency_id in agency_ids}
    for agency_id, day, kind, name, source in prepared(session, "holiday_overrides", OVERRIDES, (list(days), list(found))):
        holiday = rules.Holiday(day, rules.HolidayKind(kind), name, source)
        for calendar in found.values() if agency_id is None else (found[agency_id],):
            calendar[day] = holiday
    return found


def list_declared(session: Session, agency_id: int, first_day: date, last_day: date) -> Sequence[tables.Holiday]:
    """Days declared for the agency or for everybody, in order; the agency's own after everybody's."""
    return session.scalars(
        select(tables.Holiday)
        .where(
            tables.Holiday.day.between(first_day, last_day),
            or_(tables.Holiday.agency_id.is_(None), tables.Holiday.agency_id == agency_id),
        )
        .order_by(tables.Holiday.day, tables.Holiday.agency_id.nulls_first())
    ).all()


def add_holiday(session: Session, agency_id: int, holiday: rules.Holiday) -> tables.Holiday | None:
    """The declared day; None when the agency has declared that day already."""
    return session.scalars(
        insert(tables.Holiday)
        .values(agency_id=agency_id, day=holiday.day, kind=holiday.kind, name=holiday.name, source=holiday.source)
        .on_conflict_do_nothing()
        .returning(tables.Holiday)
    ).one_or_none()


def remove_holiday(session: Session, holiday_id: int, agency_ids: Sequence[int]) -> rules.Holiday | None:
    """The declaration taken back, if one of the agencies made it."""
    row = session.execute(
        delete(tables.Holiday)
        .where(tables.Holiday.id == holiday_id, tables.Holiday.agency_id.in_(agency_ids))
        .returning(tables.Holiday.day, tables.Holiday.kind, tables.Holiday.name, tables.Holiday.source)
    ).one_or_none()
    return None if row is None else rules.Holiday(row.day, rules.HolidayKind(row.kind), row.name, row.source)
