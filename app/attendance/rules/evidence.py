"""What a day is judged by, and where its uncertain times may lie."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.decrees import Decree
from app.workdays.rules import Leave, Workday


@dataclass(frozen=True, slots=True)
class Bracket:
    """Where a time lies that is not known well enough. `is_counted`: a phone counted it, so that the doubt is our own measuring."""

    earliest_at: datetime
    latest_at: datetime
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Checkin:
    """A check-in as the day sees it: once judged, only whether it counts matters; `bracket` where its time may matter."""

    checkin_id: UUID
    direction: str
    taken_at: datetime
    counts: bool
    bracket: Bracket | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a day is judged by. `closed`: the window of the shift is over, so what is missing now is missing."""

    workday: Workday
    checkins: tuple[Checkin, ...]
    leave: Leave | None
    closed: bool


def with_times(
    evidence: Evidence, choose: Callable[[str, Bracket, Workday], datetime | None], only_counted: bool = False
) -> Evidence:
    """The same day with each uncertain time where `choose` puts it.

    Source: docs/decisions.md "what a bracket is worth".
    """
    checkins = []
    for found in evidence.checkins:
        bracket = found.bracket
        asked = bracket is not None and (bracket.is_counted or not only_counted)
        at = choose(found.direction, bracket, evidence.workday) if bracket is not None and asked else None
        checkins.append(replace(found, taken_at=at or found.taken_at))
    return replace(evidence, checkins=tuple(checkins))


def kindest(direction: str, bracket: Bracket, workday: Workday) -> datetime | None:
    """The instant that costs least: the earliest `in` and the latest `out` that still fall into the window.

    Source: docs/decisions.md "what a bracket is worth".
    """
    if workday.opens_at is None or workday.closes_at is None:
        return None
    if direction == "in":
        return min(max(bracket.earliest_at, workday.opens_at), bracket.latest_at)
    return max(min(bracket.latest_at, workday.closes_at - timedelta.resolution), bracket.earliest_at)


def harshest(direction: str, bracket: Bracket, workday: Workday) -> datetime | None:
    """The instant that costs most: out of the window if the bracket reaches so far, else the latest `in` and the earliest `out`.

    Source: docs/decisions.md "what a bracket is worth".
    """
    if workday.opens_at is None or workday.closes_at is None:
        return None
    if direction == "in":
        return bracket.earliest_at if bracket.earliest_at < workday.opens_at else bracket.latest_at
    return bracket.latest_at if bracket.latest_at >= workday.closes_at else bracket.earliest_at


def in_order(evidence: Evidence) -> list[Checkin]:
    """The check-ins by the time they were taken, each once, whatever the order in which they arrived.

    Source: our design; the order of arrival must not matter.
    """
    return sorted(set(evidence.checkins), key=lambda found: (found.taken_at, found.checkin_id))


def fingerprint(evidence: Evidence, decree: Decree) -> str:
    """A hash of everything the day is judged by, the same for the same evidence in whatever order it came.

    Source: our design; docs/decrees.md (the version of a decree is part of it).
    """
    checkins = [
        (found.checkin_id.hex, found.direction, found.taken_at.timestamp(), found.counts, _ends(found.bracket))
        for found in in_order(evidence)
    ]
    leave = evidence.leave and (evidence.leave.id, evidence.leave.kind)
    workday = evidence.workday
    instants = [at and at.timestamp() for at in (workday.start_at, workday.end_at, workday.opens_at, workday.closes_at)]
    owed = (workday.day.toordinal(), workday.kind.value, workday.shift, workday.zone, workday.note, workday.clause, instants)
    judged_by = repr((owed, checkins, leave, evidence.closed, decree.code, decree.version))
    return hashlib.sha256(judged_by.encode()).hexdigest()[:32]


def _ends(bracket: Bracket | None) -> tuple[float, float, bool] | None:
    return None if bracket is None else (bracket.earliest_at.timestamp(), bracket.latest_at.timestamp(), bracket.is_counted)
