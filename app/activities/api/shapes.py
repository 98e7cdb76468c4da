"""What activities look like in JSON."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.activities import actions, rules
from app.activities.api.routes import LARGEST_ID
from app.activities.rules import Answer, Seen, Standing
from app.activities.store import Logged
from app.http import Day, Instant, Month, PerCent, Schema
from app.http.paging import LIMIT

NO_NUL = validate.Regexp(r"[^\x00]*\Z")
REASON = [validate.Length(3, 2000), NO_NUL]
PLAIN = validate.Regexp(r"[^\x00-\x1f\x7f]*\Z")
MOST_VOLUME = 1_000_000


def _is_volume(number: Decimal) -> None:
    if not 0 < number <= MOST_VOLUME:
        raise ValidationError(f"Must be greater than 0 and less than or equal to {MOST_VOLUME}.")
    if number != round(number, 3):
        raise ValidationError("Invalid value.")


class AnsweredSchema(Schema):
    """One answer about an activity, and the minutes that counted from then on."""

    decision = fields.String(required=True, metadata={"enum": [str(answer) for answer in Answer]})
    minutes = fields.Integer(required=True)
    reason = fields.String(required=True)
    decided_by = fields.String(required=True)
    decided_at = Instant(required=True)


class OwnActivitySchema(Schema):
    """What somebody did on a day, as he logs and reads it.

    Measured by exactly one of `minutes`, `standard` with `volume`, or the hours alone; `starts` and `ends` may stand beside the
    others, and an end at or before the start is on the next day.
    """

    id = fields.Integer(dump_only=True)
    day = Day(required=True)
    description = fields.String(required=True, validate=REASON)
    minutes = fields.Integer(load_default=None, validate=validate.Range(1, rules.LOCAL_DAY_MIN))
    standard = fields.String(
        load_default=None, allow_none=True, validate=[validate.Length(1, 40), PLAIN],
        metadata={"description": "code of a standard activity of one's position"},
    )  # fmt: skip
    volume = PerCent(load_default=None, allow_none=True, validate=_is_volume, metadata={"description": "units of the standard"})
    starts = fields.Time(load_default=None, allow_none=True, format="%H:%M")
    ends = fields.Time(load_default=None, allow_none=True, format="%H:%M")
    attachment = fields.String(
        load_default=None, allow_none=True, validate=[validate.Length(1, 500), PLAIN],
        metadata={"description": "where what shows it is kept: the number of a document, a reference"},
    )  # fmt: skip
    target = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1, LARGEST_ID),
        metadata={"description": "one's target it was done for"},
    )  # fmt: skip
    target_description = fields.String(dump_only=True, allow_none=True)
    replaces = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1, LARGEST_ID),
        metadata={"description": "the returned activity of the same day that this one stands in for"},
    )  # fmt: skip
    replaced_by = fields.Integer(dump_only=True, allow_none=True)
    standard_name = fields.String(dump_only=True, allow_none=True)
    volume_unit = fields.String(dump_only=True, allow_none=True)
    logged_at = Instant(dump_only=True)
    status = fields.Enum(Standing, by_value=True, dump_only=True)
    counted_min = fields.Integer(dump_only=True, allow_none=True, metadata={"description": "null: nobody has answered yet"})
    decision_reason = fields.String(dump_only=True, allow_none=True)
    decided_by = fields.String(dump_only=True, allow_none=True)
    decided_at = Instant(dump_only=True, allow_none=True)
    day_status = fields.String(
        dump_only=True, allow_none=True, metadata={"description": "what attendance says of the day; null: nothing yet"}
    )
    outside_min = fields.Integer(
        dump_only=True, allow_none=True,
        metadata={"description": "minutes that no presence covers: shown, never cut; null: not known yet"},
    )  # fmt: skip


class ActivitySchema(OwnActivitySchema):
    """An activity as those who answer it read it."""

    nip = fields.String(dump_only=True)
    name = fields.String(dump_only=True)
    unit = fields.String(dump_only=True, metadata={"description": "where its person was posted that day"})


class ActivityHistorySchema(ActivitySchema):
    """An activity with every answer about it, oldest first."""

    decisions = fields.List(fields.Nested(AnsweredSchema), dump_only=True)


class StandardSchema(Schema):
    """A standard activity of one's position, and how long one unit of its volume takes."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    volume_unit = fields.String(required=True)
    norm_min = PerCent(required=True, metadata={"description": "minutes for one unit of volume"})
    since = Day(required=True)
    source = fields.String(required=True)


class OwnProductivitySchema(Schema):
    """A month's minutes and what they come to; `productivity_pct` is null where no day asks for anything."""

    month = Month(required=True)
    approved_min = fields.Integer(required=True)
    waiting_min = fields.Integer(required=True)
    outside_min = fields.Integer(required=True, metadata={"description": "of both, minutes that no presence covers"})
    working_days = fields.Integer(required=True, allow_none=True)
    neutral_days = fields.Integer(
        required=True, allow_none=True, metadata={"description": "working days that ask for no minutes: leave, incidents"}
    )
    asked_min = fields.Integer(required=True, allow_none=True)
    productivity_pct = PerCent(required=True, allow_none=True)
    clause = fields.String(required=True, allow_none=True, metadata={"description": "null: the law says nothing of activities"})


class ProductivitySchema(OwnProductivitySchema):
    """The month of a person one answers for."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)


class ActivityPageArgs(Schema):
    """A page whose cursor is the id of the last activity of the page before, of some days, of one standing."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, LARGEST_ID))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))
    since = Day(load_default=None, metadata={"description": "first day they were done"})
    until = Day(load_default=None, metadata={"description": "last day they were done"})
    status = fields.Enum(Standing, by_value=True, load_default=None)


def shown(row: Logged) -> dict[str, Any]:
    """An activity as the schemas above read it."""
    seen = None if row.day_status is None else Seen(row.day_status, row.in_at, row.out_at)
    stretch = rules.stretch_of(row.starts, row.ends)
    same = (
        "id", "nip", "name", "day", "description", "minutes", "standard", "volume", "starts", "ends", "attachment",
        "target", "target_description",
        "replaces",
        "replaced_by", "standard_name", "volume_unit", "logged_at", "counted_min", "decision_reason", "decided_by", "decided_at",
        "day_status",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in same},
        "unit": row.unit_code,
        "status": row.standing,
        "outside_min": rules.outside_min(row.minutes, row.day, stretch, row.zone, seen),
    }


def shown_month(month: actions.Month, asked: Any) -> Mapping[str, Any]:
    """A month as the schemas above read it."""
    done = month.productive
    return {
        "month": asked,
        "nip": month.person.nip,
        "name": month.person.name,
        "unit": month.person.unit_code,
        "approved_min": month.minutes.approved_min,
        "waiting_min": month.minutes.waiting_min,
        "outside_min": month.minutes.outside_min,
        "working_days": done and done.working_days,
        "neutral_days": done and done.neutral_days,
        "asked_min": done and done.asked_min,
        "productivity_pct": done and done.pct,
        "clause": month.clause and month.clause.code,
    }
