"""What of a person's or an agency's days stands in a calendar that others may come to see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.assignments.rules import Letter, LetterKind, ceremonies_on
from app.workdays.rules import Holiday, HolidayKind, Instance, Leave, Part, ShiftKind, Workday
from app.workdays.rules.groups import Feast
from app.workdays.rules.shifts import OFFICE

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of a calendar, half-open: of whole days (dates) or between instants.

    `key` names it for ever within its calendar; `code` and `params` are its words.
    """

    key: str
    begins: datetime | date
    ends: datetime | date
    code: str
    params: Mapping[str, str]
    is_busy: bool = False


def events_of(workdays: Sequence[Workday], leaves: Iterable[Leave], letters: Iterable[Letter]) -> list[Event]:
    """A person's calendar: hours owed, standby, free days by name, leave, letters and ceremonies.

    Whoever finds the link reads it, so there is neither why somebody is on leave nor which kind, nor what a letter is for or where
    it sends him. Hours of a day that is leave as a whole are left out.

    Source: UU 27/2022 articles 4 and 16 (health is specific data, and only what is needed is shown); our design.
    """
    letters, leaves = tuple(letters), tuple(leaves)
    away = {day for leave in leaves if leave.part is Part.WHOLE for day in _days(leave.first_day, leave.last_day)}
    found = [_hours(n, one) for day in workdays if day.day not in away for n, one in enumerate(day.instances, 1)]
    found += [
        Event(f"free:{day.day}", day.day, day.day + ONE_DAY, "feed_free", {"name": day.note})
        for day in workdays
        if day.note and not day.instances
    ]
    found += [
        Event(f"leave:{one.id}", one.first_day, one.last_day + ONE_DAY, f"feed_leave_{one.part}", {}, is_busy=True)
        for one in leaves
    ]
    found += [
        Event(f"letter:{one.id}", one.first_day, one.last_day + ONE_DAY, "feed_letter", {"number": one.number})
        for one in letters
        if one.kind is not LetterKind.CEREMONY
    ]
    found += [
        Event(f"ceremony:{one.letter_id}", one.starts_at, one.ends_at, "feed_ceremony", {"number": one.number}, is_busy=True)
        for day in workdays
        for one in ceremonies_on(day.day, day.usual_zone or day.zone, letters)
    ]
    return sorted(found, key=lambda event: (str(event.begins), event.key))


def holidays_of(days: Iterable[Holiday], groups: Mapping[str, Sequence[Feast]]) -> list[Event]:
    """An agency's calendar: its holidays, and the feasts of the calendars its groups follow, by name of the group.

    Source: SKB 3 Menteri of the year; app/workdays/calendars.
    """
    found = [
        Event(f"holiday:{one.day}", one.day, one.day + ONE_DAY, f"feed_{one.kind}", {"name": one.name})
        for one in days
        if one.kind is not HolidayKind.WORKDAY
    ]
    found += [
        Event(
            f"feast:{one.day}:{group}", one.day, one.day + ONE_DAY,
            "feed_feast_free" if one.frees else "feed_feast", {"name": one.name, "group": group},
        )
        for group, feasts in groups.items()
        for one in feasts
    ]  # fmt: skip
    return sorted(found, key=lambda event: (str(event.begins), event.key))


def _hours(number: int, instance: Instance) -> Event:
    code = "feed_on_call" if instance.kind is ShiftKind.ON_CALL else "feed_work" if instance.shift == OFFICE else "feed_shift"
    key = f"shift:{instance.day}:{number}"
    return Event(key, instance.start_at, instance.end_at, code, {"shift": instance.shift}, is_busy=instance.is_owed)


def _days(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]
