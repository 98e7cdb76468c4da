"""Incidents over HTTP: whom one reaches reads why."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.db import transaction
from app.http import Blueprint, Instant, Schema, actor, allowed, collection, paged, signed_in
from app.http.paging import LIMIT
from app.incidents import actions, rules, store

incidents = Blueprint("incidents", __name__, url_prefix="/v1", description="Declared incidents.")

REASON = validate.Length(10, 2000)
LARGEST_ID = 2**63 - 1


class IncidentSchema(Schema):
    """What kept people from checking in, from `begins_at` up to, not including, `ends_at`."""

    id = fields.Integer(dump_only=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in rules.IncidentKind]))
    begins_at = Instant(required=True)
    ends_at = Instant(required=True)
    reason = fields.String(required=True, validate=REASON, metadata={"description": "read by everybody whom it reaches"})
    units = fields.List(fields.String(), required=True, validate=validate.Length(1, 200))
    declared_at = Instant(dump_only=True)
    withdrawn_at = Instant(dump_only=True, allow_none=True)
    withdrawal_reason = fields.String(dump_only=True, allow_none=True)


class WithdrawalSchema(Schema):
    """Why an incident excuses nobody any more."""

    reason = fields.String(required=True, validate=REASON)


class IncidentArgs(Schema):
    """A page; its cursor is the id of the last incident of the page before."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, LARGEST_ID))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


@incidents.get("/incidents")
@signed_in
@incidents.arguments(IncidentArgs, location="query")
@incidents.response(200, collection(IncidentSchema))
def list_incidents(page: Mapping[str, Any]) -> dict[str, Any]:
    """Incidents that reach one's unit or the units of one's scope, newest first, withdrawn ones too."""
    with transaction() as session:
        rows = actions.list_for(session, actor(), page["after"], page["limit"] + 1, clock.now())
    return paged(rows, page["limit"], lambda row: row.id)


@incidents.post("/incidents")
@allowed(*actions.DECLARES)
@incidents.arguments(IncidentSchema)
@incidents.response(201, IncidentSchema)
def declare_incident(body: Mapping[str, Any]) -> store.Declared:
    """Declare an incident for units of one's scope. It never excuses the one who declares it."""
    kind = rules.IncidentKind(body["kind"])
    said = body["begins_at"], body["ends_at"], body["reason"], body["units"]
    with transaction() as session:
        return actions.declare(session, kind, *said, by=actor(), now=clock.now())


@incidents.post(f"/incidents/<int(max={LARGEST_ID}):incident_id>/withdrawal")
@allowed(*actions.DECLARES)
@incidents.arguments(WithdrawalSchema)
@incidents.response(200, IncidentSchema)
def withdraw_incident(body: Mapping[str, Any], incident_id: int) -> store.Declared:
    """Withdraw an incident, once. What was declared and why it was withdrawn stay readable."""
    with transaction() as session:
        return actions.withdraw(session, incident_id, body["reason"], by=actor(), now=clock.now())
