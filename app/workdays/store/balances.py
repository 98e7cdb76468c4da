"""What is asked of balances of leave: the leaves that count, and what people brought into a year by a statement."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from app.db import Session
from app.workdays import rules
from app.workdays.store import tables
from app.workdays.store.leaves import APPROVED, last_day_of


def leaves_counted(
    session: Session, person_ids: Sequence[int], first_day: date, last_day: date, kinds: Sequence[str]
) -> list[tuple[int, rules.Leave, bool]]:
    """Leaves of these kinds that touch the days and were not refused, each with its person and whether it is granted."""
    leave, answer, granted = tables.Leave, tables.LeaveDecision, aliased(tables.LeaveDecision)
    is_granted = exists().where(granted.leave_id == leave.id, granted.step == rules.Step.HR, granted.decision == APPROVED)
    query = (
        select(leave.person_id, leave.id, leave.kind, leave.first_day, last_day_of(leave), leave.part, leave.cause, is_granted)
        .where(
            leave.person_id == func.any(list(person_ids)),
            leave.kind.in_(kinds),
            leave.first_day <= last_day,
            last_day_of(leave) >= func.greatest(leave.first_day, first_day),
            ~exists().where(answer.leave_id == leave.id, answer.decision != APPROVED),
        )
        .order_by(leave.first_day, leave.id)
    )
    return [
        (person_id, rules.Leave(leave_id, rules.LeaveKind(kind), first, last, rules.Part(part), cause), is_approved)
        for person_id, leave_id, kind, first, last, part, cause, is_approved in session.execute(query)
    ]


def openings_of(session: Session, person_ids: Sequence[int]) -> dict[tuple[int, str, int], Decimal]:
    """What each of these people brought into a year, by person, kind and year; of several statements the newest."""
    opening = tables.LeaveOpening
    query = (
        select(opening.person_id, opening.kind, opening.year, opening.days)
        .where(opening.person_id == func.any(list(person_ids)))
        .order_by(opening.id)
    )
    return {(person_id, kind, year): days for person_id, kind, year, days in session.execute(query)}


def add_opening(
    session: Session, person_id: int, opening: rules.Opening, by: int | None, now: datetime
) -> int:  # fmt: skip
    """The id of the new statement; it holds from now on, and those before it stay."""
    row = tables.LeaveOpening(
        person_id=person_id, kind=opening.kind, year=opening.year, days=opening.days, source=opening.source, stated_by=by,
        stated_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id
