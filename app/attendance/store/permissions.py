"""Permissions to come late or leave early (ITM, IPC): asked for once, answered once, never changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, ForeignKey, Identity, Index, Select, Text, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app import errors
from app.attendance.rules import Permit
from app.attendance.store.corrections import APPROVED
from app.db import Base, Session, in_scope
from app.people.store import Person, Posting, Unit


class Permission(Base):
    """A request to come late (`in`) or leave early (`out`) on one day."""

    __tablename__ = "permissions"
    __table_args__ = (Index("ix_permissions_day", "day", "person_id"), Index("ix_permissions_person_id", "person_id", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    day: Mapped[date]
    direction: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PermissionDecision(Base):
    """The one answer by somebody else, or that its person took the request back before there was one."""

    __tablename__ = "permission_decisions"

    permission_id: Mapped[int] = mapped_column(ForeignKey(Permission.id), primary_key=True, autoincrement=False)
    decision: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Permitted:
    """A permission with who asks for it, where he is posted today, and its answer; without one its `status` is `requested`."""

    id: int
    person_id: int
    nip: str
    name: str
    unit_code: str | None
    unit_path: str | None
    day: date
    direction: str
    reason: str
    requested_at: datetime
    status: str
    decision_reason: str | None
    decided_at: datetime | None


def permits_on(session: Session, day: date, person_ids: Sequence[int] | None = None) -> Mapping[int, list[Permit]]:
    """The approved permissions of the day by person, oldest first."""
    query = (
        select(Permission.person_id, Permission.id, Permission.direction)
        .join(PermissionDecision, PermissionDecision.permission_id == Permission.id)
        .where(Permission.day == day, PermissionDecision.decision == APPROVED)
        .order_by(Permission.id)
    )
    if person_ids is not None:
        query = query.where(Permission.person_id == func.any(list(person_ids)))
    found: dict[int, list[Permit]] = defaultdict(list)
    for person_id, permission_id, direction in session.execute(query):
        found[person_id].append(Permit(permission_id, direction))
    return found


def list_permitted_since(session: Session, since: datetime, person_ids: Sequence[int] | None = None) -> list[tuple[int, date]]:
    """The person-days of which a permission was approved at or after that instant."""
    query = (
        select(Permission.person_id, Permission.day)
        .join(PermissionDecision, PermissionDecision.permission_id == Permission.id)
        .where(PermissionDecision.decision == APPROVED, PermissionDecision.decided_at >= since)
    )
    if person_ids is not None:
        query = query.where(Permission.person_id.in_(person_ids))
    return [(person_id, day) for person_id, day in session.execute(query)]


def add_permission(session: Session, person_id: int, day: date, direction: str, reason: str, now: datetime) -> int | None:
    """The id of the new request; None while the person has one of that day and direction that waits or is approved."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"permissions of {person_id}"))))
    stands = or_(PermissionDecision.decision.is_(None), PermissionDecision.decision == APPROVED)
    other = (
        select(Permission.id)
        .outerjoin(PermissionDecision, PermissionDecision.permission_id == Permission.id)
        .where(Permission.person_id == person_id, Permission.day == day, Permission.direction == direction, stands)
    )
    if session.scalar(other.limit(1)) is not None:
        return None
    row = Permission(person_id=person_id, day=day, direction=direction, reason=reason, requested_at=now)
    session.add(row)
    session.flush()
    return row.id


def answer_permission(session: Session, permission_id: int, decision: str, reason: str, by: int, now: datetime) -> bool:
    """Whether the answer was written; there is only ever one."""
    row = {"permission_id": permission_id, "decision": decision, "reason": reason, "decided_by": by, "decided_at": now}
    written = insert(PermissionDecision).values(row).on_conflict_do_nothing().returning(PermissionDecision.permission_id)
    return session.scalar(written) is not None


def get_permission(session: Session, permission_id: int, today: date) -> Permitted:
    """The permission with the unit its person is posted in today.

    Raises: NotFound.
    """
    row = session.execute(_permitted(today).where(Permission.id == permission_id)).first()
    if row is None:
        raise errors.NotFound("unknown_permission", permission=permission_id)
    return Permitted(*row)


def list_permissions(
    session: Session,
    today: date,
    after: int | None,
    limit: int,
    person_id: int | None = None,
    paths: Sequence[str] | None = None,
    status: str | None = None,
) -> list[Permitted]:
    """Permissions of one person, or of the people posted in the subtrees today, newest first, beginning below the id `after`."""
    query = _permitted(today).order_by(Permission.id.desc()).limit(limit)
    if person_id is not None:
        query = query.where(Permission.person_id == person_id)
    if paths is not None:
        query = query.where(in_scope(Unit.path, paths))
    if status is not None:
        query = query.where(_status == status)
    if after is not None:
        query = query.where(Permission.id < after)
    return [Permitted(*row) for row in session.execute(query)]


_status: ColumnElement[str] = func.coalesce(PermissionDecision.decision, "requested")


def _permitted(today: date) -> Select[*tuple[Any, ...]]:
    in_force = and_(Posting.since <= today, or_(Posting.until.is_(None), Posting.until > today))
    asked, answer = Permission, PermissionDecision
    return (
        select(
            asked.id, Person.id, Person.nip, Person.name, Unit.code, Unit.path, asked.day, asked.direction, asked.reason,
            asked.requested_at, _status, answer.reason, answer.decided_at,
        )
        .select_from(asked)
        .join(Person, Person.id == asked.person_id)
        .outerjoin(answer, answer.permission_id == asked.id)
        .outerjoin(Posting, and_(Posting.person_id == Person.id, Posting.kind == "primary", in_force))
        .outerjoin(Unit, Unit.id == Posting.unit_id)
    )  # fmt: skip
