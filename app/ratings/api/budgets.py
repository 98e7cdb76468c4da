"""Budget realisation over HTTP: what a unit reports each quarter, where a part of the allowance follows it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import fields, validate

from app import clock, errors
from app.db import transaction
from app.http import Instant, PerCent, Schema, actor, allowed
from app.ratings import actions, store
from app.ratings.api.blueprint import ratings
from app.ratings.api.months import figure_up_to

QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)


class BudgetSchema(Schema):
    """How much of its budget a unit had realised in a quarter."""

    pct = PerCent(required=True, validate=figure_up_to(100))
    source = fields.String(
        required=True, validate=validate.Length(3, 2000), metadata={"description": "the report it was read from"}
    )
    reported_at = Instant(dump_only=True)


@ratings.put("/budgets/<unit>/<quarter>")
@allowed(*actions.REPORTS)
@ratings.arguments(BudgetSchema)
@ratings.response(200, BudgetSchema)
def put_budget(body: Mapping[str, Any], unit: str, quarter: str) -> store.BudgetRealisation:
    """Report a quarter (2026-Q3) of a unit. Units below that report nothing have the same. Earlier reports are kept."""
    with transaction() as session:
        return actions.report_budget(session, unit, quarter_named(quarter), actions.Reported(**body), by=actor(), now=clock.now())


@ratings.get("/budgets/<unit>/<quarter>")
@allowed(*actions.READERS)
@ratings.response(200, BudgetSchema)
def get_budget(unit: str, quarter: str) -> store.BudgetRealisation:
    """What a unit reported last of a quarter (2026-Q3)."""
    with transaction() as session:
        return actions.get_budget(session, unit, quarter_named(quarter), by=actor())


def quarter_named(quarter: str) -> date:
    """The first day of the quarter in an address.

    Raises: NotFound (`unknown_quarter`).
    """
    found = QUARTER.fullmatch(quarter)
    if found is None or found[1] == "0000":
        raise errors.NotFound("unknown_quarter", quarter=quarter)
    return date(int(found[1]), 3 * int(found[2]) - 2, 1)
