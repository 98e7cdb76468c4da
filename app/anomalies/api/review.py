"""Findings for those who decide: lists, counts, the evidence of one, decisions."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app import clock
from app.anomalies import actions
from app.anomalies.actions import Answered
from app.anomalies.api.routes import anomalies
from app.anomalies.api.shapes import REASON, FindingPageArgs, FindingSchema, shown
from app.anomalies.rules import ANSWERS, Kind, Status
from app.anomalies.store import Wanted, Wording
from app.db import transaction
from app.http import Day, Instant, Schema, actor, allowed, collection, language, paged
from app.texts import text
from app.workdays.actions import civil_day

UNIT = {"description": "code of a unit; those below it are included"}


class NarrowingArgs(Schema):
    """Which findings of one's scope."""

    unit = fields.String(load_default=None, metadata=UNIT)
    kind = fields.Enum(Kind, by_value=True, load_default=None)
    nip = fields.String(load_default=None, validate=validate.Regexp(r"[0-9]{18}\Z"))
    since = Day(load_default=None, metadata={"description": "first day they are about"})
    until = Day(load_default=None, metadata={"description": "last day they are about"})


class FindingArgs(NarrowingArgs, FindingPageArgs):
    """A page of them."""

    status = fields.Enum(Status, by_value=True, load_default=None)
    overdue = fields.Boolean(load_default=False, metadata={"description": "only those whose answer is late"})


class CountedSchema(Schema):
    """How many findings of one cause one person has that wait for an answer, and since when."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True, attribute="unit_code")
    findings = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    oldest_at = Instant(required=True)


class SummarySchema(Schema):
    """What waits, by cause and person, the oldest first."""

    items = fields.List(fields.Nested(CountedSchema), required=True)
    waiting = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class FindingDecisionSchema(Schema):
    """The answer, and why; a partial one names the check-ins that it upholds."""

    decision = fields.String(required=True, validate=validate.OneOf([str(answer) for answer in ANSWERS]))
    reason = fields.String(required=True, validate=REASON)
    checkins = fields.List(fields.UUID(), load_default=[], validate=validate.Length(0, 200))


class CauseSchema(NarrowingArgs):
    """The open findings of one kind in a unit, a time or about a person: at most 200 at once, the oldest first."""

    kind = fields.Enum(Kind, by_value=True, required=True)


class DecisionsSchema(Schema):
    """One answer to several findings, named one by one or by their cause."""

    decision = fields.String(required=True, validate=validate.OneOf([str(Status.UPHELD), str(Status.DISMISSED)]))
    reason = fields.String(required=True, validate=REASON)
    ids = fields.List(fields.Integer(), load_default=None, validate=validate.Length(1, actions.AT_ONCE))
    cause = fields.Nested(CauseSchema, load_default=None)

    @validates_schema
    def names_them_one_way(self, said: Mapping[str, Any], **_: Any) -> None:
        """Either ids or a cause."""
        if (said["ids"] is None) == (said["cause"] is None):
            raise ValidationError("Either ids or a cause.", "ids")


class DecidedSchema(Schema):
    """What became of one of several findings."""

    id = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("decided", "proposed", "refused")))
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
    now = clock.now()
    wanted = _wanted(args, status=args["status"], overdue_at=now if args["overdue"] else None)
    with transaction() as session:
        rows = actions.list_for(session, actor(), args["after"], args["limit"] + 1, args["unit"], wanted)
    return paged([shown(row, now) for row in rows], args["limit"], lambda row: row["id"])


@anomalies.get("/findings/summary")
@allowed(*actions.READS)
@anomalies.arguments(NarrowingArgs, location="query")
@anomalies.response(200, SummarySchema)
def summarise_findings(args: Mapping[str, Any]) -> dict[str, Any]:
    """How many findings of one's scope wait for an answer, by cause and person, with the age of the oldest."""
    with transaction() as session:
        items = actions.summary_for(session, actor(), args["unit"], _wanted(args), clock.now())
    return {
        "items": items,
        "waiting": sum(one.findings for one in items),
        "overdue": sum(one.overdue for one in items),
    }


@anomalies.post("/findings/<int:finding_id>/decision")
@allowed(*actions.DECIDES)
@anomalies.arguments(FindingDecisionSchema)
@anomalies.response(200, FindingSchema)
def decide_finding(body: Mapping[str, Any], finding_id: int) -> dict[str, Any]:
    """Uphold, uphold in part, or dismiss: never as a party, and about one's own unit only as a proposal for a second person.

    Nothing is upheld before the person has replied or the time for it is over. On an appeal it is the final word, from above.
    """
    now = clock.now()
    wording = Wording(body["reason"], Status(body["decision"]), None, tuple(body["checkins"]))
    with transaction() as session:
        return shown(actions.decide(session, finding_id, wording, actor(), civil_day(now), now), now)


@anomalies.post("/findings/decisions")
@allowed(*actions.DECIDES)
@anomalies.arguments(DecisionsSchema)
@anomalies.response(200, DecidedAllSchema)
def decide_findings(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give several findings the same answer; those that cannot have it say why and do not hold up the others."""
    now, cause = clock.now(), body["cause"]
    wording = Wording(body["reason"], Status(body["decision"]))
    with transaction() as session:
        ids = body["ids"] or actions.ids_of_cause(session, _wanted(cause), cause["unit"], actor())
        outcomes = actions.decide_all(session, ids, wording, actor(), civil_day(now), now)
    return {"items": [_outcome(answered) for answered in outcomes]}


def _wanted(args: Mapping[str, Any], **more: Any) -> Wanted:
    return Wanted(nip=args["nip"], kind=args["kind"], since=args["since"], until=args["until"], **more)


def _outcome(answered: Answered) -> dict[str, Any]:
    refusal = answered.refusal
    if refusal is None:
        status = "proposed" if answered.status is Status.PROPOSED else "decided"
        return {"id": answered.finding_id, "status": status, "code": None, "message": None}
    message = text(refusal.code, language(), **refusal.params)
    return {"id": answered.finding_id, "status": "refused", "code": refusal.code, "message": message}
