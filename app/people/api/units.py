"""Routes of the tree of units."""

from typing import Any

from marshmallow import fields

from app import clock
from app.access import Role
from app.db import transaction
from app.http import PageArgs, Schema, actor, allowed, collection, paged
from app.people import store
from app.people.actions import units as actions
from app.people.api.blueprint import READERS, is_line, is_unit_code, people
from app.people.store import Unit


class UnitSchema(Schema):
    """A unit and where it stands in the tree."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    parent = fields.Function(
        lambda unit: unit.path.split(".")[-2] if "." in unit.path else None,
        required=True,
        metadata={"type": ["string", "null"], "description": "code of the unit above; null for an agency"},
    )
    path = fields.String(required=True, metadata={"description": "codes from the agency down, separated by dots"})
    zone = fields.String(required=True)
    decree = fields.String(required=True)


class NewUnitSchema(Schema):
    """A unit to be added below another; zone and decree are the parent's unless given."""

    code = fields.String(required=True, validate=is_unit_code)
    name = fields.String(required=True, validate=is_line)
    parent = fields.String(required=True, validate=is_unit_code)
    zone = fields.String(load_default=None, validate=is_line)
    decree = fields.String(load_default=None, validate=is_line)


@people.get("/units")
@allowed(*READERS)
@people.arguments(PageArgs, location="query")
@people.response(200, collection(UnitSchema))
def list_units(page: dict[str, Any]) -> dict[str, Any]:
    """Units of one's scope in order of code."""
    with transaction() as session:
        rows = store.units_in(session, actor().paths(*READERS), page["after"], page["limit"] + 1)
    return paged(rows, page["limit"], key=lambda unit: unit.code)


@people.post("/units")
@allowed(Role.ADMIN)
@people.arguments(NewUnitSchema)
@people.response(201, UnitSchema)
def create_unit(body: dict[str, Any]) -> Unit:
    """Add a unit below one of one's own. Agencies come by the import, because nobody's scope lies above one."""
    with transaction() as session:
        return actions.add_unit(session, by=actor(), now=clock.now(), **body)


@people.get("/units/<code>")
@allowed(*READERS)
@people.response(200, UnitSchema)
def get_unit(code: str) -> Unit:
    """One unit."""
    with transaction() as session:
        return store.get_unit(session, code, actor().paths(*READERS))
