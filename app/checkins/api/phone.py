"""What a phone asks for around check-ins: the time, its day, its history."""

import calendar
import secrets
from datetime import date
from typing import Any

from marshmallow import fields, validate

from app import clock, jws
from app.checkins import actions, store
from app.checkins.api.blueprint import checkins
from app.checkins.api.taking import SiteNameSchema
from app.config import var
from app.db import transaction
from app.http import Day, Instant, Month, OutlineField, Schema, actor, collection, public, signed_in
from app.http.fields import rfc3339


class TimeSchema(Schema):
    """The server's time, and the same signed, so that a phone can prove later when a check-in was made."""

    now = Instant(required=True)
    anchor = fields.String(required=True)


class TimeArgs(Schema):
    """For whom the anchor shall hold; a phone that says so cannot mistake it after a reboot, and nobody else can use it."""

    device = fields.String(load_default=None, validate=validate.Length(1, 100))
    boot = fields.String(load_default=None, validate=validate.Length(1, 100))


class HoursSchema(Schema):
    """A workday's hours and the window in which a check-in belongs to it."""

    code = fields.String(required=True)
    start_at = Instant(required=True)
    end_at = Instant(required=True)
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)


class DoneSchema(Schema):
    """A check-in that was made."""

    id = fields.UUID(required=True)
    direction = fields.String(required=True)
    taken_at = Instant(required=True)
    verdict = fields.String(required=True)
    counts = fields.Boolean(required=True)


class OutlinedSiteSchema(SiteNameSchema):
    """A site the person may check in at."""

    version = fields.Integer(required=True)
    outline = OutlineField(required=True)
    zone = fields.String(required=True, metadata={"description": "IANA zone of the clocks there"})
    has_code = fields.Boolean(required=True, metadata={"description": "offer to scan the code at the door with the check-in"})


class ReplacementSchema(Schema):
    """A phone that wants to become the person's: who does not know it deletes `/v1/devices/{id}` and changes the password."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    platform = fields.String(required=True)
    enrolled_at = Instant(required=True)
    usable_from = Instant(required=True, allow_none=True, metadata={"description": "null: nobody has approved it yet"})


class LetterTodaySchema(Schema):
    """An assignment letter that holds today; with `place` `anywhere` no site is asked for."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    kind = fields.String(required=True)
    place = fields.String(required=True)
    proof = fields.String(required=True, metadata={"description": "`letter`: no check-in is asked for"})
    first_day = Day(required=True)
    last_day = Day(required=True)
    starts = fields.Time(required=True, allow_none=True, format="%H:%M")
    ends = fields.Time(required=True, allow_none=True, format="%H:%M")
    zone = fields.String(required=True, allow_none=True)


class TodaySchema(Schema):
    """The running workday, what is done and what is next."""

    work_date = Day(required=True)
    shift = fields.Nested(HoursSchema, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True, metadata={"description": "name of the holiday, if it is one"})
    next = fields.String(required=True, allow_none=True)
    done = fields.List(fields.Nested(DoneSchema), required=True)
    sites = fields.List(fields.Nested(OutlinedSiteSchema), required=True)
    letters = fields.List(fields.Nested(LetterTodaySchema), required=True)
    replacements = fields.List(fields.Nested(ReplacementSchema), required=True)


class MonthArgs(Schema):
    """Which month."""

    month = Month(required=True)


class MineSchema(DoneSchema):
    """One's own check-in."""

    work_date = Day(required=True)
    received_at = Instant(required=True)
    time_grade = fields.String(required=True)
    flags = fields.List(fields.String(), required=True)
    p_inside = fields.Float(required=True, allow_none=True)
    distance_m = fields.Float(required=True, allow_none=True)
    accuracy_m = fields.Float(required=True)


@checkins.get("/time")
@public
@checkins.arguments(TimeArgs, location="query")
@checkins.response(200, TimeSchema)
def get_time(asked: dict[str, str | None]) -> dict[str, Any]:
    """A signed time anchor: with its monotonic clock a phone proves when it checked in, also days later."""
    now = clock.now()
    named = {name: value for name, value in asked.items() if value is not None}
    signed = {"now": rfc3339(now), "nonce": secrets.token_urlsafe(9), **named}
    return {"now": now, "anchor": jws.keyring(var("keys")).sign(actions.ANCHOR_TYPE, signed)}


@checkins.get("/me/today")
@signed_in
@checkins.etag
@checkins.response(200, TodaySchema)
def get_today() -> actions.Today:
    """The workday that is running or comes next, what is done, what is next, and where."""
    with transaction() as session:
        return actions.today_of(session, actor().person_id, clock.now())


@checkins.get("/me/checkins")
@signed_in
@checkins.arguments(MonthArgs, location="query")
@checkins.response(200, collection(MineSchema))
def list_my_checkins(args: dict[str, date]) -> dict[str, Any]:
    """One's own check-ins of a month, whatever their verdict."""
    first = args["month"]
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    with transaction() as session:
        return {"items": store.list_of_person(session, actor().person_id, first, last), "next": None}
