"""Published rosters over HTTP, and where any two rosters of a unit and month differ."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.db import transaction
from app.http import Instant, Month, Schema, allowed
from app.workdays import actions, render, rules
from app.workdays import store as workdays_store
from app.workdays.actions.plans import Month as UnitMonth
from app.workdays.api.months import DiffSchema, PersonRowSchema, month_at, rows_of, shown_changes
from app.workdays.api.routes import workdays


class VersionSchema(Schema):
    """A published roster."""

    unit = fields.String(required=True)
    month = Month(required=True)
    version = fields.Integer(required=True)
    note = fields.String(required=True)
    published_at = Instant(required=True)


class WholeVersionSchema(VersionSchema):
    """A published roster with its days."""

    people = fields.List(fields.Nested(PersonRowSchema), required=True)


class VersionsSchema(Schema):
    """Every published roster of a unit and month, and whether another is being drawn up."""

    items = fields.List(fields.Nested(VersionSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    has_draft = fields.Boolean(required=True)


class DiffArgs(Schema):
    """Which two: `draft`, `in_force`, or the number of a version."""

    before = fields.String(load_default=actions.IN_FORCE)
    after = fields.String(load_default=actions.DRAFT)


class RosterTextSchema(Schema):
    """A roster as the file that spreadsheets read and `…/file` takes back."""

    csv = fields.String(required=True)


@workdays.get("/roster-versions/<unit>/<month>")
@allowed(*actions.READS)
@workdays.response(200, VersionsSchema)
def list_versions(unit: str, month: str) -> dict[str, Any]:
    """Every published roster of the unit and month, newest first, and whether there is a draft."""
    with transaction() as session:
        there = month_at(session, unit, month, actions.READS)
        rows = workdays_store.list_versions(session, there.unit.id, there.month)
        draft = workdays_store.find_draft(session, there.unit.id, there.month)
        return {"items": [shown_version(there, row) for row in rows], "next": None, "has_draft": draft is not None}


@workdays.get("/roster-versions/<unit>/<month>/<int:version>")
@allowed(*actions.READS)
@workdays.response(200, WholeVersionSchema)
def get_version(unit: str, month: str, version: int) -> dict[str, Any]:
    """One published roster with its days."""
    with transaction() as session:
        there = month_at(session, unit, month, actions.READS)
        plan = actions.plan_of(session, there, str(version))
        row = workdays_store.find_version(session, there.unit.id, there.month, version)
        assert row is not None
        return {**shown_version(there, row), "people": rows_of(session, plan)}


@workdays.get("/roster-versions/<unit>/<month>/diff")
@allowed(*actions.READS)
@workdays.arguments(DiffArgs, location="query")
@workdays.response(200, DiffSchema)
def compare(args: Mapping[str, Any], unit: str, month: str) -> dict[str, Any]:
    """Where two rosters differ: what is in force and the draft unless told otherwise."""
    with transaction() as session:
        there = month_at(session, unit, month, actions.READS)
        before, after = (actions.plan_of(session, there, args[name]) for name in ("before", "after"))
        return {"changes": shown_changes(session, rules.differences(before, after))}


@workdays.get("/roster-versions/<unit>/<month>/<name>/file")
@allowed(*actions.READS)
@workdays.response(200, RosterTextSchema)
def get_file(unit: str, month: str, name: str) -> dict[str, Any]:
    """A roster (`draft`, `in_force` or the number of a version) as a file, with everybody of the unit."""
    with transaction() as session:
        there = month_at(session, unit, month, actions.READS)
        return {"csv": render.roster_csv(actions.people_of(there), actions.plan_of(session, there, name), there.month)}


def shown_version(month: UnitMonth, version: workdays_store.RosterVersion) -> dict[str, Any]:
    """A published roster as it is answered."""
    said = {name: getattr(version, name) for name in ("version", "note", "published_at")}
    return {"unit": month.unit.code, "month": month.month, **said}
