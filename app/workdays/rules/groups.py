"""Calendar groups: whose holy days free whom, and what a day is for somebody who belongs to some."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.decrees import Decree
from app.workdays.rules.days import Holiday, HolidayKind, published_on
from app.workdays.rules.pawukon import pawukon_of

HERE = Path(__file__).parent.parent / "calendars"


@dataclass(frozen=True, slots=True)
class Feast:
    """A day of a calendar. `frees`: whether it excuses those who follow it; what is general knowledge only never does."""

    day: date
    name: str
    source: str
    quality: str
    frees: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A calendar group of an agency, with the shipped calendar it follows, if any."""

    id: int
    code: str
    calendar: str | None


@dataclass(frozen=True, slots=True)
class Declared:
    """A row of the agency: for everybody of a unit (`depth` of its path; 0 for the whole country), or for one group there."""

    holiday: Holiday
    depth: int
    group_id: int | None


def calendars() -> tuple[str, ...]:
    """The codes of the calendars that are shipped, in order.

    Source: app/workdays/calendars.
    """
    return tuple(sorted(path.stem for path in HERE.glob("*.toml")))


@lru_cache(maxsize=256)
def feasts_of(calendar: str, year: int) -> Mapping[date, Feast]:
    """The year's feasts of a shipped calendar by day, in order.

    Source: each row of app/workdays/calendars names its own.
    """
    found = {}
    first = date(year, 1, 1)
    for row in _rows_of(calendar):
        days = row.get("days") or [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
        frees = row["dispensation"] and row["quality"] != "G"
        for day in days:
            if day.year == year and pawukon_of(day) == row.get("pawukon", pawukon_of(day)):
                found[day] = Feast(day, row["name"], row["source"], row["quality"], frees)
    return {day: found[day] for day in sorted(found)}


def feasts_declared(calendar: str | None, years: Iterable[int], rows: Mapping[date, Holiday]) -> list[Feast]:
    """What a group has in these years: the feasts of the calendar it follows and the agency's own rows, which win by day.

    Source: docs/decisions.md "a dispensation frees those who belong".
    """
    found = {day: feast for year in years if calendar for day, feast in feasts_of(calendar, year).items()}
    for day, row in rows.items():
        found[day] = Feast(day, row.name, row.source, "S", row.kind is not HolidayKind.WORKDAY)
    return [found[day] for day in sorted(found)]


@lru_cache(maxsize=8)
def _rows_of(calendar: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((HERE / f"{calendar}.toml").read_text("utf-8"))["feast"]
    return rows


def declared_for(day: date, rows: Iterable[Declared], groups: Collection[Group]) -> Holiday | None:
    """What is declared for a person on a day, as `holiday_on` takes it; None where the published calendar stands alone.

    Two layers. Everybody's: a row of the nearest unit, else the published calendar. The person's groups': of each a row of the
    nearest unit, else the computed feast. A day everybody has comes first, so that it counts once; a dispensation is for days
    on which the others work. A `workday` row takes back only what is in its own layer.

    Source: SE Gubernur Bali 7/2023 (dispensation of Hindu employees); docs/decisions.md "a dispensation frees those who belong".
    """
    near = sorted((row for row in rows if row.holiday.day == day), key=lambda row: row.depth)
    common = next((row.holiday for row in reversed(near) if row.group_id is None), None)
    everybodys = common or published_on(day)
    if everybodys is not None and everybodys.kind is not HolidayKind.WORKDAY:
        return common
    for group in sorted(groups, key=lambda group: group.code):
        own = next((row.holiday for row in reversed(near) if row.group_id == group.id), None) or _feast_on(day, group)
        if own is not None and own.kind is not HolidayKind.WORKDAY:
            return own
    return common


def _feast_on(day: date, group: Group) -> Holiday | None:
    """The dispensation that a group's calendar gives that day."""
    feast = feasts_of(group.calendar, day.year).get(day) if group.calendar else None
    return Holiday(day, HolidayKind.DISPENSATION, feast.name, feast.source) if feast and feast.frees else None


def groups_named(decree: Decree, groups: Iterable[Group]) -> frozenset[str]:
    """The codes of those groups that the law of the day speaks of: of the others nothing needs to be kept beside the day.

    Source: docs/decisions.md "a calendar group is not a religion".
    """
    named = {code for overlay in decree.limited for code in overlay.groups}
    return frozenset(group.code for group in groups if group.code in named)
