"""What is asked of findings: writing them, reading them with all that was done, counting them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, Text, and_, case, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from app import errors
from app.anomalies.rules import DETECTORS, Case, Found, Kind, Severity, Status, Step, Taken
from app.anomalies.rules.process import ANSWER, APPEAL, DECIDE, REPLY
from app.anomalies.store.steps import Recorded, list_steps
from app.anomalies.store.tables import Finding, FindingStep
from app.attachments.store import Attached, about
from app.checkins.store import Checkin
from app.db import Session, in_scope
from app.people.store import Person, Unit

LARGEST_ID = 2**63 - 1
Columns = Select[*tuple[Any, ...]]

# In one order, so that two scans of the same day wait for each other instead of deadlocking.
ADD = """
INSERT INTO findings (kind, person_id, day, unit_id, evidence, evidence_hash, found_at)
SELECT kind, person_id, :day, unit_id, evidence, evidence_hash, :now
FROM json_to_recordset(CAST(:rows AS json)) AS row (kind text, person_id bigint, unit_id bigint, evidence jsonb, evidence_hash text)
ORDER BY kind, person_id, evidence_hash
ON CONFLICT DO NOTHING RETURNING id, kind, person_id, evidence_hash
"""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A finding with the names it is read by, and all that was done about it."""

    id: int
    kind: Kind
    person_id: int
    nip: str
    name: str
    unit_id: int
    unit_code: str
    unit_path: str
    day: date
    evidence: Mapping[str, Any]
    evidence_hash: str
    found_at: datetime
    is_superseded: bool
    steps: tuple[Recorded, ...]
    attachments: Sequence[Attached] = ()

    @property
    def case(self) -> Case:
        """What the rules of due process look at."""
        taken = tuple(Taken(step.step, step.at, step.by, step.answer, step.level) for step in self.steps)
        is_notice = DETECTORS[self.kind].severity is Severity.NOTICE
        return Case(self.found_at, self.unit_path, is_notice, self.is_superseded, taken)

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.case.status

    @property
    def shows_position(self) -> bool:
        """Whether its person lets whoever decides see where he was: by his newest reply, and whoever appeals asks for it."""
        said = next((step for step in reversed(self.steps) if step.step in (Step.REPLY, Step.APPEAL)), None)
        return said is not None and (said.step is Step.APPEAL or said.shows_position)

    @property
    def decided(self) -> Recorded | None:
        """The decision that holds."""
        return next((step for step in reversed(self.steps) if step.step in (Step.DECISION, Step.FINAL)), None)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many findings of one cause one person has that wait, and since when."""

    kind: Kind
    nip: str
    name: str
    unit_code: str
    findings: int
    overdue: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for; what is None narrows nothing. `overdue_at`: only those whose answer was late then."""

    paths: Sequence[str] | None = None
    person_id: int | None = None
    nip: str | None = None
    status: Status | None = None
    kind: Kind | None = None
    overdue_at: datetime | None = None
    since: date | None = None
    until: date | None = None


def add_all(session: Session, day: date, found: Sequence[tuple[Found, int]], now: datetime) -> list[tuple[int, str, int, str]]:
    """Id, kind, person and evidence hash of the findings that were not there with this evidence before."""
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
    added = session.execute(text(ADD), {"rows": orjson.dumps(rows).decode(), "day": day, "now": now})
    return [(row.id, row.kind, row.person_id, row.evidence_hash) for row in added]


def get_reviewed(session: Session, finding_id: int) -> Reviewed:
    """The finding with where it stands.

    Raises: NotFound.
    """
    found = _reviewed(session, _columns().where(Finding.id == finding_id)) if 0 < finding_id <= LARGEST_ID else []
    if not found:
        raise errors.NotFound("unknown_finding", finding=finding_id)
    return found[0]


EVERYTHING = Wanted()


def list_reviewed(session: Session, after: int | None, limit: int, wanted: Wanted = EVERYTHING) -> list[Reviewed]:
    """Findings newest first, beginning below the id `after`."""
    query = narrowed(_columns(), wanted).order_by(Finding.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Finding.id < after)
    return _reviewed(session, query)


def list_ids(session: Session, limit: int, wanted: Wanted) -> list[int]:
    """Ids of findings, oldest first."""
    query = select(Finding.id).join(Person, Person.id == Finding.person_id).join(Unit, Unit.id == Finding.unit_id)
    return list(session.scalars(narrowed(query, wanted).order_by(Finding.id).limit(limit)))


def list_overdue_appeals(session: Session, now: datetime) -> list[Reviewed]:
    """The findings whose appeal nobody has answered in time."""
    return _reviewed(session, narrowed(_columns(), Wanted(status=Status.APPEALED, overdue_at=now)).order_by(Finding.id))


def count_waiting(session: Session, wanted: Wanted, now: datetime) -> list[Counted]:
    """The findings that wait for an answer, by cause and person, the oldest first."""
    status, newest = status_of()
    waiting = status.in_([Status.OPEN, Status.PROPOSED, Status.APPEALED])
    query = (
        select(
            Finding.kind, Person.nip, Person.name, Unit.code, func.count(),
            func.count().filter(_overdue(status, newest, now)), func.min(Finding.found_at),
        )
        .join(Person, Person.id == Finding.person_id)
        .join(Unit, Unit.id == Finding.unit_id)
        .outerjoin(newest, true())
        .where(waiting)
        .group_by(Finding.kind, Person.nip, Person.name, Unit.code)
        .order_by(func.min(Finding.found_at), Finding.kind, Person.nip)
    )  # fmt: skip
    return [Counted(Kind(kind), *rest) for kind, *rest in session.execute(narrowed(query, wanted, (status, newest)))]


def is_party(session: Session, finding: Reviewed, person_id: int) -> bool:
    """Whether the finding is about the person, or about something in which the person took part."""
    if finding.person_id == person_id:
        return True
    groups = finding.evidence["groups"]
    shared = Finding.evidence["groups"].has_any(array(groups, type_=Text))
    alike = select(Finding.id).where(Finding.person_id == person_id, shared)
    return bool(groups) and session.scalar(alike.limit(1)) is not None


def list_shown(session: Session, finding: Reviewed) -> list[Checkin]:
    """The check-ins that show what was found, in order of time."""
    ids = finding.evidence["checkins"]
    return list(session.scalars(select(Checkin).where(Checkin.id.in_(ids)).order_by(Checkin.taken_at, Checkin.id)))


def held_checkins(session: Session, now: datetime) -> set[UUID]:
    """The check-ins that show what is not final yet: somebody may still decide about it, or appeal."""
    status, newest = status_of()
    waits = status.in_([Status.OPEN, Status.PROPOSED, Status.APPEALED])
    may_appeal = and_(newest.c.step == Step.DECISION, newest.c.answer != Status.DISMISSED, newest.c.taken_at > now - APPEAL)
    query = select(Finding.evidence["checkins"]).outerjoin(newest, true()).where(or_(waits, may_appeal))
    return {UUID(id) for ids in session.scalars(query) for id in ids}


def narrowed(query: Columns, wanted: Wanted, known: tuple[ColumnElement[str], Any] | None = None) -> Columns:
    """The query about findings, people and units with only what is wanted; `known`: what `status_of` gave, if it is joined."""
    status, newest = known or status_of()
    asks_status = wanted.status is not None or wanted.overdue_at is not None
    if known is None and asks_status:
        query = query.outerjoin(newest, true())
    if wanted.status is not None:
        query = query.where(status == wanted.status)
    if wanted.overdue_at is not None:
        query = query.where(_overdue(status, newest, wanted.overdue_at))
    if wanted.paths is not None:
        query = query.where(in_scope(Unit.path, wanted.paths))
    plain = {
        Finding.person_id: wanted.person_id,
        Person.nip: wanted.nip,
        Finding.kind: wanted.kind,
    }
    query = query.where(*(column == value for column, value in plain.items() if value is not None))
    if wanted.since is not None:
        query = query.where(Finding.day >= wanted.since)
    return query if wanted.until is None else query.where(Finding.day <= wanted.until)


def status_of() -> tuple[ColumnElement[str], Any]:
    """Where a finding stands, as the rules say it, and its newest step but for replies, to be joined."""
    step = aliased(FindingStep)
    newest = (
        select(step.step, step.answer, step.taken_at, step.taken_by)
        .where(step.finding_id == Finding.id, step.step != Step.REPLY)
        .order_by(step.id.desc())
        .limit(1)
        .lateral()
    )
    status = case(
        (newest.c.answer.is_not(None) & (newest.c.step != Step.PROPOSAL), newest.c.answer),
        (newest.c.step == Step.APPEAL, Status.APPEALED.value),
        (_again(), Status.SUPERSEDED.value),
        (newest.c.step == Step.PROPOSAL, Status.PROPOSED.value),
        else_=Status.OPEN.value,
    )
    return status, newest


def _again() -> ColumnElement[bool]:
    """Whether the same was found again with more evidence."""
    newer = aliased(Finding)
    again = select(newer.id).where(
        newer.kind == Finding.kind, newer.person_id == Finding.person_id, newer.day == Finding.day, newer.id > Finding.id
    )
    return again.exists()


def _overdue(status: ColumnElement[str], newest: Any, now: datetime) -> ColumnElement[bool]:
    """Whether an answer is late, as the rules say it."""
    asked_at = func.greatest(newest.c.taken_at, Finding.found_at + REPLY)
    return or_(
        and_(status == Status.OPEN, Finding.found_at <= now - REPLY - DECIDE),
        and_(status == Status.PROPOSED, asked_at <= now - DECIDE),
        and_(status == Status.APPEALED, newest.c.taken_at <= now - ANSWER),
    )


def _columns() -> Columns:
    return (
        select(
            Finding.id,
            Finding.kind,
            Finding.person_id,
            Person.nip,
            Person.name,
            Finding.unit_id,
            Unit.code.label("unit_code"),
            Unit.path.label("unit_path"),
            Finding.day,
            Finding.evidence,
            Finding.evidence_hash,
            Finding.found_at,
            _again().label("is_superseded"),
        )
        .join(Person, Person.id == Finding.person_id)
        .join(Unit, Unit.id == Finding.unit_id)
    )


def _reviewed(session: Session, query: Columns) -> list[Reviewed]:
    rows = session.execute(query).all()
    steps = defaultdict(list)
    for finding_id, step in list_steps(session, [row.id for row in rows]):
        steps[finding_id].append(step)
    files = about(session, [f"finding:{row.id}" for row in rows])
    return [
        Reviewed(
            **{**row._asdict(), "kind": Kind(row.kind)}, steps=tuple(steps[row.id]), attachments=files.get(f"finding:{row.id}", ())
        )
        for row in rows
    ]
