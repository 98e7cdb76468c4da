"""Leave: its kinds, its days, and the part of them that is taken."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST_LEAVE_DAYS = 1096  # three years, the longest there is: leave outside state responsibility (facts: law 2.3)


class LeaveKind(StrEnum):
    """The seven kinds of leave; their Indonesian names are the texts `leave_<kind>`.

    Source: PP 11/2017 jo PP 17/2020; Peraturan BKN 24/2017 jo 7/2021.
    """

    ANNUAL = "annual"
    LONG = "long"
    SICK = "sick"
    MATERNITY = "maternity"
    IMPORTANT = "important"
    JOINT = "joint"
    UNPAID = "unpaid"


class Part(StrEnum):
    """Which part of its day a leave takes; half a day is one day only."""

    WHOLE = "whole"
    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class Leave:
    """An approved absence, both days included.

    `cause` is one that a decree's leave clause tells apart; `time_of_year` says which leave of that cause in the year it is.
    """

    id: int
    kind: LeaveKind
    first_day: date
    last_day: date
    part: Part = Part.WHOLE
    cause: str | None = None
    time_of_year: int = 1


def is_plausible_leave(first_day: date, last_day: date) -> bool:
    """Whether the days are in order and no longer than the longest leave there is.

    Source: PP 11/2017 (leave outside state responsibility, three years); the other kinds' quotas are not judged here.
    """
    return timedelta(0) <= last_day - first_day < timedelta(days=LONGEST_LEAVE_DAYS)
