"""Corrections: what an approval rests on, and the day as it stands with the approvals that still hold."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.attendance.rules.evidence import EVERYWHERE, Checkin, Correction, Evidence, in_order
from app.attendance.rules.line import Line, clock_of
from app.workdays.rules import Instance, instance_holding


def inputs_of(evidence: Evidence, direction: str) -> str:
    """A hash of what a decision about that direction rests on: the hours owed and the check-ins of that direction.

    Leave, the law and the other direction are no part of it: they may change what the day costs, not when somebody came.

    Source: docs/decisions.md "an approval holds for what it was given on".
    """
    owed = [
        (one.shift, *(at.timestamp() for at in (one.start_at, one.end_at, one.opens_at, one.closes_at)))
        for one in evidence.workday.instances
    ]
    made = [
        (found.checkin_id.hex, found.taken_at.timestamp(), found.counts)
        for found in in_order(evidence)
        if found.direction == direction
    ]
    return hashlib.sha256(repr((evidence.workday.day.toordinal(), direction, owed, made)).encode()).hexdigest()[:32]


def corrected(evidence: Evidence) -> Evidence:
    """The day with every approved time that still holds in place of what was recorded in that direction of that shift.

    Source: docs/decisions.md "an approval holds for what it was given on".
    """
    if not evidence.corrections:
        return evidence
    checkins = list(evidence.checkins)
    for correction, held in _holding(evidence):
        direction, instances = correction.direction, evidence.workday.instances
        checkins = [
            found
            for found in checkins
            if not (found.counts and found.direction == direction and _held(found.taken_at, direction, instances) is held)
        ]
        checkins.append(Checkin(UUID(int=correction.id), direction, correction.at, counts=True, site=EVERYWHERE))
    return replace(evidence, checkins=tuple(checkins))


def told_of(evidence: Evidence) -> Iterator[Line]:
    """A sentence for each approved correction: the corrected and the recorded time, or that it waits to be decided again.

    Source: docs/decisions.md "an approval holds for what it was given on".
    """
    holding = {correction.id for correction, _ in _holding(evidence)}
    lapsed = {correction.id: correction for correction in evidence.corrections if correction.id not in holding}
    for correction, held in _holding(evidence):
        direction, workday = correction.direction, evidence.workday
        made = [
            found.taken_at
            for found in in_order(evidence)
            if found.counts and found.direction == direction and _held(found.taken_at, direction, workday.instances) is held
        ]
        params = {"at": clock_of(correction.at, workday)}
        if made:
            recorded = made[0] if direction == "in" else made[-1]
            yield Line(f"day_corrected_{direction}", params | {"recorded": clock_of(recorded, workday)})
        else:
            yield Line(f"day_corrected_{direction}_unrecorded", params)
    for correction in lapsed.values():
        yield Line(f"day_correction_lapsed_{correction.direction}", {"at": clock_of(correction.at, evidence.workday)})


def _holding(evidence: Evidence) -> list[tuple[Correction, Instance]]:
    """The approvals whose inputs are as they were, with their shift; of several for one direction of a shift the newest."""
    found: dict[tuple[str, int], tuple[Correction, Instance]] = {}
    for correction in sorted(evidence.corrections, key=lambda one: one.id):
        held = _held(correction.at, correction.direction, evidence.workday.instances)
        if held is not None and correction.inputs_hash == inputs_of(evidence, correction.direction):
            found[correction.direction, evidence.workday.instances.index(held)] = correction, held
    return list(found.values())


def _held(at: datetime, direction: str, instances: tuple[Instance, ...]) -> Instance | None:
    return instance_holding(at, direction, instances)
