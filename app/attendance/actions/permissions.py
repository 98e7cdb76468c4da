"""Permissions to come late or leave early: asked for by one, answered by another; the decree says what they are worth."""

from datetime import date, datetime, timedelta

from app import errors
from app.access import Actor
from app.attendance import store as attendance
from app.attendance.actions.closing import close_day
from app.attendance.actions.corrections import DECIDES
from app.db import Session
from app.ledger import store as ledger

LONGEST_AHEAD = timedelta(days=31)


def request_permission(
    session: Session, day: date, direction: str, reason: str, by: Actor, today: date, now: datetime
) -> attendance.Permitted:
    """The request as it waits for somebody else's answer; also for a day that is over, while its month is not final.

    Raises: Invalid (`permission_ahead`), Conflict (`permission_sealed`, `permission_there`).
    """
    if day > today + LONGEST_AHEAD:
        raise errors.Invalid("permission_ahead", {"/day": ("permission_ahead", {"days": LONGEST_AHEAD.days})},
                             days=LONGEST_AHEAD.days)  # fmt: skip
    _refuse_sealed(session, by.person_id, day)
    permission_id = attendance.add_permission(session, by.person_id, day, direction, reason, now)
    if permission_id is None:
        raise errors.Conflict("permission_there")
    entry = {"person": by.person_id, "day": day.isoformat(), "direction": direction, "reason": reason}
    ledger.append(session, "permission", f"permission:{permission_id}", entry, now)
    return attendance.get_permission(session, permission_id, today)


def decide_permission(
    session: Session, permission_id: int, decision: str, reason: str, by: Actor, today: date, now: datetime
) -> attendance.Permitted:
    """The permission with its answer; a day that has begun is derived with it at once.

    Raises: Denied (`own_decision`), NotFound (out of scope too), Conflict (`permission_sealed`, `permission_decided`).
    """
    asked = attendance.get_permission(session, permission_id, today)
    if asked.person_id == by.person_id:
        raise errors.Denied("own_decision")
    if asked.unit_path is None or not by.covers(asked.unit_path, *DECIDES):
        raise errors.NotFound("unknown_permission", permission=permission_id)
    _refuse_sealed(session, asked.person_id, asked.day)
    return _answer(session, asked, decision, reason, by, today, now)


def withdraw_permission(
    session: Session, permission_id: int, reason: str, by: Actor, today: date, now: datetime
) -> attendance.Permitted:
    """One's own request, taken back before anybody answered.

    Raises: NotFound (also for another's), Conflict (`permission_decided`).
    """
    asked = attendance.get_permission(session, permission_id, today)
    if asked.person_id != by.person_id:
        raise errors.NotFound("unknown_permission", permission=permission_id)
    return _answer(session, asked, "withdraw", reason, by, today, now)


def _answer(
    session: Session, asked: attendance.Permitted, decision: str, reason: str, by: Actor, today: date, now: datetime
) -> attendance.Permitted:  # fmt: skip
    if not attendance.answer_permission(session, asked.id, decision, reason, by.person_id, now):
        raise errors.Conflict("permission_decided")
    entry = {"person": asked.person_id, "day": asked.day.isoformat(), "direction": asked.direction, "decision": decision,
             "reason": reason, "by": by.person_id}  # fmt: skip
    ledger.append(session, "permission_decision", f"permission:{asked.id}", entry, now)
    if decision == attendance.APPROVED and asked.day <= today:
        close_day(session, asked.day, now, [asked.person_id])
    return attendance.get_permission(session, asked.id, today)


def _refuse_sealed(session: Session, person_id: int, day: date) -> None:
    if attendance.sealed_month_in(session, person_id, day, day):
        raise errors.Conflict("permission_sealed", month=f"{day:%Y-%m}")
