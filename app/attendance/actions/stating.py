"""A day as it comes to when an inquiry has stated what happened: by the law of the day, never by hand."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app import errors
from app.attendance import rules
from app.attendance import store as attendance
from app.attendance.actions.closing import derived_of, evidence_on
from app.db import Session
from app.workdays.rules import instance_holding


class States(StrEnum):
    """What is stated of a day. `evidence`: what is known by now decides; `hours`: when he came and left; `absent`: he was away."""

    EVIDENCE = "evidence"
    HOURS = "hours"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Stated:
    """What an inquiry states of one person's day; `in_at` and `out_at` only with `hours`, at least one of them."""

    nip: str
    day: date
    states: States
    in_at: datetime | None = None
    out_at: datetime | None = None


def derive_stated(
    session: Session, person_id: int, stated: Stated, basis: str, now: datetime
) -> attendance.Derived | None:  # fmt: skip
    """The day with what is stated in place of what was recorded, judged by its own law; None for who was not employed that day.

    Raises: Invalid (`stated_outside`) for an hour that no shift of the day holds.
    """
    for person, evidence in evidence_on(session, stated.day, now, [person_id]):
        derived = derived_of(person, _with(evidence, stated))
        told = rules.Line("day_amended", {"basis": basis})
        return replace(derived, outcome=replace(derived.outcome, lines=(*derived.outcome.lines, told)))
    return None


def _with(evidence: rules.Evidence, stated: Stated) -> rules.Evidence:
    if stated.states is States.EVIDENCE:
        return evidence
    if stated.states is States.ABSENT:
        return replace(evidence, checkins=(), corrections=())
    kept = [found for found in evidence.checkins if not (found.direction == "in" and stated.in_at)]
    kept = [found for found in kept if not (found.direction == "out" and stated.out_at)]
    for number, (direction, at) in enumerate((("in", stated.in_at), ("out", stated.out_at))):
        if at is None:
            continue
        if instance_holding(at, direction, evidence.workday.instances) is None:
            raise errors.Invalid("stated_outside", day=stated.day)
        kept.append(rules.Checkin(UUID(int=number), direction, at, counts=True))
    corrections = tuple(one for one in evidence.corrections if not (stated.in_at if one.direction == "in" else stated.out_at))
    return replace(evidence, checkins=tuple(kept), corrections=corrections)
