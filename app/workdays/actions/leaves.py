"""Asking for leave and deciding it: gather, judge, write, and a ledger leaf."""

from datetime import date, datetime

from app import errors
from app.access import Actor
from app.db import Session
from app.ledger import store as ledger
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.scope import DECIDES, civil_day


def request_leave(
    session: Session, kind: rules.LeaveKind, first_day: date, last_day: date, reason: str, by: Actor, now: datetime
) -> workdays.Requested:
    """The request as it waits for somebody else's decision.

    Raises: Invalid (`leave_days`), Conflict (`leave_overlaps`).
    """
    if not rules.is_plausible_leave(first_day, last_day):
        raise errors.Invalid("leave_days", {"/last_day": ("leave_days", {"days": rules.LONGEST_LEAVE_DAYS})},
                             days=rules.LONGEST_LEAVE_DAYS)  # fmt: skip
    leave_id = workdays.add_leave(session, by.person_id, kind, first_day, last_day, reason, now)
    if leave_id is None:
        raise errors.Conflict("leave_overlaps")
    entry = {
        "person": by.person_id, "kind": kind, "first_day": first_day.isoformat(), "last_day": last_day.isoformat(),
        "reason": reason,
    }  # fmt: skip
    ledger.append(session, "leave", f"leave:{leave_id}", entry, now)
    return workdays.get_requested(session, leave_id, civil_day(now))


def decide_leave(session: Session, leave_id: int, decision: str, reason: str, by: Actor, now: datetime) -> workdays.Requested:
    """The leave with its decision, which is the only one it will ever have.

    Raises: Denied (`own_decision`), NotFound (out of scope too), Conflict (`leave_decided`).
    """
    asked = workdays.get_requested(session, leave_id, civil_day(now))
    if asked.person_id == by.person_id:
        raise errors.Denied("own_decision")
    if asked.unit_path is None or not by.covers(asked.unit_path, *DECIDES):
        raise errors.NotFound("unknown_leave", leave=leave_id)
    if not workdays.add_decision(session, leave_id, decision, reason, by.person_id, now):
        raise errors.Conflict("leave_decided")
    entry = {
        "leave": leave_id, "person": asked.person_id, "kind": asked.kind, "first_day": asked.first_day.isoformat(),
        "last_day": asked.last_day.isoformat(), "decision": decision, "reason": reason, "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "leave_decision", f"leave:{leave_id}", entry, now)
    return workdays.get_requested(session, leave_id, civil_day(now))
