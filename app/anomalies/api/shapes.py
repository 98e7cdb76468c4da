"""What findings look like in JSON."""

from datetime import datetime
from typing import Any

from marshmallow import fields, validate

from app.anomalies import rules
from app.anomalies.rules import DETECTORS, Kind, Status, Step
from app.anomalies.store import Reviewed
from app.http import AttachmentSchema, Day, Instant, Schema, language
from app.http.paging import LIMIT
from app.texts import text

REASON = validate.Length(3, 2000)


class FindingPageArgs(Schema):
    """A page whose cursor is the id of the last finding of the page before."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


class StepSchema(Schema):
    """Something that was done about a finding."""

    step = fields.Enum(Step, by_value=True, required=True)
    answer = fields.Enum(Status, by_value=True, required=True, allow_none=True)
    reason = fields.String(required=True)
    evidence = fields.String(required=True, allow_none=True)
    checkins = fields.List(fields.UUID(), required=True, metadata={"description": "of a partial answer: those it upholds"})
    shows_position = fields.Boolean(required=True, metadata={"description": "of a reply: whoever decides may see the position"})
    by = fields.String(required=True, allow_none=True, metadata={"description": "name; null: the time had run out"})
    at = Instant(required=True)


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
    reply_until = Instant(required=True, metadata={"description": "until then nothing is upheld unless the person has replied"})
    appeal_until = Instant(required=True, allow_none=True, metadata={"description": "null: nothing to appeal against"})
    is_final = fields.Boolean(required=True, metadata={"description": "nothing can change any more"})
    steps = fields.List(fields.Nested(StepSchema), required=True, metadata={"description": "oldest first"})
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)


class FindingSchema(OwnFindingSchema):
    """A finding as those who decide see it."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    due_at = Instant(required=True, allow_none=True, metadata={"description": "when an answer is late; null: none is awaited"})
    is_overdue = fields.Boolean(required=True)
    waits_at = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "code of the unit whose superior should answer: one level up for each deadline missed"},
    )


def shown(finding: Reviewed, now: datetime) -> dict[str, Any]:
    """A finding as the schemas above read it."""
    detector, case, decided = DETECTORS[finding.kind], finding.case, finding.decided
    waits_at = rules.waits_at(case, now)
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
        "status": case.status,
        "found_at": finding.found_at,
        "decision_reason": decided and decided.reason,
        "decided_at": decided and decided.at,
        "reply_until": case.reply_until,
        "appeal_until": case.appeal_until,
        "is_final": rules.is_final(case, now),
        "due_at": case.due_at,
        "is_overdue": rules.is_overdue(case, now),
        "waits_at": waits_at and waits_at.split(".")[-1],
        "attachments": finding.attachments,
        "steps": [
            {
                "step": step.step, "answer": step.answer, "reason": step.reason, "evidence": step.evidence,
                "checkins": step.checkins, "shows_position": step.shows_position, "by": step.by_name, "at": step.at,
            }
            for step in finding.steps
        ],
    }  # fmt: skip
