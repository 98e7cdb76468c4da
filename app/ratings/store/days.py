"""What is asked of day records beyond their sums: rows of absence, kinds of leave, the minutes of a year."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import text

from app.db import Session
from app.ratings import rules

# A day whose other half was on leave is not a day of absence: no regulation read counts halves.
STATUS = """CASE WHEN status = 'absent' AND lines @? '$[*] ? (@.code starts with "day_half_")' THEN 'leave' ELSE status END"""

# Only people who were absent or on leave, and only under the decrees for which that means something.
SEEN = f"""
WITH asked AS (
    SELECT record.person_id, record.day, record.status, record.lines
    FROM day_records AS record JOIN units ON units.id = record.unit_id
    WHERE record.day BETWEEN :first_day AND :last_day AND units.decree = ANY(CAST(:decrees AS text[]))
      AND (CAST(:person_ids AS bigint[]) IS NULL OR record.person_id = ANY(CAST(:person_ids AS bigint[])))
), leaves AS (
    SELECT person_id, string_agg(DISTINCT substr(line ->> 'code', length('day_leave_') + 1), ' ') AS kinds
    FROM asked, jsonb_array_elements(lines) AS line
    WHERE status = 'leave' AND starts_with(line ->> 'code', 'day_leave_') GROUP BY person_id
)
SELECT person_id, array_agg({STATUS} ORDER BY day), max(kinds)
FROM asked LEFT JOIN leaves USING (person_id) GROUP BY person_id HAVING bool_or(status IN ('absent', 'leave'))
"""

ABSENCES = f"""
SELECT person_id, array_agg(day ORDER BY day), array_agg({STATUS} ORDER BY day)
FROM day_records
WHERE day BETWEEN :first_day AND :last_day
  AND person_id IN (
      SELECT person_id FROM day_records WHERE day BETWEEN :first_day AND :last_day AND status = 'absent'
      GROUP BY person_id HAVING count(*) >= :fewest OR person_id = ANY(CAST(:also AS bigint[])))
GROUP BY person_id
"""

MINUTES = """
SELECT person_id, sum(late_min + early_min) FROM day_records
WHERE day BETWEEN :first_day AND :last_day GROUP BY person_id HAVING sum(late_min + early_min) > 0
"""


def seen_in(
    session: Session, first_day: date, last_day: date, decrees: Sequence[str], person_ids: Sequence[int] | None = None
) -> dict[int, rules.Seen]:
    """What a month says beyond its charges, of those who were absent or on leave under one of these decrees."""
    if not decrees:
        return {}
    ids = None if person_ids is None else list(person_ids)
    asked = {"first_day": first_day, "last_day": last_day, "decrees": list(decrees), "person_ids": ids}
    return {
        person_id: rules.Seen(absent_run=rules.longest_run(statuses), leaves=frozenset((kinds or "").split()))
        for person_id, statuses, kinds in session.execute(text(SEEN), asked)
    }


def years_with_absence(
    session: Session, first_day: date, last_day: date, fewest: int = 1, also: Sequence[int] = ()
) -> Iterator[rules.Year]:
    """The days of everybody who was absent on at least so many of them, and of those of `also` who were; without minutes."""
    asked = {"first_day": first_day, "last_day": last_day, "fewest": fewest, "also": list(also)}
    for person_id, days, statuses in session.execute(text(ABSENCES), asked):
        yield rules.Year(person_id, tuple(zip(days, statuses, strict=True)), 0)


def minutes_in(session: Session, first_day: date, last_day: date) -> dict[int, int]:
    """The minutes late and early of everybody who has some, by person."""
    return {row[0]: row[1] for row in session.execute(text(MINUTES), {"first_day": first_day, "last_day": last_day})}


def write_nothing(session: Session) -> None:
    """From here on the database refuses whatever this transaction would change."""
    session.execute(text("SET TRANSACTION READ ONLY"))
