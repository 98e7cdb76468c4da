"""What detectors look at beyond a day: fixes of many days at one outline, and where some people were seen in a year."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from app.anomalies.rules import Kind
from app.anomalies.store.tables import Finding
from app.db import Session
from app.geo import Point

YEAR = 365

# Whoever was outside on the day and at least a few times before; of those every fix at that version of the site which counts, or
# for which nothing else of that day and direction does. OFFSET 0 as in the sightings. Nothing of a day that was found before.
FIXES = """
WITH today AS (
    SELECT DISTINCT person_id, site_version_id FROM checkins
    WHERE work_date = :day AND (CAST(:only AS bigint[]) IS NULL OR person_id = ANY (CAST(:only AS bigint[])))
      AND site_version_id IS NOT NULL AND distance_m > 0 AND distance_m <= :reach_m
), since AS (
    SELECT person_id, max(day) AS day FROM findings WHERE kind = :kind AND day < :day GROUP BY person_id
), often AS (
    SELECT today.person_id, today.site_version_id, greatest(since.day + 1, CAST(:first_day AS date)) AS first_day
    FROM today JOIN checkins c USING (person_id, site_version_id) LEFT JOIN since ON since.person_id = today.person_id
    WHERE c.work_date BETWEEN greatest(since.day + 1, CAST(:first_day AS date)) AND :day
      AND c.distance_m > 0 AND c.distance_m <= :reach_m
    GROUP BY 1, 2, 3 HAVING count(*) >= :fewest AND count(DISTINCT c.work_date) > 1
)
SELECT c.id, c.person_id, c.unit_id, c.site_version_id, c.work_date, c.distance_m, c.accuracy_m, c.platform, r.lat, r.lon
FROM often JOIN checkins c USING (person_id, site_version_id)
CROSS JOIN LATERAL (
    SELECT ST_Y(position) AS lat, ST_X(position) AS lon FROM checkin_reports WHERE checkin_reports.id = c.id OFFSET 0) r
WHERE c.work_date BETWEEN often.first_day AND :day AND c.distance_m <= :reach_m
  AND (c.counts OR NOT EXISTS (
      SELECT FROM checkins own WHERE own.person_id = c.person_id AND own.work_date = c.work_date AND own.direction = c.direction
        AND own.counts))
ORDER BY c.person_id, c.site_version_id, c.taken_at, c.id
"""

OUTLINES = """
SELECT version.id, site.code, site.name, ST_AsGeoJSON(version.outline, 15) AS outline, ST_Y(ST_Centroid(version.outline)) AS lat,
       ST_X(ST_Centroid(version.outline)) AS lon
FROM site_versions version JOIN sites site ON site.id = version.site_id WHERE version.id = ANY (:ids)
"""

PLACES = """
SELECT c.person_id, c.work_date, r.lat, r.lon FROM checkins c
CROSS JOIN LATERAL (
    SELECT ST_Y(position) AS lat, ST_X(position) AS lon FROM checkin_reports WHERE checkin_reports.id = c.id OFFSET 0) r
WHERE c.person_id = ANY (:people) AND c.work_date BETWEEN :first_day AND :day
"""


@dataclass(frozen=True, slots=True)
class NearFix:
    """A fix of somebody at or near a site."""

    checkin_id: UUID
    person_id: int
    unit_id: int | None
    site_version_id: int
    day: date
    outside_m: float
    accuracy_m: float
    platform: str
    point: Point


@dataclass(frozen=True, slots=True)
class Drawn:
    """A version of a site with its middle."""

    code: str
    name: str
    outline: Mapping[str, Any]
    middle: Point


def list_near(
    session: Session, day: date, days: int, reach_m: float, fewest: int, only: Sequence[int] | None = None
) -> list[NearFix]:
    """The fixes of some days of those who were outside near a site on the day, and before: by person, site and time."""
    asked = {
        "day": day,
        "first_day": day - timedelta(days=days - 1),
        "reach_m": reach_m,
        "fewest": fewest,
        "kind": Kind.CONSTANT_OFFSET,
        "only": None if only is None else list(only),
    }
    return [
        NearFix(
            row.id, row.person_id, row.unit_id, row.site_version_id, row.work_date, row.distance_m, row.accuracy_m, row.platform,
            Point(row.lat, row.lon),
        )
        for row in session.execute(text(FIXES), asked)
    ]  # fmt: skip


def find_outlines(session: Session, version_ids: Sequence[int]) -> dict[int, Drawn]:
    """The outlines of versions of sites, by their id."""
    rows = session.execute(text(OUTLINES), {"ids": list(version_ids)})
    return {row.id: Drawn(row.code, row.name, json.loads(row.outline), Point(row.lat, row.lon)) for row in rows}


def places_of(session: Session, person_ids: Sequence[int], day: date) -> dict[int, dict[date, set[Point]]]:
    """Where each of a few people was seen on each day of the year before, as far as positions are still kept."""
    found: dict[int, dict[date, set[Point]]] = defaultdict(lambda: defaultdict(set))
    asked = {"people": list(person_ids), "day": day, "first_day": day - timedelta(days=YEAR - 1)}
    for row in session.execute(text(PLACES), asked):
        found[row.person_id][row.work_date].add(Point(row.lat, row.lon))
    return found


def last_found(session: Session, person_ids: Sequence[int], since: date, before: date) -> dict[tuple[str, int], date]:
    """The last day in `[since, before)` about which something of a kind was found about a person."""
    query = (
        select(Finding.kind, Finding.person_id, func.max(Finding.day))
        .where(Finding.person_id == func.any(list(person_ids)), Finding.day >= since, Finding.day < before)
        .group_by(Finding.kind, Finding.person_id)
    )
    return {(kind, person_id): day for kind, person_id, day in session.execute(query)}
