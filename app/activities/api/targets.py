"""Targets over HTTP: one plans, a superior agrees, and both see what was done for them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from app import clock
from app.activities import actions, store
from app.activities.api.routes import LARGEST_ID, activities
from app.activities.api.shapes import PLAIN, REASON
from app.activities.rules import Answer, Standing
from app.activities.rules.period import Period, period_named
from app.activities.rules.targets import Aim
from app.db import transaction
from app.http import Instant, PerCent, Schema, actor, allowed, collection, paged, signed_in
from app.http.paging import LIMIT

TARGET = f"<int(max={LARGEST_ID}):target_id>"
MOST_QUANTITY = 1_000_000


class PeriodField(fields.Field[Period]):
    """A period: 2026-10, 2026-Q3, 2026-S1 or 2026."""

    def _serialize(self, value: Period | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else value.name

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Period:
        found = period_named(str(value))
        if found is None:
            raise ValidationError("Not a period like 2026-10, 2026-Q3, 2026-S1 or 2026.")
        return found


def _is_quantity(number: Decimal) -> None:
    if not 0 < number <= MOST_QUANTITY or number != round(number, 3):
        raise ValidationError("Invalid value.")


class OwnTargetSchema(Schema):
    """A planned result of work of a period, and how it is measured; with what was approved that was done for it."""

    id = fields.Integer(dump_only=True)
    period = PeriodField(required=True)
    description = fields.String(required=True, validate=REASON)
    indicator = fields.String(required=True, validate=REASON)
    quantity = PerCent(required=True, validate=_is_quantity, metadata={"description": "how much, in `quantity_unit`"})
    quantity_unit = fields.String(required=True, validate=[validate.Length(1, 60), PLAIN])
    replaces = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, LARGEST_ID))
    replaced_by = fields.Integer(dump_only=True, allow_none=True)
    set_at = Instant(dump_only=True)
    status = fields.Enum(Standing, by_value=True, dump_only=True, attribute="standing")
    decision_reason = fields.String(dump_only=True, allow_none=True)
    decided_by = fields.String(dump_only=True, allow_none=True)
    decided_at = Instant(dump_only=True, allow_none=True)
    done_activities = fields.Integer(dump_only=True)
    done_min = fields.Integer(dump_only=True)


class TargetSchema(OwnTargetSchema):
    """A target as those who answer it read it."""

    nip = fields.String(dump_only=True)
    name = fields.String(dump_only=True)
    unit = fields.String(dump_only=True, attribute="unit_code")


class TargetPageArgs(Schema):
    """A page whose cursor is the id of the last target of the page before, of one period."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, LARGEST_ID))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))
    period = PeriodField(load_default=None)


class TargetArgs(TargetPageArgs):
    """Which targets of one's scope."""

    unit = fields.String(load_default=None, metadata={"description": "code of a unit; those below it are included"})
    nip = fields.String(load_default=None, validate=validate.Regexp(r"[0-9]{18}\Z"))


class TargetWithdrawalSchema(Schema):
    """Why a target is taken back."""

    reason = fields.String(required=True, validate=REASON)


class TargetDecisionSchema(Schema):
    """The answer, and why."""

    decision = fields.String(required=True, validate=validate.OneOf(("approve", "return")))
    reason = fields.String(required=True, validate=REASON)


@activities.post("/me/targets")
@signed_in
@activities.arguments(OwnTargetSchema)
@activities.response(201, OwnTargetSchema)
def set_target(body: Mapping[str, Any]) -> store.Aimed:
    """Plan a result of work for a period that is not over. A superior agrees, or returns it."""
    with transaction() as session:
        return actions.set_target(session, Aim(**body), by=actor(), now=clock.now())


@activities.get("/me/targets")
@signed_in
@activities.arguments(TargetPageArgs, location="query")
@activities.response(200, collection(OwnTargetSchema))
def list_own_targets(args: Mapping[str, Any]) -> dict[str, Any]:
    """One's own targets, newest first, with what was done for them."""
    with transaction() as session:
        asked = {"person_id": actor().person_id, "period": args["period"]}
        rows = store.list_aimed(session, args["after"], args["limit"] + 1, **asked)
    return paged(rows, args["limit"], lambda row: row.id)


@activities.post(f"/me/targets/{TARGET}/withdrawal")
@signed_in
@activities.arguments(TargetWithdrawalSchema)
@activities.response(200, OwnTargetSchema)
def withdraw_target(body: Mapping[str, Any], target_id: int) -> store.Aimed:
    """Take one's own target back, before anybody answered."""
    with transaction() as session:
        return actions.withdraw_target(session, target_id, body["reason"], by=actor(), now=clock.now())


@activities.get("/targets")
@allowed(*actions.READS)
@activities.arguments(TargetArgs, location="query")
@activities.response(200, collection(TargetSchema))
def list_targets(args: Mapping[str, Any]) -> dict[str, Any]:
    """Targets set in the units of one's scope (or one of them), newest first."""
    asked = args["unit"], args["nip"], args["period"], args["after"], args["limit"] + 1
    with transaction() as session:
        rows = actions.list_targets(session, *asked, by=actor())
    return paged(rows, args["limit"], lambda row: row.id)


@activities.post(f"/targets/{TARGET}/decision")
@allowed(*actions.DECIDES)
@activities.arguments(TargetDecisionSchema)
@activities.response(200, TargetSchema)
def decide_target(body: Mapping[str, Any], target_id: int) -> store.Aimed:
    """Agree on a target of somebody in one's scope, or return it; never one's own. Earlier answers are kept."""
    said = Answer(body["decision"]), body["reason"]
    with transaction() as session:
        return actions.decide_target(session, target_id, *said, by=actor(), now=clock.now())
