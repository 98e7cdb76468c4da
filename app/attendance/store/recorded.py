"""Day records as they are read: with the names of person and unit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from app.attendance.rules import Trace
from app.attendance.store.days import DayRecord, Derived, kept_trace, row_of
from app.db import Session, in_scope
from app.people.store import Employed, Person, Unit


@dataclass(frozen=True, slots=True)
class Recorded:
    """A day record with the names it is read by."""

    person_id: int
    nip: str
    name: str
    unit_code: str
    unit_path: str
    day: date
    status: str
    shift: str | None
    start_at: datetime | None
    end_at: datetime | None
    in_at: datetime | None
    out_at: datetime | None
    late_min: int
    early_min: int
    deduction_pct: Decimal
    lines: Sequence[Mapping[str, Any]]
    frozen_at: datetime | None
    derived_at: datetime
    trace: Trace

    @property
    def is_missing_in(self) -> bool:
        """Whether no check-in was made although the person was there."""
        return self._says("day_missing_in")

    @property
    def is_missing_out(self) -> bool:
        """Whether no check-out was made although the person was there."""
        return self._says("day_missing_out")

    def _says(self, code: str) -> bool:
        return any(line["code"] == code for line in self.lines)


def as_recorded(person: Employed, day: date, derived: Derived, now: datetime) -> Recorded:
    """The day as it would be read if it were written now."""
    row = row_of(derived) | {"deduction_pct": derived.outcome.deduction_pct, "trace": kept_trace(derived)}
    kept = {name: row[name] for name in row.keys() - {"unit_id", "evidence_hash", "open_until"}}
    named: dict[str, Any] = {"nip": person.nip, "name": person.name, "unit_code": person.unit_code, "unit_path": person.unit_path}
    return Recorded(**named, day=day, **kept, frozen_at=None, derived_at=now)


def list_days(
    session: Session,
    first_day: date,
    last_day: date,
    paths: Sequence[str] | None = None,
    person_ids: Sequence[int] | None = None,
) -> Iterator[Recorded]:
    """Day records of the days, both included, by unit path, NIP and day; streamed, so a month of a province fits in memory."""
    query = _recorded().where(DayRecord.day.between(first_day, last_day)).order_by(Unit.path, Person.nip, DayRecord.day)
    if paths is not None:
        query = query.where(in_scope(Unit.path, paths))
    if person_ids is not None:
        query = query.where(DayRecord.person_id.in_(person_ids))
    for row in session.execute(query.execution_options(yield_per=2000)):
        yield Recorded(*row)


def newest_day(session: Session, person_id: int) -> date | None:
    """The last day of which the person has a record."""
    return session.scalar(select(func.max(DayRecord.day)).where(DayRecord.person_id == person_id))


def list_of_unit(session: Session, day: date, paths: Sequence[str], after: str | None, limit: int) -> list[Recorded]:
    """Day records of one day within the subtrees, in order of NIP, beginning after the NIP `after`."""
    query = _recorded().where(DayRecord.day == day, in_scope(Unit.path, paths)).order_by(Person.nip).limit(limit)
    if after is not None:
        query = query.where(Person.nip > after)
    return [Recorded(*row) for row in session.execute(query)]


def _recorded() -> Select[*tuple[Any, ...]]:
    row = DayRecord
    return (
        select(
            row.person_id, Person.nip, Person.name, Unit.code, Unit.path, row.day, row.status, row.shift, row.start_at, row.end_at,
            row.in_at, row.out_at, row.late_min, row.early_min, row.deduction_pct, row.lines, row.frozen_at,
            row.derived_at, row.trace,
        )
        .join(Person, Person.id == row.person_id)
        .join(Unit, Unit.id == row.unit_id)
    )  # fmt: skip
