"""What is asked of approved leaves: which excuse whom on a day, and which days a change of them reaches."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, CompoundSelect, Date, Integer, ScalarSelect, and_, cast, extract, func, select
from sqlalchemy.orm import aliased

from app.db import Session
from app.workdays import rules
from app.workdays.store import tables
from app.workdays.store.calendar import list_redeclared
from app.workdays.store.groups import list_regrouped

APPROVED = "approve"


def leaves_on(session: Session, day: date, person_ids: Sequence[int] | None = None) -> dict[int, rules.Leave]:
    """The approved leave of everybody who is on leave that day, by person."""
    found: dict[int, list[rules.Leave]] = {}
    for person_id, leave in leaves_in(session, day, day, person_ids):
        found.setdefault(person_id, []).append(leave)
    return {person_id: rules.joined(leaves) for person_id, leaves in found.items()}


def leaves_in(
    session: Session, first_day: date, last_day: date, person_ids: Sequence[int] | None = None
) -> list[tuple[int, rules.Leave]]:
    """Approved leaves that touch the days, each with its person and which of its cause in the year it is, in order of id."""
    leave = tables.Leave
    query = (
        select(
            leave.person_id,
            leave.id,
            leave.kind,
            leave.first_day,
            last_day_of(leave),
            leave.part,
            leave.cause,
            _time_of_year(leave),
        )
        .join(tables.LeaveDecision, tables.LeaveDecision.leave_id == leave.id)
        .where(
            _is_granted(),
            leave.first_day <= last_day,
            leave.last_day >= first_day,
            last_day_of(leave) >= func.greatest(leave.first_day, first_day),
        )
        .order_by(leave.id)
    )
    if person_ids is not None:
        query = query.where(leave.person_id == func.any(list(person_ids)))
    return [
        (person_id, rules.Leave(leave_id, rules.LeaveKind(kind), first, last, rules.Part(part), cause, time))
        for person_id, leave_id, kind, first, last, part, cause, time in session.execute(query)
    ]


def list_changed_since(session: Session, since: datetime, person_ids: Sequence[int] | None = None) -> list[tuple[int, date]]:
    """Every person and day that a leave, roster, calendar or membership settled at or after that instant may change, in order.

    A changed roster reaches the days around it, because check-ins made for them may belong to its shift now.
    """
    changed = _changed_leaves(session, since, person_ids)
    rostered = select(tables.RosterEntry.person_id, tables.RosterEntry.day).where(tables.RosterEntry.changed_at >= since)
    if person_ids is not None:
        rostered = rostered.where(tables.RosterEntry.person_id.in_(person_ids))
    near = [timedelta(days=n) for n in range(-rules.REACH_DAYS, rules.REACH_DAYS + 1)]
    changed |= {(person_id, day + by) for person_id, day in session.execute(rostered) for by in near}
    return sorted({*changed, *list_redeclared(session, since, person_ids), *list_regrouped(session, since, person_ids)})


def _is_granted() -> ColumnElement[bool]:
    """Whether the decision is the last approval that a leave needs."""
    return and_(tables.LeaveDecision.step == rules.Step.HR, tables.LeaveDecision.decision == APPROVED)


def _changed_leaves(session: Session, since: datetime, person_ids: Sequence[int] | None) -> set[tuple[int, date]]:
    """Every person and day of the leaves settled since, and of those that come after them in the year's count of their cause."""
    settled, leave = aliased(tables.Leave), tables.Leave
    query = (
        select(leave.person_id, leave.first_day, leave.last_day)
        .join(tables.LeaveDecision, and_(tables.LeaveDecision.leave_id == leave.id, _is_granted()))
        .join(settled, _is_counted_with(settled, leave) & (settled.first_day <= leave.first_day))
        .where(settled.id.in_(_settled_since(since)))
    )
    if person_ids is not None:
        query = query.where(leave.person_id.in_(person_ids))
    return {
        (person_id, first + timedelta(days=n))
        for person_id, first, last in session.execute(query)
        for n in range((last - first).days + 1)
    }


def _settled_since(since: datetime) -> CompoundSelect[int]:
    decision, cut = tables.LeaveDecision, tables.LeaveCut
    approved = select(decision.leave_id).where(_is_granted(), decision.decided_at >= since)
    return approved.union(select(cut.leave_id).where(cut.cut_at >= since))


def _is_counted_with(one: type[tables.Leave], other: type[tables.Leave]) -> ColumnElement[bool]:
    """Whether two leaves of a person are counted in one row: of one kind and cause, begun in the same year."""
    year = cast(extract("year", other.first_day), Integer)
    return and_(
        one.person_id == other.person_id,
        one.kind == other.kind,
        one.cause.is_not_distinct_from(other.cause),
        one.first_day.between(func.make_date(year, 1, 1), func.make_date(year, 12, 31)),
    )


def _time_of_year(leave: type[tables.Leave]) -> ScalarSelect[int]:
    """Which approved leave of its kind and cause in the year of its first day the leave is; both halves of a day are one time."""
    earlier = aliased(tables.Leave)
    return (
        select(func.count(earlier.first_day.distinct()))
        .join(tables.LeaveDecision, tables.LeaveDecision.leave_id == earlier.id)
        .where(
            _is_granted(),
            _is_counted_with(earlier, leave),
            earlier.first_day <= leave.first_day,
            last_day_of(earlier) >= earlier.first_day,
        )
        .correlate(leave)
        .scalar_subquery()
    )


def last_day_of(leave: type[tables.Leave]) -> ColumnElement[date]:
    """The last day of the leave, also where it was cut short; before its first day when nothing is left of it."""
    cut = select(func.min(tables.LeaveCut.from_day)).where(tables.LeaveCut.leave_id == leave.id).correlate(leave)
    return func.least(leave.last_day, cut.scalar_subquery() - 1, type_=Date)
