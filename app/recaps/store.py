"""What is asked of a month's day records and ratings; this feature has no table of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased

from app.attendance.store import DayRecord
from app.db import LTree, Session, in_scope
from app.people.store import Person, Unit
from app.ratings.store import Rating
from app.recaps.rules import Day, Member, Rated, days_of

CHUNK = 500  # people at a time: their month is 15,500 rows, a few megabytes
LEAVE_LINE = "day_leave_"  # a leave's line of explanation is named by its kind


@dataclass(frozen=True, slots=True)
class About:
    """What a month's records in some subtrees are: how many, how settled, and under which decrees from when to when."""

    records: int
    provisional: bool
    derived_at: datetime | None
    decrees: tuple[tuple[str, date, date], ...]


def about(session: Session, month: date, paths: Sequence[str]) -> About:
    """What there is to recap; without records, nothing and provisional."""
    query = (
        select(
            Unit.decree,
            func.min(DayRecord.day),
            func.max(DayRecord.day),
            func.count(),
            func.bool_and(DayRecord.frozen_at.is_not(None)),
            func.max(DayRecord.derived_at),
        )
        .join(Unit, Unit.id == DayRecord.unit_id)
        .where(*_in_month(month, paths))
        .group_by(Unit.decree)
        .order_by(Unit.decree)
    )
    rows = session.execute(query).all()
    return About(
        records=sum(row[3] for row in rows),
        provisional=not rows or not all(row[4] for row in rows),
        derived_at=max((row[5] for row in rows), default=None),
        decrees=tuple((row[0], row[1], row[2]) for row in rows),
    )


def list_members(
    session: Session, month: date, paths: Sequence[str], after: tuple[str, str] | None = None, limit: int | None = None
) -> list[tuple[Member, Rated | None]]:
    """Everybody with a day record of the month in the subtrees, by unit path and NIP, beginning after that path and NIP."""
    query = _members(month, paths).limit(limit)
    if after is not None:
        path, nip = after
        query = query.where(tuple_(Unit.path, Person.nip) > tuple_(cast(literal(path), LTree), literal(nip)))
    return [_member(row) for row in session.execute(query)]


def stream_members(session: Session, month: date, paths: Sequence[str]) -> Iterator[list[tuple[Member, Rated | None]]]:
    """The same people all the way, in chunks from a cursor of the server, so that memory stays flat."""
    for rows in session.execute(_members(month, paths).execution_options(yield_per=CHUNK)).partitions():
        yield [_member(row) for row in rows]


def days_by_person(session: Session, month: date, paths: Sequence[str], person_ids: Sequence[int]) -> dict[int, list[Day]]:
    """The month's day records of these people in the subtrees, by person, in order of day.

    Each person's month is looked up by itself (the offset keeps it so): a planner without fresh statistics, as on the
    first of a month, would read everybody's month again for every chunk.
    """
    days = days_of(month)
    asked = func.unnest(cast(list(person_ids), ARRAY(BigInteger))).table_valued("person_id", name="asked").render_derived()
    months = select(DayRecord).where(DayRecord.person_id == asked.c.person_id, DayRecord.day.between(days[0], days[-1])).offset(0)
    record = aliased(DayRecord, months.lateral("month"))
    is_present, is_leave = record.status == "present", record.status == "leave"
    query = (
        select(
            record.person_id,
            record.day,
            record.status,
            record.late_min,
            record.early_min,
            and_(is_present, _says(record, "day_missing_in")),
            and_(is_present, _says(record, "day_missing_out")),
            case((is_leave, _leave_kind(record))),
            record.deduction_pct,
            Unit.decree,
            record.frozen_at.is_not(None),
        )
        .select_from(asked)
        .join(record, true())
        .join(Unit, Unit.id == record.unit_id)
        .where(in_scope(Unit.path, paths))
        .order_by(record.person_id, record.day)
    )
    by_person = groupby(session.execute(query), key=lambda row: row[0])
    return {person: [Day(*row[1:]) for row in rows] for person, rows in by_person}


def _members(month: date, paths: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """People with the unit of their last record in the subtrees; a rating made elsewhere is not this recap's to show."""
    seen = (
        select(DayRecord.person_id, func.max(DayRecord.day).label("last_day"))
        .join(Unit, Unit.id == DayRecord.unit_id)
        .where(*_in_month(month, paths))
        .group_by(DayRecord.person_id)
        .subquery()
    )
    rated_here = select(Unit.id).where(in_scope(Unit.path, paths))
    return (
        select(
            Person.id, Person.nip, Person.name, Unit.code, Unit.name, Unit.path,
            Rating.discipline_pct, Rating.productivity_pct, Rating.tpp_pct, Rating.score, Rating.predicate, Rating.provisional,
        )
        .select_from(seen)
        .join(DayRecord, and_(DayRecord.person_id == seen.c.person_id, DayRecord.day == seen.c.last_day))
        .join(Unit, Unit.id == DayRecord.unit_id)
        .join(Person, Person.id == DayRecord.person_id)
        .outerjoin(Rating, and_(Rating.person_id == Person.id, Rating.month == month, Rating.unit_id.in_(rated_here)))
        .order_by(Unit.path, Person.nip)
    )  # fmt: skip


def _member(row: Sequence[Any]) -> tuple[Member, Rated | None]:
    return Member(*row[:6]), Rated(*row[6:]) if row[6] is not None else None


def _in_month(month: date, paths: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    days = days_of(month)
    return DayRecord.day.between(days[0], days[-1]), in_scope(Unit.path, paths)


def _says(record: type[DayRecord], code: str) -> ColumnElement[bool]:
    """Whether a line of the day's explanation has this code."""
    return record.lines.op("@>", is_comparison=True)(cast(literal([{"code": code}], JSONB), JSONB))


def _leave_kind(record: type[DayRecord]) -> ColumnElement[str]:
    """The kind of leave that the day's explanation names."""
    line = func.jsonb_array_elements(record.lines).column_valued("line")
    code = line.op("->>")("code")
    kind = select(func.substr(code, len(LEAVE_LINE) + 1)).where(code.startswith(LEAVE_LINE, autoescape=True)).limit(1)
    return kind.correlate(record).scalar_subquery()
