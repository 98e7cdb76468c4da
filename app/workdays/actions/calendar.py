"""Declaring days: gather, judge, write, and a ledger leaf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import errors
from app.access import Actor
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.scope import SETS_UP, civil_day


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A declared day and whom it is for; with an id when it is a row that somebody declared."""

    id: int | None
    holiday: rules.Holiday
    unit: str | None
    group: str | None


def declare(
    session: Session, unit_code: str, group: str | None, holiday: rules.Holiday, by: Actor | None, now: datetime
) -> workdays.DeclaredDay:
    """The day declared for a unit and those below it, or for one calendar group there; it wins over what is published.

    Raises: NotFound (unit, group), Conflict (`holiday_exists`).
    """
    unit = people.get_unit(session, unit_code, by.paths(*SETS_UP) if by else None)
    group_id = None
    if group is not None:
        known = workdays.find_group(session, people.agency_of(session, unit.path).id, group)
        if known is None:
            raise errors.NotFound("unknown_group", group=group)
        group_id = known.id
    added = workdays.add_holiday(session, unit.id, group_id, holiday, now)
    if added is None:
        raise errors.Conflict("holiday_exists", day=holiday.day)
    declared = workdays.DeclaredDay(added, holiday, unit.code, unit.path, group)
    _seal(session, declared, "declare", by, now)
    return declared


def declare_all(
    session: Session, unit: str, group: str | None, days: Sequence[rules.Holiday], by: Actor | None, now: datetime
) -> int:
    """How many days of a circular were declared: those already declared the same are left alone.

    Raises: NotFound, Conflict for a day declared otherwise.
    """
    path = people.get_unit(session, unit).path
    there = {
        (row.holiday, row.group)
        for row in workdays.list_declared(session, path, min(day.day for day in days), max(day.day for day in days))
        if row.unit_path == path
    }
    new = [day for day in days if (day, group) not in there]
    for day in new:
        declare(session, unit, group, day, by, now)
    return len(new)


def get_declared(session: Session, holiday_id: int, by: Actor) -> workdays.DeclaredDay:
    """The declared day, if the actor sets up workdays of its unit.

    Raises: NotFound (`unknown_holiday`).
    """
    found = workdays.find_declared(session, holiday_id, by.paths(*SETS_UP))
    if found is None:
        raise errors.NotFound("unknown_holiday", holiday=holiday_id)
    return found


def change_declared(
    session: Session, there: workdays.DeclaredDay, kind: rules.HolidayKind, name: str, source: str, by: Actor, now: datetime
) -> workdays.DeclaredDay:
    """The declared day with another kind, name or source; its date, unit and group stay."""
    holiday = rules.Holiday(there.holiday.day, kind, name, source)
    workdays.change_holiday(session, there.id, holiday, now)
    changed = workdays.DeclaredDay(there.id, holiday, there.unit_code, there.unit_path, there.group)
    _seal(session, changed, "change", by, now)
    return changed


def take_back(session: Session, holiday_id: int, by: Actor, now: datetime) -> None:
    """Take a declared day back, so that the published calendar holds again.

    Raises: NotFound (`unknown_holiday`).
    """
    there = get_declared(session, holiday_id, by)
    workdays.withdraw_holiday(session, holiday_id, now)
    _seal(session, there, "take_back", by, now)


def _seal(session: Session, declared: workdays.DeclaredDay, act: str, by: Actor | None, now: datetime) -> None:
    holiday = declared.holiday
    entry = {
        "act": act, "day": holiday.day.isoformat(), "kind": holiday.kind, "name": holiday.name, "source": holiday.source,
        "unit": declared.unit_code, "group": declared.group, "by": by.person_id if by else None,
    }  # fmt: skip
    ledger.append(session, "holiday", f"holiday:{declared.id}", entry, now)


def calendar_of(session: Session, year: int, by: Actor, now: datetime) -> list[CalendarDay]:
    """The year's published and declared days where the actor works (or, without a post, holds a grant), in order of day.

    Of two for everybody the nearer unit's is shown; those for a group stand beside them.
    """
    posted = people.find_posted(session, by.person_id, civil_day(now))
    rows = workdays.list_declared(session, posted.unit_path if posted else by.grants[0].path, date(year, 1, 1), date(year, 12, 31))
    common = {row.holiday.day: row for row in rows if row.group is None}
    shown = [
        CalendarDay(row.id if row else None, day, row.unit_code if row else None, None)
        for day in rules.calendar_of(year, {day: row.holiday for day, row in common.items()})
        for row in (common.get(day.day),)
    ]
    shown += [CalendarDay(row.id, row.holiday, row.unit_code, row.group) for row in rows if row.group is not None]
    return sorted(shown, key=lambda day: (day.holiday.day, day.group or ""))
