"""Declaring incidents and withdrawing them: gather, judge, write, and a ledger leaf."""

from collections.abc import Sequence
from datetime import datetime

from app import errors
from app.access import Actor, Role
from app.db import Session
from app.incidents import rules, store
from app.ledger import store as ledger
from app.people import store as people
from app.people.actions.days import day_of

DECLARES = (Role.HR, Role.ADMIN)


def declare(
    session: Session, kind: rules.IncidentKind, begins_at: datetime, ends_at: datetime, reason: str, units: Sequence[str],
    by: Actor, now: datetime,
) -> store.Declared:  # fmt: skip
    """The declared incident, which excuses everybody in the units and below them but the one who declares it.

    Raises: Invalid (`incident_span`), NotFound for a unit over which the actor is neither personnel officer nor administrator.
    """
    if not rules.is_plausible(begins_at, ends_at):
        place = {"/ends_at": ("incident_span", {"days": rules.LONGEST.days})}
        raise errors.Invalid("incident_span", place, days=rules.LONGEST.days)
    unit_ids = [people.get_unit(session, code, by.paths(*DECLARES)).id for code in sorted(set(units))]
    incident_id = store.add_incident(session, kind, begins_at, ends_at, reason, unit_ids, by.person_id, now)
    entry = {
        "act": "declare", "kind": kind, "begins_at": begins_at.isoformat(), "ends_at": ends_at.isoformat(), "reason": reason,
        "units": sorted(set(units)), "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "incident", f"incident:{incident_id}", entry, now)
    return _get(session, incident_id)


def withdraw(session: Session, incident_id: int, reason: str, by: Actor, now: datetime) -> store.Declared:
    """The incident, which from now on excuses nobody.

    Raises: NotFound, also unless the actor could have declared it; Conflict (`incident_withdrawn`).
    """
    found = store.find_incident(session, incident_id)
    if found is None or not all(by.covers(path, *DECLARES) for path in found.paths):
        raise errors.NotFound("unknown_incident", incident=incident_id)
    if not store.add_withdrawal(session, incident_id, reason, by.person_id, now):
        raise errors.Conflict("incident_withdrawn")
    entry = {"act": "withdraw", "reason": reason, "by": by.person_id}
    ledger.append(session, "incident", f"incident:{incident_id}", entry, now)
    return _get(session, incident_id)


def list_for(session: Session, by: Actor, after: int | None, limit: int, now: datetime) -> list[store.Declared]:
    """Incidents that reach the actor's own unit or a unit over which he holds a role, newest first."""
    posted = people.find_posted(session, by.person_id, day_of(now))
    held = by.paths(*Role)
    above = held if posted is None else (*held, posted.unit_path)
    return store.list_incidents(session, above, held, after, limit)


def _get(session: Session, incident_id: int) -> store.Declared:
    found = store.find_incident(session, incident_id)
    assert found is not None
    return found
