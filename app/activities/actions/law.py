"""The law about the activities of a day."""

import contextlib
from datetime import date

from app import decrees, errors


def find_rule(decree: str, day: date) -> decrees.Productivity | None:
    """The clause of the decree that holds for the day's activities, if it says anything about them."""
    with contextlib.suppress(decrees.UncoveredDay):
        return decrees.on(decree, day).productivity
    return None


def rule_on(decree: str, day: date) -> decrees.Productivity:
    """The clause of the decree that holds for the day's activities.

    Raises: Conflict (`activity_no_law`) where it says nothing about them.
    """
    rule = find_rule(decree, day)
    if rule is None:
        raise errors.Conflict("activity_no_law", day=day)
    return rule
