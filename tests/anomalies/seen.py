"""Sightings, with every default filled in."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from app.anomalies.rules import Sighting
from app.checkins.rules.signals import Flag, score_of
from app.geo import Point

MORNING = datetime(2026, 1, 12, 23, 20, tzinfo=UTC)
DESK = Point(-8.6512345, 115.2198765)

_numbers = count(1)


def seen(
    person_id: int,
    minute: float = 0,
    point: Point = DESK,
    flags=(),
    verdict: str = "accepted",
    direction: str = "in",
    grade: str = "verified",
    stakes=None,
    installation_id: str | None = None,
    is_numbered_twice: bool = False,
    days_alike: int = 0,
    **more,
):
    """One sighting of the person, so many minutes into the morning."""
    at, id = MORNING + timedelta(minutes=minute), UUID(int=next(_numbers))
    score = score_of(map(Flag, flags))
    return Sighting(
        id,
        person_id,
        7,
        direction,
        at,
        verdict,
        verdict != "rejected",
        tuple(flags),
        score,
        grade,
        point,
        installation_id or f"instalasi-{person_id}",
        is_numbered_twice,
        days_alike,
        stakes,
        **more,
    )
