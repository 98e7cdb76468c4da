"""Incidents: what they are, how long they may last, and whom they reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.access import is_within

# Longer ones are declared again, so that somebody looks at them again.
LONGEST = timedelta(days=31)


class IncidentKind(StrEnum):
    """What failed; their names are the texts `incident_<kind>`."""

    SERVER = "server"
    POWER = "power"
    NETWORK = "network"
    DISASTER = "disaster"


@dataclass(frozen=True, slots=True)
class Incident:
    """A declared incident over subtrees of units, half-open: `ends_at` is the first instant after it."""

    id: int
    kind: IncidentKind
    begins_at: datetime
    ends_at: datetime
    reason: str
    paths: tuple[str, ...]
    declared_by: int

    def reaches(self, person_id: int, unit_path: str) -> bool:
        """Whether it excuses that person in that unit: whoever declared it decides nothing about himself."""
        return person_id != self.declared_by and is_within(unit_path, self.paths)


def is_plausible(begins_at: datetime, ends_at: datetime) -> bool:
    """Whether the instants are in order and no further apart than the longest incident.

    Source: our design; docs/decisions.md "an incident is declared by somebody it does not excuse".
    """
    return timedelta(0) < ends_at - begins_at <= LONGEST


def incidents_at(at: datetime, incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """The incidents that hold the instant, in their order.

    Source: Permenko Infra 10/2025 article 22 (a failing system or force majeure excuses the missing check-in).
    """
    return tuple(incident for incident in incidents if incident.begins_at <= at < incident.ends_at)
