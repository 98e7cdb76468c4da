"""Routes of grants."""

from typing import Any

from marshmallow import fields, validate

from app import clock
from app.access import Role
from app.db import transaction
from app.http import Day, PageArgs, Schema, actor, allowed, collection, paged
from app.people import store
from app.people.actions import grants as actions
from app.people.actions.days import day_of
from app.people.api.blueprint import LARGEST_ID, id_after, is_nip, is_unit_code, people
from app.people.rules.grants import GIVEN_BY

READERS = (Role.ADMIN, Role.HR, Role.AUDITOR)


class GrantSchema(Schema):
    """A role over a unit and all below it, `until` being the first day it no longer holds."""

    id = fields.Integer(required=True)
    nip = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    unit = fields.String(required=True, attribute="unit_code")
    since = Day(required=True)
    until = Day(required=True, allow_none=True)


class NewGrantSchema(Schema):
    """A role to be given; an acting official's has an end."""

    nip = fields.String(required=True, validate=is_nip)
    role = fields.String(required=True, validate=validate.OneOf([str(role) for role in GIVEN_BY]))
    unit = fields.String(required=True, validate=is_unit_code)
    since = Day(required=True)
    until = Day(load_default=None, allow_none=True)


@people.get("/grants")
@allowed(*READERS)
@people.arguments(PageArgs, location="query")
@people.response(200, collection(GrantSchema))
def list_grants(page: dict[str, Any]) -> dict[str, Any]:
    """Grants over units of one's scope, ended ones too, in order of id."""
    with transaction() as session:
        rows = store.list_granted(session, actor().paths(*READERS), id_after(page["after"]), page["limit"] + 1)
    return paged(rows, page["limit"], key=lambda granted: granted.id)


@people.post("/grants")
@allowed(Role.ADMIN, Role.HR)
@people.arguments(NewGrantSchema)
@people.response(201, GrantSchema)
def create_grant(body: dict[str, Any]) -> store.Granted:
    """Give a role to somebody else: an administrator any, personnel officers the supervisor's (an acting official)."""
    now = clock.now()
    wanted = actions.Wanted(body["nip"], Role(body["role"]), body["unit"], body["since"], body["until"])
    with transaction() as session:
        return actions.add_grant(session, actor(), wanted, now, day_of(now))


@people.post(f"/grants/<int(max={LARGEST_ID}):grant_id>/end")
@allowed(Role.ADMIN, Role.HR)
@people.response(200, GrantSchema)
def end_grant(grant_id: int) -> store.Granted:
    """End somebody else's grant; it stops at his next request."""
    now = clock.now()
    with transaction() as session:
        return actions.end_grant(session, actor(), grant_id, now, day_of(now))
