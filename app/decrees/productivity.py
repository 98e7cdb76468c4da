"""The clause about daily activities: how many minutes a working day asks for, what may be logged, and whose word counts."""

from dataclasses import dataclass
from decimal import Decimal

from app.decrees.clauses import Clause
from app.decrees.shape import COUNT, MINUTES, Key, Said, Shape, choice, number, words

BY = ("assessment", "activities")
DAY_MIN = 24 * 60
# Kinds of working days that a clause may free from minutes; an absent day never is.
NEUTRAL = ("leave", "assigned", "incident")


@dataclass(frozen=True, slots=True)
class Productivity:
    """How approved minutes of activities become productivity, and what may be logged at all.

    `by`: whose word the rating takes, the superior's figure (`assessment`) or the approved minutes themselves (`activities`).
    `neutral`: kinds of days that ask for no minutes.
    """

    by: str
    day_min: int
    most_pct: Decimal
    day_most_min: int
    within_days: int
    neutral: frozenset[str]
    clause: Clause


PRODUCTIVITY: Shape = {
    "by": Key(choice(*BY), "what a rating takes: the superior's figure (assessment), or the approved minutes (activities)"),
    "day_min": Key(COUNT, "minutes of work that a working day asks for"),
    "most": Key(number(200), "the most that productivity comes to, in per cent"),
    "day_most_min": Key(COUNT, "the most minutes that the activities of one day come to"),
    "within_days": Key(MINUTES, "days after a day within which its activities are logged"),
    "neutral": Key(words(*NEUTRAL), "kinds of days that ask for no minutes; left out, every working day asks", False),
}


def productivity(said: Said, clause: Clause) -> Productivity:
    """The rule; a day never holds more than a day."""
    if said["day_most_min"] > DAY_MIN:
        said.refuse("day_most_min", f"must be at most {DAY_MIN}, the minutes of a day")
    if said["day_min"] > said["day_most_min"]:
        said.refuse("day_min", "must not be above day_most_min, or nobody could reach it")
    return Productivity(
        said["by"],
        said["day_min"],
        said["most"],
        said["day_most_min"],
        said["within_days"],
        frozenset(said["neutral"] or ()),
        clause,
    )
