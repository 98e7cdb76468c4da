"""What incidents excuse: the hours of a shift that lie inside them, its edges, and the sentences that say so."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from app.assignments.rules import Ceremony
from app.attendance.rules.line import Line, clock_of
from app.incidents.rules import Incident
from app.workdays.rules import Instance, Span, Workday


def touching(workday: Workday, incidents: Iterable[Incident], ceremonies: Iterable[Ceremony] = ()) -> tuple[Incident, ...]:
    """The incidents that reach into the window of one of the day's shifts or into a ceremony; no other changes the day.

    Source: our design; docs/decisions.md "an incident takes away minutes, never a presence".
    """
    windows = [(instance.opens_at, instance.closes_at) for instance in workday.instances]
    windows += [(ceremony.starts_at, ceremony.ends_at) for ceremony in ceremonies]
    return tuple(incident for incident in incidents if any(_reaches(incident, window) for window in windows))


def excused_of(instance: Instance, incidents: Sequence[Incident]) -> tuple[Span, ...]:
    """The spans inside incidents, in order and apart; of a shift whose hours lie wholly inside them, its whole window.

    Source: Permenko Infra 10/2025 article 22 (a failing system or force majeure excuses the missing check-in).
    """
    merged: list[Span] = []
    for begins_at, ends_at in sorted((incident.begins_at, incident.ends_at) for incident in incidents):
        if merged and begins_at <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], ends_at)
        else:
            merged.append((begins_at, ends_at))
    if any(begins_at <= instance.start_at and instance.end_at <= ends_at for begins_at, ends_at in merged):
        return ((instance.opens_at, instance.closes_at),)
    return tuple(merged)


def is_wholly_excused(instance: Instance, excused: Sequence[Span]) -> bool:
    """Whether all hours of the shift lie inside incidents.

    Source: docs/decisions.md "an incident takes away minutes, never a presence".
    """
    return any(begins_at <= instance.start_at and instance.end_at <= ends_at for begins_at, ends_at in excused)


def excused_within(begins_at: datetime, ends_at: datetime, excused: Iterable[Span]) -> timedelta:
    """How much of a span lies inside incidents; nothing where it ends before it begins.

    Source: docs/decisions.md "an incident takes away minutes, never a presence".
    """
    parts = (min(ends_at, ended) - max(begins_at, began) for began, ended in excused)
    return sum((part for part in parts if part > timedelta(0)), timedelta(0))


def is_start_excused(start_at: datetime, excused: Iterable[Span]) -> bool:
    """Whether the first instant of a shift lies inside an incident.

    Source: docs/decisions.md "an incident takes away minutes, never a presence".
    """
    return any(begins_at <= start_at < ends_at for begins_at, ends_at in excused)


def is_end_excused(end_at: datetime, excused: Iterable[Span]) -> bool:
    """Whether the last instant of a shift, just before its half-open end, lies inside an incident.

    Source: docs/decisions.md "an incident takes away minutes, never a presence".
    """
    return any(begins_at < end_at <= ends_at for begins_at, ends_at in excused)


def incidents_told(incidents: Iterable[Incident], hours: Sequence[Span], workday: Workday) -> Iterator[Line]:
    """A sentence with the public reason for every incident that reaches into the hours owed.

    Source: our design; what a day was spared is said with the reason that was declared.
    """
    for incident in incidents:
        if any(_reaches(incident, span) for span in hours):
            ends = {"start": clock_of(incident.begins_at, workday), "end": clock_of(incident.ends_at, workday)}
            yield Line(f"day_incident_{incident.kind}", {**ends, "reason": incident.reason})


def _reaches(incident: Incident, span: Span) -> bool:
    return incident.begins_at < span[1] and span[0] < incident.ends_at
