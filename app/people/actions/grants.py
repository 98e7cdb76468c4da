"""Giving roles and taking them back."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from app import errors
from app.access import Actor, Role
from app.db import Session
from app.ledger import store as ledger
from app.people import store
from app.people.rules.grants import may_grant
from app.people.store import Granted

GIVERS = (Role.ADMIN, Role.HR)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A grant that somebody asks for."""

    nip: str
    role: Role
    unit: str
    since: date
    until: date | None


def add_grant(session: Session, by: Actor, wanted: Wanted, now: datetime, today: date) -> Granted:
    """The new grant, given by somebody to somebody else, both within the giver's scope.

    Raises: NotFound, Denied, Invalid, Conflict when the person holds that very role there already.
    """
    paths = by.paths(*GIVERS)
    unit = store.get_unit(session, wanted.unit, paths)
    person_id = store.get_posted(session, wanted.nip, today, paths).person_id
    if person_id == by.person_id:
        raise errors.Denied("own_grant")
    if not may_grant(by, wanted.role, unit.path):
        raise errors.Denied("role_not_yours", role=wanted.role, unit=unit.code)
    if wanted.until is not None and wanted.until <= wanted.since:
        raise errors.Invalid("invalid_input", {"/until": "until_first"})
    return _give(session, by, wanted, person_id, unit.id, now)


def add_first_grant(session: Session, wanted: Wanted, now: datetime) -> Granted:
    """The new grant as the server's own operator gives it: at the beginning nobody is there to ask.

    Raises: NotFound, Conflict.
    """
    unit = store.get_unit(session, wanted.unit)
    return _give(session, None, wanted, store.get_person(session, wanted.nip).id, unit.id, now)


def end_grant(session: Session, by: Actor, grant_id: int, now: datetime, today: date) -> Granted:
    """The grant, no longer in force from this moment.

    Raises: NotFound, Denied, Conflict when it had ended already.
    """
    grant = store.find_granted(session, grant_id, by.paths(*GIVERS))
    if grant is None:
        raise errors.NotFound("unknown_grant")
    if grant.person_id == by.person_id:
        raise errors.Denied("own_grant")
    if not may_grant(by, Role(grant.role), grant.unit_path):
        raise errors.Denied("role_not_yours", role=grant.role, unit=grant.unit_code)
    ends = max(today, grant.since)
    if grant.until is not None and grant.until <= ends:
        raise errors.Conflict("grant_ended")
    store.end_grant(session, grant_id, ends)
    return _sealed(session, by, grant_id, "end", now)


def _give(session: Session, by: Actor | None, wanted: Wanted, person_id: int, unit_id: int, now: datetime) -> Granted:
    if store.has_grant(session, person_id, wanted.role, unit_id, wanted.since, wanted.until):
        raise errors.Conflict("grant_exists", role=wanted.role, unit=wanted.unit)
    giver = None if by is None else by.person_id
    grant_id = store.add_grant(session, person_id, wanted.role, unit_id, wanted.since, wanted.until, giver)
    return _sealed(session, by, grant_id, "give", now)


def _sealed(session: Session, by: Actor | None, grant_id: int, act: str, now: datetime) -> Granted:
    """The grant as it now stands, after its leaf is written."""
    grant = store.get_granted(session, grant_id)
    entry = {name: str(value) for name, value in asdict(grant).items() if value is not None}
    ledger.append(session, "grant", f"grant:{grant_id}", {"act": act, "by": by.nip if by else None, **entry}, now)
    return grant
