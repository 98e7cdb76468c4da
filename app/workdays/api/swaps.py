"""Swaps and rest over HTTP: one asks, the other agrees, a superior approves; and how much rest a unit demands."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.access import Role
from app.db import transaction
from app.http import Day, Instant, Schema, actor, allowed, collection, paged, signed_in
from app.people import store as people
from app.workdays import actions, rules
from app.workdays import store as workdays_store
from app.workdays.api.routes import NumberedPageArgs, workdays

READS = (*actions.DECIDES, Role.AUDITOR)
STATUSES = ("proposed", "agree", "decline", "withdraw", "approve", "refuse")
REASON = validate.Length(3, 2000)


class NewSwapSchema(Schema):
    """Days on which two people exchange what their rosters say."""

    partner = fields.String(required=True, validate=validate.Length(equal=18))
    days = fields.List(Day(), required=True, validate=validate.Length(1, actions.MOST_DAYS))
    reason = fields.String(required=True, validate=REASON)


class SwapSchema(Schema):
    """A swap and what became of it."""

    id = fields.Integer(required=True)
    proposer_nip = fields.String(required=True)
    proposer_name = fields.String(required=True)
    partner_nip = fields.String(required=True)
    partner_name = fields.String(required=True)
    days = fields.List(Day(), required=True)
    reason = fields.String(required=True)
    proposed_at = Instant(required=True)
    status = fields.String(required=True, metadata={"enum": STATUSES})
    answered_at = Instant(required=True, allow_none=True)
    decision_reason = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class SwapArgs(NumberedPageArgs):
    """Which swaps of one's scope."""

    status = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATUSES))
    unit = fields.String(load_default=None, allow_none=True)


class SwapAnswerSchema(Schema):
    """The partner agrees or declines; the proposer withdraws."""

    answer = fields.String(required=True, validate=validate.OneOf(("agree", "decline", "withdraw")))


class SwapDecisionSchema(Schema):
    """The answer of a superior who is neither of the two, and why."""

    decision = fields.String(required=True, validate=validate.OneOf(("approve", "refuse")))
    reason = fields.String(required=True, validate=REASON)


class RestRuleSchema(Schema):
    """How many minutes of rest lie at least between two days' shifts, and which regulation says so."""

    min_rest_min = fields.Integer(required=True, validate=validate.Range(0, rules.LONGEST_REST_MIN))
    source = fields.String(required=True, validate=validate.Length(3, 500))


@workdays.post("/me/swaps")
@signed_in
@workdays.arguments(NewSwapSchema)
@workdays.response(201, SwapSchema)
def propose_swap(body: Mapping[str, Any]) -> workdays_store.Swapped:
    """Ask a colleague of the same agency to exchange rosters on some days to come."""
    with transaction() as session:
        return actions.propose_swap(session, body["partner"], body["days"], body["reason"], actor(), clock.now())


@workdays.get("/me/swaps")
@signed_in
@workdays.arguments(NumberedPageArgs, location="query")
@workdays.response(200, collection(SwapSchema))
def list_own_swaps(page: Mapping[str, Any]) -> dict[str, Any]:
    """Swaps that one proposed or was asked for, newest first."""
    today = actions.civil_day(clock.now())
    with transaction() as session:
        rows = workdays_store.list_swaps(session, today, page["after"], page["limit"] + 1, person_id=actor().person_id)
    return paged(rows, page["limit"], lambda row: row.id)


@workdays.post("/me/swaps/<int:swap_id>/answer")
@signed_in
@workdays.arguments(SwapAnswerSchema)
@workdays.response(200, SwapSchema)
def answer_swap(body: Mapping[str, Any], swap_id: int) -> workdays_store.Swapped:
    """Agree to a swap or decline it; or withdraw what one proposed, before there is an answer."""
    with transaction() as session:
        return actions.answer_swap(session, swap_id, body["answer"], actor(), clock.now())


@workdays.get("/swaps")
@allowed(*READS)
@workdays.arguments(SwapArgs, location="query")
@workdays.response(200, collection(SwapSchema))
def list_swaps(args: Mapping[str, Any]) -> dict[str, Any]:
    """Swaps between people who are both in one's scope (or one unit of it), newest first."""
    today = actions.civil_day(clock.now())
    with transaction() as session:
        paths = actions.scope_of(session, args["unit"], actor().paths(*READS))
        rows = workdays_store.list_swaps(session, today, args["after"], args["limit"] + 1, paths=paths, status=args["status"])
    return paged(rows, args["limit"], lambda row: row.id)


@workdays.post("/swaps/<int:swap_id>/decision")
@allowed(*actions.DECIDES)
@workdays.arguments(SwapDecisionSchema)
@workdays.response(200, SwapSchema)
def decide_swap(body: Mapping[str, Any], swap_id: int) -> workdays_store.Swapped:
    """Approve or refuse a swap to which both agreed, never one's own, once; approved, both rosters change."""
    with transaction() as session:
        return actions.decide_swap(session, swap_id, body["decision"], body["reason"], actor(), clock.now())


@workdays.get("/rest-rules/<unit>")
@allowed(*actions.READS)
@workdays.etag
@workdays.response(200, RestRuleSchema)
def get_rest_rule(unit: str) -> dict[str, Any]:
    """The rest that the unit itself demands; 0 minutes when it says nothing, and then that of the unit above holds."""
    with transaction() as session:
        found = workdays_store.find_rest_rule(session, people.get_unit(session, unit, actor().paths(*actions.READS)).id)
    return _rule(found)


@workdays.put("/rest-rules/<unit>")
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.arguments(RestRuleSchema)
@workdays.response(200, RestRuleSchema)
def set_rest_rule(body: Mapping[str, Any], unit: str) -> dict[str, Any]:
    """Demand so much rest in rosters that are published from now on, in the unit and those below it."""
    with transaction() as session:
        found = people.get_unit(session, unit, actor().paths(*actions.SETS_UP))
        workdays_store.lock_rosters(session, people.agency_of(session, found.path).id)
        workdays.check_etag(_rule(workdays_store.find_rest_rule(session, found.id)), RestRuleSchema)
        rule = rules.RestRule(body["min_rest_min"], body["source"])
        return _rule(actions.set_rest_rule(session, unit, rule, actor(), clock.now()))


def _rule(rule: rules.RestRule | None) -> dict[str, Any]:
    return {"min_rest_min": rule.min_rest_min if rule else 0, "source": rule.source if rule else ""}
