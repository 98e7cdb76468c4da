"""Days that are final: frozen by the seal of a month, known by a digest, and written again only by an amendment."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from app.attendance.store.days import Derived, replace_day
from app.db import Session

# Everything that a frozen day says, in one line; who changes any of it changes the digest.
DAY_WORDS = """concat_ws('|', day.person_id, day.day, day.unit_id, day.status, coalesce(day.shift, '-'),
    coalesce(extract(epoch FROM day.in_at)::text, '-'), coalesce(extract(epoch FROM day.out_at)::text, '-'),
    day.late_min, day.early_min, day.deduction_pct, day.lines::text)"""

FREEZE = """
UPDATE day_records SET frozen_at = :now
WHERE day BETWEEN :first_day AND :last_day AND frozen_at IS NULL
  AND unit_id IN (SELECT id FROM units WHERE path <@ CAST(:path AS ltree))
"""

FROZEN = f"""
SELECT encode(sha256(convert_to(coalesce(string_agg(of_person.digest, E'\\n' ORDER BY person_id), ''), 'UTF8')), 'hex') AS digest,
       count(*) AS people, coalesce(sum(of_person.days), 0)::bigint AS days
FROM (
    SELECT person_id, count(*) AS days,
           encode(sha256(convert_to(string_agg({DAY_WORDS}, E'\\n' ORDER BY day.day), 'UTF8')), 'hex') AS digest
    FROM day_records day JOIN units ON units.id = day.unit_id
    WHERE frozen_at = :now AND day.day BETWEEN :first_day AND :last_day AND units.path <@ CAST(:path AS ltree)
    GROUP BY person_id
) of_person
"""

OF_PEOPLE = f"""
SELECT person_id, encode(sha256(convert_to(string_agg({DAY_WORDS}, E'\\n' ORDER BY day.day), 'UTF8')), 'hex'),
       bool_and(frozen_at IS NOT NULL)
FROM day_records day WHERE person_id = ANY(:person_ids) AND day.day BETWEEN :first_day AND :last_day GROUP BY person_id
"""

WORDS = f"SELECT {DAY_WORDS} FROM day_records day WHERE person_id = :person_id AND day.day = :day"


def freeze(session: Session, first_day: date, last_day: date, path: str, now: datetime) -> tuple[str, int, int]:
    """The digest of the days that became final now, of the subtree and the days between, and how many people and days it covers."""
    asked = {"first_day": first_day, "last_day": last_day, "path": path, "now": now}
    session.execute(text(FREEZE), asked)
    digest, people, days = session.execute(text(FROZEN), asked).one()
    return digest, people, days


def digests_of(session: Session, first_day: date, last_day: date, person_ids: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """By person, the digest of his days between, and whether all of them are final."""
    asked = {"first_day": first_day, "last_day": last_day, "person_ids": list(person_ids)}
    return {person_id: (digest, frozen) for person_id, digest, frozen in session.execute(text(OF_PEOPLE), asked)}


def words_of(session: Session, person_id: int, day: date) -> str:
    """Everything that the record of the day says, as it goes into the digest."""
    words: str = session.scalars(text(WORDS), {"person_id": person_id, "day": day}).one()
    return words


def replace_frozen(session: Session, derived: Derived, day: date, now: datetime) -> None:
    """Write a final day anew; it stays as final as it was, since the same seal."""
    row: dict[str, Any] = {"person_id": derived.person_id, "day": day}
    query = "UPDATE day_records SET frozen_at = NULL WHERE person_id = :person_id AND day = :day"
    frozen_at = session.scalar(
        text("SELECT frozen_at FROM day_records WHERE person_id = :person_id AND day = :day FOR UPDATE"), row
    )
    session.execute(text(query), row)
    replace_day(session, day, [derived], now, [derived.person_id])
    session.execute(text(query.replace("NULL", ":frozen_at")), {**row, "frozen_at": frozen_at})
