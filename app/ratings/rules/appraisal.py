"""Assessments on the three-step scale: the predicate of a pair, its worth, what evidence proposes, and the guide."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.decrees import GRADES, STEPS, Credit, Distribution, Grid, Spread

# The values of BerAKHLAK, in the order of the word.
VALUES = ("service_oriented", "accountable", "competent", "harmonious", "loyal", "adaptive", "collaborative")
BELOW, AS_EXPECTED, ABOVE = STEPS
MONTHS_OF_YEAR = 12
HUNDRED = Decimal(100)
EXACT_TO = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is on record of a period: days by status, minutes late, and productivity where activities say it."""

    days: Mapping[str, int]
    late_min: int
    approved_min: int
    asked_min: int
    productivity_pct: Decimal | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is proposed, as a text code and what fills it in."""

    code: str
    params: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the evidence proposes to the one who decides; a proposal never goes above expectation, and never decides."""

    productivity_pct: Decimal | None
    work_result: str
    behaviour_result: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the guide, how many people it is about, and whether it is kept."""

    spread: Spread
    people: int
    pct: Decimal
    is_kept: bool


def graded(work: str, behaviour: str, grid: Grid) -> str:
    """The predicate of a work result and a behaviour.

    Source: PermenPANRB 6/2022 (annex), by the decree's `grid` clause.
    """
    return grid.cells[work, behaviour]


def is_among(result: str, values: Mapping[str, str]) -> bool:
    """Whether the word on behaviour lies between the lowest and the highest of the seven values.

    Source: our design; PermenPANRB 6/2022 asks for one word on behaviour beside the values, and names no formula.
    """
    steps = [STEPS.index(values[value]) for value in VALUES]
    return min(steps) <= STEPS.index(result) <= max(steps)


def credit_of(grade: str, level: str, months: int, rule: Credit) -> Decimal | None:
    """The angka kredit of a period, rounded half up; None for a level of which the law says nothing.

    Source: PermenPANRB 1/2023 and Peraturan BKN 3/2023: months/12 x per cent x coefficient, by the decree's `credit` clause.
    """
    if level not in rule.coefficients:
        return None
    exact = rule.coefficients[level] * rule.pcts[grade] * months / (MONTHS_OF_YEAR * HUNDRED)
    return exact.quantize(Decimal(1).scaleb(-rule.decimals), ROUND_HALF_UP)


def proposal_of(seen: Seen, grid: Grid) -> Proposal:
    """What the evidence proposes, each with its reason.

    Source: our design (docs/assessments.md "What is proposed"): PermenPANRB 6/2022 leaves the judgment to the superior, and
    UU 27/2022 article 10 gives a right against decisions by machine alone.
    """
    reasons: list[Reason] = []
    work = behaviour = AS_EXPECTED
    if seen.productivity_pct is None:
        reasons.append(Reason("proposal_no_productivity", {}))
    else:
        said: dict[str, str | int] = {"pct": _plain(seen.productivity_pct), "least": _plain(grid.work_below_pct)}
        said |= {"approved": seen.approved_min, "asked": seen.asked_min}
        work = BELOW if seen.productivity_pct < grid.work_below_pct else AS_EXPECTED
        reasons.append(Reason(f"proposal_work_{work}", said))
    absent = seen.days.get("absent", 0)
    if absent >= grid.behaviour_below_days > 0:
        behaviour = BELOW
        reasons.append(Reason("proposal_behaviour_below", {"days": absent, "least": grid.behaviour_below_days}))
    else:
        reasons.append(Reason("proposal_days", {"days": absent, "minutes": seen.late_min}))
    return Proposal(seen.productivity_pct, work, behaviour, tuple(reasons))


def spread_of(counts: Mapping[str, int], organisation: str, rule: Distribution) -> tuple[Kept, ...]:
    """How the predicates of assessed people stand to the guide for an organisation with that predicate.

    Source: the pattern of a circular of MenPANRB (quoted by naikpangkat.com), by the decree's `distribution` clause.
    """
    people = sum(counts.values())
    return tuple(_kept(spread, counts, people) for spread in rule.rows if spread.organisation == organisation)


def _kept(spread: Spread, counts: Mapping[str, int], people: int) -> Kept:
    mine = counts.get(spread.grade, 0)
    below = sum(counts.get(grade, 0) for grade in GRADES[GRADES.index(spread.grade) + 1 :])
    # Compared exactly; rounded only to be read.
    is_enough = spread.least_pct is None or HUNDRED * mine >= spread.least_pct * people
    is_not_more = spread.most_pct is None or HUNDRED * mine <= spread.most_pct * people
    is_lower_there = not spread.somebody_below or below > 0
    pct = (HUNDRED * mine / people).quantize(EXACT_TO, ROUND_HALF_UP) if people else Decimal(0)
    return Kept(spread, mine, pct, is_enough and is_not_more and is_lower_there)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
