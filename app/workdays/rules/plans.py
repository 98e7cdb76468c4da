"""A roster as it is written: what it says of whom on which day, cycles that repeat, and what differs between two."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import available_timezones

from app.workdays.rules.shifts import NAMES, OFFICE, ZONES

LONGEST_CYCLE_DAYS = 366
MOST_SHIFTS = 4

REST = "-"
SHIFT_CODE = re.compile(r"[A-Z0-9_]{1,20}")
ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+)*")


@dataclass(frozen=True, slots=True)
class Said:
    """What a roster says of one person's day: codes of shifts, rest when there are none, or the decree's own hours (None)."""

    shifts: tuple[str, ...] | None
    zone: str | None = None

    @property
    def is_something(self) -> bool:
        """Whether it says anything that would not hold without it."""
        return self.shifts is not None or self.zone is not None


NOTHING_SAID = Said(None)

Plan = Mapping[tuple[int, date], Said]


@dataclass(frozen=True, slots=True)
class Change:
    """One person's day that two rosters speak of differently."""

    person_id: int
    day: date
    before: Said
    after: Said


def differences(before: Plan, after: Plan) -> list[Change]:
    """Where two rosters differ, in order of day and person; what one does not mention are the decree's own hours.

    Source: our design.
    """
    found = []
    for key in sorted({*before, *after}, key=lambda key: (key[1], key[0])):
        was, is_now = before.get(key, NOTHING_SAID), after.get(key, NOTHING_SAID)
        if was != is_now:
            found.append(Change(*key, was, is_now))
    return found


def changed(plan: Plan, changes: Mapping[tuple[int, date], Said]) -> dict[tuple[int, date], Said]:
    """The roster with these days said anew; days with nothing said fall out of it.

    Source: our design.
    """
    return {key: said for key, said in {**plan, **changes}.items() if said.is_something}


def cycled(
    cycle: Sequence[tuple[str, ...]], starts_on: date, days: Sequence[date], exceptions: Mapping[date, Said]
) -> dict[date, Said]:
    """What a cycle says on each of the days when its first day is `starts_on`, save for the exceptions.

    The start is a date and not a day of the month, so the next month goes on where this one ended, and days before it say nothing.

    Source: our design; the 2-2-3 of twelve-hour shifts is a cycle of 14 days.
    """
    said = {day: Said(cycle[(day - starts_on).days % len(cycle)]) for day in days if day >= starts_on}
    return said | {day: exception for day, exception in exceptions.items() if day in days}


def exchanged(plan: Plan, first: int, second: int, days: Sequence[date]) -> dict[tuple[int, date], Said]:
    """What two people's rosters say of these days when each has what the other had.

    Source: our design; done twice it changes nothing.
    """
    pairs = ((first, second), (second, first))
    return {(mine, day): plan.get((others, day), NOTHING_SAID) for mine, others in pairs for day in days}


def days_of_month(month: date) -> list[date]:
    """Every day of the month that begins on `month`.

    Source: the calendar.
    """
    return [day for day in (month + timedelta(days=n) for n in range(31)) if day.month == month.month]


def written(said: Said) -> str:
    """A day as a cell of the roster file: `PAGI+SORE`, `-` for rest, `OFFICE@WIB` for office hours elsewhere, or empty.

    Source: docs/rosters.md "The roster file".
    """
    if not said.is_something:
        return ""
    shifts = OFFICE if said.shifts is None else "+".join(said.shifts) or REST
    return shifts if said.zone is None else f"{shifts}@{NAMES.get(said.zone, said.zone)}"


def read(cell: str) -> Said | None:
    """What a cell says, None when it cannot be read. Whether there are such shifts and zones is not asked here.

    Source: docs/rosters.md "The roster file".
    """
    if not cell:
        return NOTHING_SAID
    shifts, marked, zone = cell.partition("@")
    if marked and not ZONE_NAME.fullmatch(zone):
        return None
    named = ZONES.get(zone, zone) or None
    if shifts in (REST, OFFICE):
        return Said(() if shifts == REST else None, named)
    codes = tuple(shifts.split("+"))
    if len(codes) > MOST_SHIFTS or len(set(codes)) < len(codes) or not all(SHIFT_CODE.fullmatch(code) for code in codes):
        return None
    return None if OFFICE in codes else Said(codes, named)


def as_rows(plan: Plan) -> list[list[object]]:
    """A roster as it is kept and sealed, in order of person and day.

    Source: our design.
    """
    return [
        [person_id, day.isoformat(), None if said.shifts is None else list(said.shifts), said.zone]
        for (person_id, day), said in sorted(plan.items())
    ]


def of_rows(rows: Sequence[Sequence[object]]) -> dict[tuple[int, date], Said]:
    """A roster as it was kept.

    Source: our design.
    """
    return dict(_kept(row) for row in rows)


def _kept(row: Sequence[object]) -> tuple[tuple[int, date], Said]:
    person_id, day, shifts, zone = row
    assert isinstance(person_id, int) and isinstance(day, str)
    codes = tuple(str(code) for code in shifts) if isinstance(shifts, list) else None
    return (person_id, date.fromisoformat(day)), Said(codes, None if zone is None else str(zone))


def is_zone(name: str | None) -> bool:
    """Whether clocks are known that go by that zone; None is the unit's own.

    Source: IANA time zone database.
    """
    return name is None or name in available_timezones()
