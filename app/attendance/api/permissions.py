"""Permissions to come late or leave early over HTTP: one asks, another answers."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.attendance import actions, store
from app.attendance.api.corrections import REASON, CorrectionDecisionSchema, CorrectionPageArgs
from app.attendance.api.routes import attendance
from app.db import transaction
from app.http import Day, Instant, Schema, actor, allowed, collection, paged, signed_in
from app.people import store as people
from app.workdays.actions import civil_day

STATUSES = ("requested", "approve", "refuse", "withdraw")


class PermissionArgs(CorrectionPageArgs):
    """Which permissions of one's scope."""

    status = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATUSES))
    unit = fields.String(load_default=None, allow_none=True)


class PermissionSchema(Schema):
    """A permission as its person asks for it. What it is worth on a day says the decree; it never is a presence."""

    id = fields.Integer(dump_only=True)
    day = Day(required=True)
    direction = fields.String(
        required=True, validate=validate.OneOf(("in", "out")), metadata={"description": "in: to come late; out: to leave early"}
    )
    reason = fields.String(required=True, validate=REASON)
    requested_at = Instant(dump_only=True)
    status = fields.String(dump_only=True, metadata={"enum": STATUSES})
    decision_reason = fields.String(dump_only=True, allow_none=True)
    decided_at = Instant(dump_only=True, allow_none=True)


class PermittedSchema(PermissionSchema):
    """A permission as those who answer see it."""

    nip = fields.String(dump_only=True)
    name = fields.String(dump_only=True)
    unit = fields.String(dump_only=True, attribute="unit_code", allow_none=True)


class PermissionWithdrawalSchema(Schema):
    """Why a request is taken back."""

    reason = fields.String(required=True, validate=REASON)


@attendance.post("/me/permissions")
@signed_in
@attendance.arguments(PermissionSchema)
@attendance.response(201, PermissionSchema)
def request_permission(body: Mapping[str, Any]) -> store.Permitted:
    """Ask to come late or leave early on a day. Somebody else answers."""
    now = clock.now()
    with transaction() as session:
        return actions.request_permission(session, **body, by=actor(), today=civil_day(now), now=now)


@attendance.get("/me/permissions")
@signed_in
@attendance.arguments(CorrectionPageArgs, location="query")
@attendance.response(200, collection(PermissionSchema))
def list_own_permissions(page: Mapping[str, Any]) -> dict[str, Any]:
    """One's own permissions, newest first."""
    today = civil_day(clock.now())
    with transaction() as session:
        rows = store.list_permissions(session, today, page["after"], page["limit"] + 1, person_id=actor().person_id)
        return paged(rows, page["limit"], lambda row: row.id)


@attendance.post("/me/permissions/<int(max=9223372036854775807):permission_id>/withdrawal")
@signed_in
@attendance.arguments(PermissionWithdrawalSchema)
@attendance.response(200, PermissionSchema)
def withdraw_permission(body: Mapping[str, Any], permission_id: int) -> store.Permitted:
    """Take one's own request back, before anybody answered."""
    now = clock.now()
    with transaction() as session:
        return actions.withdraw_permission(session, permission_id, body["reason"], by=actor(), today=civil_day(now), now=now)


@attendance.get("/permissions")
@allowed(*actions.READS)
@attendance.arguments(PermissionArgs, location="query")
@attendance.response(200, collection(PermittedSchema))
def list_permissions(args: Mapping[str, Any]) -> dict[str, Any]:
    """Permissions of the people in one's scope (or one unit of it), newest first."""
    today, paths = civil_day(clock.now()), actor().paths(*actions.READS)
    with transaction() as session:
        if args["unit"] is not None:
            paths = (people.get_unit(session, args["unit"], paths).path,)
        rows = store.list_permissions(session, today, args["after"], args["limit"] + 1, paths=paths, status=args["status"])
        return paged(rows, args["limit"], lambda row: row.id)


@attendance.post("/permissions/<int(max=9223372036854775807):permission_id>/decision")
@allowed(*actions.DECIDES)
@attendance.arguments(CorrectionDecisionSchema)
@attendance.response(200, PermittedSchema)
def decide_permission(body: Mapping[str, Any], permission_id: int) -> store.Permitted:
    """Approve or refuse a permission of somebody in one's scope, never one's own; a day that has begun is derived at once."""
    now = clock.now()
    with transaction() as session:
        return actions.decide_permission(session, permission_id, **body, by=actor(), today=civil_day(now), now=now)
