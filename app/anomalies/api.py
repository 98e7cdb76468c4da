"""Findings over HTTP: what was noticed, why, and what was decided."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.anomalies import actions, rules
from app.anomalies import store as findings
from app.anomalies.rules import DETECTORS, Kind, Status
from app.checkins.store import Checkin
from app.db import transaction
from app.http import Blueprint, Day, Instant, Schema, actor, allowed, collection, language, paged, signed_in
from app.http.paging import LIMIT
from app.texts import text

anomalies = Blueprint("anomalies", __name__, url_prefix="/v1", description="What looks doubtful, and who decides about it.")

DECISIONS = (Status.UPHELD.value, Status.DISMISSED.value)
REASON = validate.Length(3, 2000)


class FindingPageArgs(Schema):
    """A page whose cursor is the id of the last finding of the page before."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


class FindingArgs(FindingPageArgs):
    """Which findings of one's scope."""

    unit = fields.String(load_default=None, metadata={"description": "code of a unit; those below it are included"})
    status = fields.Enum(Status, by_value=True, load_default=None)
    kind = fields.Enum(Kind, by_value=True, load_default=None)


class OwnFindingSchema(Schema):
    """A finding as its person sees it."""

    id = fields.Integer(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    severity = fields.Enum(rules.Severity, by_value=True, required=True)
    day = Day(required=True)
    sentence = fields.String(required=True)
    honest_rate = fields.String(
        required=True, allow_none=True, metadata={"description": "share of honest people who look like this; null: not measured"}
    )
    status = fields.Enum(Status, by_value=True, required=True)
    found_at = Instant(required=True)
    decision_reason = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class FindingSchema(OwnFindingSchema):
    """A finding as those who decide see it."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)


class ShownSchema(Schema):
    """One check-in that shows what was found; where it was made is not told."""

    id = fields.UUID(required=True)
    direction = fields.String(required=True)
    taken_at = Instant(required=True)
    verdict = fields.String(required=True)
    counts = fields.Boolean(required=True)
    flags = fields.List(fields.String(), required=True)
    distance_m = fields.Float(required=True, allow_none=True)
    accuracy_m = fields.Float(required=True)


class EvidenceSchema(FindingSchema):
    """A finding with its evidence."""

    checkins = fields.List(fields.Nested(ShownSchema), required=True)


class FindingDecisionSchema(Schema):
    """The answer, and why."""

    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    reason = fields.String(required=True, validate=REASON)


class DecisionsSchema(FindingDecisionSchema):
    """One answer to several findings."""

    ids = fields.List(fields.Integer(), required=True, validate=validate.Length(1, LIMIT))


class DecidedSchema(Schema):
    """What became of one of several findings."""

    id = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("decided", "refused")))
    code = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)


class DecidedAllSchema(Schema):
    """What became of each, in order."""

    items = fields.List(fields.Nested(DecidedSchema), required=True)


@anomalies.get("/findings")
@allowed(*actions.READS)
@anomalies.arguments(FindingArgs, location="query")
@anomalies.response(200, collection(FindingSchema))
def list_findings(args: Mapping[str, Any]) -> dict[str, Any]:
    """Findings in one's scope, newest first."""
    with transaction() as session:
        rows = actions.list_for(session, actor(), args["after"], args["limit"] + 1, args["unit"], args["status"], args["kind"])
    return paged([_shown(row) for row in rows], args["limit"], lambda row: row["id"])


@anomalies.get("/findings/<int:finding_id>")
@signed_in
@anomalies.response(200, EvidenceSchema)
def get_finding(finding_id: int) -> dict[str, Any]:
    """One finding with the check-ins that show it: for those who review, and for the person it is about."""
    with transaction() as session:
        finding, checkins = actions.get_for(session, finding_id, actor())
        return _shown(finding, checkins)


@anomalies.post("/findings/<int:finding_id>/decision")
@allowed(*actions.DECIDES)
@anomalies.arguments(FindingDecisionSchema)
@anomalies.response(200, FindingSchema)
def decide_finding(body: Mapping[str, Any], finding_id: int) -> dict[str, Any]:
    """Uphold or dismiss a finding, once. Whoever is a party to it cannot; a correction of the day is a step of its own."""
    with transaction() as session:
        decision = Status(body["decision"])
        return _shown(actions.decide(session, finding_id, decision, body["reason"], by=actor(), now=clock.now()))


@anomalies.post("/findings/decisions")
@allowed(*actions.DECIDES)
@anomalies.arguments(DecisionsSchema)
@anomalies.response(200, DecidedAllSchema)
def decide_findings(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give several findings the same answer; those that cannot have it say why and do not hold up the others."""
    with transaction() as session:
        decision = Status(body["decision"])
        outcomes = actions.decide_all(session, body["ids"], decision, body["reason"], by=actor(), now=clock.now())
    return {"items": [_outcome(finding_id, refusal) for finding_id, refusal in zip(body["ids"], outcomes, strict=True)]}


@anomalies.get("/me/findings")
@signed_in
@anomalies.arguments(FindingPageArgs, location="query")
@anomalies.response(200, collection(OwnFindingSchema))
def list_my_findings(args: Mapping[str, Any]) -> dict[str, Any]:
    """What was noticed about oneself, newest first, and what was decided."""
    with transaction() as session:
        rows = findings.list_reviewed(session, args["after"], args["limit"] + 1, person_id=actor().person_id)
    return paged([_shown(row) for row in rows], args["limit"], lambda row: row["id"])


def _shown(finding: findings.Reviewed, checkins: list[Checkin] | None = None) -> dict[str, Any]:
    detector = DETECTORS[finding.kind]
    return {
        "id": finding.id,
        "kind": finding.kind,
        "severity": detector.severity,
        "nip": finding.nip,
        "name": finding.name,
        "unit": finding.unit_code,
        "day": finding.day,
        "sentence": text(f"finding_{finding.kind}", language(), **finding.evidence["words"]),
        "honest_rate": None if detector.honest_rate is None else f"{detector.honest_rate:f}",
        "status": finding.status,
        "found_at": finding.found_at,
        "decision_reason": finding.decision_reason,
        "decided_at": finding.decided_at,
        "checkins": checkins or [],
    }


def _outcome(finding_id: int, refusal: Any) -> dict[str, Any]:
    if refusal is None:
        return {"id": finding_id, "status": "decided", "code": None, "message": None}
    return {
        "id": finding_id,
        "status": "refused",
        "code": refusal.code,
        "message": text(refusal.code, language(), **refusal.params),
    }
