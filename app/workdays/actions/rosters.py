"""Setting up shifts and rosters: gather, judge, write, and a ledger leaf for what can change pay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import errors
from app.access import Actor
from app.db import Session
from app.decrees import UncoveredDay
from app.ledger import store as ledger
from app.people import store as people
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.conflicts import clashes_of
from app.workdays.actions.scope import SETS_UP, civil_day, get_agency


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a roster as it is sent: no shifts are rest, None is the decree's own hours; `zone` where one works elsewhere."""

    nip: str
    day: date
    shifts: tuple[str, ...] | None
    zone: str | None = None


def add_shift(session: Session, agency: str, shift: rules.Shift, name: str, by: Actor, now: datetime) -> workdays.Shift:
    """The new shift of the agency.

    Raises: NotFound (agency), Conflict (`shift_exists`), Invalid for hours that nobody could work.
    """
    if flaw := rules.flaw_of(shift):
        raise errors.Invalid(flaw)
    added = workdays.add_shift(session, get_agency(session, agency, by).id, shift, name)
    if added is None:
        raise errors.Conflict("shift_exists", shift=shift.code)
    entry = {
        "agency": agency, "code": shift.code, "name": name, "kind": shift.kind, "starts": f"{shift.starts:%H:%M}",
        "ends": f"{shift.ends:%H:%M}", "breaks": added.breaks, "core": [at and f"{at:%H:%M}" for at in
        (shift.core_starts, shift.core_ends)], "owed_min": shift.owed_min, "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "shift", f"shift:{added.id}", entry, now)
    return added


def own_days(session: Session, month: date, by: Actor, now: datetime) -> list[rules.Workday]:
    """The actor's days of a month where he is posted today; none for who is posted nowhere, or under no decree then."""
    employed = people.list_employed_on(session, civil_day(now), person_ids=[by.person_id])
    try:
        return list(workdays.workdays_of(session, employed, rules.days_of_month(month)).values())
    except UncoveredDay:
        return []


def set_roster(session: Session, lines: Sequence[Line], by: Actor, now: datetime) -> int:
    """The number of lines written: all of them, or none when one is wrong.

    Raises: Invalid with a pointer to every wrong line: a person who does not exist or is out of scope, a shift the
    person's agency does not have, a person and day named twice, oneself (a rest day would excuse an absence), and a shift that
    overlaps another or leaves too little rest.
    """
    today = civil_day(now)
    ids = workdays.person_ids_of(session, list({line.nip for line in lines}))
    employed = {person.nip: person for person in people.list_employed_on(session, today, paths=by.paths(*SETS_UP), person_ids=ids)}
    shifts = workdays.shift_ids(session, sorted({person.agency_id for person in employed.values()}))
    wrong = _wrong_lines(lines, employed, shifts, by)
    if wrong:
        raise errors.Invalid("roster_refused", wrong)
    entries = [_entry(line, employed[line.nip], shifts) for line in lines]
    for agency_id in sorted({person.agency_id for person in employed.values()}):
        workdays.lock_rosters(session, agency_id)
    if wrong := _clashing_lines(session, lines, employed, entries):
        raise errors.Invalid("roster_refused", wrong)
    workdays.replace_roster(session, entries, now)
    words = {"by": by.person_id, "entries": told_entries(entries)}
    ledger.append(session, "roster", f"roster:{now.isoformat()}", words, now)
    return len(entries)


def _clashing_lines(
    session: Session, lines: Sequence[Line], employed: Mapping[str, people.Employed], entries: Sequence[workdays.Entry]
) -> dict[str, errors.Text]:
    """The conflicts there would be, each at the later of the lines it is about."""
    places = {(employed[line.nip].person_id, line.day): number for number, line in enumerate(lines)}
    wrong: dict[str, errors.Text] = {}
    for clash in clashes_of(session, list(employed.values()), entries):
        numbers = [places[key] for day in clash.days if (key := (clash.person.person_id, day)) in places]
        wrong[f"/entries/{numbers[-1]}/shifts"] = clash.told
    return wrong


def _entry(line: Line, person: people.Employed, shifts: Mapping[tuple[int, str], int]) -> workdays.Entry:
    ids = None if line.shifts is None else tuple(shifts[person.agency_id, code] for code in line.shifts)
    return workdays.Entry(person.person_id, line.day, ids, line.zone)


def told_entries(entries: Sequence[workdays.Entry]) -> list[list[object]]:
    """Entries as the ledger keeps them, whichever act writes them."""
    return [
        [entry.person_id, entry.day.isoformat(), None if entry.shift_ids is None else list(entry.shift_ids), entry.zone]
        for entry in entries
    ]


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
        elif unknown := [code for code in line.shifts or () if (person.agency_id, code) not in shifts]:
            wrong[f"/entries/{number}/shifts"] = ("unknown_shift", {"shift": unknown[0]})
        if (line.nip, line.day) in seen:
            wrong[f"/entries/{number}/day"] = "roster_line_twice"
        seen.add((line.nip, line.day))
    return wrong
