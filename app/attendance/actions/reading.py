"""A person's own days as they stand this moment: the records, and derived anew what they do not know yet."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.attendance import store as attendance
from app.attendance.actions.closing import changed_days, days_now
from app.attendance.store import Recorded
from app.db import Session
from app.people import store as people
from app.people.actions.days import day_of
from app.workdays.rules import ONE_DAY

# A night looks at what arrived since two days before it: what is older than three was seen by one.
UNSEEN = timedelta(hours=72)


class DayStanding(StrEnum):
    """Which record of a day is shown, and why; their names are the texts `day_standing_<name>`.

    `running`: the day is not over, or no night was there yet. `stale`: something arrived that the record does not know.
    """

    FINAL = "final"
    RECORDED = "recorded"
    RUNNING = "running"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Shown:
    """A day and whether it is its record or derived this moment; `recorded_at`: of the record that there is."""

    day: Recorded
    standing: DayStanding
    recorded_at: datetime | None


def days_of(session: Session, person_id: int, first_day: date, last_day: date, now: datetime) -> list[Shown]:
    """The person's days, both included, in order. What no night has seen yet is derived this moment; nothing is written."""
    kept = {day.day: day for day in attendance.list_days(session, first_day, last_day, person_ids=[person_id])}
    posted = people.list_employed_on(session, day_of(now), person_ids=[person_id])
    today = now.astimezone(ZoneInfo(posted[0].zone)).date() if posted else day_of(now)
    unseen = _unseen(session, person_id, today, now)
    shown = {day: as_kept(record) for day, record in kept.items() if day not in unseen or record.frozen_at is not None}
    for day in sorted(day for day in unseen - shown.keys() if first_day <= day <= last_day):
        for fresh in days_now(session, day, now, [person_id]):
            shown[day] = _fresh(fresh, kept.get(day), today)
    return [shown[day] for day in sorted(shown)]


def as_kept(record: Recorded) -> Shown:
    """The day as it is recorded."""
    return Shown(record, DayStanding.RECORDED if record.frozen_at is None else DayStanding.FINAL, record.derived_at)


def as_running(fresh: Recorded) -> Shown:
    """The day as it is derived this moment."""
    return Shown(fresh, DayStanding.RUNNING, None)


def _fresh(fresh: Recorded, record: Recorded | None, today: date) -> Shown:
    """The day derived this moment, or its record where that says the same."""
    if record is None or fresh.day >= today:
        return replace(as_running(fresh), recorded_at=None if record is None else record.derived_at)
    if replace(fresh, derived_at=record.derived_at) == record:
        return as_kept(record)
    return Shown(fresh, DayStanding.STALE, record.derived_at)


def _unseen(session: Session, person_id: int, today: date, now: datetime) -> set[date]:
    """The days until today that may come out otherwise than they are recorded.

    The running one, the one before it, whose shift may go over midnight, those for which no night came, and all that something
    reached since the newest night, as the night itself finds them.
    """
    newest = attendance.newest_day(session, person_id)
    missed = 0 if newest is None else max(0, (today - newest).days - 1)
    days = {today - n * ONE_DAY for n in range(2 + missed)}
    changed = changed_days(session, now - UNSEEN - missed * ONE_DAY, today + ONE_DAY, [person_id])
    return days | set(changed)
