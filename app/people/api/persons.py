"""Routes of people, oneself first."""

from typing import Any

from marshmallow import fields, validate

from app import clock
from app.db import transaction
from app.http import Day, PageArgs, Schema, actor, allowed, collection, paged, signed_in
from app.people import store
from app.people.actions.days import day_of
from app.people.api.blueprint import READERS, is_line, is_unit_code, people


class PlaceSchema(Schema):
    """A unit as it is named beside a person."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class RoleSchema(Schema):
    """A role one holds and the unit it is held over."""

    role = fields.String(required=True)
    unit = fields.String(required=True)


class PersonSchema(Schema):
    """A person where he is posted today."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    position = fields.String(required=True, allow_none=True)
    unit = fields.Nested(PlaceSchema, required=True, allow_none=True)


class PostingSchema(Schema):
    """A position in a unit, `until` being the first day it no longer holds."""

    unit = fields.Nested(PlaceSchema, required=True)
    position = fields.String(required=True)
    kind = fields.String(required=True)
    since = Day(required=True)
    until = Day(required=True, allow_none=True)


class PersonDetailSchema(PersonSchema):
    """A person with all postings, newest first."""

    postings = fields.List(fields.Nested(PostingSchema), required=True)


class MeSchema(PersonSchema):
    """Oneself, and what one may do."""

    grants = fields.List(fields.Nested(RoleSchema), required=True)


class PeopleArgs(PageArgs):
    """Which people."""

    unit = fields.String(load_default=None, validate=is_unit_code, metadata={"description": "only this unit and those below"})
    q = fields.String(
        load_default=None,
        validate=[is_line, validate.Length(max=100)],
        metadata={"description": "part of a name or beginning of a NIP"},
    )


@people.get("/me")
@signed_in
@people.response(200, MeSchema)
def get_me() -> dict[str, Any]:
    """Oneself: unit, position and the roles in force today."""
    with transaction() as session:
        posted = store.find_posted(session, actor().person_id, day_of(clock.now()))
    roles = [{"role": grant.role, "unit": grant.path.rpartition(".")[2]} for grant in actor().grants]
    shown = {"position": None, "unit": None} if posted is None else _shown(posted)
    return shown | {"nip": actor().nip, "name": actor().name, "grants": roles}


@people.get("/people")
@allowed(*READERS)
@people.arguments(PeopleArgs, location="query")
@people.response(200, collection(PersonSchema))
def list_people(page: dict[str, Any]) -> dict[str, Any]:
    """People posted today in one's scope, in order of NIP."""
    paths = actor().paths(*READERS)
    with transaction() as session:
        if page["unit"] is not None:
            paths = (store.get_unit(session, page["unit"], paths).path,)
        rows = store.list_posted(session, day_of(clock.now()), paths, page["q"], page["after"], page["limit"] + 1)
    return paged([_shown(row) for row in rows], page["limit"], key=lambda row: row["nip"])


@people.get("/people/<nip>")
@allowed(*READERS)
@people.response(200, PersonDetailSchema)
def get_person(nip: str) -> dict[str, Any]:
    """One person posted today in one's scope."""
    with transaction() as session:
        posted = store.get_posted(session, nip, day_of(clock.now()), actor().paths(*READERS))
        postings = store.list_postings(session, posted.person_id)
    return _shown(posted) | {
        "postings": [
            {"unit": unit, "position": held.position, "kind": held.kind, "since": held.since, "until": held.until}
            for held, unit in postings
        ]
    }


def _shown(posted: store.Posted) -> dict[str, Any]:
    return {
        "nip": posted.nip,
        "name": posted.name,
        "position": posted.position,
        "unit": {"code": posted.unit_code, "name": posted.unit_name},
    }
