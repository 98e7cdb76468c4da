"""What is asked of swaps, their answers and decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app import errors
from app.db import Session, in_scope
from app.people import store as people
from app.workdays import rules
from app.workdays.store import tables

Proposer, Partner = aliased(people.Person), aliased(people.Person)


@dataclass(frozen=True, slots=True)
class Swapped:
    """A swap with the two people and what became of it; `status` is proposed, agree, decline, withdraw, approve or refuse."""

    id: int
    proposer_id: int
    proposer_nip: str
    proposer_name: str
    partner_id: int
    partner_nip: str
    partner_name: str
    days: list[date]
    before: list[Any]
    reason: str
    proposed_at: datetime
    status: str
    answered_at: datetime | None
    decision_reason: str | None
    decided_at: datetime | None


def add_swap(
    session: Session, proposer_id: int, partner_id: int, days: Sequence[date], before: rules.Plan, reason: str, now: datetime
) -> int:
    """The id of the new swap."""
    words = {"days": list(days), "before": rules.as_rows(before), "reason": reason, "proposed_at": now}
    row = tables.Swap(proposer_id=proposer_id, partner_id=partner_id, **words)
    session.add(row)
    session.flush()
    return row.id


def add_swap_answer(session: Session, swap_id: int, answer: str, by: int, now: datetime) -> bool:
    """Whether the answer was written; there is only ever one."""
    written = (
        insert(tables.SwapAnswer)
        .values(swap_id=swap_id, answer=answer, answered_by=by, answered_at=now)
        .on_conflict_do_nothing()
        .returning(tables.SwapAnswer.swap_id)
    )
    return session.scalar(written) is not None


def add_swap_decision(session: Session, swap_id: int, decision: str, reason: str, by: int, now: datetime) -> bool:
    """Whether the decision was written; there is only ever one."""
    written = (
        insert(tables.SwapDecision)
        .values(swap_id=swap_id, decision=decision, reason=reason, decided_by=by, decided_at=now)
        .on_conflict_do_nothing()
        .returning(tables.SwapDecision.swap_id)
    )
    return session.scalar(written) is not None


def get_swap(session: Session, swap_id: int) -> Swapped:
    """The swap of that id.

    Raises: NotFound.
    """
    row = session.execute(_swapped().where(tables.Swap.id == swap_id)).first()
    if row is None:
        raise errors.NotFound("unknown_swap", swap=swap_id)
    return Swapped(*row)


def list_swaps(
    session: Session,
    today: date,
    after: int | None,
    limit: int,
    person_id: int | None = None,
    paths: Sequence[str] | None = None,
    status: str | None = None,
) -> list[Swapped]:
    """Swaps of one person, or of two people who are both posted in the subtrees, newest first, beginning below the id `after`."""
    swap = tables.Swap
    query = _swapped().order_by(swap.id.desc()).limit(limit)
    if person_id is not None:
        query = query.where(or_(swap.proposer_id == person_id, swap.partner_id == person_id))
    if paths is not None:
        posted = _posted_in(paths, today)
        query = query.where(swap.proposer_id.in_(posted), swap.partner_id.in_(posted))
    if status is not None:
        query = query.where(_status() == status)
    if after is not None:
        query = query.where(swap.id < after)
    return [Swapped(*row) for row in session.execute(query)]


def _posted_in(paths: Sequence[str], today: date) -> Select[Any]:
    posting = people.Posting
    in_force = and_(posting.since <= today, or_(posting.until.is_(None), posting.until > today))
    joined = select(posting.person_id).join(people.Unit, people.Unit.id == posting.unit_id)
    return joined.where(posting.kind == "primary", in_force, in_scope(people.Unit.path, paths))


def _status() -> ColumnElement[str]:
    answer, decision = tables.SwapAnswer, tables.SwapDecision
    return case((decision.decision.is_not(None), decision.decision), else_=func.coalesce(answer.answer, "proposed"))


def _swapped() -> Select[*tuple[Any, ...]]:
    swap, answer, decision = tables.Swap, tables.SwapAnswer, tables.SwapDecision
    return (
        select(
            swap.id, Proposer.id, Proposer.nip, Proposer.name, Partner.id, Partner.nip, Partner.name, swap.days, swap.before,
            swap.reason, swap.proposed_at, _status(), answer.answered_at, decision.reason, decision.decided_at,
        )
        .join(Proposer, Proposer.id == swap.proposer_id)
        .join(Partner, Partner.id == swap.partner_id)
        .outerjoin(answer, answer.swap_id == swap.id)
        .outerjoin(decision, decision.swap_id == swap.id)
    )  # fmt: skip
