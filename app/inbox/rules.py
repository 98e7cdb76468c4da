"""Which check-in a person is reminded of."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.checkins.rules.report import Direction

# Just before work begins, so that a reminder still helps; the way out when the shift is over.
BEFORE_START = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Shift:
    """The hours of the running or next shift and from when no check-in belongs to it any more."""

    start_at: datetime
    end_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Reminder:
    """A check-in that is due, and when its hour is."""

    direction: Direction
    due_at: datetime


def reminder_of(shift: Shift | None, awaited: Direction | None, is_away: bool, now: datetime) -> Reminder | None:
    """The check-in that is due: the way in from shortly before the shift until it ends, the way out until its window closes.

    None when it is made, on leave, and outside of shifts.

    Source: our design: a reminder follows the shift and stops when the thing is done.
    """
    if shift is None or is_away:
        return None
    if awaited is Direction.IN and shift.start_at - BEFORE_START <= now < shift.end_at:
        return Reminder(Direction.IN, shift.start_at)
    if awaited is Direction.OUT and shift.end_at <= now < shift.closes_at:
        return Reminder(Direction.OUT, shift.end_at)
    return None
