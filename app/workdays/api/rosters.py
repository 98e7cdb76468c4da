"""Shifts and rosters over HTTP."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate

from app import clock, errors
from app.db import transaction
from app.http import Day, Schema, actor, allowed, collection, paged
from app.workdays import actions, rules
from app.workdays import store as workdays_store
from app.workdays.api.routes import LimitedArgs, NumberedPageArgs, workdays

LINES = 5000  # a month for 160 people in one request
LONGEST_LIST_DAYS = 62


def _is_free_code(code: str) -> None:
    if code == rules.OFFICE:
        raise ValidationError("String does not match expected pattern.")


class LineCursor(fields.Field[tuple[date, str]]):
    """Day and NIP of the last line of a page, `2026-11-24.198501012005011001`."""

    default_error_messages = {"invalid": "String does not match expected pattern."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[date, str]:
        day, _, nip = str(value).partition(".")
        try:
            return date.fromisoformat(day), nip
        except ValueError as error:
            raise self.make_error("invalid") from error


class ShiftSchema(Schema):
    """Hours by the wall clock; an end at or before the start is on the next day."""

    id = fields.Integer(dump_only=True)
    code = fields.String(required=True, validate=[validate.Regexp(r"[A-Z0-9_]{1,20}\Z"), _is_free_code])
    name = fields.String(required=True, validate=validate.Length(1, 100))
    starts = fields.Time(required=True, format="%H:%M")
    ends = fields.Time(required=True, format="%H:%M")


class NewShiftSchema(ShiftSchema):
    """A shift for an agency's rosters."""

    agency = fields.String(required=True, load_only=True)


class RosterArgs(LimitedArgs):
    """Whose roster, from which day to which; both days are included."""

    after = LineCursor(load_default=None, allow_none=True)
    unit = fields.String(load_default=None, allow_none=True)
    first_day = Day(required=True)
    last_day = Day(required=True)


class LineSchema(Schema):
    """One person's shift on one day; null means rest."""

    nip = fields.String(required=True, validate=validate.Length(equal=18))
    day = Day(required=True)
    shift = fields.String(required=True, allow_none=True)


class RosteredSchema(LineSchema):
    """A line of a roster with the names it is read by."""

    name = fields.String()
    unit = fields.String(attribute="unit_code")


class RosterSchema(Schema):
    """Lines to write: all of them, or none when one is wrong."""

    entries = fields.List(fields.Nested(LineSchema), required=True, validate=validate.Length(1, LINES))


class WrittenSchema(Schema):
    """How many lines were written."""

    count = fields.Integer()


@workdays.get("/shifts")
@allowed(*actions.READS)
@workdays.arguments(NumberedPageArgs, location="query")
@workdays.response(200, collection(ShiftSchema))
def list_shifts(page: Mapping[str, Any]) -> dict[str, Any]:
    """Shifts of the agencies one has a role in."""
    with transaction() as session:
        agencies = actions.agency_ids(session, actor().paths(*actions.READS))
        rows = workdays_store.list_shifts(session, agencies, page["after"], page["limit"] + 1)
    return paged(rows, page["limit"], lambda shift: shift.id)


@workdays.post("/shifts")
@allowed(*actions.SETS_UP)
@workdays.arguments(NewShiftSchema)
@workdays.response(201, ShiftSchema)
def add_shift(body: Mapping[str, Any]) -> workdays_store.Shift:
    """A new shift for an agency's rosters."""
    shift = rules.Shift(body["code"], body["starts"], body["ends"])
    with transaction() as session:
        return actions.add_shift(session, body["agency"], shift, body["name"], actor(), clock.now())


@workdays.get("/rosters")
@allowed(*actions.READS)
@workdays.arguments(RosterArgs, location="query")
@workdays.response(200, collection(RosteredSchema))
def list_rosters(args: Mapping[str, Any]) -> dict[str, Any]:
    """Roster lines of the people in one's scope (or one unit of it), in order of day and NIP."""
    first_day, last_day = args["first_day"], args["last_day"]
    if not timedelta(0) <= last_day - first_day < timedelta(days=LONGEST_LIST_DAYS):
        raise errors.Invalid("roster_days", {"/last_day": ("roster_days", {"days": LONGEST_LIST_DAYS})}, days=LONGEST_LIST_DAYS)
    today = actions.civil_day(clock.now())
    with transaction() as session:
        paths = actions.scope_of(session, args["unit"], actor().paths(*actions.READS))
        rows = workdays_store.list_rostered(session, paths, first_day, last_day, today, args["after"], args["limit"] + 1)
    return paged(rows, args["limit"], lambda row: f"{row.day}.{row.nip}")


@workdays.post("/rosters")
@allowed(*actions.SETS_UP)
@workdays.arguments(RosterSchema)
@workdays.response(200, WrittenSchema)
def set_roster(body: Mapping[str, Any]) -> dict[str, int]:
    """Write roster lines over whatever stood there: all of them, or none when one is wrong."""
    lines = [actions.Line(entry["nip"], entry["day"], entry["shift"]) for entry in body["entries"]]
    with transaction() as session:
        return {"count": actions.set_roster(session, lines, by=actor(), now=clock.now())}
