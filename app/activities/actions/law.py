"""The law about the activities of a day."""

import contextlib
from calendar import monthrange
from datetime import date

from app import decrees, errors


def find_rule(decree: str, day: date) -> decrees.Productivity | None:
    """The clause of the decree that holds for the day's activities, if it says anything about them."""
    with contextlib.suppress(decrees.UncoveredDay):
        return decrees.on(decree, day).productivity
    return None


def is_rated_by(decree: str, day: date) -> bool:
    """Whether the rating of the day's month follows from approved minutes, by the law of the month's last day."""
    last_day = day.replace(day=monthrange(day.year, day.month)[1])
    with contextlib.suppress(decrees.UncoveredDay):
        law = decrees.on(decree, last_day)
        return law.tpp.variant == "E" or (law.productivity is not None and law.productivity.by == "activities")
    return False


def rule_on(decree: str, day: date) -> decrees.Productivity:
    """The clause of the decree that holds for the day's activities.

    Raises: Conflict (`activity_no_law`) where it says nothing about them.
    """
    rule = find_rule(decree, day)
    if rule is None:
        raise errors.Conflict("activity_no_law", day=day)
    return rule
