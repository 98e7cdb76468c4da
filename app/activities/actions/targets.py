"""Setting targets and agreeing on them: gather, judge, write, and a ledger leaf."""

from collections.abc import Sequence
from datetime import datetime

from app import errors
from app.access import Actor
from app.activities import store as activities
from app.activities.actions.deciding import DECIDES
from app.activities.actions.reading import READS
from app.activities.rules import Answer, Standing
from app.activities.rules.period import Period
from app.activities.rules.targets import Aim, refusal_of_target
from app.activities.store import Aimed
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.actions.days import day_of


def set_target(session: Session, aim: Aim, by: Actor, now: datetime) -> Aimed:
    """The target as it waits for the superior's answer.

    Raises: Invalid (`target_over`, `activity_not_employed`, `target_not_returned`).
    """
    today = day_of(now)
    if aim.period.last_day < today:
        raise errors.Invalid("target_over", {"/period": "target_over"})
    posted = people.list_employed_on(session, today, person_ids=[by.person_id])
    if not posted:
        raise errors.Invalid("activity_not_employed")
    activities.lock(session, [by.person_id])
    if aim.replaces is not None:
        before = activities.find_aimed(session, aim.replaces)
        is_returned = before is not None and before.standing is Standing.RETURNED and before.replaced_by is None
        if before is None or before.person_id != by.person_id or not is_returned:
            raise errors.Invalid("target_not_returned", {"/replaces": "target_not_returned"})
    target_id = activities.add_target(session, by.person_id, posted[0].unit_id, aim, now)
    entry = {
        "person": by.person_id, "unit": posted[0].unit_id, "month": aim.period.first_day.isoformat(), "months": aim.period.months,
        "description": aim.description, "indicator": aim.indicator, "quantity": str(aim.quantity),
        "quantity_unit": aim.quantity_unit, "replaces": aim.replaces,
    }  # fmt: skip
    ledger.append(session, "target", f"target:{target_id}", entry, now)
    return activities.get_aimed(session, target_id)


def withdraw_target(session: Session, target_id: int, reason: str, by: Actor, now: datetime) -> Aimed:
    """One's own target, taken back before anybody answered.

    Raises: NotFound (also for another's), Conflict (`target_decided`, `target_withdrawn`).
    """
    if activities.get_aimed(session, target_id).person_id != by.person_id:
        raise errors.NotFound("unknown_target", target=target_id)
    return _answered(session, target_id, Answer.WITHDRAW, reason, by, now)


def decide_target(session: Session, target_id: int, answer: Answer, reason: str, by: Actor, now: datetime) -> Aimed:
    """The target with the superior's answer, agreed on or returned.

    Raises: NotFound (out of scope too), Denied (`own_decision`), Conflict (`target_decided`, `target_withdrawn`,
    `target_replaced`).
    """
    found = activities.get_aimed(session, target_id)
    if found.person_id == by.person_id:
        raise errors.Denied("own_decision")
    if not by.covers(found.unit_path, *DECIDES):
        raise errors.NotFound("unknown_target", target=target_id)
    return _answered(session, target_id, answer, reason, by, now)


def list_targets(
    session: Session, unit: str | None, nip: str | None, period: Period | None, after: int | None, limit: int, by: Actor
) -> Sequence[Aimed]:
    """Targets set in units of the actor's scope, or in one of them and below it, newest first.

    Raises: NotFound for a unit out of scope.
    """
    paths = by.paths(*READS) if unit is None else (people.get_unit(session, unit, by.paths(*READS)).path,)
    return activities.list_aimed(session, after, limit, paths=paths, nip=nip, period=period)


def _answered(session: Session, target_id: int, answer: Answer, reason: str, by: Actor, now: datetime) -> Aimed:
    activities.lock(session, [activities.get_aimed(session, target_id).person_id])
    found = activities.get_aimed(session, target_id)
    if refusal := refusal_of_target(found.standing, found.replaced_by is not None, answer):
        raise errors.Conflict(refusal)
    decision_id = activities.add_target_decision(session, target_id, answer, reason, by.person_id, now)
    entry = {"target": target_id, "decision": answer, "reason": reason, "by": by.person_id}
    ledger.append(session, "target_decision", f"target_decision:{decision_id}", entry, now)
    return activities.get_aimed(session, target_id)
