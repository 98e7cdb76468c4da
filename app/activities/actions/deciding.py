"""Answering activities: one by one or many at once, never one's own, each answer a ledger leaf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import errors
from app.access import Actor, Role
from app.activities import rules
from app.activities import store as activities
from app.activities.actions.law import rule_on
from app.activities.actions.logging import answer, refuse_full, refuse_sealed
from app.activities.rules import Answer, Standing
from app.activities.store import Logged, Wanted
from app.db import Session
from app.people import store as people

DECIDES = (Role.SUPERVISOR,)

# Answered together at most; whoever has more asks again, and sees between what was done.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several activities: where it stands now, or why it was not answered."""

    activity_id: int
    standing: Standing | None
    refusal: errors.TapakError | None


def decide(
    session: Session, activity_id: int, said: Answer, minutes: int | None, reason: str, by: Actor, now: datetime
) -> Logged:  # fmt: skip
    """The activity with the superior's answer; a later one stands in its place until the month is sealed.

    Raises: NotFound (out of scope too), Denied (`own_decision`), Conflict (`activity_sealed`, `activity_withdrawn`,
    `activity_replaced`, `activity_decided`, `activity_day_full`).
    """
    found = activities.get_logged(session, activity_id)
    if found.person_id == by.person_id:
        raise errors.Denied("own_decision")
    if not by.covers(found.unit_path, *DECIDES):
        raise errors.NotFound("unknown_activity", activity=activity_id)
    activities.lock(session, [found.person_id])
    found = activities.get_logged(session, activity_id)
    refuse_sealed(session, found.person_id, found.day)
    counts_min = rules.counted_min(said, found.minutes, minutes)
    if refusal := rules.refusal_of(found.standing, found.replaced_by is not None, said, counts_min, found.counted_min or 0):
        raise errors.Conflict(refusal)
    if counts_min:
        rule = rule_on(found.decree, found.day)
        others_min = activities.day_min_of(session, found.person_id, found.day, without=found.id)
        refuse_full(rules.left_min(rule, others_min), counts_min)
    return answer(session, found, said, counts_min, reason, by, now)


def decide_all(
    session: Session, activity_ids: Sequence[int], said: Answer, reason: str, by: Actor, now: datetime
) -> list[Outcome]:  # fmt: skip
    """What became of each activity, in order: one refusal does not hold up the others."""
    activities.lock(session, activities.person_ids_of(session, activity_ids))
    outcomes: list[Outcome] = []
    for activity_id in activity_ids:
        try:
            answered = decide(session, activity_id, said, None, reason, by, now)
            outcomes.append(Outcome(activity_id, answered.standing, None))
        except errors.TapakError as refusal:  # raised before anything is written
            outcomes.append(Outcome(activity_id, None, refusal))
    return outcomes


def waiting_ids(session: Session, wanted: Wanted, unit: str | None, by: Actor) -> list[int]:
    """The activities of the actor's scope that wait for an answer, oldest first, as many as are answered at once; not his own.

    Raises: NotFound for a unit out of scope.
    """
    paths = by.paths(*DECIDES) if unit is None else (people.get_unit(session, unit, by.paths(*DECIDES)).path,)
    waiting = Wanted(
        paths, nip=wanted.nip, first_day=wanted.first_day, last_day=wanted.last_day, standing=Standing.WAITING, but=by.person_id
    )
    return activities.list_ids(session, waiting, AT_ONCE)
