"""Corrections over HTTP: one says when he came or went, another decides."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.attendance import actions, store
from app.attendance.api.routes import attendance
from app.db import Session, transaction
from app.http import AttachmentIds, AttachmentSchema, Day, Instant, Schema, actor, allowed, collection, paged, signed_in
from app.http.paging import LIMIT
from app.people import store as people
from app.workdays.actions import civil_day

STATUSES = ("requested", "approve", "refuse", "asked_again")
REASON = validate.Length(3, 2000)


class CorrectionPageArgs(Schema):
    """A page whose cursor is the id of the last correction of the page before."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


class CorrectionArgs(CorrectionPageArgs):
    """Which corrections of one's scope."""

    unit = fields.String(
        load_default=None, allow_none=True, metadata={"description": "code of a unit; those below it are included"}
    )
    status = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(STATUSES),
        metadata={"description": "only those that stand there; such a page may be shorter than `limit` and have a next one"},
    )  # fmt: skip


class CorrectionSchema(Schema):
    """A correction as its person asks for it."""

    id = fields.Integer(dump_only=True)
    day = Day(required=True)
    direction = fields.String(required=True, validate=validate.OneOf(("in", "out")))
    at = Instant(required=True, metadata={"description": "when it really was"})
    reason = fields.String(required=True, validate=REASON)
    evidence = fields.String(
        required=True, validate=REASON, metadata={"description": "what shows it: a witness, a camera, a letter"}
    )
    attachment_ids = AttachmentIds()
    attachments = fields.List(fields.Nested(AttachmentSchema), dump_only=True)
    requested_at = Instant(dump_only=True)
    status = fields.String(
        dump_only=True,
        metadata={"enum": STATUSES, "description": "asked_again: what it was decided on has changed since, so it waits again"},
    )
    decision_reason = fields.String(dump_only=True, allow_none=True)
    decided_at = Instant(dump_only=True, allow_none=True)


class AskedSchema(CorrectionSchema):
    """A correction as those who decide see it."""

    nip = fields.String(dump_only=True)
    name = fields.String(dump_only=True)
    unit = fields.String(dump_only=True, attribute="unit_code", allow_none=True)


class CorrectionDecisionSchema(Schema):
    """The answer, and why."""

    decision = fields.String(required=True, validate=validate.OneOf(("approve", "refuse")))
    reason = fields.String(required=True, validate=REASON)


@attendance.post("/me/corrections")
@signed_in
@attendance.arguments(CorrectionSchema)
@attendance.response(201, CorrectionSchema)
def request_correction(body: Mapping[str, Any]) -> dict[str, Any]:
    """Ask that a day be judged by another time than the recorded one. Somebody else decides; nothing recorded is lost."""
    now = clock.now()
    with transaction() as session:
        return _shown(actions.request_correction(session, **body, by=actor(), today=civil_day(now), now=now))


@attendance.get("/me/corrections")
@signed_in
@attendance.arguments(CorrectionPageArgs, location="query")
@attendance.response(200, collection(CorrectionSchema))
def list_own_corrections(page: Mapping[str, Any]) -> dict[str, Any]:
    """One's own corrections, newest first."""
    now = clock.now()
    with transaction() as session:
        rows = store.list_asked(session, civil_day(now), page["after"], page["limit"] + 1, person_id=actor().person_id)
        return _page(session, rows, page["limit"], now)


@attendance.get("/corrections")
@allowed(*actions.READS)
@attendance.arguments(CorrectionArgs, location="query")
@attendance.response(200, collection(AskedSchema))
def list_corrections(args: Mapping[str, Any]) -> dict[str, Any]:
    """Corrections of the people in one's scope (or one unit of it), newest first."""
    now, paths = clock.now(), actor().paths(*actions.READS)
    with transaction() as session:
        if args["unit"] is not None:
            paths = (people.get_unit(session, args["unit"], paths).path,)
        found, below = actions.list_standing(session, args["status"], args["after"], args["limit"], paths, civil_day(now), now)
        return {"items": [_shown(standing) for standing in found], "next": None if below is None else str(below)}


@attendance.post("/corrections/<int(max=9223372036854775807):correction_id>/decision")
@allowed(*actions.DECIDES)
@attendance.arguments(CorrectionDecisionSchema)
@attendance.response(200, AskedSchema)
def decide_correction(body: Mapping[str, Any], correction_id: int) -> dict[str, Any]:
    """Approve or refuse a correction of somebody in one's scope, never one's own; it holds for what is known now."""
    now = clock.now()
    with transaction() as session:
        decided = actions.decide_correction(
            session, correction_id, body["decision"], body["reason"], by=actor(), today=civil_day(now), now=now
        )
        return _shown(decided)


def _page(session: Session, rows: list[store.Asked], limit: int, now: datetime) -> dict[str, Any]:
    page = paged(rows, limit, lambda row: row.id)
    return page | {"items": [_shown(standing) for standing in actions.standing_of(session, page["items"], now)]}


def _shown(standing: actions.Standing) -> dict[str, Any]:
    asked = standing.asked
    return {
        **{name: getattr(asked, name) for name in ("id", "nip", "name", "unit_code", "day", "direction", "at", "reason")},
        "evidence": asked.evidence,
        "attachments": asked.attachments,
        "requested_at": asked.requested_at,
        "status": standing.status,
        "decision_reason": standing.decision_reason,
        "decided_at": standing.decided_at,
    }
