"""Every assessment of a period with who gave it, and how those of many people turned out."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.db import Session
from app.people.store import Person
from app.ratings.rules import Period
from app.ratings.store.months import Assessment


@dataclass(frozen=True, slots=True)
class Given:
    """An assessment and the name of who gave it."""

    row: Assessment
    by_name: str


def list_given(session: Session, person_id: int, period: Period) -> list[Given]:
    """Every assessment of the person's period, the one that counts first."""
    row = Assessment
    query = (
        select(row, Person.name)
        .join(Person, Person.id == row.assessed_by)
        .where(row.person_id == person_id, row.month == period.first_day, row.months == period.months)
        .order_by(row.assessed_at.desc(), row.id.desc())
    )
    return [Given(*found) for found in session.execute(query)]


def results_in(session: Session, period: Period, person_ids: Sequence[int]) -> dict[int, tuple[str, str] | None]:
    """Work result and behaviour of the assessment that counts, by person; None where it was given in scores only."""
    row = Assessment
    query = (
        select(row.person_id, row.work_result, row.behaviour_result)
        .where(row.month == period.first_day, row.months == period.months, row.person_id == func.any(list(person_ids)))
        .order_by(row.person_id, row.assessed_at.desc(), row.id.desc())
        .ext(distinct_on(row.person_id))
    )
    return {
        person_id: None if work is None or behaviour is None else (work, behaviour)
        for person_id, work, behaviour in session.execute(query)
    }
