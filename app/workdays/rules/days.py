"""What a day is for a person, and the shift instances he owes on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version

import holidays

from app.decrees import Decree
from app.workdays.rules.instances import Instance, instance_of
from app.workdays.rules.shifts import OFFICE, RosterEntry, Shift


class Kind(StrEnum):
    """What a day is for a person, before anybody looks at check-ins. On call: standby, and no presence owed."""

    WORK = "work"
    ON_CALL = "on_call"
    OFF = "off"
    HOLIDAY = "holiday"
    JOINT_LEAVE = "joint_leave"
    DISPENSATION = "dispensation"


class HolidayKind(StrEnum):
    """What a calendar row declares; `workday` takes a holiday back, a dispensation frees some while the others work."""

    NATIONAL = "national"
    JOINT_LEAVE = "joint_leave"
    DISPENSATION = "dispensation"
    WORKDAY = "workday"


# What a day with that declaration is where no roster says otherwise.
KINDS = {
    HolidayKind.NATIONAL: Kind.HOLIDAY,
    HolidayKind.JOINT_LEAVE: Kind.JOINT_LEAVE,
    HolidayKind.DISPENSATION: Kind.DISPENSATION,
}


@dataclass(frozen=True, slots=True)
class Holiday:
    """One declared day and who declared it."""

    day: date
    kind: HolidayKind
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Workday:
    """One person's day: its shift instances in order of time; none when nothing is owed.

    `zone`: whose wall clock judges it; `usual_zone`: his unit's, where the roster names another; `note`: the holiday's name;
    `groups`: those of his calendar groups that the law of the day speaks of.
    """

    day: date
    kind: Kind
    zone: str
    note: str | None = None
    instances: tuple[Instance, ...] = ()
    usual_zone: str | None = None
    groups: frozenset[str] = frozenset()

    @property
    def shift(self) -> str | None:
        """The codes of the shifts as they are written on a roster, `PAGI+MALAM`; OFFICE for the decree's own hours."""
        return "+".join(instance.shift for instance in self.instances) or None

    @property
    def start_at(self) -> datetime | None:
        """When the first shift begins."""
        return self.instances[0].start_at if self.instances else None

    @property
    def end_at(self) -> datetime | None:
        """When the last shift ends."""
        return max((instance.end_at for instance in self.instances), default=None)

    @property
    def opens_at(self) -> datetime | None:
        """From when a check-in may belong to the day."""
        return min((instance.opens_at for instance in self.instances), default=None)

    @property
    def closes_at(self) -> datetime | None:
        """From when no check-in belongs to the day any more."""
        return max((instance.closes_at for instance in self.instances), default=None)


def holiday_on(day: date, overrides: Mapping[date, Holiday]) -> Holiday | None:
    """The holiday everybody has that day; a row of the table wins over the library, and may cancel it.

    Years whose joint decree is not out yet have no joint leave, and their moving feasts are the library's estimate.

    Source: SKB 3 Menteri of each year, as kept by the `holidays` library; Perpres 21/2023 article 6.
    """
    declared = overrides.get(day) or published_on(day)
    return None if declared is None or declared.kind == HolidayKind.WORKDAY else declared


def calendar_of(year: int, overrides: Mapping[date, Holiday]) -> list[Holiday]:
    """Every declared day of the year in order, cancelled ones too: those say `workday`.

    Source: SKB 3 Menteri of the year; the overrides of the agency.
    """
    declared = _published_in(year) | {day: holiday for day, holiday in overrides.items() if day.year == year}
    return [declared[day] for day in sorted(declared)]


def published_on(day: date) -> Holiday | None:
    """What the whole country has that day.

    Source: SKB 3 Menteri of the year.
    """
    return _published_in(day.year).get(day)


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
    Saturday owes nothing: the decree has no hours for it, so a replacement Saturday is a roster. `zone` is the unit's; for
    somebody who works elsewhere that day the roster names another, and only that: where a phone is moves no hours.

    Source: Perpres 21/2023 articles 4, 6 and 7 (service units keep their own hours).
    """
    note = holiday.name if holiday else None
    if roster is not None and roster.zone not in (None, zone):
        there = workday_on(day, roster.zone or zone, decree, holiday, replace(roster, zone=None))
        return replace(there, usual_zone=zone)
    if roster is not None and roster.shifts is not None:
        instances = [instance_of(day, zone, decree, shift) for shift in roster.shifts]
        kind = Kind.WORK if any(instance.is_owed for instance in instances) else Kind.ON_CALL if instances else Kind.OFF
        return Workday(day, kind, zone, note, tuple(sorted(instances, key=lambda instance: instance.start_at)))
    if holiday is not None:
        return Workday(day, KINDS[holiday.kind], zone, note)
    if decree.hours is None:
        return Workday(day, Kind.OFF, zone, note)
    office = Shift(OFFICE, decree.hours.start, decree.hours.end)
    return Workday(day, Kind.WORK, zone, note, (instance_of(day, zone, decree, office, decree.hours.clause.code),))
