"""What a month comes to: discipline, allowance and performance score, each as lines that add up to it exactly."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.attendance.rules import Charge
from app.decrees import Clause, Decree, Predicates

NOTHING = Decimal(0)
HUNDRED = Decimal(100)
EXACT_TO = Decimal("0.001")  # what the columns keep; weights of whole per cents on two decimals never need more


class Part(StrEnum):
    """The total that a line belongs to."""

    DISCIPLINE = "discipline"
    TPP = "tpp"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the direct superior judged: a human act that no figure of this program replaces."""

    id: int
    productivity_pct: Decimal
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


def rate(charges: Sequence[Charge], assessment: Assessment | None, decree: Decree) -> Rating:
    """The month's rating under the law of its last day.

    Source: TPP of productivity and discipline (Kepmendagri 900-4700/2020 as regions apply it), by the variant of the decree;
    PP 30/2019 article 41 for score and predicate; the decree's clauses hold the numbers.
    """
    discipline = list(_discipline(charges, decree))
    discipline_pct = total(discipline, Part.DISCIPLINE)
    if assessment is None:
        unknown = [Line(part, "rating_unassessed", {}, None, None, None) for part in (Part.TPP, Part.SCORE)]
        return Rating(discipline_pct, None, None, None, None, (*discipline, *unknown))
    tpp = list(_tpp(discipline_pct, assessment, decree))
    score = list(_score(assessment, decree))
    score_total = total(score, Part.SCORE)
    predicate = predicate_of(score_total, assessment.has_new_idea, decree.predicates)
    named = _named(score_total, predicate, assessment, decree.predicates)
    return Rating(
        discipline_pct,
        assessment.productivity_pct,
        total(tpp, Part.TPP),
        score_total,
        predicate,
        (*discipline, *tpp, *score, *named),
    )


def predicate_of(score: Decimal, has_new_idea: bool, predicates: Predicates) -> str:
    """The word for a score: the highest that it reaches and whose condition is met.

    Source: PP 30/2019 article 41; 110 and more without a new idea is "Baik".
    """
    return next(
        row.code for row in predicates.rows if score >= row.from_score and (has_new_idea or not row.needs_new_idea)
    )  # fmt: skip


def total(lines: Sequence[Line], part: Part) -> Decimal:
    """The sum of a part's lines.

    Source: our promise that every breakdown adds up.
    """
    return sum((line.pct for line in lines if line.part is part and line.pct is not None), NOTHING)


def fingerprint(
    unit_id: int, is_provisional: bool, charges: Sequence[Charge], assessment: Assessment | None, decree: Decree
) -> str:
    """A hash of everything the rating is made of, the same for the same inputs in whatever order.

    Source: our design; what has not changed is not computed again.
    """
    charged = sorted((charge.code, charge.clause or "", charge.days, str(charge.pct.normalize())) for charge in charges)
    made_of = repr((unit_id, is_provisional, charged, assessment and assessment.id, decree.code, decree.version))
    return hashlib.sha256(made_of.encode()).hexdigest()[:32]


def _discipline(charges: Sequence[Charge], decree: Decree) -> Iterator[Line]:
    """100, less what the days cost, and at the cap what goes beyond it given back."""
    yield Line(Part.DISCIPLINE, "rating_full", {}, HUNDRED, None, None)
    for charge in sorted(charges, key=lambda charge: (charge.code, charge.clause or "")):
        code = charge.code.replace("day_", "rating_", 1)
        yield Line(Part.DISCIPLINE, code, {"days": charge.days}, -charge.pct, charge.clause, charge.quality)
    beyond = sum((charge.pct for charge in charges), NOTHING) - decree.cap.pct
    if beyond > 0:
        yield _by(decree.cap.clause, Part.DISCIPLINE, "rating_cap", {"cap": _plain(decree.cap.pct)}, beyond)


def _tpp(discipline_pct: Decimal, assessment: Assessment, decree: Decree) -> Iterator[Line]:
    """The weighted productivity, and discipline by the variant, each rounded once.

    A: the weighted discipline, so that deductions are per cents of its share. B: its share less the deductions, which are per
    cents of the whole allowance and may eat into productivity, down to nothing.
    """
    rule = decree.tpp
    productivity = weighted(assessment.productivity_pct, rule.productivity_weight)
    of = {"weight": _plain(rule.productivity_weight), "of": _plain(assessment.productivity_pct)}
    yield _by(rule.clause, Part.TPP, "rating_tpp_productivity", of, productivity)
    if rule.variant == "B":
        share = max(rule.discipline_weight - (HUNDRED - discipline_pct), -productivity)
        cut = {"weight": _plain(rule.discipline_weight), "cut": _plain(HUNDRED - discipline_pct)}
        yield _by(rule.clause, Part.TPP, "rating_tpp_discipline_whole", cut, share)
    else:
        of = {"weight": _plain(rule.discipline_weight), "of": _plain(discipline_pct)}
        yield _by(rule.clause, Part.TPP, "rating_tpp_discipline", of, weighted(discipline_pct, rule.discipline_weight))


def _score(assessment: Assessment, decree: Decree) -> Iterator[Line]:
    """The weighted work result and the weighted behaviour, each taken up to the highest there is and rounded once."""
    rule = decree.score
    for code, weight, given in (
        ("rating_score_work", rule.work_weight, assessment.work_score),
        ("rating_score_behaviour", rule.behaviour_weight, assessment.behaviour_score),
    ):
        taken = min(given, rule.highest)
        yield _by(rule.clause, Part.SCORE, code, {"weight": _plain(weight), "of": _plain(taken)}, weighted(taken, weight))


def _named(score: Decimal, predicate: str, assessment: Assessment, predicates: Predicates) -> Iterator[Line]:
    """The sentence that names the predicate, and one that says so when only the new idea was missing for a better one."""
    row = next(row for row in predicates.rows if row.code == predicate)
    yield Line(Part.SCORE, f"rating_is_{predicate}", {"score": _plain(score)}, None, predicates.clause.code, row.quality)
    if predicate_of(score, True, predicates) != predicate:
        yield Line(Part.SCORE, "rating_no_new_idea", {}, None, predicates.clause.code, predicates.clause.quality)


def weighted(pct: Decimal, weight: Decimal) -> Decimal:
    """A weighted figure to three decimals, half rounded up.

    Source: our choice where no rule says how to round; half up as in PermenPANRB 1/2023 (angka kredit).
    """
    return (pct * weight / HUNDRED).quantize(EXACT_TO, ROUND_HALF_UP)


def _by(clause: Clause, part: Part, code: str, params: Mapping[str, str | int], pct: Decimal) -> Line:
    return Line(part, code, params, pct, clause.code, clause.quality)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
