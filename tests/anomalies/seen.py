"""Sightings, with every default filled in."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from app.anomalies.rules import Sighting
from app.geo import Point

MORNING = datetime(2026, 1, 12, 23, 20, tzinfo=UTC)
DESK = Point(-8.6512345, 115.2198765)

_numbers = count(1)


def seen(person_id: int, minute: float = 0, point: Point = DESK, flags=(), verdict: str = "accepted", direction: str = "in"):
    """One sighting of the person, so many minutes into the morning."""
    at = MORNING + timedelta(minutes=minute)
    return Sighting(UUID(int=next(_numbers)), person_id, 7, direction, at, verdict, verdict != "rejected", tuple(flags), point)
