"""Calendar groups, their shipped calendars and their members over HTTP."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock, errors
from app.db import transaction
from app.http import Day, Schema, actor, allowed, collection, paged, signed_in
from app.workdays import actions, rules
from app.workdays import store as workdays_store
from app.workdays.api.calendar import YearArgs
from app.workdays.api.routes import NumberedPageArgs, workdays


class GroupWordsSchema(Schema):
    """A group's name, and the shipped calendar whose feasts free its members."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    calendar = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(rules.calendars()))


class GroupSchema(GroupWordsSchema):
    """A calendar group of an agency."""

    id = fields.Integer()
    code = fields.String()


class NewGroupSchema(GroupWordsSchema):
    """A calendar group for an agency."""

    agency = fields.String(required=True)
    code = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9-]{2,40}\Z"))


class EndSchema(Schema):
    """The first day a membership no longer holds; the day it began: it never held."""

    until = Day(required=True, allow_none=True)


class NewMembershipSchema(Schema):
    """Somebody who belongs to the group, `until` being the first day he no longer does."""

    nip = fields.String(required=True, validate=validate.Length(equal=18))
    since = Day(required=True)
    until = Day(load_default=None, allow_none=True)


class MembershipSchema(Schema):
    """A membership as those who keep them see it."""

    id = fields.Integer()
    nip = fields.String()
    name = fields.String()
    group = fields.String()
    since = Day()
    until = Day(allow_none=True)


class FeastSchema(Schema):
    """A day of a shipped calendar; one of quality G is general knowledge and frees nobody until it is declared."""

    day = Day()
    name = fields.String()
    pawukon = fields.String(metadata={"description": "the day's name in the cycle of 210 days"})
    frees = fields.Boolean()
    source = fields.String()
    quality = fields.String(metadata={"enum": ["S", "C", "G"]})


@workdays.get("/calendars/<code>")
@signed_in
@workdays.arguments(YearArgs, location="query")
@workdays.response(200, collection(FeastSchema))
def list_feasts(args: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The year's days of a shipped calendar, each with its source."""
    if code not in rules.calendars():
        raise errors.NotFound("unknown_calendar", calendar=code)
    feasts = rules.feasts_of(code, args["year"] or actions.civil_day(clock.now()).year).values()
    return {"items": [_feast(feast) for feast in feasts], "next": None}


@workdays.get("/calendar-groups")
@allowed(*actions.SETS_UP)
@workdays.arguments(NumberedPageArgs, location="query")
@workdays.response(200, collection(GroupSchema))
def list_groups(page: Mapping[str, Any]) -> dict[str, Any]:
    """Calendar groups of the agencies one sets up."""
    with transaction() as session:
        agencies = actions.agency_ids(session, actor().paths(*actions.SETS_UP))
        rows = workdays_store.list_groups(session, agencies, page["after"], page["limit"] + 1)
    return paged(rows, page["limit"], lambda group: group.id)


@workdays.post("/calendar-groups")
@allowed(*actions.SETS_UP)
@workdays.arguments(NewGroupSchema)
@workdays.response(201, GroupSchema)
def add_group(body: Mapping[str, Any]) -> workdays_store.CalendarGroup:
    """A new calendar group of an agency."""
    with transaction() as session:
        return actions.add_group(session, body["agency"], body["code"], body["name"], body["calendar"], by=actor(), now=clock.now())


@workdays.get("/calendar-groups/<agency>/<code>")
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.response(200, GroupSchema)
def get_group(agency: str, code: str) -> workdays_store.CalendarGroup:
    """One calendar group."""
    with transaction() as session:
        return actions.get_group(session, agency, code, actor(), *actions.SETS_UP)


@workdays.put("/calendar-groups/<agency>/<code>")
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.arguments(GroupWordsSchema)
@workdays.response(200, GroupSchema)
def change_group(body: Mapping[str, Any], agency: str, code: str) -> workdays_store.CalendarGroup:
    """Give a calendar group another name or calendar."""
    with transaction() as session:
        group = actions.get_group(session, agency, code, actor(), *actions.SETS_UP)
        workdays.check_etag(group, GroupSchema)
        return actions.change_group(session, group, body["name"], body["calendar"], by=actor(), now=clock.now())


@workdays.get("/calendar-groups/<agency>/<code>/members")
@allowed(*actions.SEES_MEMBERS)
@workdays.arguments(NumberedPageArgs, location="query")
@workdays.response(200, collection(MembershipSchema))
def list_members(page: Mapping[str, Any], agency: str, code: str) -> dict[str, Any]:
    """Who belongs to a group, ended memberships too. Personnel and auditors of the whole agency only."""
    today, sees = actions.civil_day(clock.now()), actions.SEES_MEMBERS
    with transaction() as session:
        group = actions.get_group(session, agency, code, actor(), *sees)
        paths = actor().paths(*sees)
        rows = workdays_store.list_memberships(session, group.id, paths, today, page["after"], page["limit"] + 1)
    return paged(rows, page["limit"], lambda row: row.id)


@workdays.post("/calendar-groups/<agency>/<code>/members")
@allowed(*actions.KEEPS_MEMBERS)
@workdays.arguments(NewMembershipSchema)
@workdays.response(201, MembershipSchema)
def add_member(body: Mapping[str, Any], agency: str, code: str) -> workdays_store.Membership:
    """Let somebody belong to a group; nobody decides that about himself."""
    with transaction() as session:
        group = actions.get_group(session, agency, code, actor(), *actions.KEEPS_MEMBERS)
        return actions.join(session, group, body["nip"], body["since"], body["until"], by=actor(), now=clock.now())


@workdays.get("/calendar-memberships/<int:membership_id>")
@allowed(*actions.SEES_MEMBERS)
@workdays.etag
@workdays.response(200, MembershipSchema)
def get_membership(membership_id: int) -> workdays_store.Membership:
    """One membership."""
    with transaction() as session:
        return actions.get_membership(session, membership_id, actor(), clock.now(), *actions.SEES_MEMBERS)


@workdays.put("/calendar-memberships/<int:membership_id>")
@allowed(*actions.KEEPS_MEMBERS)
@workdays.etag
@workdays.arguments(EndSchema)
@workdays.response(200, MembershipSchema)
def end_membership(body: Mapping[str, Any], membership_id: int) -> workdays_store.Membership:
    """Give a membership another end, or none."""
    now = clock.now()
    with transaction() as session:
        there = actions.get_membership(session, membership_id, actor(), now, *actions.KEEPS_MEMBERS)
        workdays.check_etag(there, MembershipSchema)
        return actions.end(session, there, body["until"], by=actor(), now=now)


@workdays.get("/me/calendar-memberships")
@signed_in
@workdays.response(200, collection(MembershipSchema))
def list_own_memberships() -> dict[str, Any]:
    """The calendar groups one is kept in, ended ones too."""
    with transaction() as session:
        return {"items": workdays_store.memberships_of(session, [actor().person_id]), "next": None}


def _feast(feast: rules.Feast) -> dict[str, Any]:
    said = {"day": feast.day, "name": feast.name, "frees": feast.frees, "source": feast.source, "quality": feast.quality}
    return {**said, "pawukon": rules.pawukon_name(feast.day)}
