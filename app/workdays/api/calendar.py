"""Declared days over HTTP: the published calendar with what the agency changed in it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.db import transaction
from app.http import Day, Schema, actor, allowed, collection, signed_in
from app.workdays import actions, rules
from app.workdays.api.routes import workdays

KINDS = [kind.value for kind in rules.HolidayKind]


class YearArgs(Schema):
    """Which year; without one, this year."""

    year = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(2000, 2100))


class HolidaySchema(Schema):
    """A declared day. `id` is there when the agency declared it itself."""

    id = fields.Integer(allow_none=True, dump_only=True)
    day = Day(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.String(required=True, validate=validate.Length(1, 200))
    source = fields.String(required=True, validate=validate.Length(1, 500), metadata={"description": "who declared it"})


class DeclaredSchema(HolidaySchema):
    """A day an agency declares; kind `workday` takes a published holiday back."""

    agency = fields.String(required=True, load_only=True)


@workdays.get("/holidays")
@signed_in
@workdays.arguments(YearArgs, location="query")
@workdays.response(200, collection(HolidaySchema))
def list_holidays(args: Mapping[str, Any]) -> dict[str, Any]:
    """The calendar of the year where one works: published days and the agency's own, which win."""
    now = clock.now()
    with transaction() as session:
        days = actions.calendar_of(session, args["year"] or actions.civil_day(now).year, actor(), now)
    return {"items": [_shown(day.id, day.holiday) for day in days], "next": None}


@workdays.post("/holidays")
@allowed(*actions.SETS_UP)
@workdays.arguments(DeclaredSchema)
@workdays.response(201, HolidaySchema)
def declare_holiday(body: Mapping[str, Any]) -> dict[str, Any]:
    """Declare a day for an agency. A day already past is judged again when its night is run again."""
    holiday = rules.Holiday(body["day"], rules.HolidayKind(body["kind"]), body["name"], body["source"])
    with transaction() as session:
        added = actions.declare(session, body["agency"], holiday, by=actor(), now=clock.now())
        return _shown(added.id, holiday)


@workdays.delete("/holidays/<int:holiday_id>")
@allowed(*actions.SETS_UP)
@workdays.response(204)
def take_holiday_back(holiday_id: int) -> None:
    """Take a declared day back, so that the published calendar holds again."""
    with transaction() as session:
        actions.take_back(session, holiday_id, by=actor(), now=clock.now())


def _shown(holiday_id: int | None, holiday: rules.Holiday) -> dict[str, Any]:
    return {"id": holiday_id, "day": holiday.day, "kind": holiday.kind, "name": holiday.name, "source": holiday.source}
