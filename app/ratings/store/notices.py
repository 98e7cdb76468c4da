"""Notices about absence and their withdrawals: only ever added."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Select, Text, and_, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.db import Base, Session, in_scope
from app.people.store import Person, Posting, Unit

Now = aliased(Unit)


class DisciplineNotice(Base):
    """That a year's absence had reached a step, by which clause and on which count; a notice to people, never a sanction."""

    __tablename__ = "discipline_notices"
    __table_args__ = (Index("ix_discipline_notices_person_id", "person_id", "year"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    year: Mapped[int]
    step: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    sanction: Mapped[str] = mapped_column(Text)
    absent_days: Mapped[int]
    made_days: Mapped[int]
    run: Mapped[int]
    until: Mapped[date]
    clause: Mapped[str] = mapped_column(Text)
    quality: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class DisciplineWithdrawal(Base):
    """That a notice does not stand any more, because the days came to less."""

    __tablename__ = "discipline_withdrawals"

    notice_id: Mapped[int] = mapped_column(ForeignKey(DisciplineNotice.id), primary_key=True, autoincrement=False)
    absent_days: Mapped[int]
    made_days: Mapped[int]
    run: Mapped[int]
    withdrawn_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Noticed:
    """A notice with the names it is read by, where its person is posted today, and whether it still stands."""

    id: int
    nip: str
    name: str
    unit_code: str
    year: int
    step: str
    level: str
    sanction: str
    absent_days: int
    made_days: int
    run: int
    until: date
    clause: str
    quality: str
    given_at: datetime
    withdrawn_at: datetime | None
    days_then: int | None
    run_then: int | None


def hold_notices(session: Session) -> None:
    """Make every other watch wait until the transaction ends, so that two nights do not tell the same twice."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("discipline_notices"))))


def standing_in(session: Session, year: int) -> Mapping[int, Mapping[str, int]]:
    """The notices of the year that stand, by person and step."""
    notice, withdrawal = DisciplineNotice, DisciplineWithdrawal
    query = (
        select(notice.person_id, notice.step, notice.id)
        .outerjoin(withdrawal, withdrawal.notice_id == notice.id)
        .where(notice.year == year, withdrawal.notice_id.is_(None))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for person_id, step, notice_id in session.execute(query):
        found[person_id][step] = notice_id
    return found


def add_notice(session: Session, notice: DisciplineNotice) -> DisciplineNotice:
    """The notice, which stands from now on."""
    session.add(notice)
    session.flush()
    return notice


def add_withdrawal_of_notice(session: Session, withdrawal: DisciplineWithdrawal) -> None:
    """Take a notice back."""
    session.add(withdrawal)
    session.flush()


def list_notices(
    session: Session,
    today: date,
    after: int | None,
    limit: int,
    paths: Sequence[str] | None = None,
    person_id: int | None = None,
    year: int | None = None,
    standing: bool | None = None,
) -> list[Noticed]:  # fmt: skip
    """Notices about the people posted in the subtrees today (who is gone, where he was then), or about one person, newest first."""
    notice = DisciplineNotice
    query = _noticed(today).order_by(notice.id.desc()).limit(limit)
    if paths is not None:
        gone = and_(Now.id.is_(None), in_scope(Unit.path, paths))
        query = query.where(or_(in_scope(Now.path, paths), gone))
    if person_id is not None:
        query = query.where(notice.person_id == person_id)
    if year is not None:
        query = query.where(notice.year == year)
    if standing is not None:
        withdrawn = DisciplineWithdrawal.notice_id
        query = query.where(withdrawn.is_(None) if standing else withdrawn.is_not(None))
    if after is not None:
        query = query.where(notice.id < after)
    return [Noticed(*row) for row in session.execute(query)]


def _noticed(today: date) -> Select[*tuple[Any, ...]]:
    notice, withdrawal = DisciplineNotice, DisciplineWithdrawal
    in_force = and_(Posting.since <= today, or_(Posting.until.is_(None), Posting.until > today))
    return (
        select(
            notice.id, Person.nip, Person.name, func.coalesce(Now.code, Unit.code), notice.year, notice.step, notice.level,
            notice.sanction, notice.absent_days, notice.made_days, notice.run, notice.until, notice.clause, notice.quality,
            notice.given_at, withdrawal.withdrawn_at, withdrawal.absent_days + withdrawal.made_days, withdrawal.run,
        )
        .select_from(notice)
        .join(Person, Person.id == notice.person_id)
        .join(Unit, Unit.id == notice.unit_id)
        .outerjoin(Posting, and_(Posting.person_id == Person.id, Posting.kind == "primary", in_force))
        .outerjoin(Now, Now.id == Posting.unit_id)
        .outerjoin(withdrawal, withdrawal.notice_id == notice.id)
    )  # fmt: skip
