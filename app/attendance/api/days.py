"""Days over HTTP: one's own days with their explanation, and a day of the units one answers for."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields

from app import clock
from app.access import Role
from app.attendance import actions, store
from app.attendance.api.routes import attendance
from app.attendance.rules import Line, inputs_told
from app.db import transaction
from app.http import (
    Day,
    Instant,
    Month,
    PageArgs,
    PerCent,
    Schema,
    actor,
    allowed,
    collection,
    language,
    paged,
    signed_in,
)
from app.people import store as people
from app.texts import text

READERS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)


class DayLineSchema(Schema):
    """One sentence of a day's explanation, what it costs and which clause says so."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    pct = fields.String(allow_none=True, metadata={"description": "per cent of the month's allowance"})
    clause = fields.String(allow_none=True)
    quality = fields.String(allow_none=True, metadata={"description": "S read in a source, G general knowledge, C our design"})
    source = fields.String(allow_none=True)


class InputSchema(Schema):
    """One thing that a day was judged by, as a sentence and as what it says."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    params = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class DaySchema(Schema):
    """A day of one person."""

    day = Day(required=True)
    status = fields.String(required=True)
    shift = fields.String(allow_none=True)
    start_at = Instant(allow_none=True)
    end_at = Instant(allow_none=True)
    in_at = Instant(allow_none=True)
    out_at = Instant(allow_none=True)
    late_min = fields.Integer(required=True)
    early_min = fields.Integer(required=True)
    deduction_pct = PerCent(required=True)
    is_final = fields.Boolean(required=True, metadata={"description": "the month is sealed; nothing changes this day any more"})
    lines = fields.List(fields.Nested(DayLineSchema), required=True)
    standing = fields.String(
        required=True,
        metadata={
            "enum": list(actions.DayStanding),
            "description": "final: sealed; recorded: as it was written; running, stale: derived this moment, nothing is kept",
        },
    )
    standing_message = fields.String(required=True, metadata={"description": "which record this is, and why"})
    derived_at = Instant(required=True, metadata={"description": "when what is shown was derived"})
    trace = fields.List(
        fields.Nested(InputSchema), required=True, metadata={"description": "everything the day was judged by, by its ids"}
    )


class PersonDaySchema(DaySchema):
    """A day of a person one answers for."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)


class MonthArgs(Schema):
    """Which month."""

    month = Month(required=True)


class UnitDayArgs(PageArgs):
    """Which day, and of which unit and those below it; without one, of every unit one answers for."""

    day = Day(required=True)
    unit = fields.String(load_default=None)


@attendance.get("/me/attendance")
@signed_in
@attendance.arguments(MonthArgs, location="query")
@attendance.response(200, collection(DaySchema))
def list_my_days(asked: dict[str, Any]) -> dict[str, Any]:
    """One's own days of a month, each with its explanation; what no night has seen yet is derived this moment."""
    first_day = asked["month"]
    last_day = first_day.replace(day=monthrange(first_day.year, first_day.month)[1])
    with transaction() as session:
        days = actions.days_of(session, actor().person_id, first_day, last_day, clock.now())
        return {"items": [shown(day) for day in days], "next": None}


@attendance.get("/attendance")
@allowed(*READERS)
@attendance.arguments(UnitDayArgs, location="query")
@attendance.response(200, collection(PersonDaySchema))
def list_unit_days(asked: dict[str, Any]) -> dict[str, Any]:
    """One day of everybody in a unit and below it, in order of NIP."""
    paths = actor().paths(*READERS)
    with transaction() as session:
        if asked["unit"] is not None:
            paths = (people.get_unit(session, asked["unit"], paths).path,)
        days = store.list_of_unit(session, asked["day"], paths, asked["after"], asked["limit"] + 1)
        return paged([shown(actions.as_kept(day)) for day in days], asked["limit"], key=lambda row: row["nip"])


def shown(found: actions.Shown) -> dict[str, Any]:
    """A day as it is answered, its lines as sentences in the asker's language."""
    day = found.day
    recorded_at = (found.recorded_at or day.derived_at).astimezone(ZoneInfo(day.trace["zone"]))
    return {
        **asdict(day),
        "standing": found.standing,
        "standing_message": text(f"day_standing_{found.standing}", language(), at=f"{recorded_at:%Y-%m-%d %H:%M}"),
        "trace": [_input(line) for line in inputs_told(day.trace, day.day)],
        "unit": day.unit_code,
        "is_final": day.frozen_at is not None,
        "lines": [_sentence(line) for line in day.lines],
    }


def _input(line: Line) -> dict[str, Any]:
    return {"code": line.code, "message": text(line.code, language(), **line.params), "params": line.params}


def _sentence(line: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: line.get(name) for name in ("code", "pct", "clause", "quality", "source")}
    return {**said, "message": text(line["code"], language(), **line["params"])}
