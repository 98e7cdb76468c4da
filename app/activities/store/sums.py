"""What a month's activities add up to, for many people in one query."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from app.db import Session


@dataclass(frozen=True, slots=True)
class Minutes:
    """Somebody's minutes of some days: approved, still waiting for an answer, and of both those that no presence covers."""

    approved_min: int = 0
    waiting_min: int = 0
    outside_min: int = 0


# A day's presence is the time between coming and going; with one of the two missing it is not known and covers everything.
MINUTES = """
WITH stood AS (
    SELECT activity.person_id, activity.day, coalesce(answer.minutes, 0) AS approved,
           CASE WHEN answer.minutes IS NULL THEN activity.minutes ELSE 0 END AS waiting
    FROM activities activity
    LEFT JOIN LATERAL (
        SELECT minutes FROM activity_decisions WHERE activity_id = activity.id ORDER BY id DESC LIMIT 1
    ) AS answer ON true
    WHERE activity.day BETWEEN :first_day AND :last_day
      AND (CAST(:person_ids AS bigint[]) IS NULL OR activity.person_id = ANY(CAST(:person_ids AS bigint[])))
), days AS (
    SELECT person_id, day, sum(approved) AS approved, sum(waiting) AS waiting FROM stood GROUP BY person_id, day
)
SELECT person_id, sum(approved), sum(waiting),
       sum(CASE
           WHEN record.in_at IS NOT NULL AND record.out_at IS NOT NULL THEN
               greatest(0, approved + waiting - greatest(0, floor(extract(epoch FROM record.out_at - record.in_at) / 60)))
           WHEN record.in_at IS NULL AND record.out_at IS NULL
               AND record.status NOT IN ('present', 'assigned', 'incident', 'not_yet') THEN approved + waiting
           ELSE 0 END)
FROM days LEFT JOIN day_records record USING (person_id, day) GROUP BY person_id
"""

DAYS = """
SELECT person_id, status, count(*) FROM day_records
WHERE day BETWEEN :first_day AND :last_day
  AND (CAST(:person_ids AS bigint[]) IS NULL OR person_id = ANY(CAST(:person_ids AS bigint[])))
GROUP BY person_id, status
"""


def minutes_in(
    session: Session, first_day: date, last_day: date, person_ids: Sequence[int] | None = None
) -> dict[int, Minutes]:  # fmt: skip
    """Minutes of the days, both included, of everybody (or of `person_ids`) who logged something, by person; one query."""
    rows = session.execute(text(MINUTES), _asked(first_day, last_day, person_ids))
    return {row[0]: Minutes(int(row[1]), int(row[2]), int(row[3])) for row in rows}


def days_in(
    session: Session, first_day: date, last_day: date, person_ids: Sequence[int] | None = None
) -> Mapping[int, Mapping[str, int]]:
    """How many day records of each status everybody (or `person_ids`) has on the days, both included; one query."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for person_id, status, count in session.execute(text(DAYS), _asked(first_day, last_day, person_ids)):
        found[person_id][status] = count
    return found


def _asked(first_day: date, last_day: date, person_ids: Sequence[int] | None) -> dict[str, object]:
    ids = None if person_ids is None else list(person_ids)
    return {"first_day": first_day, "last_day": last_day, "person_ids": ids}
