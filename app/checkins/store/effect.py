"""Check-ins of a site, measured from an outline that nobody has kept yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from app.checkins.rules.effect import Distances
from app.db import Session
from app.geo import Point

# Whoever may have used the site since then, by any of his units or a letter; what was judged with it says for sure.
WHO = """
SELECT posting.person_id FROM postings posting JOIN units own ON own.id = posting.unit_id
JOIN units above ON above.path @> own.path JOIN site_units ON site_units.unit_id = above.id
WHERE site_units.site_id = :site_id AND (posting.until IS NULL OR posting.until > CAST(:since AS timestamptz)::date - 1)
UNION
SELECT named.person_id FROM letter_people named JOIN letter_sites ON letter_sites.letter_id = named.letter_id
WHERE letter_sites.site_id = :site_id
"""

# Work dates are up to two days from the instant; they are what the index goes by.
MEASURED = f"""
WITH drawn AS (SELECT ST_Multi(ST_GeomFromGeoJSON(:outline)) AS outline), who AS MATERIALIZED ({WHO}), recent AS (
    SELECT c.id, c.person_id, c.platform, c.accuracy_m FROM checkins c
    WHERE c.person_id IN (SELECT person_id FROM who) AND c.work_date >= CAST(:since AS timestamptz)::date - 2
      AND c.id >= uuid_at(:since) AND c.taken_at >= :since
    ORDER BY c.id DESC LIMIT :limit
)
SELECT recent.id, recent.person_id, recent.platform, recent.accuracy_m, known.before_m,
       CASE WHEN ST_Covers(drawn.outline, report.position) THEN 1 ELSE -1 END
       * ST_Distance(ST_Boundary(drawn.outline)::geography, report.position::geography) AS after_m,
       report.id IS NULL AS is_forgotten
FROM recent CROSS JOIN drawn
LEFT JOIN checkin_reports report ON report.id = recent.id
LEFT JOIN LATERAL (
    SELECT (site ->> 'signed_distance_m')::float8 AS before_m
    FROM jsonb_array_elements(report.evidence::jsonb -> 'context' -> 'candidates') site
    WHERE site ->> 'site_code' = :code LIMIT 1
) known ON true
"""

REPORTS = """
SELECT c.id, c.verdict, c.policy, report.jws, report.evidence, ST_Y(earlier.position) AS lat, ST_X(earlier.position) AS lon
FROM checkins c JOIN checkin_reports report ON report.id = c.id LEFT JOIN checkin_reports earlier ON earlier.id = c.earlier_id
WHERE c.id = ANY(:ids)
"""

OUTLINES = "SELECT id, ST_AsGeoJSON(outline, 9) FROM site_versions WHERE id = ANY(:ids)"


@dataclass(frozen=True, slots=True)
class AtSite:
    """A check-in with its distances; without them its report is forgotten, or it was not judged with the site."""

    id: UUID
    person_id: int
    seen: Distances | None
    is_forgotten: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A verdict, the policy it was made by, and what it can be made from again; `earlier_at` is where the one before was made."""

    verdict: str
    policy: str
    jws: str
    evidence: str
    earlier_at: Point | None


def list_at_site(
    session: Session, site_id: int, code: str, outline: Mapping[str, Any], since: datetime, limit: int
) -> list[AtSite]:
    """The newest check-ins since then of those who may have used the site, with the distance to the outline."""
    asked = {"site_id": site_id, "code": code, "outline": orjson.dumps(outline).decode(), "since": since, "limit": limit}
    return [
        AtSite(
            row.id,
            row.person_id,
            None if row.before_m is None else Distances(row.platform, row.accuracy_m, row.before_m, row.after_m),
            row.is_forgotten,
        )
        for row in session.execute(text(MEASURED), asked)
    ]


def each_kept(session: Session, ids: Sequence[UUID], at_once: int = 500) -> Iterator[tuple[UUID, Kept]]:
    """The reports of these check-ins, by id."""
    for start in range(0, len(ids), at_once):
        for row in session.execute(text(REPORTS), {"ids": list(ids[start : start + at_once])}):
            earlier_at = None if row.lat is None else Point(row.lat, row.lon)
            yield row.id, Kept(row.verdict, row.policy, row.jws, row.evidence, earlier_at)


def outlines_of(session: Session, version_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """The outlines of these versions as GeoJSON, to the digit that check-ins are judged by."""
    rows = session.execute(text(OUTLINES), {"ids": list(version_ids)})
    return {version_id: orjson.loads(drawn) for version_id, drawn in rows}
