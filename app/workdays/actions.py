"""Setting up workdays and deciding leave: gather, judge, write, and a ledger leaf for what can change pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app import errors
from app.access import Actor, Role
from app.config import text_setting
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.workdays import rules
from app.workdays import store as workdays

SETS_UP = (Role.HR, Role.ADMIN)
DECIDES = (Role.SUPERVISOR, Role.HR)
READS = (Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a roster as it is sent: no shift means rest."""

    nip: str
    day: date
    shift: str | None


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A declared day; with an id when the agency declared it itself and may take it back."""

    id: int | None
    holiday: rules.Holiday


def civil_day(now: datetime) -> date:
    """Today, where this installation's night begins."""
    return now.astimezone(ZoneInfo(text_setting("zone"))).date()


def agency_ids(session: Session, paths: Sequence[str]) -> list[int]:
    """Ids of the agencies the subtrees belong to."""
    return sorted({people.agency_of(session, path).id for path in paths})


def scope_of(session: Session, unit: str | None, paths: Sequence[str]) -> Sequence[str]:
    """The subtrees themselves, or the one of the unit asked for.

    Raises: NotFound for a unit outside them.
    """
    return paths if unit is None else (people.get_unit(session, unit, paths).path,)


def get_agency(session: Session, code: str, by: Actor) -> people.Unit:
    """The agency of that code, if the actor may set up its workdays.

    Raises: NotFound, also for a unit that is not the root of its tree: shifts and calendars belong to agencies.
    """
    unit = people.get_unit(session, code, by.paths(*SETS_UP))
    if "." in unit.path:
        raise errors.NotFound("not_an_agency", agency=code)
    return unit


def add_shift(session: Session, agency: str, shift: rules.Shift, name: str, by: Actor, now: datetime) -> workdays.Shift:
    """The new shift of the agency.

    Raises: NotFound (agency), Conflict (`shift_exists`).
    """
    added = workdays.add_shift(session, get_agency(session, agency, by).id, shift, name)
    if added is None:
        raise errors.Conflict("shift_exists", shift=shift.code)
    entry = {
        "agency": agency, "code": shift.code, "name": name, "starts": f"{shift.starts:%H:%M}", "ends": f"{shift.ends:%H:%M}",
        "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "shift", f"shift:{added.id}", entry, now)
    return added


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


def set_roster(session: Session, lines: Sequence[Line], by: Actor, now: datetime) -> int:
    """The number of lines written: all of them, or none when one is wrong.

    Raises: Invalid with a pointer to every wrong line: a person who does not exist or is out of scope, a shift the
    person's agency does not have, a person and day named twice, and oneself (a rest day would excuse an absence).
    """
    today = civil_day(now)
    ids = workdays.person_ids_of(session, list({line.nip for line in lines}))
    employed = {person.nip: person for person in people.list_employed_on(session, today, paths=by.paths(*SETS_UP), person_ids=ids)}
    shifts = workdays.shift_ids(session, sorted({person.agency_id for person in employed.values()}))
    wrong = _wrong_lines(lines, employed, shifts, by)
    if wrong:
        raise errors.Invalid("roster_refused", wrong)
    entries = [
        (person.person_id, line.day, shifts[person.agency_id, line.shift] if line.shift else None)
        for line in lines
        for person in (employed[line.nip],)
    ]
    workdays.replace_roster(session, entries, now)
    words = {"by": by.person_id, "entries": [[person_id, day.isoformat(), shift] for person_id, day, shift in entries]}
    ledger.append(session, "roster", f"roster:{now.isoformat()}", words, now)
    return len(entries)


def _wrong_lines(
    lines: Sequence[Line], employed: dict[str, people.Employed], shifts: dict[tuple[int, str], int], by: Actor
) -> dict[str, errors.Text]:
    """What is wrong, by JSON pointer."""
    wrong: dict[str, errors.Text] = {}
    seen: set[tuple[str, date]] = set()
    for number, line in enumerate(lines):
        person = employed.get(line.nip)
        if line.nip == by.nip:
            wrong[f"/entries/{number}/nip"] = "own_decision"
        elif person is None:
            wrong[f"/entries/{number}/nip"] = ("unknown_person", {"nip": line.nip})
        elif line.shift is not None and (person.agency_id, line.shift) not in shifts:
            wrong[f"/entries/{number}/shift"] = ("unknown_shift", {"shift": line.shift})
        if (line.nip, line.day) in seen:
            wrong[f"/entries/{number}/day"] = "roster_line_twice"
        seen.add((line.nip, line.day))
    return wrong


def request_leave(
    session: Session, kind: rules.LeaveKind, first_day: date, last_day: date, reason: str, by: Actor, now: datetime
) -> workdays.Requested:
    """The request as it waits for somebody else's decision.

    Raises: Invalid (`leave_days`), Conflict (`leave_overlaps`).
    """
    if not rules.is_plausible_leave(first_day, last_day):
        raise errors.Invalid("leave_days", {"/last_day": ("leave_days", {"days": rules.LONGEST_LEAVE_DAYS})},
                             days=rules.LONGEST_LEAVE_DAYS)  # fmt: skip
    leave_id = workdays.add_leave(session, by.person_id, kind, first_day, last_day, reason, now)
    if leave_id is None:
        raise errors.Conflict("leave_overlaps")
    entry = {
        "person": by.person_id, "kind": kind, "first_day": first_day.isoformat(), "last_day": last_day.isoformat(),
        "reason": reason,
    }  # fmt: skip
    ledger.append(session, "leave", f"leave:{leave_id}", entry, now)
    return workdays.get_requested(session, leave_id, civil_day(now))


def decide_leave(session: Session, leave_id: int, decision: str, reason: str, by: Actor, now: datetime) -> workdays.Requested:
    """The leave with its decision, which is the only one it will ever have.

    Raises: Denied (`own_decision`), NotFound (out of scope too), Conflict (`leave_decided`).
    """
    asked = workdays.get_requested(session, leave_id, civil_day(now))
    if asked.person_id == by.person_id:
        raise errors.Denied("own_decision")
    if asked.unit_path is None or not by.covers(asked.unit_path, *DECIDES):
        raise errors.NotFound("unknown_leave", leave=leave_id)
    if not workdays.add_decision(session, leave_id, decision, reason, by.person_id, now):
        raise errors.Conflict("leave_decided")
    entry = {
        "leave": leave_id, "person": asked.person_id, "kind": asked.kind, "first_day": asked.first_day.isoformat(),
        "last_day": asked.last_day.isoformat(), "decision": decision, "reason": reason, "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "leave_decision", f"leave:{leave_id}", entry, now)
    return workdays.get_requested(session, leave_id, civil_day(now))
