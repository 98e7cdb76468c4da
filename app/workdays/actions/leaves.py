"""Asking for leave, deciding it and giving days of it back: gather, judge, write, and a ledger leaf."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from app import errors
from app.access import Actor, Role
from app.attachments.actions import attach
from app.db import Session
from app.decrees import UncoveredDay
from app.ledger import store as ledger
from app.people import store as people
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.balances import refuse_unfit
from app.workdays.actions.scope import DECIDES, civil_day

CUTS = (Role.HR,)
# What the floor of attendance knows: a day of the person's first final month among these days, if there is one.
SealedMonthIn = Callable[[Session, int, date, date], date | None]


def request_leave(
    session: Session, wish: rules.Wish, by: Actor, now: datetime, attached: Sequence[UUID] = ()
) -> workdays.Requested:
    """The request as it waits for somebody else's decision.

    Raises: Invalid (`leave_days`, `leave_half_days`, `leave_half_flexible`, `attachment_unknown`), Conflict (`leave_overlaps`,
    `leave_other_half`), and as `refuse_unfit` for what the law does not leave him.
    """
    _refuse_senseless(session, wish, by)
    if (other := workdays.find_overlapping(session, by.person_id, wish)) is not None:
        raise _in_the_way(wish, other)
    refuse_unfit(session, by.person_id, wish, now)
    leave_id = workdays.add_leave(session, by.person_id, wish, now)
    entry = {
        "person": by.person_id, "kind": wish.kind, "first_day": wish.first_day.isoformat(), "last_day": wish.last_day.isoformat(),
        "part": wish.part, "cause": wish.cause, "child": wish.child, "reason": wish.reason,
        "attachments": attach(session, attached, f"leave:{leave_id}", by, now),
    }  # fmt: skip
    ledger.append(session, "leave", f"leave:{leave_id}", entry, now)
    return workdays.get_requested(session, leave_id, civil_day(now))


def decide_leave(session: Session, leave_id: int, decision: str, reason: str, by: Actor, now: datetime) -> workdays.Requested:
    """The leave with the answer of the step it waits for; refused it is over, approved by the superior it waits for personnel.

    Raises: Denied (`own_decision`, `leave_agreed_by_you`), NotFound (out of scope too), Conflict (`leave_decided`,
    `leave_awaits_superior`, `leave_awaits_hr`, `leave_now_flexible`: the roster changed since it was asked for),
    and as `refuse_unfit`.
    """
    asked = _others(session, leave_id, by, DECIDES, now)
    step = _step(asked)
    if not _may_answer(session, asked, step, by, now):
        raise errors.Conflict(f"leave_awaits_{step}")
    if asked.agreed_by == by.person_id:
        raise errors.Denied("leave_agreed_by_you")
    if decision == workdays.APPROVED and _is_half_beside_flexible(session, asked.person_id, asked.part, asked.first_day):
        raise errors.Conflict("leave_now_flexible")
    if decision == workdays.APPROVED:
        workdays.lock_leaves(session, asked.person_id)
        refuse_unfit(session, asked.person_id, _wish_of(asked), now, leave_id)
    return _answer(session, asked, step, decision, reason, by, now)


def withdraw_leave(session: Session, leave_id: int, reason: str, by: Actor, now: datetime) -> workdays.Requested:
    """One's own request, taken back before personnel decided, in the place of the answer it waits for.

    Raises: NotFound (also for another's), Conflict (`leave_decided`).
    """
    asked = _own(session, leave_id, by, now)
    return _answer(session, asked, _step(asked), "withdraw", reason, by, now)


def cut_own_leave(
    session: Session, leave_id: int, from_day: date, reason: str, by: Actor, now: datetime, sealed: SealedMonthIn
) -> workdays.Requested:
    """One's own approved leave, ended before a day from today on.

    Raises: NotFound (also for another's), Invalid (`leave_cut_past`), and as `_cut`.
    """
    asked = _own(session, leave_id, by, now)
    if from_day < civil_day(now):
        raise errors.Invalid("leave_cut_past", {"/from_day": "leave_cut_past"})
    return _cut(session, asked, from_day, reason, by, now, sealed)


def cut_leave(
    session: Session, leave_id: int, from_day: date, reason: str, by: Actor, now: datetime, sealed: SealedMonthIn
) -> workdays.Requested:
    """Somebody's approved leave, ended before a day, also one that is over.

    Raises: Denied (`own_decision`), NotFound (out of scope too), and as `_cut`.
    """
    return _cut(session, _others(session, leave_id, by, CUTS, now), from_day, reason, by, now, sealed)


def _cut(
    session: Session, asked: workdays.Requested, from_day: date, reason: str, by: Actor, now: datetime, sealed: SealedMonthIn
) -> workdays.Requested:  # fmt: skip
    """The leave as it is left.

    Raises: Conflict (`leave_not_approved`, `leave_cut_sealed`), Invalid (`leave_cut_day`) for a day that is not of it any more.
    """
    workdays.lock_leaves(session, asked.person_id)
    asked = workdays.get_requested(session, asked.id, civil_day(now))
    if asked.status != workdays.APPROVED:
        raise errors.Conflict("leave_not_approved")
    if not asked.first_day <= from_day < asked.until:
        raise errors.Invalid("leave_cut_day", {"/from_day": "leave_cut_day"})
    if final := sealed(session, asked.person_id, from_day, asked.until - timedelta(days=1)):
        raise errors.Conflict("leave_cut_sealed", month=f"{final:%Y-%m}")
    workdays.add_cut(session, asked.id, from_day, reason, by.person_id, now)
    entry = {
        "leave": asked.id, "person": asked.person_id, "kind": asked.kind, "first_day": asked.first_day.isoformat(),
        "last_day": asked.last_day.isoformat(), "from_day": from_day.isoformat(), "reason": reason, "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "leave_cut", f"leave:{asked.id}", entry, now)
    return workdays.get_requested(session, asked.id, civil_day(now))


def _wish_of(asked: workdays.Requested) -> rules.Wish:
    """What was asked for."""
    return rules.Wish(
        rules.LeaveKind(asked.kind), asked.first_day, asked.last_day, asked.reason, rules.Part(asked.part), asked.cause, asked.child
    )


def _own(session: Session, leave_id: int, by: Actor, now: datetime) -> workdays.Requested:
    """The actor's own leave.

    Raises: NotFound, also for another's.
    """
    asked = workdays.get_requested(session, leave_id, civil_day(now))
    if asked.person_id != by.person_id:
        raise errors.NotFound("unknown_leave", leave=leave_id)
    return asked


def _others(session: Session, leave_id: int, by: Actor, roles: Sequence[Role], now: datetime) -> workdays.Requested:
    """The leave of somebody in the actor's scope.

    Raises: Denied (`own_decision`), NotFound (out of scope too).
    """
    asked = workdays.get_requested(session, leave_id, civil_day(now))
    if asked.person_id == by.person_id:
        raise errors.Denied("own_decision")
    if asked.unit_path is None or not by.covers(asked.unit_path, *roles):
        raise errors.NotFound("unknown_leave", leave=leave_id)
    return asked


def _may_answer(session: Session, asked: workdays.Requested, step: rules.Step, by: Actor, now: datetime) -> bool:
    """Whether the request waits for the actor's answer; who else stands above is asked only where it matters."""
    path = asked.unit_path or ""
    is_superior, is_of_personnel = by.covers(path, Role.SUPERVISOR), by.covers(path, Role.HR)
    has_superior = is_superior or people.is_held(session, Role.SUPERVISOR, path, civil_day(now), besides=asked.person_id)
    return rules.may_answer(step, is_superior, is_of_personnel, has_superior)


def _step(asked: workdays.Requested) -> rules.Step:
    """Whose answer the request waits for.

    Raises: Conflict (`leave_decided`).
    """
    step = rules.step_of(asked.status)
    if step is None:
        raise errors.Conflict("leave_decided")
    return step


def _answer(
    session: Session, asked: workdays.Requested, step: rules.Step, decision: str, reason: str, by: Actor, now: datetime
) -> workdays.Requested:
    """The leave with the answer, and its leaf.

    Raises: Conflict (`leave_decided`) when somebody else answered at the same time.
    """
    if not workdays.add_decision(session, asked.id, step, decision, reason, by.person_id, now):
        raise errors.Conflict("leave_decided")
    entry = {
        "leave": asked.id, "person": asked.person_id, "kind": asked.kind, "first_day": asked.first_day.isoformat(),
        "last_day": asked.last_day.isoformat(), "part": asked.part, "cause": asked.cause, "step": step, "decision": decision,
        "reason": reason, "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "leave_decision", f"leave:{asked.id}", entry, now)
    return workdays.get_requested(session, asked.id, civil_day(now))


def _refuse_senseless(session: Session, wish: rules.Wish, by: Actor) -> None:
    """Nothing, if the days make sense by themselves.

    Raises: Invalid.
    """
    if not rules.is_plausible_leave(wish.first_day, wish.last_day):
        raise errors.Invalid("leave_days", {"/last_day": ("leave_days", {"days": rules.LONGEST_LEAVE_DAYS})},
                             days=rules.LONGEST_LEAVE_DAYS)  # fmt: skip
    if not rules.is_half_of_one_day(wish.part, wish.first_day, wish.last_day):
        raise errors.Invalid("leave_half_days", {"/part": "leave_half_days"})
    if _is_half_beside_flexible(session, by.person_id, wish.part, wish.first_day):
        raise errors.Invalid("leave_half_flexible", {"/part": "leave_half_flexible"})


def _is_half_beside_flexible(session: Session, person_id: int, part: str, day: date) -> bool:
    """Whether half a day is taken beside a flexible shift, as far as the rosters and the law of the day are known."""
    if part == rules.Part.WHOLE:
        return False
    employed = people.list_employed_on(session, day, person_ids=[person_id])
    try:
        owed = workdays.workdays_on(session, employed, day).values()
    except UncoveredDay:
        return False
    return any(instance.kind is rules.ShiftKind.FLEXIBLE for workday in owed for instance in workday.instances)


def _in_the_way(wish: rules.Wish, other: rules.Leave) -> errors.Conflict:
    """The refusal that names the leave which is there already."""
    halves = rules.Part.WHOLE not in (wish.part, other.part) and wish.part is not other.part
    return errors.Conflict(
        "leave_other_half" if halves else "leave_overlaps",
        leave=other.id,
        kind=(f"leave_{other.kind}", {}),
        first_day=other.first_day,
        last_day=other.last_day,
    )
