"""Acknowledgements, seals and amendments: written once, read with names."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKey, Identity, Index, Select, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.attendance.store import CorrectionDecision, CorrectionRequest, DayRecord
from app.db import Base, Session, in_scope
from app.people.store import Person, Unit
from app.seals.rules import Said, Step


class MonthAcknowledgement(Base):
    """What a person or his superior said of the month's figures with this digest."""

    __tablename__ = "month_acknowledgements"
    __table_args__ = (Index("ix_month_acknowledgements_person_id", "person_id", "month"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    month: Mapped[date]
    step: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    agrees: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    said_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    said_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class MonthSeal(Base):
    """A unit's month that became final; `digest` covers the days whose `frozen_at` is `sealed_at`."""

    __tablename__ = "month_seals"
    __table_args__ = (Index("ix_month_seals_month", "month", "unit_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    month: Mapped[date]
    digest: Mapped[str] = mapped_column(Text)
    people: Mapped[int]
    days: Mapped[int]
    findings: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    note: Mapped[str] = mapped_column(Text)
    sealed_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Amendment(Base):
    """A change of sealed days, with its reason and what it rests on."""

    __tablename__ = "amendments"
    __table_args__ = (Index("ix_amendments_seal_id", "seal_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    seal_id: Mapped[int] = mapped_column(ForeignKey(MonthSeal.id))
    reason: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    stated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AmendmentDay(Base):
    """One day of an amendment: figures before and after, and all that the record said before and after."""

    __tablename__ = "amendment_days"
    __table_args__ = (Index("ix_amendment_days_person_id", "person_id", "day"),)

    amendment_id: Mapped[int] = mapped_column(ForeignKey(Amendment.id), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    states: Mapped[str] = mapped_column(Text)
    old: Mapped[dict[str, Any]] = mapped_column(JSONB)
    new: Mapped[dict[str, Any]] = mapped_column(JSONB)
    old_words: Mapped[str] = mapped_column(Text)
    new_words: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal with the names it is read by."""

    id: int
    unit_code: str
    unit_path: str
    month: date
    digest: str
    people: int
    days: int
    findings: Sequence[int]
    note: str
    by: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class AmendedDay:
    """A day of an amendment with whose it is."""

    person_id: int
    nip: str
    name: str
    day: date
    states: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Amended:
    """An amendment with its days, by NIP and day."""

    id: int
    seal_id: int
    unit_code: str
    reason: str
    basis: str
    by: str
    stated_at: datetime
    changes: tuple[AmendedDay, ...]


def lock(session: Session, month: date) -> None:
    """Let nobody else seal or amend the month until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("seals"), month.toordinal())))


def count_waiting(session: Session, first_day: date, last_day: date, path: str) -> int:
    """How many requests for corrections of days of the subtree nobody has answered."""
    query = (
        select(func.count())
        .select_from(CorrectionRequest)
        .join(DayRecord, (DayRecord.person_id == CorrectionRequest.person_id) & (DayRecord.day == CorrectionRequest.day))
        .join(Unit, Unit.id == DayRecord.unit_id)
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == CorrectionRequest.id)
        .where(
            CorrectionRequest.day.between(first_day, last_day), in_scope(Unit.path, [path]), CorrectionDecision.decision.is_(None)
        )
    )
    return session.scalars(query).one()


def count_not_yet(session: Session, first_day: date, last_day: date, path: str) -> int:
    """How many days of the subtree still wait for data."""
    query = (
        select(func.count())
        .select_from(DayRecord)
        .join(Unit, Unit.id == DayRecord.unit_id)
        .where(DayRecord.day.between(first_day, last_day), DayRecord.status == "not_yet", in_scope(Unit.path, [path]))
    )
    return session.scalars(query).one()


def add_seal(session: Session, seal: MonthSeal) -> int:
    """The id of the seal."""
    session.add(seal)
    session.flush()
    return seal.id


def add_amendment(session: Session, amendment: Amendment, days: Sequence[AmendmentDay]) -> int:
    """The id of the amendment with its days."""
    session.add(amendment)
    session.flush()
    for day in days:
        day.amendment_id = amendment.id
    session.add_all(days)
    session.flush()
    return amendment.id


def list_seals(session: Session, month: date, paths: Sequence[str]) -> list[Sealed]:
    """Seals of the month of units in the subtrees, oldest first."""
    query = _sealed().where(MonthSeal.month == month, in_scope(Unit.path, paths)).order_by(MonthSeal.id)
    return [Sealed(*row) for row in session.execute(query)]


def get_seal(session: Session, seal_id: int) -> Sealed:
    """The seal that there is."""
    return Sealed(*session.execute(_sealed().where(MonthSeal.id == seal_id)).one())


def seals_at(session: Session, month: date, sealed_at: Sequence[datetime]) -> list[Sealed]:
    """The seals of the month with these instants, by which frozen days name their seal."""
    return [Sealed(*row) for row in session.execute(_sealed().where(MonthSeal.month == month, MonthSeal.sealed_at.in_(sealed_at)))]


def list_amendments(session: Session, month: date, paths: Sequence[str]) -> list[Amended]:
    """Amendments of the month of units in the subtrees, oldest first, each with its days."""
    by = aliased(Person)
    query = (
        select(Amendment.id, Amendment.seal_id, Unit.code, Amendment.reason, Amendment.basis, by.name, Amendment.stated_at)
        .join(MonthSeal, MonthSeal.id == Amendment.seal_id)
        .join(Unit, Unit.id == MonthSeal.unit_id)
        .join(by, by.id == Amendment.stated_by)
        .where(MonthSeal.month == month, in_scope(Unit.path, paths))
        .order_by(Amendment.id)
    )
    rows = session.execute(query).all()
    days = _days_of(session, [row[0] for row in rows])
    return [Amended(*row, tuple(days[row[0]])) for row in rows]


def add_said(session: Session, said: MonthAcknowledgement) -> int:
    """The id of what was said."""
    session.add(said)
    session.flush()
    return said.id


def said_of(session: Session, month: date, person_ids: Sequence[int]) -> dict[int, list[Said]]:
    """What was said of the month, by person, in order of time."""
    row = MonthAcknowledgement
    query = select(row.person_id, row.step, row.digest, row.agrees).where(row.month == month, row.person_id.in_(person_ids))
    found: dict[int, list[Said]] = defaultdict(list)
    for person_id, step, digest, agrees in session.execute(query.order_by(row.id)):
        found[person_id].append(Said(Step(step), digest, agrees))
    return found


def people_in(session: Session, first_day: date, last_day: date, paths: Sequence[str]) -> list[int]:
    """Ids of those with a day of the month in the subtrees."""
    query = (
        select(DayRecord.person_id)
        .join(Unit, Unit.id == DayRecord.unit_id)
        .where(DayRecord.day.between(first_day, last_day), in_scope(Unit.path, paths))
        .distinct()
        .order_by(DayRecord.person_id)
    )
    return list(session.scalars(query))


def _days_of(session: Session, amendment_ids: Sequence[int]) -> dict[int, list[AmendedDay]]:
    row = AmendmentDay
    query = (
        select(row.amendment_id, row.person_id, Person.nip, Person.name, row.day, row.states, row.old, row.new)
        .join(Person, Person.id == row.person_id)
        .where(row.amendment_id.in_(amendment_ids))
        .order_by(Person.nip, row.day)
    )
    found: dict[int, list[AmendedDay]] = defaultdict(list)
    for amendment_id, *rest in session.execute(query):
        found[amendment_id].append(AmendedDay(*rest))
    return found


def _sealed() -> Select[*tuple[Any, ...]]:
    return (
        select(
            MonthSeal.id, Unit.code, Unit.path, MonthSeal.month, MonthSeal.digest, MonthSeal.people, MonthSeal.days,
            MonthSeal.findings, MonthSeal.note, Person.name, MonthSeal.sealed_at,
        )
        .join(Unit, Unit.id == MonthSeal.unit_id)
        .join(Person, Person.id == MonthSeal.sealed_by)
    )  # fmt: skip
