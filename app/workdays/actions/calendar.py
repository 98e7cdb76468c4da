"""Declaring days: gather, judge, write, and a ledger leaf."""

from dataclasses import dataclass
from datetime import date, datetime

from app import errors
from app.access import Actor
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.scope import SETS_UP, agency_ids, civil_day, get_agency


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A declared day; with an id when the agency declared it itself and may take it back."""

    id: int | None
    holiday: rules.Holiday


def declare(session: Session, agency: str, holiday: rules.Holiday, by: Actor, now: datetime) -> workdays.Holiday:
    """The declared day of the agency, which wins over the published calendar.

    Raises: NotFound (agency), Conflict (`holiday_exists`).
    """
    unit = get_agency(session, agency, by)
    added = workdays.add_holiday(session, unit.id, holiday)
    if added is None:
        raise errors.Conflict("holiday_exists", day=holiday.day)
    _seal_holiday(session, added.id, "declare", holiday, by, now)
    return added


def take_back(session: Session, holiday_id: int, by: Actor, now: datetime) -> None:
    """Remove a declared day, so that the published calendar holds again.

    Raises: NotFound (`unknown_holiday`).
    """
    whole_agencies = [path for path in by.paths(*SETS_UP) if "." not in path]
    removed = workdays.remove_holiday(session, holiday_id, agency_ids(session, whole_agencies))
    if removed is None:
        raise errors.NotFound("unknown_holiday", holiday=holiday_id)
    _seal_holiday(session, holiday_id, "take_back", removed, by, now)


def _seal_holiday(session: Session, holiday_id: int, act: str, holiday: rules.Holiday, by: Actor, now: datetime) -> None:
    entry = {
        "act": act, "day": holiday.day.isoformat(), "kind": holiday.kind, "name": holiday.name, "source": holiday.source,
        "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "holiday", f"holiday:{holiday_id}", entry, now)


def calendar_of(session: Session, year: int, by: Actor, now: datetime) -> list[CalendarDay]:
    """The year's declared days where the actor works (or, without a post, holds a grant), in order of day."""
    posted = people.find_posted(session, by.person_id, civil_day(now))
    home = people.agency_of(session, posted.unit_path if posted else by.grants[0].path)
    rows = workdays.list_declared(session, home.id, date(year, 1, 1), date(year, 12, 31))
    ids = {row.day: row.id for row in rows if row.agency_id == home.id}
    declared = {row.day: rules.Holiday(row.day, rules.HolidayKind(row.kind), row.name, row.source) for row in rows}
    return [CalendarDay(ids.get(day.day), day) for day in rules.calendar_of(year, declared)]
