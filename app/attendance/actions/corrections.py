"""Corrections: asked for by one, decided by another on what is known then, and standing as long as that stays so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import errors
from app.access import Actor, Role
from app.attachments.actions import attach
from app.attendance import rules
from app.attendance import store as attendance
from app.attendance.actions.closing import close_day, evidence_on
from app.db import Session
from app.ledger import store as ledger
from app.workdays.rules import instance_holding

DECIDES = (Role.SUPERVISOR, Role.HR)
# How often a page is filled up before a shorter one is answered: where something stands is worked out for each one.
MOST_LOOKS = 5
READS = (*DECIDES, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Standing:
    """A correction and where it stands: `requested`, `approve` or `refuse`, or `asked_again` when its inputs have changed since.

    The reason and the instant are of the newest decision.
    """

    asked: attendance.Asked
    status: str
    decision_reason: str | None
    decided_at: datetime | None


def request_correction(
    session: Session, day: date, direction: str, at: datetime, reason: str, evidence: str, by: Actor, today: date, now: datetime,
    attachment_ids: Sequence[UUID] = (),
) -> Standing:  # fmt: skip
    """The request as it waits for somebody else's decision.

    Raises: Invalid (`correction_future`, `correction_outside`, `attachment_unknown`), Conflict (`correction_sealed`).
    """
    if at > now or day > today:
        raise errors.Invalid("correction_future", {"/at": "correction_future"})
    _refuse_sealed(session, by.person_id, day)
    known = _known_on(session, day, [by.person_id], now).get(by.person_id)
    if known is None or instance_holding(at, direction, known.workday.instances) is None:
        raise errors.Invalid("correction_outside", {"/at": "correction_outside"})
    correction_id = attendance.add_correction(session, by.person_id, day, direction, at, reason, evidence, now)
    entry = {
        "person": by.person_id, "day": day.isoformat(), "direction": direction, "at": at.isoformat(), "reason": reason,
        "evidence": evidence, "attachments": attach(session, attachment_ids, f"correction:{correction_id}", by, now),
    }  # fmt: skip
    ledger.append(session, "correction", f"correction:{correction_id}", entry, now)
    return standing_of(session, [attendance.get_asked(session, correction_id, today)], now)[0]


def decide_correction(
    session: Session, correction_id: int, decision: str, reason: str, by: Actor, today: date, now: datetime
) -> Standing:
    """The correction with its decision, bound to what is known now; the day is derived with it at once.

    Raises: Denied (`own_decision`), NotFound (out of scope too), Conflict (`correction_sealed`, `correction_decided`).
    """
    asked = attendance.get_asked(session, correction_id, today)
    if asked.person_id == by.person_id:
        raise errors.Denied("own_decision")
    if asked.unit_path is None or not by.covers(asked.unit_path, *DECIDES):
        raise errors.NotFound("unknown_correction", correction=correction_id)
    _refuse_sealed(session, asked.person_id, asked.day)
    known = _known_on(session, asked.day, [asked.person_id], now).get(asked.person_id)
    if known is None:
        raise errors.NotFound("unknown_correction", correction=correction_id)
    inputs = rules.inputs_of(known, asked.direction)
    if not attendance.add_decision(session, correction_id, inputs, decision, reason, by.person_id, now):
        raise errors.Conflict("correction_decided")
    entry = {
        "correction": correction_id, "person": asked.person_id, "inputs": inputs, "decision": decision, "reason": reason,
        "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "correction_decision", f"correction:{correction_id}", entry, now)
    close_day(session, asked.day, now, [asked.person_id])
    return standing_of(session, [asked], now)[0]


def list_standing(
    session: Session, status: str | None, after: int | None, limit: int, paths: Sequence[str], today: date, now: datetime
) -> tuple[list[Standing], int | None]:
    """Corrections of the people posted in the subtrees today that stand there, newest first, and the id to go on below.

    A page may be shorter than `limit` and still have a next one.
    """
    found: list[Standing] = []
    for _ in range(MOST_LOOKS):
        rows = attendance.list_asked(session, today, after, limit + 1, paths=paths, status=status)
        for standing in standing_of(session, rows[:limit], now):
            if status in (None, standing.status):
                if len(found) == limit:
                    return found, after
                found.append(standing)
            after = standing.asked.id
        if len(rows) <= limit:
            return found, None
        if len(found) == limit:
            break
    return found, after


def standing_of(session: Session, all_asked: Sequence[attendance.Asked], now: datetime) -> list[Standing]:
    """Where each correction stands, in their order; what is known is gathered once for each day."""
    decisions = attendance.decisions_of(session, [asked.id for asked in all_asked])
    decided = [asked for asked in all_asked if asked.id in decisions]
    known = {
        day: _known_on(session, day, sorted({asked.person_id for asked in decided if asked.day == day}), now)
        for day in sorted({asked.day for asked in decided})
    }
    return [_standing(asked, decisions.get(asked.id, []), known.get(asked.day, {})) for asked in all_asked]


def _standing(
    asked: attendance.Asked, decisions: Sequence[attendance.CorrectionDecision], known: Mapping[int, rules.Evidence]
) -> Standing:
    if not decisions:
        return Standing(asked, "requested", None, None)
    evidence = known.get(asked.person_id)
    inputs = None if evidence is None else rules.inputs_of(evidence, asked.direction)
    bound = next((decision for decision in decisions if decision.inputs_hash == inputs), None)
    shown = bound or decisions[-1]
    return Standing(asked, bound.decision if bound else "asked_again", shown.reason, shown.decided_at)


def _known_on(session: Session, day: date, person_ids: Sequence[int], now: datetime) -> dict[int, rules.Evidence]:
    """What is known of the day of each of these people who were employed then."""
    return {person.person_id: evidence for person, evidence in evidence_on(session, day, now, person_ids)}


def _refuse_sealed(session: Session, person_id: int, day: date) -> None:
    if attendance.sealed_month_in(session, person_id, day, day):
        raise errors.Conflict("correction_sealed", month=f"{day:%Y-%m}")
