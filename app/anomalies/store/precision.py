"""What people answered to findings, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select, true

from app.anomalies.rules import Kind, Status
from app.anomalies.store.findings import Wanted, narrowed, status_of
from app.anomalies.store.tables import Finding
from app.attendance.store import DayRecord
from app.db import Session, in_scope
from app.people.store import Person, Unit


@dataclass(frozen=True, slots=True)
class Tally:
    """So many findings with these words that stand so. `is_by_person`: somebody answered, not the time that ran out."""

    kind: Kind
    status: Status
    words: dict[str, Any]
    is_by_person: bool
    count: int


def tally(session: Session, wanted: Wanted) -> list[Tally]:
    """The findings by kind, where they stand and what their words say."""
    status, newest = status_of()
    words = Finding.evidence["words"]
    is_by_person = newest.c.taken_by.is_not(None)
    query = (
        select(Finding.kind, status, words, func.coalesce(is_by_person, False), func.count())
        .join(Person, Person.id == Finding.person_id)
        .join(Unit, Unit.id == Finding.unit_id)
        .outerjoin(newest, true())
        .group_by(Finding.kind, status, words, is_by_person)
    )
    rows = session.execute(narrowed(query, wanted, (status, newest)))
    return [Tally(Kind(kind), Status(stands), said, by_person, count) for kind, stands, said, by_person, count in rows]


def count_days(session: Session, paths: Sequence[str], since: date | None, until: date | None) -> int:
    """Days of people on which they checked in."""
    row = DayRecord
    query = (
        select(func.count())
        .select_from(row)
        .join(Unit, Unit.id == row.unit_id)
        .where(in_scope(Unit.path, paths), or_(row.in_at.is_not(None), row.out_at.is_not(None)))
    )
    if since is not None:
        query = query.where(row.day >= since)
    if until is not None:
        query = query.where(row.day <= until)
    return session.scalars(query).one()
