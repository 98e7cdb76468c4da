"""How right each detector was, for those who must decide whether it may go on asking people."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.access import Role
from app.anomalies import actions
from app.anomalies.actions import Report
from app.anomalies.api.routes import anomalies
from app.anomalies.rules import DETECTORS, STEERED, Advice, Kind, Severity, Status
from app.anomalies.store import Wanted
from app.db import transaction
from app.http import Day, Schema, actor, allowed, language
from app.texts import text

SHARE = "share of answered findings that were upheld, in whole or in part; null: none was answered"


class PrecisionArgs(Schema):
    """Findings about which days, of which units."""

    unit = fields.String(load_default=None, metadata={"description": "code of a unit; those below it are included"})
    since = Day(load_default=None)
    until = Day(load_default=None)


class DetectorReportSchema(Schema):
    """One detector: what was found, what people answered, and what that says."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    severity = fields.Enum(Severity, by_value=True, required=True)
    honest_rate = fields.String(required=True, allow_none=True, metadata={"description": "as published; null: not measured"})
    found = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    upheld = fields.Integer(required=True)
    in_part = fields.Integer(required=True)
    dismissed = fields.Integer(required=True)
    answered = fields.Integer(required=True, metadata={"description": "by a person; an appeal granted by time is no answer"})
    precision = fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"description": SHARE})
    low = fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"description": "95 % interval of it (Wilson)"})
    high = fields.Decimal(required=True, allow_none=True, as_string=True)
    dismissed_per_10000_days = fields.Float(required=True, allow_none=True, metadata={"description": "of people's days seen"})
    advice = fields.Enum(Advice, by_value=True, required=True)
    message = fields.String(required=True)
    steered_by = fields.String(required=True, allow_none=True, metadata={"description": "number in its findings; null: by none"})
    speaks_from = fields.Integer(required=True, allow_none=True)
    suggested = fields.Integer(required=True, allow_none=True, metadata={"description": "a person changes it, or does not"})


class PrecisionSchema(Schema):
    """All detectors, in the order of their table."""

    person_days = fields.Integer(required=True, metadata={"description": "days of people on which they checked in"})
    items = fields.List(fields.Nested(DetectorReportSchema), required=True)


@anomalies.get("/detectors")
@allowed(Role.SUPERVISOR, Role.HR, Role.AUDITOR)
@anomalies.arguments(PrecisionArgs, location="query")
@anomalies.response(200, PrecisionSchema)
def report_precision(args: Mapping[str, Any]) -> dict[str, Any]:
    """How often each detector was right by what people decided, with its interval and a threshold that would have been better."""
    wanted = Wanted(since=args["since"], until=args["until"])
    with transaction() as session:
        days, reports = actions.precision_for(session, actor(), args["unit"], wanted)
    return {"person_days": days, "items": [_told(report, days) for report in reports]}


def _told(report: Report, days: int) -> dict[str, Any]:
    detector, steering, found = DETECTORS[report.kind], STEERED.get(report.kind), report.measured
    said = {"suggested": found.suggested, "now": steering and steering.speaks_from}
    return {
        "kind": report.kind, "severity": detector.severity,
        "honest_rate": None if detector.honest_rate is None else f"{detector.honest_rate:f}",
        "found": report.found, "waiting": report.waiting, "upheld": report.counts[Status.UPHELD],
        "in_part": report.counts[Status.PARTIAL], "dismissed": report.counts[Status.DISMISSED],
        "answered": found.answered, "precision": found.share, "low": found.low, "high": found.high,
        "dismissed_per_10000_days": round(report.counts[Status.DISMISSED] * 10_000 / days, 2) if days else None,
        "advice": found.advice, "message": text(f"advice_{found.advice}", language(), **said),
        "steered_by": steering and steering.word, "speaks_from": steering and steering.speaks_from, "suggested": found.suggested,
    }  # fmt: skip
