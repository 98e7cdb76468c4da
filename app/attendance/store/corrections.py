"""Requests to correct a day's times, and every decision about them with the hash of what it was decided on."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Select, Text, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app import errors
from app.attachments.store import Attached, about
from app.attendance.rules import Correction
from app.attendance.store.days import DayRecord
from app.db import Base, Session, in_scope
from app.people.store import Person, Posting, Unit

APPROVED = "approve"


class CorrectionRequest(Base):
    """What a person says about when he came or went; it is appended and never changes."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_day", "day", "person_id"), Index("ix_corrections_person_id", "person_id", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    day: Mapped[date]
    direction: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CorrectionDecision(Base):
    """An answer by somebody else: the only one on these inputs."""

    __tablename__ = "correction_decisions"

    correction_id: Mapped[int] = mapped_column(ForeignKey(CorrectionRequest.id), primary_key=True, autoincrement=False)
    inputs_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    decision: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Asked:
    """A correction with who asks for it, where he is posted today."""

    id: int
    person_id: int
    nip: str
    name: str
    unit_code: str | None
    unit_path: str | None
    day: date
    direction: str
    at: datetime
    reason: str
    evidence: str
    requested_at: datetime
    attachments: Sequence[Attached] = ()


def approved_on(session: Session, day: date, person_ids: Sequence[int] | None = None) -> Mapping[int, list[Correction]]:
    """Every approval about the day by person, oldest first, whether or not its inputs are still the same."""
    asked, decision = CorrectionRequest, CorrectionDecision
    query = (
        select(asked.person_id, asked.id, asked.direction, asked.at, decision.inputs_hash)
        .join(decision, decision.correction_id == asked.id)
        .where(asked.day == day, decision.decision == APPROVED)
        .order_by(asked.id, decision.inputs_hash)
    )
    if person_ids is not None:
        query = query.where(asked.person_id == func.any(list(person_ids)))
    found: dict[int, list[Correction]] = defaultdict(list)
    for person_id, correction_id, direction, at, inputs_hash in session.execute(query):
        found[person_id].append(Correction(correction_id, direction, at, inputs_hash))
    return found


def add_correction(
    session: Session, person_id: int, day: date, direction: str, at: datetime, reason: str, evidence: str, now: datetime
) -> int:
    """The id of the new request."""
    row = CorrectionRequest(
        person_id=person_id, day=day, direction=direction, at=at, reason=reason, evidence=evidence, requested_at=now
    )
    session.add(row)
    session.flush()
    return row.id


def add_decision(
    session: Session, correction_id: int, inputs_hash: str, decision: str, reason: str, by: int, now: datetime
) -> bool:
    """Whether the decision was written; on the same inputs there is only ever one."""
    written = (
        insert(CorrectionDecision)
        .values(
            correction_id=correction_id, inputs_hash=inputs_hash, decision=decision, reason=reason, decided_by=by, decided_at=now
        )
        .on_conflict_do_nothing()
        .returning(CorrectionDecision.correction_id)
    )
    return session.scalar(written) is not None


def decisions_of(session: Session, correction_ids: Sequence[int]) -> Mapping[int, list[CorrectionDecision]]:
    """The decisions of each correction, oldest first."""
    decision = CorrectionDecision
    query = select(decision).where(decision.correction_id.in_(correction_ids)).order_by(decision.decided_at)
    found: dict[int, list[CorrectionDecision]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.correction_id].append(row)
    return found


def get_asked(session: Session, correction_id: int, today: date) -> Asked:
    """The correction with the unit its person is posted in today.

    Raises: NotFound.
    """
    row = session.execute(_asked(today).where(CorrectionRequest.id == correction_id)).first()
    if row is None:
        raise errors.NotFound("unknown_correction", correction=correction_id)
    return _with_files(session, [Asked(*row)])[0]


def list_asked(
    session: Session,
    today: date,
    after: int | None,
    limit: int,
    person_id: int | None = None,
    paths: Sequence[str] | None = None,
    status: str | None = None,
) -> list[Asked]:
    """Corrections of one person, or of the people posted in the subtrees today, newest first, beginning below the id `after`.

    `status`: only those that may stand there; where a decision rests on inputs, only they say whether it still holds.
    """
    query = _asked(today).order_by(CorrectionRequest.id.desc()).limit(limit)
    if person_id is not None:
        query = query.where(CorrectionRequest.person_id == person_id)
    if paths is not None:
        query = query.where(in_scope(Unit.path, paths))
    if status is not None:
        decided = exists().where(CorrectionDecision.correction_id == CorrectionRequest.id)
        same = decided.where(CorrectionDecision.decision == status)
        query = query.where({"requested": ~decided, "asked_again": decided}.get(status, same))
    if after is not None:
        query = query.where(CorrectionRequest.id < after)
    return _with_files(session, [Asked(*row) for row in session.execute(query)])


def sealed_month_in(session: Session, person_id: int, first_day: date, last_day: date) -> date | None:
    """A day of the person's first month that is final and holds one of the days."""
    first = first_day.replace(day=1)
    after = (last_day.replace(day=1) + timedelta(days=31)).replace(day=1)
    frozen = select(func.min(DayRecord.day)).where(
        DayRecord.person_id == person_id, DayRecord.day >= first, DayRecord.day < after, DayRecord.frozen_at.is_not(None)
    )
    return session.scalar(frozen)


def _with_files(session: Session, corrections: Sequence[Asked]) -> list[Asked]:
    """The corrections with the files beside them."""
    files = about(session, [f"correction:{one.id}" for one in corrections])
    return [replace(one, attachments=files.get(f"correction:{one.id}", ())) for one in corrections]


def _asked(today: date) -> Select[*tuple[Any, ...]]:
    asked = CorrectionRequest
    in_force = and_(Posting.since <= today, or_(Posting.until.is_(None), Posting.until > today))
    return (
        select(
            asked.id, Person.id, Person.nip, Person.name, Unit.code, Unit.path, asked.day, asked.direction, asked.at,
            asked.reason, asked.evidence, asked.requested_at,
        )
        .select_from(asked)
        .join(Person, Person.id == asked.person_id)
        .outerjoin(Posting, and_(Posting.person_id == Person.id, Posting.kind == "primary", in_force))
        .outerjoin(Unit, Unit.id == Posting.unit_id)
    )  # fmt: skip
