"""Declared days over HTTP: the published calendar with what units changed in it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.db import transaction
from app.http import Day, Schema, actor, allowed, collection, signed_in
from app.workdays import actions, rules
from app.workdays import store as workdays_store
from app.workdays.api.routes import workdays

KINDS = [kind.value for kind in rules.HolidayKind]


class YearArgs(Schema):
    """Which year; without one, this year."""

    year = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(2000, 2100))


class HolidayWordsSchema(Schema):
    """What is said of a declared day."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.String(required=True, validate=validate.Length(1, 200))
    source = fields.String(required=True, validate=validate.Length(1, 500), metadata={"description": "who declared it"})


class NewHolidaySchema(HolidayWordsSchema):
    """A day declared for a unit and those below it; kind `workday` takes a published holiday or a group's dispensation back."""

    day = Day(required=True)
    unit = fields.String(required=True)
    group = fields.String(
        load_default=None, allow_none=True, metadata={"description": "calendar group it is for; without one, everybody"}
    )


class HolidaySchema(HolidayWordsSchema):
    """A declared day. `id` and `unit` are there when it was declared here, `group` when it is for a calendar group only."""

    id = fields.Integer(allow_none=True)
    day = Day(required=True)
    unit = fields.String(allow_none=True)
    group = fields.String(allow_none=True)


@workdays.get("/holidays")
@signed_in
@workdays.arguments(YearArgs, location="query")
@workdays.response(200, collection(HolidaySchema))
def list_holidays(args: Mapping[str, Any]) -> dict[str, Any]:
    """The calendar of the year where one works: published days and those declared for one's unit, which win."""
    now = clock.now()
    with transaction() as session:
        days = actions.calendar_of(session, args["year"] or actions.civil_day(now).year, actor(), now)
    return {"items": [_shown(day.id, day.holiday, day.unit, day.group) for day in days], "next": None}


@workdays.post("/holidays")
@allowed(*actions.SETS_UP)
@workdays.arguments(NewHolidaySchema)
@workdays.response(201, HolidaySchema)
def declare_holiday(body: Mapping[str, Any]) -> dict[str, Any]:
    """Declare a day for a unit. Days already past are judged again in the next night."""
    holiday = rules.Holiday(body["day"], rules.HolidayKind(body["kind"]), body["name"], body["source"])
    with transaction() as session:
        return _declared(actions.declare(session, body["unit"], body["group"], holiday, by=actor(), now=clock.now()))


@workdays.get("/holidays/<int:holiday_id>")
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.response(200, HolidaySchema)
def get_holiday(holiday_id: int) -> dict[str, Any]:
    """A declared day of one's units."""
    with transaction() as session:
        return _declared(actions.get_declared(session, holiday_id, actor()))


@workdays.put("/holidays/<int:holiday_id>")
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.arguments(HolidayWordsSchema)
@workdays.response(200, HolidaySchema)
def change_holiday(body: Mapping[str, Any], holiday_id: int) -> dict[str, Any]:
    """Say something else of a declared day; its date, unit and group stay."""
    with transaction() as session:
        there = actions.get_declared(session, holiday_id, actor())
        workdays.check_etag(_declared(there), HolidaySchema)
        kind = rules.HolidayKind(body["kind"])
        return _declared(actions.change_declared(session, there, kind, body["name"], body["source"], by=actor(), now=clock.now()))


@workdays.delete("/holidays/<int:holiday_id>")
@allowed(*actions.SETS_UP)
@workdays.response(204)
def take_holiday_back(holiday_id: int) -> None:
    """Take a declared day back, so that what is published, or declared further above, holds again."""
    with transaction() as session:
        actions.take_back(session, holiday_id, by=actor(), now=clock.now())


def _declared(row: workdays_store.DeclaredDay) -> dict[str, Any]:
    return _shown(row.id, row.holiday, row.unit_code, row.group)


def _shown(holiday_id: int | None, holiday: rules.Holiday, unit: str | None, group: str | None) -> dict[str, Any]:
    said = {"day": holiday.day, "kind": holiday.kind, "name": holiday.name, "source": holiday.source}
    return {"id": holiday_id, **said, "unit": unit, "group": group}
