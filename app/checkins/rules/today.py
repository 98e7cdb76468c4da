"""What a person's day asks of the phone next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.checkins.rules.report import Direction
from app.workdays.rules import Instance, Workday, instance_holding


class Seen(Protocol):
    """A check-in of the day as the store finds it."""

    @property
    def direction(self) -> str: ...
    @property
    def taken_at(self) -> datetime: ...
    @property
    def counts(self) -> bool: ...


def running(now: datetime, coming: Instance | None, going: Instance | None, is_inside: bool) -> Instance | None:
    """The shift that the phone speaks of, of those that an `in` and an `out` would belong to now.

    Somebody still inside one is asked to leave it until the start of the next is nearer than its end.

    Source: design contract section 3 (`GET /v1/me/today`).
    """
    if coming is None or going is None or not is_inside:
        return coming
    return going if abs(going.end_at - now) <= abs(coming.start_at - now) else coming


def next_shift(now: datetime, workday: Workday | None) -> Instance | None:
    """While no window is open: the day's next shift, else its last; none when the day has none.

    Source: design contract section 3 (`GET /v1/me/today`).
    """
    instances = workday.instances if workday else ()
    return next((instance for instance in instances if instance.closes_at > now), instances[-1] if instances else None)


def made_in(shift: Instance | None, workday: Workday | None, seen: Sequence[Seen]) -> list[tuple[Direction, bool]]:
    """What was done in that shift and in no other of its day, each with whether it counts.

    Source: app.workdays.rules.instance_holding.
    """
    instances = workday.instances if workday else ()
    mine = [found for found in seen if instance_holding(found.taken_at, found.direction, instances) == shift]
    return [(Direction(found.direction), found.counts) for found in mine]


def next_of(done: Sequence[tuple[Direction, bool]], shift: Instance | None) -> Direction | None:
    """What to do next in a shift, from what was done in it in order, each with whether it counts.

    Where there is no shift nothing is owed, but who came is asked to leave. Who is on call may be called again and again.

    Source: design contract section 3 (next).
    """
    counted = [direction for direction, counts in done if counts]
    if shift is None:
        return Direction.OUT if counted[-1:] == [Direction.IN] else None
    if not shift.is_owed:
        return Direction.OUT if counted[-1:] == [Direction.IN] else Direction.IN
    if Direction.OUT in counted:
        return None
    return Direction.OUT if Direction.IN in counted else Direction.IN
