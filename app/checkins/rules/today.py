"""What a person's day asks of the phone next."""

from collections.abc import Sequence

from app.checkins.rules.report import Direction
from app.workdays.rules import Kind, Workday


def next_of(done: Sequence[tuple[Direction, bool]], workday: Workday | None) -> Direction | None:
    """What to do next in a workday, from what was done, each with whether it counts; nothing when no hours are owed.

    Source: design contract section 3 (next).
    """
    if workday is None or workday.kind is not Kind.WORK:
        return None
    counted = {direction for direction, counts in done if counts}
    if Direction.OUT in counted:
        return None
    return Direction.OUT if Direction.IN in counted else Direction.IN
