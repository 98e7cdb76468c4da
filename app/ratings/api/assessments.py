"""Assessments over HTTP: given by superiors, proposed by evidence, read with their history, and how a unit's spread."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app import clock, decrees, errors
from app.db import transaction
from app.http import Instant, PerCent, Schema, actor, allowed, language, signed_in
from app.ratings import actions, rules
from app.ratings.api.blueprint import ratings
from app.ratings.api.months import figure_up_to
from app.texts import text

HIGHEST_SCORE = 120  # what a form may say; what counts is capped by the decree's `score` clause
STEP = validate.OneOf(decrees.STEPS)
GRADED = {"enum": list(decrees.GRADES), "description": "by PermenPANRB 6/2022; null without work result and behaviour"}

ValuesSchema = Schema.from_dict(
    {value: fields.String(required=True, validate=STEP) for value in rules.VALUES}, name="BehaviourValuesSchema"
)


class AssessmentSchema(Schema):
    """What the direct superior judged of a period (2026-10, 2026-Q3, 2026-S1, 2026), and what the law makes of it.

    `work_result`, `behaviour_result` and `behaviour_values` come together or not at all; so do a level and angka kredit.
    """

    productivity_pct = PerCent(
        load_default=None, allow_none=True, validate=lambda number: number is None or figure_up_to(100)(number),
        metadata={"description": "of a month, where the law does not take it from activities"},
    )  # fmt: skip
    work_score = PerCent(required=True, validate=figure_up_to(HIGHEST_SCORE))
    behaviour_score = PerCent(required=True, validate=figure_up_to(HIGHEST_SCORE))
    has_new_idea = fields.Boolean(required=True, metadata={"description": "created new ideas or ways of working"})
    note = fields.String(load_default="", validate=validate.Length(max=2000))
    work_result = fields.String(load_default=None, allow_none=True, validate=STEP)
    behaviour_result = fields.String(load_default=None, allow_none=True, validate=STEP)
    behaviour_values = fields.Nested(ValuesSchema, load_default=None, allow_none=True)
    level = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(decrees.CREDIT_LEVELS),
        metadata={"description": "level of a functional position, for angka kredit"},
    )  # fmt: skip
    score = PerCent(dump_only=True, allow_none=True, metadata={"description": "of PP 30/2019, weighted by the decree"})
    predicate = fields.String(dump_only=True, allow_none=True, metadata={"description": "the word for the score"})
    grade = fields.String(dump_only=True, allow_none=True, metadata=GRADED)
    credit = fields.String(dump_only=True, allow_none=True, metadata={"description": "angka kredit of the period"})
    assessed_by = fields.String(dump_only=True)
    assessed_at = Instant(dump_only=True)

    @validates_schema
    def has_both_axes(self, said: Mapping[str, Any], **_: Any) -> None:
        """Both axes with the seven values, or none; a level only with them."""
        axes = [said[name] for name in ("work_result", "behaviour_result", "behaviour_values")]
        if any(axis is None for axis in axes) and any(axis is not None for axis in axes):
            raise ValidationError("Work result, behaviour and its seven values are given together.", "work_result")
        if said["level"] is not None and axes[0] is None:
            raise ValidationError("A level means something only with a work result and behaviour.", "level")


class AssessmentHistorySchema(Schema):
    """Every assessment of a period; the first one counts."""

    items = fields.List(fields.Nested(AssessmentSchema), required=True)


class ProposalReasonSchema(Schema):
    """Why something is proposed."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class ProposalSchema(Schema):
    """What the evidence proposes; nothing is assessed before a person does. It never goes above expectation."""

    productivity_pct = PerCent(required=True, allow_none=True)
    work_result = fields.String(required=True, validate=STEP)
    behaviour_result = fields.String(required=True, validate=STEP)
    reasons = fields.List(fields.Nested(ProposalReasonSchema), required=True)
    days = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "by status"})
    late_min = fields.Integer(required=True, metadata={"description": "minutes late and early"})
    approved_min = fields.Integer(required=True)
    asked_min = fields.Integer(required=True)
    clause = fields.String(required=True)


class DistributionArgs(Schema):
    """Of which unit and those below it, of which period, and the predicate of the organisation the guide is read for."""

    unit = fields.String(required=True)
    period = fields.String(required=True)
    organisation = fields.String(required=True, validate=validate.OneOf(decrees.ORGANISATIONS))


class GuideSchema(Schema):
    """One row of the guide and how the people stand to it."""

    grade = fields.String(required=True, metadata={"enum": list(decrees.GRADES)})
    least_pct = PerCent(required=True, allow_none=True)
    most_pct = PerCent(required=True, allow_none=True)
    somebody_below = fields.Boolean(required=True)
    people = fields.Integer(required=True)
    pct = PerCent(required=True)
    is_kept = fields.Boolean(required=True)


class DistributionSchema(Schema):
    """How the predicates of a unit spread, and the guide: a guide, not a quota."""

    people = fields.Integer(required=True)
    unassessed = fields.Integer(required=True, metadata={"description": "without work result and behaviour"})
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    guide = fields.List(fields.Nested(GuideSchema), required=True)
    clause = fields.String(required=True)


@ratings.get("/assessments/<nip>/<period>")
@signed_in
@ratings.response(200, AssessmentSchema)
def get_assessment(nip: str, period: str) -> dict[str, Any]:
    """The assessment of a period that counts: of oneself, or of somebody one answers for."""
    with transaction() as session:
        return shown(actions.get_assessment(session, nip, period_in(period), by=actor(), now=clock.now()))


@ratings.put("/assessments/<nip>/<period>")
@allowed(*actions.JUDGES)
@ratings.arguments(AssessmentSchema)
@ratings.response(200, AssessmentSchema)
def put_assessment(body: Mapping[str, Any], nip: str, period: str) -> dict[str, Any]:
    """Assess a period of somebody in one's units, never one's own. Earlier assessments are kept; the last one counts."""
    asked, now = period_in(period), clock.now()
    with transaction() as session:
        actions.assess(session, nip, asked.first_day, actions.Judged(**body), by=actor(), now=now, months=asked.months)
        return shown(actions.get_assessment(session, nip, asked, by=actor(), now=now))


@ratings.get("/assessments/<nip>/<period>/history")
@signed_in
@ratings.response(200, AssessmentHistorySchema)
def list_assessments(nip: str, period: str) -> dict[str, Any]:
    """Every assessment of a period, the one that counts first: of oneself, or of somebody one answers for."""
    with transaction() as session:
        found = actions.list_assessments(session, nip, period_in(period), by=actor(), now=clock.now())
    return {"items": [shown(one) for one in found]}


@ratings.get("/assessments/<nip>/<period>/proposal")
@signed_in
@ratings.response(200, ProposalSchema)
def get_proposal(nip: str, period: str) -> dict[str, Any]:
    """What days and activities of a period propose, with reasons. A person decides; its person may read it too."""
    with transaction() as session:
        found = actions.propose(session, nip, period_in(period), by=actor(), now=clock.now())
    seen, proposal = found.seen, found.proposal
    return {
        "productivity_pct": proposal.productivity_pct,
        "work_result": proposal.work_result,
        "behaviour_result": proposal.behaviour_result,
        "reasons": [{"code": one.code, "message": text(one.code, language(), **one.params)} for one in proposal.reasons],
        "days": seen.days,
        "late_min": seen.late_min,
        "approved_min": seen.approved_min,
        "asked_min": seen.asked_min,
        "clause": found.clause.code,
    }


@ratings.get("/assessments/distribution")
@allowed(*actions.READERS)
@ratings.arguments(DistributionArgs, location="query")
@ratings.response(200, DistributionSchema)
def get_distribution(asked: Mapping[str, Any]) -> dict[str, Any]:
    """How the predicates of a unit's people spread in a period, beside the guide for an organisation of that predicate."""
    with transaction() as session:
        found = actions.distribution(
            session, asked["unit"], period_in(asked["period"]), asked["organisation"], by=actor(), now=clock.now()
        )
    guide = [
        {
            "grade": row.spread.grade,
            "least_pct": row.spread.least_pct,
            "most_pct": row.spread.most_pct,
            "somebody_below": row.spread.somebody_below,
            "people": row.people,
            "pct": row.pct,
            "is_kept": row.is_kept,
        }
        for row in found.guide
    ]
    counts = {"people": found.people, "unassessed": found.unassessed, "counts": found.counts}
    return {**counts, "guide": guide, "clause": found.clause.code}


def period_in(name: str) -> rules.Period:
    """The period of an address.

    Raises: NotFound (`unknown_period`).
    """
    found = rules.period_named(name)
    if found is None:
        raise errors.NotFound("unknown_period", period=name)
    return found


def shown(appraised: actions.Appraised) -> dict[str, Any]:
    """An assessment as the schemas above read it."""
    row = appraised.given.row
    said = {name: getattr(row, name) for name in actions.Judged.__dataclass_fields__}
    law = {"score": appraised.score, "predicate": appraised.predicate, "grade": appraised.grade}
    credit = None if appraised.credit is None else f"{appraised.credit:f}"
    return {**said, **law, "credit": credit, "assessed_by": appraised.given.by_name, "assessed_at": row.assessed_at}
