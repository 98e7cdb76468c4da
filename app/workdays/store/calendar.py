"""What is asked of declared days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import Session, in_scope, prepared
from app.people import store as people
from app.workdays import rules
from app.workdays.store import tables

DECLARED = """
SELECT holidays.day, holidays.kind, holidays.name, holidays.source, holidays.group_id, units.path::text
FROM holidays LEFT JOIN units ON units.id = holidays.unit_id WHERE day = ANY($1::date[]) AND NOT is_withdrawn
"""


@dataclass(frozen=True, slots=True)
class DeclaredDay:
    """A declared day with the unit and the group it is for, by the names it is read by."""

    id: int
    holiday: rules.Holiday
    unit_code: str | None
    unit_path: str | None
    group: str | None


def declared_on(session: Session, days: Sequence[date]) -> Mapping[str | None, Sequence[rules.Declared]]:
    """All that is declared for the days, by the path of the unit it is for; None: for everybody."""
    found = defaultdict(list)
    for day, kind, name, source, group_id, path in prepared(session, "declared_on", DECLARED, (list(days),)):
        depth = 0 if path is None else path.count(".") + 1
        found[path].append(rules.Declared(rules.Holiday(day, rules.HolidayKind(kind), name, source), depth, group_id))
    return found


def declared_at(declared: Mapping[str | None, Sequence[rules.Declared]], path: str) -> list[rules.Declared]:
    """Those of them that reach the unit at that path."""
    labels = path.split(".")
    above = [".".join(labels[: n + 1]) for n in range(len(labels))]
    return [row for unit in (None, *above) for row in declared.get(unit, ())]


def list_declared(session: Session, path: str, first_day: date, last_day: date) -> list[DeclaredDay]:
    """Days declared for the unit at that path or above it, in order; of one day those for fewer people later."""
    reaches = or_(tables.Holiday.unit_id.is_(None), func.text2ltree(path).op("<@")(people.Unit.path))
    query = _declared().where(tables.Holiday.day.between(first_day, last_day), reaches)
    order = (tables.Holiday.day, func.nlevel(people.Unit.path).nulls_first(), tables.CalendarGroup.code.nulls_first())
    return [_shown(row) for row in session.execute(query.order_by(*order))]


def find_declared(session: Session, holiday_id: int, paths: Sequence[str]) -> DeclaredDay | None:
    """The declared day of that id, if it is for a unit of the subtrees; held until the transaction ends."""
    query = _declared().where(tables.Holiday.id == holiday_id, in_scope(people.Unit.path, paths))
    row = session.execute(query.with_for_update(of=tables.Holiday)).first()
    return None if row is None else _shown(row)


def add_holiday(session: Session, unit_id: int, group_id: int | None, holiday: rules.Holiday, now: datetime) -> int | None:
    """The id of the declared day; None when that day is declared already for the unit and the group."""
    row = tables.Holiday
    said = {"kind": holiday.kind, "name": holiday.name, "source": holiday.source, "is_withdrawn": False, "changed_at": now}
    written = insert(row).values(unit_id=unit_id, group_id=group_id, day=holiday.day, **said)
    return session.scalar(
        written.on_conflict_do_update(constraint="uq_holidays_day", set_=said, where=row.is_withdrawn.is_(True)).returning(row.id)
    )


def change_holiday(session: Session, holiday_id: int, holiday: rules.Holiday, now: datetime) -> None:
    """Say something else of the declared day; its date, unit and group stay."""
    said = {"kind": holiday.kind, "name": holiday.name, "source": holiday.source, "changed_at": now}
    session.execute(update(tables.Holiday).where(tables.Holiday.id == holiday_id).values(said))


def withdraw_holiday(session: Session, holiday_id: int, now: datetime) -> None:
    """Take the declared day back."""
    session.execute(update(tables.Holiday).where(tables.Holiday.id == holiday_id).values(is_withdrawn=True, changed_at=now))


def list_redeclared(session: Session, since: datetime, person_ids: Sequence[int] | None = None) -> Iterable[tuple[int, date]]:
    """Every person and day whose declared day was set, changed or taken back at or after that instant."""
    row, posting, own, unit = tables.Holiday, people.Posting, people.Unit, people.Unit.__table__.alias("declaring")
    query = (
        select(posting.person_id, row.day)
        .select_from(row)
        .outerjoin(unit, unit.c.id == row.unit_id)
        .join(posting, (posting.since <= row.day) & or_(posting.until.is_(None), posting.until > row.day))
        .join(own, own.id == posting.unit_id)
        .where(row.changed_at >= since, posting.kind == "primary")
        .where(or_(unit.c.path.is_(None), own.path.op("<@")(unit.c.path)))
    )
    if person_ids is not None:
        query = query.where(posting.person_id.in_(person_ids))
    return [(person_id, day) for person_id, day in session.execute(query)]


def _declared() -> Select[*tuple[Any, ...]]:
    row, group = tables.Holiday, tables.CalendarGroup
    return (
        select(row.id, row.day, row.kind, row.name, row.source, people.Unit.code, people.Unit.path, group.code)
        .select_from(row)
        .outerjoin(people.Unit, people.Unit.id == row.unit_id)
        .outerjoin(group, group.id == row.group_id)
        .where(row.is_withdrawn.is_(False))
    )


def _shown(row: Any) -> DeclaredDay:
    holiday_id, day, kind, name, source, *whom = row
    return DeclaredDay(holiday_id, rules.Holiday(day, rules.HolidayKind(kind), name, source), *whom)
