"""What was noticed about oneself: reading it, saying something about it, appealing."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app import clock
from app.anomalies import actions
from app.anomalies import store as findings
from app.anomalies.api.routes import anomalies
from app.anomalies.api.shapes import REASON, FindingPageArgs, OwnFindingSchema, shown
from app.anomalies.store import Wanted, Wording
from app.db import transaction
from app.http import AttachmentIds, Schema, actor, collection, paged, signed_in

EVIDENCE = {"description": "what shows it: a witness, a camera, a letter"}


class ReplySchema(Schema):
    """What a person says about a finding or against a decision, and what shows it."""

    reason = fields.String(required=True, validate=REASON)
    evidence = fields.String(load_default=None, allow_none=True, validate=REASON, metadata=EVIDENCE)
    attachment_ids = AttachmentIds()


class FirstReplySchema(ReplySchema):
    """A reply to a finding; the newest one says whether whoever decides may see where exactly its person was."""

    shows_position = fields.Boolean(load_default=False, metadata={"description": "an appeal always does"})


@anomalies.get("/me/findings")
@signed_in
@anomalies.arguments(FindingPageArgs, location="query")
@anomalies.response(200, collection(OwnFindingSchema))
def list_my_findings(args: Mapping[str, Any]) -> dict[str, Any]:
    """What was noticed about oneself, newest first, what one may do about it until when, and what was decided by whom."""
    now = clock.now()
    with transaction() as session:
        rows = findings.list_reviewed(session, args["after"], args["limit"] + 1, Wanted(person_id=actor().person_id))
    return paged([shown(row, now) for row in rows], args["limit"], lambda row: row["id"])


@anomalies.post("/me/findings/<int:finding_id>/reply")
@signed_in
@anomalies.arguments(FirstReplySchema)
@anomalies.response(201, OwnFindingSchema)
def reply_to_finding(body: Mapping[str, Any], finding_id: int) -> dict[str, Any]:
    """Say something about a finding, as often as need be until its `reply_until` or until it is decided."""
    now = clock.now()
    with transaction() as session:
        return shown(actions.reply(session, finding_id, Wording(**body), by=actor(), now=now), now)


@anomalies.post("/me/findings/<int:finding_id>/appeal")
@signed_in
@anomalies.arguments(ReplySchema)
@anomalies.response(201, OwnFindingSchema)
def appeal_finding(body: Mapping[str, Any], finding_id: int) -> dict[str, Any]:
    """Appeal against what was upheld, once: it is suspended until somebody above answers, and granted if nobody does in time."""
    now = clock.now()
    with transaction() as session:
        return shown(actions.appeal(session, finding_id, Wording(**body), by=actor(), now=now), now)
