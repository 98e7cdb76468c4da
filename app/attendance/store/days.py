"""The day records: one row for each person and day, rewritten only where the day came out differently."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import orjson
from sqlalchemy import DateTime, ForeignKey, Index, Numeric, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.attendance.rules import Charge, Line, Outcome, Trace
from app.db import Base, Session, in_scope
from app.people.store import Person, Unit
from app.workdays.rules import Workday


class DayRecord(Base):
    """What a person's day came to, with the lines that explain it; once `frozen_at` is set the row is final.

    `open_until`: it was derived before its hours were over, and is due again then.
    """

    __tablename__ = "day_records"
    __table_args__ = (
        Index("ix_day_records_day", "day", "unit_id"),
        Index("ix_day_records_absent", "person_id", "day", postgresql_where=text("status = 'absent'")),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    status: Mapped[str] = mapped_column(Text)
    shift: Mapped[str | None] = mapped_column(Text)
    start_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    end_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    out_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    late_min: Mapped[int]
    early_min: Mapped[int]
    deduction_pct: Mapped[Decimal] = mapped_column(Numeric(7, 3))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    trace: Mapped[dict[str, Any]] = mapped_column(JSONB)
    evidence_hash: Mapped[str] = mapped_column(Text)
    derived_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    open_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    frozen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Derived:
    """One person's day ready to be written; `open_until` when its hours are not over yet."""

    person_id: int
    unit_id: int
    workday: Workday
    outcome: Outcome
    evidence_hash: str
    trace: Trace
    open_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """One person's month as the days add up: the unit of the last day, what was charged, and whether it is all final."""

    person_id: int
    unit_id: int
    decree: str
    is_frozen: bool
    charges: tuple[Charge, ...]


# People without a new row lose their old one (they were not employed after all); a row that would not change is left alone.
# NOT IN is hashed whatever the planner believes about JSON (100 rows); NOT EXISTS became 20,000 scans of 20,000 rows.
# Rows are taken in one order, so that two nights over the same people queue up instead of deadlocking.
REPLACE = """
WITH derived AS (
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row (
        person_id bigint, unit_id bigint, status text, shift text, start_at timestamptz, end_at timestamptz, in_at timestamptz,
        out_at timestamptz, late_min integer, early_min integer, deduction_pct numeric, lines jsonb, trace jsonb,
        evidence_hash text, open_until timestamptz)
), gone AS (
    DELETE FROM day_records AS old
    WHERE old.day = :day AND old.frozen_at IS NULL
      AND (CAST(:person_ids AS bigint[]) IS NULL OR old.person_id = ANY(CAST(:person_ids AS bigint[])))
      AND old.person_id NOT IN (SELECT person_id FROM derived)
    RETURNING 1
), written AS (
    INSERT INTO day_records AS old (
        person_id, day, unit_id, status, shift, start_at, end_at, in_at, out_at, late_min, early_min, deduction_pct, lines,
        trace, evidence_hash, derived_at, open_until)
    SELECT person_id, :day, unit_id, status, shift, start_at, end_at, in_at, out_at, late_min, early_min, deduction_pct, lines,
           trace, evidence_hash, :now, open_until
    FROM derived ORDER BY person_id
    ON CONFLICT (person_id, day) DO UPDATE SET
        unit_id = excluded.unit_id, status = excluded.status, shift = excluded.shift, start_at = excluded.start_at,
        end_at = excluded.end_at, in_at = excluded.in_at, out_at = excluded.out_at, late_min = excluded.late_min,
        early_min = excluded.early_min, deduction_pct = excluded.deduction_pct, lines = excluded.lines,
        trace = excluded.trace, evidence_hash = excluded.evidence_hash, derived_at = excluded.derived_at,
        open_until = excluded.open_until
    WHERE old.frozen_at IS NULL
      AND (old.evidence_hash, old.unit_id, old.status, old.in_at, old.out_at, old.lines, old.trace)
          IS DISTINCT FROM
          (excluded.evidence_hash, excluded.unit_id, excluded.status, excluded.in_at, excluded.out_at, excluded.lines,
           excluded.trace)
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
"""


_COMPARED = (
    "person_id", "unit_id", "status", "shift", "start_at", "end_at", "in_at", "out_at", "late_min", "early_min", "deduction_pct",
    "lines", "trace", "evidence_hash",
)  # fmt: skip


def replace_day(
    session: Session, day: date, rows: Iterable[Derived], now: datetime, person_ids: Sequence[int] | None = None
) -> int:
    """Number of records that changed: `rows` are the whole day now, of everybody or of `person_ids`; frozen ones stay."""
    words = f"[{','.join(orjson.dumps(row_of(derived)).decode() for derived in rows)}]"  # one by one: a day is never held twice
    asked = None if person_ids is None else list(person_ids)
    changed = session.scalar(text(REPLACE), {"rows": words, "day": day, "now": now, "person_ids": asked})
    return cast(int, changed)


def differences_on(session: Session, day: date, rows: Iterable[Derived]) -> dict[int, list[str]]:
    """By person, the columns in which the day's records are not what `rows` come to; missing and left over ones too."""
    names = [name for name in _COMPARED if name != "person_id"]
    kept = {
        row.person_id: {name: getattr(row, name) for name in names}
        for row in session.execute(select(*(getattr(DayRecord, name) for name in _COMPARED)).where(DayRecord.day == day))
    }
    found: dict[int, list[str]] = {}
    for derived in rows:
        fresh, old = row_of(derived), kept.pop(derived.person_id, None)
        fresh |= {"deduction_pct": derived.outcome.deduction_pct, "trace": kept_trace(derived)}
        wrong = ["record"] if old is None else [name for name in names if old[name] != fresh[name]]
        if wrong:
            found[derived.person_id] = wrong
    return found | {person_id: ["record"] for person_id in kept}


def list_open(
    session: Session, first_day: date, last_day: date, paths: Sequence[str], person_ids: Sequence[int] | None = None
) -> list[tuple[int, date]]:
    """Person and day of the records that are not final, of the days, both included, within the subtrees."""
    query = (
        select(DayRecord.person_id, DayRecord.day)
        .join(Unit, Unit.id == DayRecord.unit_id)
        .where(DayRecord.day.between(first_day, last_day), DayRecord.frozen_at.is_(None), in_scope(Unit.path, paths))
    )
    if person_ids is not None:
        query = query.where(DayRecord.person_id.in_(person_ids))
    return [(person_id, day) for person_id, day in session.execute(query)]


SUM_MONTHS = """
WITH days AS (
    SELECT person_id, (array_agg(unit_id ORDER BY day DESC))[1] AS unit_id, bool_and(frozen_at IS NOT NULL) AS is_frozen
    FROM day_records
    WHERE day BETWEEN :first_day AND :last_day
      AND (CAST(:person_ids AS bigint[]) IS NULL OR person_id = ANY(CAST(:person_ids AS bigint[])))
    GROUP BY person_id
), charged AS (
    SELECT person_id, line ->> 'code' AS code, line ->> 'clause' AS clause, line ->> 'quality' AS quality,
           count(*) AS days, sum((line ->> 'pct')::numeric) AS pct
    FROM day_records, jsonb_array_elements(lines) AS line
    WHERE day BETWEEN :first_day AND :last_day AND deduction_pct > 0 AND line ? 'pct'
      AND (CAST(:person_ids AS bigint[]) IS NULL OR person_id = ANY(CAST(:person_ids AS bigint[])))
    GROUP BY 1, 2, 3, 4
), charges AS (
    SELECT person_id, json_agg(json_build_array(code, clause, quality, days, pct::text) ORDER BY code, clause) AS charges
    FROM charged GROUP BY person_id
)
SELECT days.person_id, days.unit_id, units.decree, days.is_frozen, charges.charges
FROM days JOIN units ON units.id = days.unit_id LEFT JOIN charges USING (person_id) ORDER BY days.person_id
"""


def sum_months(session: Session, first_day: date, last_day: date, person_ids: Sequence[int] | None = None) -> Iterator[Month]:
    """The days of each person added up in the database, in order of person."""
    asked = {"first_day": first_day, "last_day": last_day, "person_ids": None if person_ids is None else list(person_ids)}
    for person_id, unit_id, decree, is_frozen, charges in session.execute(text(SUM_MONTHS), asked):
        rows = [Charge(code, clause, quality, days, Decimal(pct)) for code, clause, quality, days, pct in charges or ()]
        yield Month(person_id, unit_id, decree, is_frozen, tuple(rows))


def kept_trace(derived: Derived) -> dict[str, Any]:
    """The trace as it is read again."""
    return cast(dict[str, Any], orjson.loads(orjson.dumps(derived.trace)))


def row_of(derived: Derived) -> dict[str, Any]:
    """A day as PostgreSQL reads it from JSON."""
    outcome, workday = derived.outcome, derived.workday
    return {
        "person_id": derived.person_id,
        "unit_id": derived.unit_id,
        "status": outcome.status,
        "shift": workday.shift,
        "start_at": workday.start_at,
        "end_at": workday.end_at,
        "in_at": outcome.in_at,
        "out_at": outcome.out_at,
        "late_min": outcome.late_min,
        "early_min": outcome.early_min,
        "deduction_pct": str(outcome.deduction_pct),
        "lines": [_words(line) for line in outcome.lines],
        "trace": derived.trace,
        "evidence_hash": derived.evidence_hash,
        "open_until": derived.open_until,
    }


def _words(line: Line) -> dict[str, Any]:
    """A line as it is stored; the source stands in full where the line costs something, because then somebody will ask."""
    words: dict[str, Any] = {"code": line.code, "params": line.params}
    if line.clause:
        words |= {"clause": line.clause.code, "quality": line.clause.quality}
        if line.pct:
            words |= {"pct": str(line.pct), "source": line.clause.source}
    return words
