"""What a day is judged by, and where its uncertain times may lie."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from app.assignments.rules import Ceremony, Letter
from app.decrees import Decree
from app.incidents.rules import Incident
from app.workdays.rules import Instance, Leave, Workday, instance_holding

# The place of an approved time: whoever approved it looked at the evidence of where.
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Bracket:
    """Where a time lies that is not known well enough. `is_counted`: a phone counted it, so that the doubt is our own measuring."""

    earliest_at: datetime
    latest_at: datetime
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Checkin:
    """A check-in as the day sees it: once judged, only whether it counts matters; `bracket` where its time may matter.

    `site_zone`: of the clocks at the site where it was made; it is told and moves no hours. `is_ruled`: a decision about a finding
    says whether it counts, in place of its verdict. `site`: its code and the version of its outline, as `DISHUB@3`.
    """

    checkin_id: UUID
    direction: str
    taken_at: datetime
    counts: bool
    bracket: Bracket | None = None
    site_zone: str | None = None
    is_ruled: bool = False
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """An approved time in one direction, and the hash of what was known when it was approved."""

    id: int
    direction: str
    at: datetime
    inputs_hash: str


@dataclass(frozen=True, slots=True)
class Permit:
    """An approved permission to come late (`in`) or leave early (`out`)."""

    id: int
    direction: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a day is judged by. `closed`: its windows and ceremonies are over, so what is missing now is missing.

    `corrections`: every approval about the day, also one whose inputs have changed since. `incidents`: those that reach the person
    and the window of a shift or a ceremony, `letters`: those that hold for him on the day, both in order of their ids.
    """

    workday: Workday
    checkins: tuple[Checkin, ...]
    leave: Leave | None
    closed: bool
    corrections: tuple[Correction, ...] = ()
    incidents: tuple[Incident, ...] = ()
    letters: tuple[Letter, ...] = ()
    ceremonies: tuple[Ceremony, ...] = ()
    permits: tuple[Permit, ...] = ()


def with_times(evidence: Evidence, choose: Callable[[str, Bracket, Instance], datetime], only_counted: bool = False) -> Evidence:
    """The same day with each uncertain time where `choose` puts it.

    Source: docs/decisions.md "what a bracket is worth".
    """
    checkins = []
    for found in evidence.checkins:
        bracket = found.bracket
        asked = bracket is not None and (bracket.is_counted or not only_counted)
        held = _reached(found, evidence.workday) if asked else None
        at = choose(found.direction, bracket, held) if bracket is not None and held is not None else None
        checkins.append(replace(found, taken_at=at or found.taken_at))
    return replace(evidence, checkins=tuple(checkins))


def _reached(found: Checkin, workday: Workday) -> Instance | None:
    """The shift that the check-in belongs to by its time, else one that its bracket reaches."""
    held = instance_holding(found.taken_at, found.direction, workday.instances)
    if held is not None or found.bracket is None:
        return held
    begins, ends = found.bracket.earliest_at, found.bracket.latest_at
    return next((instance for instance in workday.instances if begins < instance.closes_at and ends >= instance.opens_at), None)


def kindest(direction: str, bracket: Bracket, held: Instance) -> datetime:
    """The instant that costs least: the earliest `in` and the latest `out` that still fall into the window.

    Source: docs/decisions.md "what a bracket is worth".
    """
    if direction == "in":
        return min(max(bracket.earliest_at, held.opens_at), bracket.latest_at)
    return max(min(bracket.latest_at, held.closes_at - timedelta.resolution), bracket.earliest_at)


def harshest(direction: str, bracket: Bracket, held: Instance) -> datetime:
    """The instant that costs most: out of the window if the bracket reaches so far, else the latest `in` and the earliest `out`.

    Source: docs/decisions.md "what a bracket is worth".
    """
    if direction == "in":
        return bracket.earliest_at if bracket.earliest_at < held.opens_at else bracket.latest_at
    return bracket.latest_at if bracket.latest_at >= held.closes_at else bracket.earliest_at


def hindmost(direction: str, bracket: Bracket, held: Instance) -> datetime:
    """The instant that costs most of those that still fall into the window: the latest `in` and the earliest `out`.

    Inside an incident a missing check-in can cost less than this.

    Source: docs/decisions.md "what a bracket is worth".
    """
    if direction == "in":
        return max(min(bracket.latest_at, held.closes_at - timedelta.resolution), bracket.earliest_at)
    return min(max(bracket.earliest_at, held.opens_at), bracket.latest_at)


def in_order(evidence: Evidence) -> list[Checkin]:
    """The check-ins by the time they were taken, each once, whatever the order in which they arrived.

    Source: our design; the order of arrival must not matter.
    """
    made = sorted(evidence.checkins, key=_by_time)
    return [found for at, found in enumerate(made) if at == 0 or found != made[at - 1]]


def _by_time(found: Checkin) -> tuple[datetime, UUID]:
    return found.taken_at, found.checkin_id


def fingerprint(evidence: Evidence, decree: Decree) -> str:
    """A hash of everything the day is judged by, the same for the same evidence in whatever order it came.

    Source: our design; docs/decrees.md (the version of a decree is part of it).
    """
    checkins = [
        (found.checkin_id.hex, found.direction, found.taken_at.timestamp(), found.counts, _ends(found.bracket), found.site_zone)
        for found in in_order(evidence)
    ]
    known = evidence.leave
    leave = known and (known.id, known.kind, known.part.value, known.first_day.toordinal(), known.cause, known.time_of_year)
    workday = evidence.workday
    owed = _owed_on(workday)
    approved = sorted((one.id, one.at.timestamp(), one.inputs_hash) for one in evidence.corrections)
    struck = [(one.id, one.begins_at.timestamp(), one.ends_at.timestamp()) for one in evidence.incidents]
    under: list[object] = [one.id for one in evidence.letters]
    under += [(one.letter_id, one.starts_at.timestamp(), one.ends_at.timestamp(), sorted(one.sites)) for one in evidence.ceremonies]
    permitted = [(one.id, one.direction) for one in evidence.permits]
    judged_by = repr((owed, checkins, leave, evidence.closed, approved, struck, under, permitted, decree.code, decree.version))
    return hashlib.sha256(judged_by.encode()).hexdigest()[:32]


@lru_cache(maxsize=256)
def _owed_on(workday: Workday) -> tuple[object, ...]:
    """What is owed on the day, which most people owe alike."""
    return (
        workday.day.toordinal(),
        workday.kind.value,
        workday.zone,
        workday.usual_zone,
        workday.note,
        [_owed(own) for own in workday.instances],
    )


def _owed(instance: Instance) -> tuple[object, ...]:
    own = instance
    spans = ((own.start_at, own.end_at), (own.opens_at, own.closes_at), *own.breaks, *((own.core,) if own.core else ()))
    return own.shift, own.kind.value, own.clause, own.owed_min, [at.timestamp() for span in spans for at in span]


def _ends(bracket: Bracket | None) -> tuple[float, float, bool] | None:
    return None if bracket is None else (bracket.earliest_at.timestamp(), bracket.latest_at.timestamp(), bracket.is_counted)
