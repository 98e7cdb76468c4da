"""What is asked of requests for leave: what stands in their way, what was answered, and what was given back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app import errors
from app.attachments.store import Attached, about
from app.db import Session, in_scope
from app.people import store as people
from app.workdays import rules
from app.workdays.store import tables
from app.workdays.store.leaves import APPROVED, last_day_of


@dataclass(frozen=True, slots=True)
class Requested:
    """A leave with who asks for it and what became of it; `status` is requested, agree (the superior did), approve, refuse or
    withdraw.

    `cut_from`: the day before which it ends, if it was cut short.
    """

    id: int
    person_id: int
    nip: str
    name: str
    unit_code: str | None
    unit_path: str | None
    kind: str
    first_day: date
    last_day: date
    part: str
    cause: str | None
    child: int | None
    reason: str
    requested_at: datetime
    status: str
    decision_reason: str | None
    decided_at: datetime | None
    cut_from: date | None
    agreed_by: int | None
    attachments: Sequence[Attached] = ()

    @property
    def until(self) -> date:
        """The day before which it ends."""
        return self.cut_from or self.last_day + timedelta(days=1)


def find_overlapping(session: Session, person_id: int, wish: rules.Wish) -> rules.Leave | None:
    """The first of the person's leaves, approved or waiting, that stands in the way of the wish.

    It shares a day with it, and on that day the same half or a leave of another kind or cause.
    """
    lock_leaves(session, person_id)
    leave, decision = tables.Leave, tables.LeaveDecision
    halves = {rules.Part.MORNING: rules.Part.AFTERNOON, rules.Part.AFTERNOON: rules.Part.MORNING}
    query = (
        select(leave.id, leave.kind, leave.first_day, last_day_of(leave).label("last_day"), leave.part)
        .where(
            leave.person_id == person_id,
            leave.first_day <= wish.last_day,
            last_day_of(leave) >= func.greatest(leave.first_day, wish.first_day),
            ~exists().where(decision.leave_id == leave.id, decision.decision != APPROVED),
        )
        .order_by(leave.first_day, leave.id)
    )
    if wish.part in halves:
        other = or_(leave.kind != wish.kind, leave.cause.is_distinct_from(wish.cause))
        query = query.where(or_(leave.part != halves[wish.part], other))
    row = session.execute(query.limit(1)).first()
    return row and rules.Leave(row.id, rules.LeaveKind(row.kind), row.first_day, row.last_day, rules.Part(row.part))


def add_leave(session: Session, person_id: int, wish: rules.Wish, now: datetime) -> int:
    """The id of the new request; whether others stand in its way was asked before, under the same lock."""
    row = tables.Leave(
        person_id=person_id, kind=wish.kind, first_day=wish.first_day, last_day=wish.last_day, part=wish.part,
        cause=wish.cause, child=wish.child, reason=wish.reason, requested_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def lock_leaves(session: Session, person_id: int) -> None:
    """Let nobody else ask for or cut a leave of the person until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"leaves of {person_id}"))))


def add_cut(session: Session, leave_id: int, from_day: date, reason: str, by: int, now: datetime) -> None:
    """End the leave before that day; whether it lasts so long was asked before, under the same lock."""
    session.add(tables.LeaveCut(leave_id=leave_id, from_day=from_day, reason=reason, cut_by=by, cut_at=now))
    session.flush()


def last_cut_at(session: Session, leave_id: int) -> datetime | None:
    """When the leave was last cut short."""
    return session.scalar(select(func.max(tables.LeaveCut.cut_at)).where(tables.LeaveCut.leave_id == leave_id))


def add_decision(session: Session, leave_id: int, step: rules.Step, decision: str, reason: str, by: int, now: datetime) -> bool:
    """Whether the decision was written; a step has only ever one, and nobody takes two."""
    written = (
        insert(tables.LeaveDecision)
        .values(leave_id=leave_id, step=step, decision=decision, reason=reason, decided_by=by, decided_at=now)
        .on_conflict_do_nothing()
        .returning(tables.LeaveDecision.leave_id)
    )
    return session.scalar(written) is not None


def get_requested(session: Session, leave_id: int, today: date) -> Requested:
    """The leave with the unit its person is posted in today.

    Raises: NotFound.
    """
    row = session.execute(_requested(today).where(tables.Leave.id == leave_id)).first()
    if row is None:
        raise errors.NotFound("unknown_leave", leave=leave_id)
    return _with_files(session, [Requested(*row)])[0]


def list_requested(
    session: Session,
    today: date,
    after: int | None,
    limit: int,
    person_id: int | None = None,
    paths: Sequence[str] | None = None,
    status: str | None = None,
) -> list[Requested]:
    """Leaves of one person, or of the people posted in the subtrees today, newest first, beginning below the id `after`."""
    query = _requested(today).order_by(tables.Leave.id.desc()).limit(limit)
    if person_id is not None:
        query = query.where(tables.Leave.person_id == person_id)
    if paths is not None:
        query = query.where(in_scope(people.Unit.path, paths))
    if status is not None:
        query = query.where(_status == status)
    if after is not None:
        query = query.where(tables.Leave.id < after)
    return _with_files(session, [Requested(*row) for row in session.execute(query)])


def _with_files(session: Session, leaves: Sequence[Requested]) -> list[Requested]:
    """The leaves with the files beside them."""
    files = about(session, [f"leave:{leave.id}" for leave in leaves])
    return [replace(leave, attachments=files.get(f"leave:{leave.id}", ())) for leave in leaves]


_superior, _personnel = aliased(tables.LeaveDecision), aliased(tables.LeaveDecision)
_status: ColumnElement[str] = func.coalesce(
    _personnel.decision, case((_superior.decision == APPROVED, "agree"), else_=_superior.decision), "requested"
)  # fmt: skip


def _requested(today: date) -> Select[*tuple[Any, ...]]:
    leave, person, posting, unit = tables.Leave, people.Person, people.Posting, people.Unit
    cut = select(func.min(tables.LeaveCut.from_day)).where(tables.LeaveCut.leave_id == leave.id)
    in_force = and_(posting.since <= today, or_(posting.until.is_(None), posting.until > today))
    return (
        select(
            leave.id, person.id, person.nip, person.name, unit.code, unit.path, leave.kind, leave.first_day, leave.last_day,
            leave.part, leave.cause, leave.child, leave.reason, leave.requested_at, _status,
            func.coalesce(_personnel.reason, _superior.reason), func.coalesce(_personnel.decided_at, _superior.decided_at),
            cut.scalar_subquery(), _superior.decided_by,
        )
        .select_from(leave)
        .join(person, person.id == leave.person_id)
        .outerjoin(_superior, and_(_superior.leave_id == leave.id, _superior.step == rules.Step.SUPERIOR))
        .outerjoin(_personnel, and_(_personnel.leave_id == leave.id, _personnel.step == rules.Step.HR))
        .outerjoin(posting, and_(posting.person_id == person.id, posting.kind == "primary", in_force))
        .outerjoin(unit, unit.id == posting.unit_id)
    )  # fmt: skip
