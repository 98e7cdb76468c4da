"""Leave over HTTP: one asks, another decides, and days that are not taken are given back."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from marshmallow import fields, validate

from app import clock
from app.access import Role
from app.db import transaction
from app.decrees import CAUSES
from app.http import AttachmentIds, AttachmentSchema, Day, Instant, Schema, actor, allowed, collection, paged, signed_in
from app.people import store as people
from app.workdays import actions, rules
from app.workdays import store as workdays_store
from app.workdays.api.balances import BalanceSchema
from app.workdays.api.routes import NumberedPageArgs, workdays

READS = (*actions.DECIDES, Role.AUDITOR)
STATUSES = ("requested", "agree", "approve", "refuse", "withdraw")
REASON = validate.Length(3, 2000)


class LeaveSchema(Schema):
    """A leave as its person asks for it; both days are included. Cut short it ends before `cut_from`."""

    id = fields.Integer(dump_only=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in rules.LeaveKind]))
    first_day = Day(required=True)
    last_day = Day(required=True)
    part = fields.String(load_default="whole", validate=validate.OneOf([part.value for part in rules.Part]))
    cause = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CAUSES))
    child = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1, 20),
        metadata={"description": "maternity: which birth since she is in service"},
    )  # fmt: skip
    reason = fields.String(required=True, validate=REASON)
    attachment_ids = AttachmentIds()
    attachments = fields.List(fields.Nested(AttachmentSchema), dump_only=True)
    requested_at = Instant(dump_only=True)
    status = fields.String(dump_only=True, metadata={"enum": STATUSES})
    decision_reason = fields.String(dump_only=True, allow_none=True)
    decided_at = Instant(dump_only=True, allow_none=True)
    cut_from = Day(dump_only=True, allow_none=True)


class RequestedSchema(LeaveSchema):
    """A leave as those who decide see it."""

    nip = fields.String(dump_only=True)
    name = fields.String(dump_only=True)
    unit = fields.String(dump_only=True, attribute="unit_code", allow_none=True)


class OwnLeavesSchema(Schema):
    """A page of one's own leaves, and this year's balances."""

    items = fields.List(fields.Nested(LeaveSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    balances = fields.List(fields.Nested(BalanceSchema), required=True)


class LeaveArgs(NumberedPageArgs):
    """Which leaves of one's scope."""

    status = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATUSES))
    unit = fields.String(load_default=None, allow_none=True)


class LeaveDecisionSchema(Schema):
    """The answer, and why."""

    decision = fields.String(required=True, validate=validate.OneOf(("approve", "refuse")))
    reason = fields.String(required=True, validate=REASON)


class LeaveWithdrawalSchema(Schema):
    """Why a request is taken back."""

    reason = fields.String(required=True, validate=REASON)


class LeaveCutSchema(Schema):
    """From which day on the leave is not taken, and why."""

    from_day = Day(required=True)
    reason = fields.String(required=True, validate=REASON)


@workdays.post("/me/leaves")
@signed_in
@workdays.arguments(LeaveSchema)
@workdays.response(201, LeaveSchema)
def request_leave(body: Mapping[str, Any]) -> workdays_store.Requested:
    """Ask for leave. Somebody else decides."""
    attached = body["attachment_ids"]
    said = {name: word for name, word in body.items() if name != "attachment_ids"}
    wish = rules.Wish(**{**said, "kind": rules.LeaveKind(said["kind"]), "part": rules.Part(said["part"])})
    with transaction() as session:
        return actions.request_leave(session, wish, by=actor(), now=clock.now(), attached=attached)


@workdays.get("/me/leaves")
@signed_in
@workdays.arguments(NumberedPageArgs, location="query")
@workdays.response(200, OwnLeavesSchema)
def list_own_leaves(page: Mapping[str, Any]) -> dict[str, Any]:
    """One's own leaves, newest first, and what is left of this year's."""
    today = actions.civil_day(clock.now())
    with transaction() as session:
        rows = workdays_store.list_requested(session, today, page["after"], page["limit"] + 1, person_id=actor().person_id)
        employed = people.list_employed_on(session, today, person_ids=[actor().person_id])
        balances = actions.balances_of(session, employed, today.year).get(actor().person_id, [])
    return {**paged(rows, page["limit"], lambda row: row.id), "balances": balances}


@workdays.get("/leaves")
@allowed(*READS)
@workdays.arguments(LeaveArgs, location="query")
@workdays.response(200, collection(RequestedSchema))
def list_leaves(args: Mapping[str, Any]) -> dict[str, Any]:
    """Leaves of the people in one's scope (or one unit of it), newest first."""
    today = actions.civil_day(clock.now())
    with transaction() as session:
        paths = actions.scope_of(session, args["unit"], actor().paths(*READS))
        rows = workdays_store.list_requested(session, today, args["after"], args["limit"] + 1, paths=paths, status=args["status"])
    return paged(rows, args["limit"], lambda row: row.id)


@workdays.post("/leaves/<int:leave_id>/decision")
@allowed(*actions.DECIDES)
@workdays.arguments(LeaveDecisionSchema)
@workdays.response(200, RequestedSchema)
def decide_leave(body: Mapping[str, Any], leave_id: int) -> workdays_store.Requested:
    """Answer a leave of somebody in one's scope, never one's own: first a superior, then somebody else of personnel, each once."""
    with transaction() as session:
        return actions.decide_leave(session, leave_id, body["decision"], body["reason"], by=actor(), now=clock.now())


@workdays.post("/me/leaves/<int:leave_id>/withdrawal")
@signed_in
@workdays.arguments(LeaveWithdrawalSchema)
@workdays.response(200, LeaveSchema)
def withdraw_leave(body: Mapping[str, Any], leave_id: int) -> workdays_store.Requested:
    """Take one's own request back, before anybody decided."""
    with transaction() as session:
        return actions.withdraw_leave(session, leave_id, body["reason"], by=actor(), now=clock.now())


@workdays.post("/me/leaves/<int:leave_id>/cuts")
@signed_in
@workdays.arguments(LeaveCutSchema)
@workdays.response(200, LeaveSchema)
def cut_own_leave(body: Mapping[str, Any], leave_id: int) -> workdays_store.Requested:
    """Give the days of one's own approved leave back, from today or a later day on."""
    with transaction() as session:
        return actions.cut_own_leave(session, leave_id, **body, by=actor(), now=clock.now(), sealed=_sealed())


@workdays.post("/leaves/<int:leave_id>/cuts")
@allowed(*actions.CUTS)
@workdays.arguments(LeaveCutSchema)
@workdays.response(200, RequestedSchema)
def cut_leave(body: Mapping[str, Any], leave_id: int) -> workdays_store.Requested:
    """Cut the approved leave of somebody in one's scope short from any of its days on, never one's own."""
    with transaction() as session:
        return actions.cut_leave(session, leave_id, **body, by=actor(), now=clock.now(), sealed=_sealed())


def _sealed() -> actions.SealedMonthIn:
    """What attendance, which stands above, knows of final months; the factory brings the two together."""
    found: actions.SealedMonthIn = current_app.extensions["sealed_month_in"]
    return found
