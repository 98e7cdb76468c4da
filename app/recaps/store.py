"""What is asked of a month's day records and ratings; this feature has no table of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Result, func, select, text

from app.attendance.store import DayRecord
from app.db import Session, in_scope
from app.people.store import Unit
from app.recaps.rules import Day, Member, Rated, days_of

CHUNK = 200  # people at a time: their days take 5 MB

Month = tuple[Member, Rated | None, list[Day]]

# One statement, so that people and days are of one instant. Each person's days are looked up by themselves (the lateral): a
# planner without fresh statistics, as on the first of a month, would otherwise read everybody's month again for each. They
# arrive as one array a column, because 31 rows a person cost three times as much on the way. A rating made in a unit outside
# is not this recap's to show.
MONTHS = """
SELECT member.*, days.*
FROM (
    SELECT people.id AS person_id, people.nip, people.name, units.code, units.name AS unit_name, units.path,
           rating.discipline_pct, rating.productivity_pct, rating.tpp_pct, rating.score, rating.predicate, rating.provisional
    FROM (SELECT person_id, max(day) AS day FROM day_records
          WHERE day BETWEEN :first AND :last AND unit_id = ANY(:units)
            AND (CAST(:person_ids AS bigint[]) IS NULL OR person_id = ANY(CAST(:person_ids AS bigint[])))
          GROUP BY person_id) AS latest
    JOIN day_records USING (person_id, day)
    JOIN units ON units.id = day_records.unit_id
    JOIN people ON people.id = person_id
    LEFT JOIN ratings AS rating ON rating.person_id = people.id AND rating.month = :first AND rating.unit_id = ANY(:units)
    WHERE CAST(:path AS ltree) IS NULL OR (units.path, people.nip) > (CAST(:path AS ltree), :nip)
    ORDER BY units.path, people.nip
    LIMIT :limit
) AS member CROSS JOIN LATERAL (
    SELECT array_agg(day - :first), array_agg(status), array_agg(late_min), array_agg(early_min),
           array_agg(status = 'present' AND lines @> '[{"code": "day_missing_in"}]'),
           array_agg(status = 'present' AND lines @> '[{"code": "day_missing_out"}]'),
           array_agg(CASE status WHEN 'leave' THEN (
               SELECT substr(line->>'code', length('day_leave_') + 1) FROM jsonb_array_elements(lines) AS line
               WHERE starts_with(line->>'code', 'day_leave_') LIMIT 1) END),
           array_agg(deduction_pct), array_agg(unit_id), array_agg(frozen_at IS NOT NULL)
    FROM day_records
    WHERE person_id = member.person_id AND day BETWEEN :first AND :last AND unit_id = ANY(:units)
) AS days
ORDER BY member.path, member.nip
"""


@dataclass(frozen=True, slots=True)
class About:
    """What a month's records in some subtrees are: how settled, and under which decrees from when to when."""

    provisional: bool
    decrees: tuple[tuple[str, date, date], ...]


def about(session: Session, month: date, paths: Sequence[str]) -> About:
    """What there is to recap; without records, nothing and provisional."""
    days = days_of(month)
    query = (
        select(Unit.decree, func.min(DayRecord.day), func.max(DayRecord.day), func.bool_and(DayRecord.frozen_at.is_not(None)))
        .join(Unit, Unit.id == DayRecord.unit_id)
        .where(DayRecord.day.between(days[0], days[-1]), in_scope(Unit.path, paths))
        .group_by(Unit.decree)
        .order_by(Unit.decree)
    )
    rows = session.execute(query).all()
    return About(provisional=not rows or not all(row[3] for row in rows), decrees=tuple((row[0], row[1], row[2]) for row in rows))


def list_months(
    session: Session, month: date, paths: Sequence[str] | None, after: tuple[str, str] | None = None, limit: int | None = None,
    person_ids: Sequence[int] | None = None,
) -> list[Month]:  # fmt: skip
    """Everybody (or those of `person_ids`) with a day record of the month in the subtrees (None: all), by unit path and NIP,
    beginning after that path and NIP.

    Each with the rating and, in no order, the days spent in the subtrees.
    """
    days, units = days_of(month), _decree_by_unit(session, paths)
    return [_month(row, days, units) for row in _rows(session, days, units, after, limit, person_ids)]


def stream_months(session: Session, month: date, paths: Sequence[str]) -> Iterator[Month]:
    """The same people all the way, from a cursor of the server, so that memory stays flat."""
    days, units = days_of(month), _decree_by_unit(session, paths)
    for rows in _rows(session, days, units, yield_per=CHUNK).partitions(CHUNK):
        for row in rows:
            yield _month(row, days, units)


def _decree_by_unit(session: Session, paths: Sequence[str] | None) -> dict[int, str]:
    """The units of the subtrees. By their ids the planner knows how many records there are; of a subtree it does not."""
    query = select(Unit.id, Unit.decree)
    found = session.execute(query if paths is None else query.where(in_scope(Unit.path, paths)))
    return {unit: decree for unit, decree in found}


def _rows(
    session: Session,
    days: Sequence[date],
    units: Iterable[int],
    after: tuple[str, str] | None = None,
    limit: int | None = None,
    person_ids: Sequence[int] | None = None,
    **options: Any,
) -> Result[Any]:
    path, nip = after or (None, None)
    params = {"first": days[0], "last": days[-1], "units": list(units), "path": path, "nip": nip, "limit": limit}
    params["person_ids"] = None if person_ids is None else list(person_ids)
    return session.execute(text(MONTHS), params, execution_options=options)


def _month(row: Sequence[Any], days: Sequence[date], units: Mapping[int, str]) -> Month:
    """A row as a person's month; the arrays of its days hold the number of the day and the id of the unit."""
    rated = Rated(*row[6:12]) if row[6] is not None else None
    records = [
        Day(days[number], status, late, early, no_in, no_out, leave, pct, units[unit], frozen)
        for number, status, late, early, no_in, no_out, leave, pct, unit, frozen in zip(*row[12:], strict=True)
    ]
    return Member(*row[:6]), rated, records
