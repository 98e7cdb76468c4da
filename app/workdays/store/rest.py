"""What is asked of the rest that units demand between shifts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.db import Session
from app.people import store as people
from app.workdays import rules
from app.workdays.store import tables


def rest_rules(session: Session, agency_ids: Sequence[int]) -> dict[str, rules.RestRule]:
    """The rest rules of the agencies, by path of the unit that set them."""
    agencies = select(people.Unit.path).where(people.Unit.id.in_(agency_ids))
    rows = session.execute(
        select(people.Unit.path, tables.RestRule.min_rest_min, tables.RestRule.source).join(
            people.Unit, people.Unit.id == tables.RestRule.unit_id
        )
    )
    roots = set(session.scalars(agencies))
    return {path: rules.RestRule(minutes, source) for path, minutes, source in rows if path.partition(".")[0] in roots}


def find_rest_rule(session: Session, unit_id: int) -> rules.RestRule | None:
    """The unit's own rule."""
    found = session.get(tables.RestRule, unit_id)
    return None if found is None else rules.RestRule(found.min_rest_min, found.source)


def replace_rest_rule(session: Session, unit_id: int, rule: rules.RestRule, now: datetime) -> None:
    """Let the rule hold in the unit from now on."""
    words = {"min_rest_min": rule.min_rest_min, "source": rule.source, "changed_at": now}
    session.execute(
        insert(tables.RestRule).values(unit_id=unit_id, **words).on_conflict_do_update(index_elements=["unit_id"], set_=words)
    )
