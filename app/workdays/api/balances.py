"""Balances of leave over HTTP: what is left, and what somebody brings into a year."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from app import clock
from app.access import Role
from app.db import transaction
from app.http import Schema, actor, allowed, collection, paged
from app.http.paging import PageArgs
from app.people import store as people
from app.workdays import actions, rules
from app.workdays.api.routes import workdays

READS = (*actions.DECIDES, Role.AUDITOR)


class Days(fields.Decimal):
    """Working days, whole or half; a string in JSON."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(as_string=True, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else rules.plain(value)


def must_be_days(days: Any) -> None:
    """Nothing, for days that can be brought into a year.

    Raises: ValidationError.
    """
    if not rules.is_opening(days):
        raise ValidationError("Invalid value.")


class BalanceSchema(Schema):
    """Working days of one kind of leave in a year: left = entitled + brought - taken - waiting, never below 0."""

    kind = fields.String(required=True)
    year = fields.Integer(required=True)
    entitled = Days(required=True)
    brought = Days(required=True, metadata={"description": "from the years before"})
    taken = Days(required=True)
    waiting = Days(required=True, metadata={"description": "asked for, not answered yet"})
    left = Days(required=True)
    clause = fields.String(required=True, allow_none=True)


class PersonBalanceSchema(Schema):
    """One person's balances."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True, attribute="unit_code")
    balances = fields.List(fields.Nested(BalanceSchema), required=True)


class BalanceArgs(PageArgs):
    """Whose balances of which year."""

    unit = fields.String(load_default=None, allow_none=True)
    year = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(2000, 2100))


class OpeningSchema(Schema):
    """What somebody brings into a year of annual leave, and which paper says so."""

    nip = fields.String(required=True, validate=validate.Length(equal=18))
    year = fields.Integer(required=True, validate=validate.Range(2000, 2100))
    days = Days(required=True, allow_nan=False, validate=must_be_days)
    source = fields.String(required=True, validate=validate.Length(3, 500))


@workdays.get("/leave-balances")
@allowed(*READS)
@workdays.arguments(BalanceArgs, location="query")
@workdays.response(200, collection(PersonBalanceSchema))
def list_leave_balances(args: Mapping[str, Any]) -> dict[str, Any]:
    """What the people in one's scope (or one unit of it) have left this year or another, in order of NIP."""
    today = actions.civil_day(clock.now())
    with transaction() as session:
        paths = actions.scope_of(session, args["unit"], actor().paths(*READS))
        page = paged(
            people.list_posted(session, today, paths, None, args["after"], args["limit"] + 1), args["limit"], lambda row: row.nip
        )
        employed = people.list_employed_on(session, today, person_ids=[row.person_id for row in page["items"]])
        balances = actions.balances_of(session, employed, args["year"] or today.year)
    rows = [
        {"nip": row.nip, "name": row.name, "unit_code": row.unit_code, "balances": balances.get(row.person_id, [])}
        for row in page["items"]
    ]
    return {**page, "items": rows}


@workdays.post("/leave-openings")
@allowed(*actions.STATES)
@workdays.arguments(OpeningSchema)
@workdays.response(204)
def state_leave_opening(body: Mapping[str, Any]) -> None:
    """State what somebody in one's scope brings into a year of annual leave, in place of what was stated before."""
    opening = rules.Opening(rules.LeaveKind.ANNUAL, body["year"], body["days"], body["source"])
    with transaction() as session:
        actions.state_opening(session, body["nip"], opening, by=actor(), now=clock.now())
