"""Activities for those who answer them: lists, one with its history, answers, and what months come to."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app import clock
from app.activities import actions, rules
from app.activities.api.routes import ONE, activities
from app.activities.api.shapes import (
    REASON,
    ActivityHistorySchema,
    ActivityPageArgs,
    ActivitySchema,
    ProductivitySchema,
    shown,
    shown_month,
)
from app.activities.rules import Answer, Standing
from app.activities.store import Wanted
from app.db import transaction
from app.http import Day, Month, PageArgs, Schema, actor, allowed, collection, language, paged, signed_in
from app.people.actions.days import day_of
from app.texts import text

UNIT = {"description": "code of a unit; those below it are included"}
NIP = validate.Regexp(r"[0-9]{18}\Z")


class ActivityArgs(ActivityPageArgs):
    """Which activities of one's scope."""

    unit = fields.String(load_default=None, metadata=UNIT)
    nip = fields.String(load_default=None, validate=NIP)


class ActivityDecisionSchema(Schema):
    """The answer: `adjust` gives the minutes that count, `return` none. Both say why."""

    decision = fields.String(required=True, validate=validate.OneOf(("approve", "adjust", "return")))
    minutes = fields.Integer(load_default=None, validate=validate.Range(1, rules.LOCAL_DAY_MIN))
    reason = fields.String(load_default="", validate=[validate.Length(max=2000), validate.Regexp(r"[^\x00]*\Z")])

    @validates_schema
    def is_whole(self, said: Mapping[str, Any], **_: Any) -> None:
        """Minutes with an adjustment and with nothing else; a reason with everything but an approval."""
        if (said["minutes"] is None) == (said["decision"] == "adjust"):
            raise ValidationError("Exactly an adjustment has minutes.", "minutes")
        if said["decision"] != "approve" and len(said["reason"]) < 3:
            raise ValidationError("Shorter than minimum length 3.", "reason")


class WaitingSchema(Schema):
    """The activities that wait in a unit, of some days or of a person: at most 200 at once, the oldest first."""

    unit = fields.String(load_default=None, metadata=UNIT)
    nip = fields.String(load_default=None, validate=NIP)
    since = Day(load_default=None)
    until = Day(load_default=None)


class ActivityDecisionsSchema(Schema):
    """One answer to several activities, named one by one or as those that wait."""

    decision = fields.String(required=True, validate=validate.OneOf(("approve", "return")))
    reason = fields.String(required=True, validate=REASON)
    ids = fields.List(fields.Integer(), load_default=None, validate=validate.Length(1, actions.AT_ONCE))
    waiting = fields.Nested(WaitingSchema, load_default=None)

    @validates_schema
    def names_them_one_way(self, said: Mapping[str, Any], **_: Any) -> None:
        """Either ids or those that wait."""
        if (said["ids"] is None) == (said["waiting"] is None):
            raise ValidationError("Either ids or those that wait.", "ids")


class OutcomeSchema(Schema):
    """What became of one of several activities: where it stands now, or why it was not answered."""

    id = fields.Integer(required=True, attribute="activity_id")
    status = fields.String(required=True, validate=validate.OneOf((*(str(one) for one in Standing), "refused")))
    code = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)


class OutcomesSchema(Schema):
    """What became of each, in order."""

    items = fields.List(fields.Nested(OutcomeSchema), required=True)


class UnitProductivityArgs(PageArgs):
    """Which month, and of which unit and those below it."""

    month = Month(required=True)
    unit = fields.String(load_default=None, metadata=UNIT)


@activities.get("/activities")
@allowed(*actions.READS)
@activities.arguments(ActivityArgs, location="query")
@activities.response(200, collection(ActivitySchema))
def list_activities(args: Mapping[str, Any]) -> dict[str, Any]:
    """Activities done in the units of one's scope (or one of them), newest first."""
    wanted = Wanted(nip=args["nip"], first_day=args["since"], last_day=args["until"], standing=args["status"])
    with transaction() as session:
        rows = actions.list_for(session, wanted, args["unit"], args["after"], args["limit"] + 1, actor())
    return paged([shown(row) for row in rows], args["limit"], lambda row: row["id"])


@activities.get(f"/activities/{ONE}")
@signed_in
@activities.response(200, ActivityHistorySchema)
def get_activity(activity_id: int) -> dict[str, Any]:
    """One activity with every answer about it: for its person, and for those who answer for its unit."""
    with transaction() as session:
        found, answers = actions.get_for(session, activity_id, actor())
    return {**shown(found), "decisions": answers}


@activities.post(f"/activities/{ONE}/decision")
@allowed(*actions.DECIDES)
@activities.arguments(ActivityDecisionSchema)
@activities.response(200, ActivitySchema)
def decide_activity(body: Mapping[str, Any], activity_id: int) -> dict[str, Any]:
    """Approve, adjust or return an activity of somebody in one's scope, never one's own. Earlier answers are kept."""
    said = Answer(body["decision"]), body["minutes"], body["reason"]
    with transaction() as session:
        return shown(actions.decide(session, activity_id, *said, by=actor(), now=clock.now()))


@activities.post("/activities/decisions")
@allowed(*actions.DECIDES)
@activities.arguments(ActivityDecisionsSchema)
@activities.response(200, OutcomesSchema)
def decide_activities(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give several activities the same answer; those that cannot have it say why and do not hold up the others."""
    asked = body["waiting"]
    with transaction() as session:
        ids = body["ids"]
        if ids is None:
            wanted = Wanted(nip=asked["nip"], first_day=asked["since"], last_day=asked["until"])
            ids = actions.waiting_ids(session, wanted, asked["unit"], actor())
        outcomes = actions.decide_all(session, ids, Answer(body["decision"]), body["reason"], actor(), clock.now())
    return {"items": [_told(outcome) for outcome in outcomes]}


@activities.get("/productivity")
@allowed(*actions.READS)
@activities.arguments(UnitProductivityArgs, location="query")
@activities.response(200, collection(ProductivitySchema))
def list_productivity(args: Mapping[str, Any]) -> dict[str, Any]:
    """What the activities of everybody in a unit and below it come to in a month, in order of NIP."""
    asked = args["month"], args["unit"], args["after"], args["limit"] + 1
    with transaction() as session:
        rows = actions.months_of(session, *asked, by=actor(), today=day_of(clock.now()))
    return paged([shown_month(row, args["month"]) for row in rows], args["limit"], lambda row: row["nip"])


def _told(outcome: actions.Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    if refusal is None:
        return {"activity_id": outcome.activity_id, "status": outcome.standing, "code": None, "message": None}
    message = text(refusal.code, language(), **refusal.params)
    return {"activity_id": outcome.activity_id, "status": "refused", "code": refusal.code, "message": message}
