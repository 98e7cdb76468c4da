"""What a rating is made of and what it looks like: figures, and lines that add up to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.decrees import Clause

NOTHING = Decimal(0)
HUNDRED = Decimal(100)
EXACT_TO = Decimal("0.001")  # what the columns keep


class Part(StrEnum):
    """The total that a line belongs to."""

    DISCIPLINE = "discipline"
    TPP = "tpp"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the direct superior judged: a human act that no figure of this program replaces."""

    id: int
    productivity_pct: Decimal | None
    work_score: Decimal
    behaviour_score: Decimal
    has_new_idea: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the breakdown; the `pct` of a part's lines add up to the part's total."""

    part: Part
    code: str
    params: Mapping[str, str | int]
    pct: Decimal | None
    clause: str | None
    quality: str | None


@dataclass(frozen=True, slots=True)
class Rating:
    """A month's figures. Without an assessment only discipline is known; nothing is invented for the rest."""

    discipline_pct: Decimal
    productivity_pct: Decimal | None
    tpp_pct: Decimal | None
    score: Decimal | None
    predicate: str | None
    breakdown: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a month says beyond its charges; what nobody has said is None, and nothing is invented for it.

    `absent_run`: longest row of working days absent within the month. `leaves`: kinds of leave that had a day in it.
    `budget_pct`: the unit's budget realisation of the quarter. `performance_min`: minutes of performance achieved, of the
    `working_days` owed less `absence_min`. `productivity_pct`: what activities come to, where the law takes it from them.
    """

    absent_run: int = 0
    leaves: frozenset[str] = frozenset()
    budget_pct: Decimal | None = None
    performance_min: int | None = None
    working_days: int = 0
    absence_min: int = 0
    productivity_pct: Decimal | None = None


SEEN_NOTHING = Seen()


@dataclass(frozen=True, slots=True)
class Formula:
    """What a rating was made by: the decree, the version of its law, the clause of the allowance, and since when its formulas hold.

    Ratings by the same `code` and `since` are one series; to compare across two series is to compare two measures.
    """

    decree: str
    law: str
    code: str
    since: date


def total(lines: Sequence[Line], part: Part) -> Decimal:
    """The sum of a part's lines.

    Source: our promise that every breakdown adds up.
    """
    return sum((line.pct for line in lines if line.part is part and line.pct is not None), NOTHING)


def weighted(pct: Decimal, weight: Decimal) -> Decimal:
    """A weighted figure to three decimals, half rounded up.

    Source: our choice where no rule says how to round; half up as in PermenPANRB 1/2023 (angka kredit).
    """
    return (pct * weight / HUNDRED).quantize(EXACT_TO, ROUND_HALF_UP)


def by(clause: Clause, part: Part, code: str, params: Mapping[str, str | int], pct: Decimal | None) -> Line:
    """A line that cites a clause.

    Source: our promise that every figure names its clause.
    """
    return Line(part, code, params, pct, clause.code, clause.quality)


def plain(number: Decimal) -> str:
    """The number without an exponent or idle zeros.

    Source: our design.
    """
    return f"{number.normalize():f}"
