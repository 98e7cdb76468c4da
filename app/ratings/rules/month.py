"""What a month comes to: discipline, allowance and performance score, each as lines that add up to it exactly."""

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.attendance.rules import Charge
from app.decrees import Decree, Predicates
from app.ratings.rules.allowance import allowance
from app.ratings.rules.breakdown import (
    HUNDRED,
    NOTHING,
    SEEN_NOTHING,
    Assessment,
    Formula,
    Line,
    Part,
    Rating,
    Seen,
    by,
    plain,
    total,
    weighted,
)


def rate(charges: Sequence[Charge], assessment: Assessment | None, decree: Decree, seen: Seen = SEEN_NOTHING) -> Rating:
    """The month's rating under the law of its last day.

    Source: TPP of productivity and discipline (Kepmendagri 900-4700/2020 as regions apply it), by the variant of the decree;
    PP 30/2019 article 41 for score and predicate; the decree's clauses hold the numbers.
    """
    discipline = list(_discipline(charges, decree, seen))
    discipline_pct = total(discipline, Part.DISCIPLINE)
    is_from_activities = decree.productivity is not None and decree.productivity.by == "activities"
    unassessed = {part: Line(part, "rating_unassessed", {}, None, None, None) for part in (Part.TPP, Part.SCORE)}
    if assessment is None and not is_from_activities:
        return Rating(discipline_pct, None, None, None, None, (*discipline, *unassessed.values()))
    productivity_pct = seen.productivity_pct if is_from_activities or assessment is None else assessment.productivity_pct
    tpp = allowance(discipline_pct, productivity_pct, seen, decree.tpp)
    tpp_pct = None if any(line.pct is None for line in tpp) else total(tpp, Part.TPP)
    if assessment is None:
        unknown = (*discipline, *tpp, unassessed[Part.SCORE])
        return Rating(discipline_pct, productivity_pct, tpp_pct, None, None, unknown)
    score = list(_score(assessment, decree))
    score_total = total(score, Part.SCORE)
    predicate = predicate_of(score_total, assessment.has_new_idea, decree.predicates)
    named = _named(score_total, predicate, assessment, decree.predicates)
    return Rating(
        discipline_pct,
        productivity_pct,
        tpp_pct,
        score_total,
        predicate,
        (*discipline, *tpp, *score, *named),
    )


def score_of(work_score: Decimal, behaviour_score: Decimal, decree: Decree) -> Decimal:
    """The score of work result and behaviour by their weights.

    Source: PP 30/2019 article 41 (70/30, or 60/40 with the opinions of others), by the decree's `score` clause.
    """
    rule = decree.score
    parts = ((work_score, rule.work_weight), (behaviour_score, rule.behaviour_weight))
    return sum((weighted(min(given, rule.highest), weight) for given, weight in parts), NOTHING)


def formula_of(decree: Decree) -> Formula:
    """The formulas of the law: of allowance, score and predicates the one that changed last begins the series.

    Source: our design; each clause says since when it holds.
    """
    since = max(rule.clause.since for rule in (decree.tpp, decree.score, decree.predicates))
    return Formula(decree.code, decree.version, decree.tpp.clause.code, since)


def predicate_of(score: Decimal, has_new_idea: bool, predicates: Predicates) -> str:
    """The word for a score: the highest that it reaches and whose condition is met.

    Source: PP 30/2019 article 41; 110 and more without a new idea is "Baik".
    """
    return next(
        row.code for row in predicates.rows if score >= row.from_score and (has_new_idea or not row.needs_new_idea)
    )  # fmt: skip


def fingerprint(
    unit_id: int,
    is_provisional: bool,
    charges: Sequence[Charge],
    assessment: Assessment | None,
    decree: Decree,
    seen: Seen = SEEN_NOTHING,
) -> str:
    """A hash of everything the rating is made of, the same for the same inputs in whatever order.

    Source: our design; what has not changed is not computed again.
    """
    charged = sorted((charge.code, charge.clause or "", charge.days, str(charge.pct.normalize())) for charge in charges)
    also = (
        seen.absent_run, sorted(seen.leaves), seen.budget_pct, seen.performance_min, seen.working_days, seen.absence_min,
        seen.productivity_pct,
    )  # fmt: skip
    made_of = repr((unit_id, is_provisional, charged, assessment and assessment.id, decree.code, decree.version, also))
    return hashlib.sha256(made_of.encode()).hexdigest()[:32]


def _discipline(charges: Sequence[Charge], decree: Decree, seen: Seen) -> Iterator[Line]:
    """100, less what the days and the month cost, and at the cap what goes beyond it given back."""
    yield Line(Part.DISCIPLINE, "rating_full", {}, HUNDRED, None, None)
    spent = NOTHING
    for charge in sorted(charges, key=lambda charge: (charge.code, charge.clause or "")):
        code = charge.code.replace("day_", "rating_", 1)
        spent += charge.pct
        yield Line(Part.DISCIPLINE, code, {"days": charge.days}, -charge.pct, charge.clause, charge.quality)
    for effect in (decree.leave[kind] for kind in sorted(seen.leaves)):
        if effect.month_pct:
            spent += effect.month_pct
            said = {"pct": plain(effect.month_pct)}
            yield by(effect.clause, Part.DISCIPLINE, "rating_leave_month", said, -effect.month_pct)
    row = decree.consecutive
    if row is not None and seen.absent_run >= row.days and spent < row.pct:
        yield by(row.clause, Part.DISCIPLINE, "rating_consecutive", {"days": seen.absent_run}, spent - row.pct)
        spent = row.pct
    if spent > decree.cap.pct:
        cap = {"cap": plain(decree.cap.pct)}
        yield by(decree.cap.clause, Part.DISCIPLINE, "rating_cap", cap, spent - decree.cap.pct)


def _score(assessment: Assessment, decree: Decree) -> Iterator[Line]:
    """The weighted work result and the weighted behaviour, each taken up to the highest there is and rounded once."""
    rule = decree.score
    for code, weight, given in (
        ("rating_score_work", rule.work_weight, assessment.work_score),
        ("rating_score_behaviour", rule.behaviour_weight, assessment.behaviour_score),
    ):
        taken = min(given, rule.highest)
        yield by(rule.clause, Part.SCORE, code, {"weight": plain(weight), "of": plain(taken)}, weighted(taken, weight))


def _named(score: Decimal, predicate: str, assessment: Assessment, predicates: Predicates) -> Iterator[Line]:
    """The sentence that names the predicate, and one that says so when only the new idea was missing for a better one."""
    row = next(row for row in predicates.rows if row.code == predicate)
    yield Line(Part.SCORE, f"rating_is_{predicate}", {"score": plain(score)}, None, predicates.clause.code, row.quality)
    if predicate_of(score, True, predicates) != predicate:
        yield Line(Part.SCORE, "rating_no_new_idea", {}, None, predicates.clause.code, predicates.clause.quality)
