"""Patterns of rosters over HTTP: cycles of days, such as 2-2-3."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.db import transaction
from app.http import Schema, actor, allowed, collection, paged
from app.workdays import actions, rules
from app.workdays import store as workdays_store
from app.workdays.api.routes import NumberedPageArgs, workdays

CODE = validate.Regexp(r"[A-Z0-9_\-]{1,20}\Z")


class PatternSchema(Schema):
    """A cycle of days, each with its shifts: the 2-2-3 is one of 14 days."""

    id = fields.Integer(dump_only=True)
    code = fields.String(required=True, validate=CODE)
    name = fields.String(required=True, validate=validate.Length(1, 100))
    cycle = fields.List(
        fields.List(fields.String(), validate=validate.Length(0, rules.MOST_SHIFTS)),
        required=True,
        validate=validate.Length(1, rules.LONGEST_CYCLE_DAYS),
    )


class NewPatternSchema(PatternSchema):
    """A pattern for an agency's rosters."""

    agency = fields.String(required=True, load_only=True)


@workdays.get("/roster-patterns")
@allowed(*actions.READS)
@workdays.arguments(NumberedPageArgs, location="query")
@workdays.response(200, collection(PatternSchema))
def list_patterns(page: Mapping[str, Any]) -> dict[str, Any]:
    """Patterns of the agencies one has a role in."""
    with transaction() as session:
        agencies = actions.agency_ids(session, actor().paths(*actions.READS))
        rows = workdays_store.list_patterns(session, agencies, page["after"], page["limit"] + 1)
    return paged(rows, page["limit"], lambda pattern: pattern.id)


@workdays.post("/roster-patterns")
@allowed(*actions.SETS_UP)
@workdays.arguments(NewPatternSchema)
@workdays.response(201, PatternSchema)
def add_pattern(body: Mapping[str, Any]) -> workdays_store.RosterPattern:
    """A new pattern for an agency's rosters."""
    cycle = [tuple(day) for day in body["cycle"]]
    with transaction() as session:
        return actions.add_pattern(session, body["agency"], body["code"], body["name"], cycle, actor(), clock.now())
