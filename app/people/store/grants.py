"""What is asked of grants: who may do what today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, and_, exists, func, or_, select

from app import access
from app.db import Session, in_scope
from app.people.store.employed import is_in_force
from app.people.store.tables import Grant, Person, Posting, RefreshToken, Unit


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant with the names it is read by."""

    id: int
    nip: str
    name: str
    role: str
    unit_code: str
    unit_path: str
    zone: str
    person_id: int
    since: date
    until: date | None


def actor_for(session: Session, person_id: int, family: UUID, today: date) -> access.Actor | None:
    """The person with the grants in force today, or None when the sign-in has ended or he holds no post and no grant any more.

    One query, made at every signed-in request, so a revoked sign-in, an ended post and an ended grant work at once.
    A family with any revoked token is dead, so a token issued while it was being revoked is born dead.
    """
    lives = (
        select(func.bool_and(RefreshToken.revoked_at.is_(None)))
        .where(RefreshToken.family == family, RefreshToken.person_id == person_id)
        .scalar_subquery()
    )
    in_force = and_(Grant.since <= today, or_(Grant.until.is_(None), Grant.until > today))
    rows = session.execute(
        select(Person.nip, Person.name, Grant.role, Unit.path)
        .select_from(Person)
        .outerjoin(Grant, and_(Grant.person_id == Person.id, in_force))
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(
            Person.id == person_id,
            lives,
            or_(Grant.id.is_not(None), exists().where(Posting.person_id == person_id, is_in_force(today))),
        )
        .order_by(Unit.path, Grant.role)
    ).all()
    if not rows:
        return None
    grants = tuple(access.Grant(access.Role(role), path) for _, _, role, path in rows if role is not None)
    return access.Actor(person_id, rows[0].nip, rows[0].name, grants, family)


def officer(session: Session, nip: str, today: date) -> access.Actor | None:
    """The person with the grants in force today, as the server's operator acts in his name; None without a grant."""
    in_force = and_(Grant.since <= today, or_(Grant.until.is_(None), Grant.until > today))
    rows = session.execute(
        select(Person.id, Person.name, Grant.role, Unit.path)
        .join(Grant, and_(Grant.person_id == Person.id, in_force))
        .join(Unit, Unit.id == Grant.unit_id)
        .where(Person.nip == nip)
        .order_by(Unit.path, Grant.role)
    ).all()
    grants = tuple(access.Grant(access.Role(role), path) for _, _, role, path in rows)
    return access.Actor(rows[0].id, nip, rows[0].name, grants, uuid4()) if rows else None


def list_granted(session: Session, paths: Sequence[str], after: int | None, limit: int) -> list[Granted]:
    """Grants over units of the subtrees, ended ones too, in order of id, beginning after the id `after`."""
    query = _granted().where(in_scope(Unit.path, paths)).order_by(Grant.id).limit(limit)
    if after is not None:
        query = query.where(Grant.id > after)
    return [Granted(*row) for row in session.execute(query)]


def find_granted(session: Session, grant_id: int, paths: Sequence[str]) -> Granted | None:
    """The grant of that id if it is over a unit of the subtrees; held until the transaction ends."""
    row = session.execute(_granted().where(Grant.id == grant_id, in_scope(Unit.path, paths)).with_for_update(of=Grant)).first()
    return None if row is None else Granted(*row)


def get_granted(session: Session, grant_id: int) -> Granted:
    """The grant of that id, which must exist."""
    return Granted(*session.execute(_granted().where(Grant.id == grant_id)).one())


def has_grant(session: Session, person_id: int, role: str, unit_id: int, since: date, until: date | None) -> bool:
    """Whether the person holds that role over that very unit on any day of `[since, until)`."""
    held = func.daterange(Grant.since, Grant.until).op("&&")(func.daterange(since, until))
    query = exists().where(Grant.person_id == person_id, Grant.role == role, Grant.unit_id == unit_id, held)
    return bool(session.scalar(select(query)))


def is_held(session: Session, role: str, path: str, today: date, besides: int) -> bool:
    """Whether anybody besides that person holds the role today over the unit at `path`."""
    in_force = and_(Grant.since <= today, or_(Grant.until.is_(None), Grant.until > today))
    is_above = Unit.path.op("@>", is_comparison=True)(func.text2ltree(path))
    held = exists().where(Grant.unit_id == Unit.id, Grant.role == role, Grant.person_id != besides, in_force, is_above)
    return bool(session.scalar(select(held)))


def add_grant(session: Session, person_id: int, role: str, unit_id: int, since: date, until: date | None, by: int | None) -> int:
    """The id of the new grant."""
    grant = Grant(person_id=person_id, role=role, unit_id=unit_id, since=since, until=until, granted_by=by)
    session.add(grant)
    session.flush()
    return grant.id


def end_grant(session: Session, grant_id: int, until: date) -> None:
    """Let the grant hold no longer than up to the day `until`."""
    session.get_one(Grant, grant_id).until = until
    session.flush()


def _granted() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Grant.id, Person.nip, Person.name, Grant.role, Unit.code, Unit.path, Unit.zone, Person.id, Grant.since, Grant.until
        )
        .select_from(Grant)
        .join(Person, Person.id == Grant.person_id)
        .join(Unit, Unit.id == Grant.unit_id)
    )  # fmt: skip
