"""What drafts and published rosters have in common over HTTP: a month of a unit, and its days as cells."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from marshmallow import fields, validate

from app import clock, errors
from app.access import Role
from app.db import Session
from app.http import Day, Schema, actor
from app.workdays import actions, rules
from app.workdays import store as workdays_store
from app.workdays.actions.plans import Month as UnitMonth


class Cell(fields.Field[rules.Said]):
    """One day of one person: `PAGI+SORE`, `-` for rest, `OFFICE` for the office hours, `PAGI@WIB` elsewhere, or empty."""

    default_error_messages = {"cell": "String does not match expected pattern."}

    def _serialize(self, value: rules.Said | None, attr: str | None, obj: Any, **_: Any) -> str:
        return "" if value is None else rules.written(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> rules.Said:
        said = rules.read(value) if isinstance(value, str) else None
        if said is None or not rules.is_zone(said.zone):
            raise self.make_error("cell")
        return said


class PersonRowSchema(Schema):
    """One person's days; in a change those that are not named stay."""

    nip = fields.String(required=True, validate=validate.Length(equal=18))
    name = fields.String(dump_only=True)
    days = fields.Dict(keys=Day(), values=Cell(), required=True)


class ChangeSchema(Schema):
    """One person's day in two rosters."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    day = Day(required=True)
    before = Cell(required=True)
    after = Cell(required=True)


class DiffSchema(Schema):
    """Where two rosters of a unit and month differ."""

    changes = fields.List(fields.Nested(ChangeSchema), required=True)


def month_at(session: Session, unit: str, month: str, roles: tuple[Role, ...]) -> UnitMonth:
    """The unit's month that the address names.

    Raises: NotFound, also for what is no month.
    """
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise errors.NotFound("unknown_address") from error
    return actions.month_of(session, unit, first, actor().paths(*roles), clock.now())


def rows_of(session: Session, plan: rules.Plan) -> list[dict[str, Any]]:
    """A roster by person, in order of NIP."""
    names = workdays_store.names_of(session, sorted({person_id for person_id, _ in plan}))
    days: dict[int, dict[date, rules.Said]] = {person_id: {} for person_id in names}
    for (person_id, day), said in sorted(plan.items()):
        days[person_id][day] = said
    rows = [{"nip": nip, "name": name, "days": days[person_id]} for person_id, (nip, name) in names.items()]
    return sorted(rows, key=lambda row: str(row["nip"]))


def shown_changes(session: Session, changes: Sequence[rules.Change]) -> list[dict[str, Any]]:
    """Changes with the names they are read by."""
    names = workdays_store.names_of(session, sorted({change.person_id for change in changes}))
    return [
        {
            "nip": names[change.person_id][0],
            "name": names[change.person_id][1],
            "day": change.day,
            "before": change.before,
            "after": change.after,
        }
        for change in changes
    ]
