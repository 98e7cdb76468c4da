"""Leave: its kinds, its days, and the part of them that is taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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


class Step(StrEnum):
    """Who answers a request for leave, in this order: the superior considers it, personnel grant it.

    Source: PP 11/2017 jo PP 17/2020 (leave is given by the officer authorised to); issue 4 paragraph 5 (the superior and HR).
    """

    SUPERIOR = "superior"
    HR = "hr"


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


@dataclass(frozen=True, slots=True)
class Wish:
    """A leave as it is asked for, both days included; `child`: which birth of the mother a maternity leave is for."""

    kind: LeaveKind
    first_day: date
    last_day: date
    reason: str
    part: Part = Part.WHOLE
    cause: str | None = None
    child: int | None = None


def may_answer(step: Step, is_superior: bool, is_of_personnel: bool, has_superior: bool) -> bool:
    """Whether an official may give the answer the request waits for.

    Where nobody but the person stands above the unit, personnel answer in the superior's place; the second answer is somebody
    else's, as everywhere.

    Source: our design, docs/decisions.md "leave where nobody stands above".
    """
    if step is Step.SUPERIOR:
        return is_superior or (is_of_personnel and not has_superior)
    return is_of_personnel


def step_of(status: str) -> Step | None:
    """Whose answer a request of that status waits for; None when there will be no other.

    Source: our design; the superior's consent is `agree`.
    """
    return {"requested": Step.SUPERIOR, "agree": Step.HR}.get(status)


def is_half_of_one_day(part: Part, first_day: date, last_day: date) -> bool:
    """Whether half a day is asked for of one day only; true of every whole leave.

    Source: our design; PP 11/2017 article 311 counts annual leave in days, one at least.
    """
    return part is Part.WHOLE or first_day == last_day


def joined(halves: Sequence[Leave]) -> Leave:
    """The leave of a day as one: itself, or the whole of it when both halves were taken, which are of one kind.

    Source: our design; `leave_other_half` refuses halves of two kinds.
    """
    return halves[0] if len(halves) == 1 else replace(halves[0], part=Part.WHOLE)


def is_plausible_leave(first_day: date, last_day: date) -> bool:
    """Whether the days are in order and no longer than the longest leave there is.

    Source: PP 11/2017 (leave outside state responsibility, three years); what a decree allows of each kind is judged by quotas.
    """
    return timedelta(0) <= last_day - first_day < timedelta(days=LONGEST_LEAVE_DAYS)
