"""Which hours a person owes on a day, and which day an instant belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays

from app.decrees import Decree

OFFICE = "OFFICE"  # the shift of everybody without a roster: the decree's own hours

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)


class Kind(StrEnum):
    """What a day is for a person, before anybody looks at check-ins."""

    WORK = "work"
    OFF = "off"
    HOLIDAY = "holiday"
    JOINT_LEAVE = "joint_leave"


class HolidayKind(StrEnum):
    """What a calendar row declares; `workday` takes a national holiday back."""

    NATIONAL = "national"
    JOINT_LEAVE = "joint_leave"
    WORKDAY = "workday"


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours by the wall clock; an end at or before the start is on the next day."""

    code: str
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Holiday:
    """One declared day and who declared it."""

    day: date
    kind: HolidayKind
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """What a roster says about one person's day; no shift means rest."""

    day: date
    shift: Shift | None


@dataclass(frozen=True, slots=True)
class Workday:
    """One person's day: the hours owed and the window in which a check-in counts for them.

    `shift` is a roster's code or OFFICE; `note` the holiday's name; `clause` the decree clause the hours come from.
    The five of shift and instants are None together: nothing is owed.
    """

    day: date
    kind: Kind
    shift: str | None
    start_at: datetime | None
    end_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    zone: str
    note: str | None = None
    clause: str | None = None


def holiday_on(day: date, overrides: Mapping[date, Holiday]) -> Holiday | None:
    """The holiday everybody has that day; a row of the table wins over the library, and may cancel it.

    Years whose joint decree is not out yet have no joint leave, and their moving feasts are the library's estimate.

    Source: SKB 3 Menteri of each year, as kept by the `holidays` library; Perpres 21/2023 article 6.
    """
    declared = overrides.get(day) or _published_in(day.year).get(day)
    return None if declared is None or declared.kind == HolidayKind.WORKDAY else declared


def calendar_of(year: int, overrides: Mapping[date, Holiday]) -> list[Holiday]:
    """Every declared day of the year in order, cancelled ones too: those say `workday`.

    Source: SKB 3 Menteri of the year; the overrides of the agency.
    """
    declared = _published_in(year) | {day: holiday for day, holiday in overrides.items() if day.year == year}
    return [declared[day] for day in sorted(declared)]


@lru_cache(maxsize=64)
def _published_in(year: int) -> dict[date, Holiday]:
    """The year's national holidays and joint leave by day; national wins where both fall together."""
    source = f"SKB 3 Menteri {year} (holidays {version('holidays')})"
    published: dict[date, Holiday] = {}
    for category, kind in (("government", HolidayKind.JOINT_LEAVE), ("public", HolidayKind.NATIONAL)):
        names = holidays.country_holidays("ID", years=year, categories=(category,), language="id")
        published |= {day: Holiday(day, kind, name, source) for day, name in names.items()}
    return published


def workday_on(day: date, zone: str, decree: Decree, holiday: Holiday | None, roster: RosterEntry | None) -> Workday:
    """The hours a person owes on a day.

    A roster wins over weekday and holiday, because security and hospitals work on both. A cancelled holiday on a
    Saturday owes nothing: the decree has no hours for it, so a replacement Saturday is a roster.

    Source: Perpres 21/2023 articles 4, 6 and 7 (service units keep their own hours).
    """
    note = holiday.name if holiday else None
    if roster is not None and roster.shift is not None:
        return _owed(day, zone, decree, roster.shift, note, clause=None)
    if roster is not None:
        return _nothing_owed(day, Kind.OFF, zone, note)
    if holiday is not None:
        kind = Kind.JOINT_LEAVE if holiday.kind == HolidayKind.JOINT_LEAVE else Kind.HOLIDAY
        return _nothing_owed(day, kind, zone, note)
    if decree.hours is None:
        return _nothing_owed(day, Kind.OFF, zone, note)
    office = Shift(OFFICE, decree.hours.start, decree.hours.end)
    return _owed(day, zone, decree, office, note, clause=decree.hours.clause.code)


def _owed(day: date, zone: str, decree: Decree, shift: Shift, note: str | None, clause: str | None) -> Workday:
    """A day of work with its instants and its window."""
    start_at = instant_of(day, shift.starts, zone)
    end_at = instant_of(day + ONE_DAY if shift.ends <= shift.starts else day, shift.ends, zone)
    opens_at = start_at - timedelta(minutes=decree.opens_before_min)
    closes_at = end_at + timedelta(minutes=decree.closes_after_min)
    return Workday(day, Kind.WORK, shift.code, start_at, end_at, opens_at, closes_at, zone, note, clause)


def _nothing_owed(day: date, kind: Kind, zone: str, note: str | None) -> Workday:
    """A day without hours."""
    return Workday(day, kind, None, None, None, None, None, zone, note)


def instant_of(day: date, clock: time, zone: str) -> datetime:
    """The first instant at which the wall clock of the zone shows that time or later.

    So an hour that comes twice is meant the first time, an hour that is skipped is the moment of the skip, later wall
    times are never earlier instants, and one guard's end is the next guard's start whatever the clocks do that night.

    Source: Python PEP 495 (`fold`); the choice among its readings is ours.
    """
    wall = datetime.combine(day, clock)
    local = ZoneInfo(zone)
    instant = wall.replace(tzinfo=local).astimezone(UTC)
    if _wall_at(instant, local) == wall:
        return instant
    before = wall.replace(tzinfo=local, fold=1).astimezone(UTC)
    while instant - before > ONE_SECOND:  # the skip lies between the two readings of a wall time that does not exist
        middle = before + (instant - before) / 2
        before, instant = (before, middle) if _wall_at(middle, local) >= wall else (middle, instant)
    return instant.replace(microsecond=0)


def _wall_at(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock shows at an instant."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def days_near(at: datetime, zone: str) -> tuple[date, date, date]:
    """The civil days whose workday may hold the instant: a night shift began yesterday, an early one opens the evening before.

    Source: our design; a shift lasts at most 24 hours and a window opens at most 24 hours before it.
    """
    today = at.astimezone(ZoneInfo(zone)).date()
    return today - ONE_DAY, today, today + ONE_DAY


def workday_holding(at: datetime, direction: str, workdays: Sequence[Workday]) -> Workday | None:
    """The workday whose half-open window [opens_at, closes_at) holds the instant.

    Where two windows overlap, the nearest start takes an `in` and the nearest end an `out`; at equal distance the later
    one takes an `in` (people come early) and the earlier one an `out` (people leave late). What was or was not recorded
    before is not asked, so a forgotten check-out cannot move the next check-in to another day.

    Source: our design (contract section 3: direction is explicit).
    """
    holding = [day for day in workdays if day.opens_at and day.closes_at and day.opens_at <= at < day.closes_at]
    if direction == "in":
        return min(holding, key=lambda day: _nearness(day.start_at, at, later_first=True), default=None)
    return min(holding, key=lambda day: _nearness(day.end_at, at, later_first=False), default=None)


def _nearness(edge: datetime | None, at: datetime, later_first: bool) -> tuple[float, float]:
    """Sorts the edge nearest to an instant first, and of two equally near the later or the earlier one."""
    ahead_s = (edge - at).total_seconds() if edge else float("inf")
    return abs(ahead_s), -ahead_s if later_first else ahead_s
