"""A day's check-ins as detectors look at them."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import text

from app.anomalies.rules import Sighting
from app.db import Session
from app.geo import Point

# OFFSET 0 keeps the planner from reading every month of reports where it should fetch the few rows of one day by their ids.
# A phone counts its check-ins, so a number that occurs twice is a copy of the phone. A report may be 35 days old.
# The last minute before lateness is the one in which work begins and the one before; a report that came at once proves its time.
LATE = "{row}.received_at > {row}.taken_at + interval '10 minutes'"
EDGE = (
    "{record}.late_min = 0 AND {row}.taken_at >= {record}.start_at - interval '1 minute'"
    " AND {row}.taken_at < {record}.start_at + interval '1 minute'"
)
SIGHTINGS = f"""
WITH twice AS (
    SELECT device_id, seq FROM checkins
    WHERE work_date BETWEEN :day - 35 AND :day + 1
      AND (CAST(:only AS bigint[]) IS NULL OR person_id = ANY (CAST(:only AS bigint[])))
    GROUP BY device_id, seq HAVING count(*) > 1
), shared AS (
    SELECT installation_id FROM devices GROUP BY installation_id HAVING count(DISTINCT person_id) > 2
), served AS (
    SELECT device.installation_id, count(DISTINCT own.person_id) AS owners
    FROM devices device JOIN shared USING (installation_id)
    JOIN checkins own ON own.person_id = device.person_id AND own.device_id = device.id
    WHERE own.work_date BETWEEN :day - 29 AND :day GROUP BY device.installation_id
)
SELECT c.id, c.person_id, c.unit_id, c.direction, c.taken_at, c.verdict, c.counts, c.flags, c.score, c.time_grade,
       r.lat, r.lon, coalesce(device.installation_id, c.device_id) AS installation_id,
       EXISTS (SELECT FROM twice WHERE (twice.device_id, twice.seq) = (c.device_id, c.seq)) AS is_numbered_twice,
       CASE WHEN c.flags && ARRAY['repeated_fix', 'replayed_fix'] THEN (
           SELECT count(DISTINCT work_date) FROM checkins own
           WHERE own.person_id = c.person_id AND own.work_date BETWEEN :day - 13 AND :day
             AND own.flags && ARRAY['repeated_fix', 'replayed_fix'])
       ELSE 0 END AS days_alike,
       c.earliest_at, c.latest_at, c.accuracy_m, coalesce(served.owners, 1) AS owners,
       CASE WHEN 'chain_gap' = ANY (c.flags) THEN (
           SELECT count(DISTINCT work_date) FROM (
               SELECT work_date, seq - lag(seq) OVER (PARTITION BY device_id ORDER BY seq) AS step FROM checkins own
               WHERE own.person_id = c.person_id AND own.work_date BETWEEN :day - 35 AND :day) steps
           WHERE step > 1 AND work_date > :day - 14)
       ELSE 0 END AS days_gapped,
       CASE WHEN c.direction = 'in' AND {LATE.format(row="c")} AND {EDGE.format(row="c", record="record")} THEN (
           SELECT count(DISTINCT own.work_date) FROM checkins own JOIN day_records kept ON kept.person_id = own.person_id
           WHERE own.person_id = c.person_id AND own.work_date BETWEEN :day - 27 AND :day AND kept.day = own.work_date
             AND own.direction = 'in' AND {LATE.format(row="own")} AND {EDGE.format(row="own", record="kept")})
       ELSE 0 END AS days_on_edge,
       coalesce(record.status = 'leave', false) AS is_on_leave
FROM checkins c
LEFT JOIN devices device ON device.id = c.device_id
LEFT JOIN served ON served.installation_id = device.installation_id
LEFT JOIN day_records record ON record.person_id = c.person_id AND record.day = :day
CROSS JOIN LATERAL (
    SELECT ST_Y(position) AS lat, ST_X(position) AS lon FROM checkin_reports WHERE checkin_reports.id = c.id OFFSET 0) r
WHERE c.work_date = :day AND c.person_id <> ALL (CAST(:without AS bigint[]))
  AND (CAST(:only AS bigint[]) IS NULL OR c.person_id = ANY (CAST(:only AS bigint[])))
ORDER BY c.id
"""

# Whoever shared a coordinate or an installation of the app with one of them that day, and with those, and so on.
COMPANY = """
WITH RECURSIVE shared AS MATERIALIZED (
    SELECT array_agg(c.person_id) AS people
    FROM checkins c JOIN checkin_reports r ON r.id = c.id
    WHERE c.work_date = :day GROUP BY r.position::bytea HAVING min(c.person_id) <> max(c.person_id)
    UNION ALL
    SELECT array_agg(c.person_id)
    FROM checkins c LEFT JOIN devices device ON device.id = c.device_id
    WHERE c.work_date = :day GROUP BY coalesce(device.installation_id, c.device_id) HAVING min(c.person_id) <> max(c.person_id)
), company AS (
    SELECT unnest(CAST(:person_ids AS bigint[])) AS person_id
    UNION
    SELECT unnest(shared.people) FROM company JOIN shared ON company.person_id = ANY (shared.people)
)
SELECT person_id FROM company
"""

AS_KEPT = (
    "person_id", "unit_id", "direction", "taken_at", "verdict", "counts", "score", "time_grade", "installation_id",
    "is_numbered_twice", "days_alike", "earliest_at", "latest_at", "accuracy_m", "owners", "days_gapped", "days_on_edge",
    "is_on_leave",
)  # fmt: skip


def list_seen(session: Session, day: date) -> Sequence[int]:
    """Everybody with a check-in of that work date."""
    return session.scalars(text("SELECT DISTINCT person_id FROM checkins WHERE work_date = :day"), {"day": day}).all()


def list_company(session: Session, day: date, person_ids: Collection[int]) -> Sequence[int]:
    """These people with all whom what they did on the day may concern: whatever is noticed about several is noticed within them."""
    return session.scalars(text(COMPANY), {"day": day, "person_ids": list(person_ids)}).all()


def list_sightings(session: Session, day: date, only: Sequence[int] | None = None, without: Collection[int] = ()) -> list[Sighting]:
    """Every check-in of a work date, whatever its verdict, with the position that was reported; `only` some or `without` some."""
    asked = {"day": day, "only": None if only is None else list(only), "without": list(without)}
    return [
        Sighting(
            checkin_id=row.id,
            point=Point(row.lat, row.lon),
            flags=tuple(row.flags),
            **{name: getattr(row, name) for name in AS_KEPT},
        )
        for row in session.execute(text(SIGHTINGS), asked)
    ]
