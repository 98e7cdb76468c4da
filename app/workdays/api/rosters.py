"""Shifts and rosters over HTTP."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate

from app import clock, errors
from app.db import transaction
from app.http import Day, Instant, Month, Schema, actor, allowed, collection, paged, signed_in
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


class BreakSchema(Schema):
    """A pause that is not working time."""

    starts = fields.Time(required=True, format="%H:%M")
    ends = fields.Time(required=True, format="%H:%M")


class ShiftSchema(Schema):
    """Hours by the wall clock; an end at or before the start is on the next day.

    Of a flexible shift these are the earliest coming and the latest going; the core hours and `owed_min` are what is owed. On call
    nothing is owed, and a call-out is counted.
    """

    id = fields.Integer(dump_only=True)
    code = fields.String(required=True, validate=[validate.Regexp(r"[A-Z0-9_]{1,20}\Z"), _is_free_code])
    name = fields.String(required=True, validate=validate.Length(1, 100))
    starts = fields.Time(required=True, format="%H:%M")
    ends = fields.Time(required=True, format="%H:%M")
    kind = fields.String(load_default="fixed", validate=validate.OneOf([kind.value for kind in rules.ShiftKind]))
    core_starts = fields.Time(load_default=None, allow_none=True, format="%H:%M")
    core_ends = fields.Time(load_default=None, allow_none=True, format="%H:%M")
    owed_min = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 24 * 60))
    breaks = fields.List(fields.Nested(BreakSchema), load_default=[], validate=validate.Length(0, 5))


class NewShiftSchema(ShiftSchema):
    """A shift for an agency's rosters."""

    agency = fields.String(required=True, load_only=True)


def _is_zone(name: str) -> None:
    if name not in rules.ZONES and name not in available_timezones():
        raise ValidationError("String does not match expected pattern.")


class RosterArgs(LimitedArgs):
    """Whose roster, from which day to which; both days are included."""

    after = LineCursor(load_default=None, allow_none=True)
    unit = fields.String(load_default=None, allow_none=True)
    first_day = Day(required=True)
    last_day = Day(required=True)


class LineSchema(Schema):
    """One person's shifts on one day: none is rest, null the decree's own hours.

    `zone` (WIB, WITA, WIT or an IANA name): whose wall clock judges the day, for somebody who works elsewhere.
    """

    nip = fields.String(required=True, validate=validate.Length(equal=18))
    day = Day(required=True)
    shifts = fields.List(fields.String(), required=True, allow_none=True, validate=validate.Length(0, 4))
    zone = fields.String(load_default=None, allow_none=True, validate=_is_zone)


class RosteredSchema(LineSchema):
    """A line of a roster with the names it is read by."""

    name = fields.String()
    unit = fields.String(attribute="unit_code")


class MonthArgs(Schema):
    """Which month."""

    month = Month(required=True)


class InstanceSchema(Schema):
    """One shift of one day."""

    shift = fields.String(required=True)
    kind = fields.String(required=True)
    start_at = Instant(required=True)
    end_at = Instant(required=True)
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)


class OwnDaySchema(Schema):
    """One's own day: what it is, its shifts, and whose wall clock judges it."""

    day = Day(required=True)
    kind = fields.String(required=True)
    zone = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    instances = fields.List(fields.Nested(InstanceSchema), required=True)


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
    return paged([shown(shift) for shift in rows], page["limit"], lambda shift: shift["id"])


@workdays.post("/shifts")
@allowed(*actions.SETS_UP)
@workdays.arguments(NewShiftSchema)
@workdays.response(201, ShiftSchema)
def add_shift(body: Mapping[str, Any]) -> dict[str, Any]:
    """A new shift for an agency's rosters."""
    breaks = tuple(rules.Break(pause["starts"], pause["ends"]) for pause in body["breaks"])
    core = body["core_starts"], body["core_ends"], body["owed_min"]
    shift = rules.Shift(body["code"], body["starts"], body["ends"], rules.ShiftKind(body["kind"]), breaks, *core)
    with transaction() as session:
        return shown(actions.add_shift(session, body["agency"], shift, body["name"], actor(), clock.now()))


def shown(shift: workdays_store.Shift) -> dict[str, Any]:
    """A shift as it is answered."""
    named = ("id", "code", "name", "kind", "starts", "ends", "core_starts", "core_ends", "owed_min")
    breaks = [{"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)} for starts, ends in shift.breaks]
    return {name: getattr(shift, name) for name in named} | {"breaks": breaks}


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


@workdays.get("/me/roster")
@signed_in
@workdays.arguments(MonthArgs, location="query")
@workdays.response(200, collection(OwnDaySchema))
def list_own_roster(args: Mapping[str, Any]) -> dict[str, Any]:
    """One's own days of a month as rosters, calendars and the decree say now, with their instants."""
    now = clock.now()
    with transaction() as session:
        return {"items": actions.own_days(session, args["month"], actor(), now), "next": None}


@workdays.post("/rosters")
@allowed(*actions.SETS_UP)
@workdays.arguments(RosterSchema)
@workdays.response(200, WrittenSchema)
def set_roster(body: Mapping[str, Any]) -> dict[str, int]:
    """Write roster lines over whatever stood there: all of them, or none when one is wrong."""
    lines = [_line(entry) for entry in body["entries"]]
    with transaction() as session:
        return {"count": actions.set_roster(session, lines, by=actor(), now=clock.now())}


def _line(entry: Mapping[str, Any]) -> actions.Line:
    shifts = None if entry["shifts"] is None else tuple(entry["shifts"])
    return actions.Line(entry["nip"], entry["day"], shifts, rules.ZONES.get(entry["zone"], entry["zone"]))
