"""Findings and the decisions about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Select,
    Text,
    UniqueConstraint,
    case,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, array, insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app import errors
from app.anomalies.rules import Found, Kind, Sighting, Status
from app.checkins.store import Checkin
from app.db import Base, Session, in_scope
from app.geo import Point
from app.people.store import Person, Unit


class Finding(Base):
    """Something noticed about one person's day, written once for each state of its evidence."""

    __tablename__ = "findings"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    day: Mapped[date]
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    evidence_hash: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (
        UniqueConstraint("kind", "person_id", "day", "evidence_hash"),
        Index("ix_findings_person_id", "person_id", "day"),
    )


class FindingDecision(Base):
    """What a person who is no party to it decided about a finding; there is only ever one."""

    __tablename__ = "finding_decisions"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id), unique=True)
    decision: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A finding with the names it is read by and where it stands."""

    id: int
    kind: Kind
    person_id: int
    nip: str
    name: str
    unit_code: str
    unit_path: str
    day: date
    evidence: Mapping[str, Any]
    evidence_hash: str
    found_at: datetime
    status: Status
    decision_reason: str | None
    decided_at: datetime | None


LARGEST_ID = 2**63 - 1

# OFFSET 0 keeps the planner from reading every month of reports where it should fetch the few rows of one day by their ids.
# A phone counts its check-ins, so a number that occurs twice is a copy of the phone. A report may be 35 days old.
SIGHTINGS = """
WITH twice AS (
    SELECT device_id, seq FROM checkins WHERE work_date BETWEEN :day - 35 AND :day + 1 GROUP BY device_id, seq HAVING count(*) > 1
)
SELECT c.id, c.person_id, c.unit_id, c.direction, c.taken_at, c.verdict, c.counts, c.flags, c.score, c.time_grade,
       r.lat, r.lon, coalesce(device.installation_id, c.device_id) AS installation_id,
       EXISTS (SELECT FROM twice WHERE (twice.device_id, twice.seq) = (c.device_id, c.seq)) AS is_numbered_twice,
       CASE WHEN c.flags && ARRAY['repeated_fix', 'replayed_fix'] THEN (
           SELECT count(DISTINCT work_date) FROM checkins own
           WHERE own.person_id = c.person_id AND own.work_date BETWEEN :day - 13 AND :day
             AND own.flags && ARRAY['repeated_fix', 'replayed_fix'])
       ELSE 0 END AS days_alike
FROM checkins c
LEFT JOIN devices device ON device.id = c.device_id
CROSS JOIN LATERAL (
    SELECT ST_Y(position) AS lat, ST_X(position) AS lon FROM checkin_reports WHERE checkin_reports.id = c.id OFFSET 0) r
WHERE c.work_date = :day ORDER BY c.id
"""

# In one order, so that two scans of the same day wait for each other instead of deadlocking.
ADD = """
INSERT INTO findings (kind, person_id, day, unit_id, evidence, evidence_hash, found_at)
SELECT kind, person_id, :day, unit_id, evidence, evidence_hash, :now
FROM json_to_recordset(CAST(:rows AS json)) AS row (kind text, person_id bigint, unit_id bigint, evidence jsonb, evidence_hash text)
ORDER BY kind, person_id, evidence_hash
ON CONFLICT DO NOTHING RETURNING id
"""


def list_sightings(session: Session, day: date) -> list[Sighting]:
    """Every check-in of a work date, whatever its verdict, with the position that was reported."""
    return [
        Sighting(
            row.id,
            row.person_id,
            row.unit_id,
            row.direction,
            row.taken_at,
            row.verdict,
            row.counts,
            tuple(row.flags),
            row.score,
            row.time_grade,
            Point(row.lat, row.lon),
            row.installation_id,
            row.is_numbered_twice,
            row.days_alike,
        )
        for row in session.execute(text(SIGHTINGS), {"day": day})
    ]


def add_all(session: Session, day: date, found: Sequence[tuple[Found, int]], now: datetime) -> int:
    """Number of findings, each with its unit, that were not there with this evidence before."""
    rows = [
        {
            "kind": one.kind,
            "person_id": one.person_id,
            "unit_id": unit_id,
            "evidence": one.evidence,
            "evidence_hash": one.evidence_hash,
        }
        for one, unit_id in found
    ]
    return len(session.execute(text(ADD), {"rows": orjson.dumps(rows).decode(), "day": day, "now": now}).all())


def get_reviewed(session: Session, finding_id: int) -> Reviewed:
    """The finding with where it stands.

    Raises: NotFound.
    """
    row = session.execute(_reviewed().where(Finding.id == finding_id)).first() if finding_id <= LARGEST_ID else None
    if row is None:
        raise errors.NotFound("unknown_finding", finding=finding_id)
    return _as_reviewed(row)


def list_reviewed(
    session: Session,
    after: int | None,
    limit: int,
    paths: Sequence[str] | None = None,
    person_id: int | None = None,
    status: Status | None = None,
    kind: Kind | None = None,
) -> list[Reviewed]:
    """Findings about one person, or in the subtrees, newest first, beginning below the id `after`."""
    query = _reviewed().order_by(Finding.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Finding.id < after)
    if paths is not None:
        query = query.where(in_scope(Unit.path, paths))
    if person_id is not None:
        query = query.where(Finding.person_id == person_id)
    if status is not None:
        query = query.where(_status() == status)
    if kind is not None:
        query = query.where(Finding.kind == kind)
    return [_as_reviewed(row) for row in session.execute(query)]


def is_party(session: Session, finding: Reviewed, person_id: int) -> bool:
    """Whether the finding is about the person, or about something in which the person took part."""
    if finding.person_id == person_id:
        return True
    groups = finding.evidence["groups"]
    shared = Finding.evidence["groups"].has_any(array(groups, type_=Text))
    alike = select(Finding.id).where(Finding.person_id == person_id, Finding.day == finding.day, shared)
    return bool(groups) and session.scalar(alike.limit(1)) is not None


def add_decision(session: Session, finding_id: int, decision: Status, reason: str, by: int, now: datetime) -> bool:
    """Whether the decision was written; there is only ever one."""
    written = (
        insert(FindingDecision)
        .values(finding_id=finding_id, decision=decision, reason=reason, decided_by=by, decided_at=now)
        .on_conflict_do_nothing()
        .returning(FindingDecision.id)
    )
    return session.scalar(written) is not None


def list_shown(session: Session, finding: Reviewed) -> list[Checkin]:
    """The check-ins that show what was found, in order of time."""
    ids = finding.evidence["checkins"]
    return list(session.scalars(select(Checkin).where(Checkin.id.in_(ids)).order_by(Checkin.taken_at, Checkin.id)))


def _status() -> ColumnElement[str]:
    newer = aliased(Finding)
    again = select(newer.id).where(
        newer.kind == Finding.kind, newer.person_id == Finding.person_id, newer.day == Finding.day, newer.id > Finding.id
    )
    return case(
        (FindingDecision.decision.is_not(None), FindingDecision.decision),
        (again.exists(), Status.SUPERSEDED.value),
        else_=Status.OPEN.value,
    )


def _reviewed() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Finding.id,
            Finding.kind,
            Finding.person_id,
            Person.nip,
            Person.name,
            Unit.code.label("unit_code"),
            Unit.path.label("unit_path"),
            Finding.day,
            Finding.evidence,
            Finding.evidence_hash,
            Finding.found_at,
            _status().label("status"),
            FindingDecision.reason.label("decision_reason"),
            FindingDecision.decided_at,
        )
        .join(Person, Person.id == Finding.person_id)
        .join(Unit, Unit.id == Finding.unit_id)
        .outerjoin(FindingDecision, FindingDecision.finding_id == Finding.id)
    )


def _as_reviewed(row: Any) -> Reviewed:
    columns = row._asdict()
    return Reviewed(**{**columns, "kind": Kind(row.kind), "status": Status(row.status)})
