"""Standard activities: stated once for each day they begin, and which of them somebody has on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text

from app.activities.rules.standardfile import Standard
from app.activities.store.tables import ActivityStandard
from app.db import Session


@dataclass(frozen=True, slots=True)
class Held:
    """A standard activity that somebody has on a day."""

    id: int
    code: str
    name: str
    volume_unit: str
    norm_min: Decimal
    since: date
    source: str


# Of one code the nearest unit's counts, there that of the position before everybody's, and of these the one that began last.
HELD = """
WITH stated AS (
    SELECT DISTINCT ON (unit_id, position, code, since) * FROM activity_standards
    WHERE since <= :day AND lower(position) IN ('', lower(:position))
    ORDER BY unit_id, position, code, since, id DESC
), begun AS (
    SELECT DISTINCT ON (unit_id, position, code) * FROM stated ORDER BY unit_id, position, code, since DESC
)
SELECT DISTINCT ON (begun.code)
       begun.id, begun.code, begun.name, begun.volume_unit, begun.norm_min, begun.since, begun.source
FROM begun JOIN units ON units.id = begun.unit_id
WHERE units.path @> CAST(:path AS ltree) AND (begun.until IS NULL OR begun.until > :day)
  AND (CAST(:code AS text) IS NULL OR begun.code = :code)
ORDER BY begun.code, nlevel(units.path) DESC, begun.position = '', begun.since DESC
"""


def list_standards(session: Session, unit_path: str, position: str, day: date) -> list[Held]:
    """The standard activities of somebody in that unit and position on the day, in order of code."""
    return [Held(*row) for row in session.execute(text(HELD), _asked(unit_path, position, day, None))]


def find_standard(session: Session, unit_path: str, position: str, day: date, code: str) -> Held | None:
    """The standard activity of that code, if he has it on the day."""
    row = session.execute(text(HELD), _asked(unit_path, position, day, code)).first()
    return None if row is None else Held(*row)


def stated_in(session: Session, unit_ids: Sequence[int]) -> dict[tuple[int, str, str, date], Standard]:
    """What stands for these units, by unit, position, code and first day; of what was stated twice the newer."""
    row = ActivityStandard
    rows = session.query(row).where(row.unit_id.in_(unit_ids)).order_by(row.id)
    return {
        (one.unit_id, one.position, one.code, one.since): Standard(
            one.position, one.code, one.name, one.volume_unit, one.norm_min, one.since, one.until, one.source
        )
        for one in rows
    }


def add_standard(session: Session, unit_id: int, standard: Standard, by: int | None, now: datetime) -> int:
    """The id of the standard activity as it is now stated."""
    said = {name: getattr(standard, name) for name in standard.__dataclass_fields__}
    row = ActivityStandard(unit_id=unit_id, **said, stated_by=by, stated_at=now)
    session.add(row)
    session.flush()
    return row.id


def _asked(unit_path: str, position: str, day: date, code: str | None) -> dict[str, object]:
    return {"path": unit_path, "position": position, "day": day, "code": code}
