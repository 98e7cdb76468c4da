"""A day's check-ins as detectors look at them."""

from datetime import date

from sqlalchemy import text

from app.anomalies.rules import Sighting
from app.db import Session
from app.geo import Point

# OFFSET 0 keeps the planner from reading every month of reports where it should fetch the few rows of one day by their ids.
# A phone counts its check-ins, so a number that occurs twice is a copy of the phone. A report may be 35 days old.
SIGHTINGS = """
WITH twice AS (
    SELECT device_id, seq FROM checkins WHERE work_date BETWEEN :day - 35 AND :day + 1 GROUP BY device_id, seq HAVING count(*) > 1
)
SELECT c.id, c.person_id, c.unit_id, c.direction, c.taken_at, c.verdict, c.counts, c.flags, c.score, c.time_grade,
       r.lat, r.lon, coalesce(device.installation_id, c.device_id) AS installation_id,
       EXISTS (SELECT FROM twice WHERE (twice.device_id, twice.seq) = (c.device_id, c.seq)) AS is_numbered_twice,
       CASE WHEN c.flags && ARRAY['repeated_fix', 'replayed_fix'] THEN (
           SELECT count(DISTINCT work_date) FROM checkins own
           WHERE own.person_id = c.person_id AND own.work_date BETWEEN :day - 13 AND :day
             AND own.flags && ARRAY['repeated_fix', 'replayed_fix'])
       ELSE 0 END AS days_alike
FROM checkins c
LEFT JOIN devices device ON device.id = c.device_id
CROSS JOIN LATERAL (
    SELECT ST_Y(position) AS lat, ST_X(position) AS lon FROM checkin_reports WHERE checkin_reports.id = c.id OFFSET 0) r
WHERE c.work_date = :day ORDER BY c.id
"""


def list_sightings(session: Session, day: date) -> list[Sighting]:
    """Every check-in of a work date, whatever its verdict, with the position that was reported."""
    return [
        Sighting(
            row.id,
            row.person_id,
            row.unit_id,
            row.direction,
            row.taken_at,
            row.verdict,
            row.counts,
            tuple(row.flags),
            row.score,
            row.time_grade,
            Point(row.lat, row.lon),
            row.installation_id,
            row.is_numbered_twice,
            row.days_alike,
        )
        for row in session.execute(text(SIGHTINGS), {"day": day})
    ]
