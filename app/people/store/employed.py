"""What is asked of people and their postings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app import errors
from app.db import LTree, Session, in_scope
from app.people.rules.nip import is_nip
from app.people.store.tables import Person, Posting, Unit

Agency = aliased(Unit)


@dataclass(frozen=True, slots=True)
class Employed:
    """A person where he is posted on a day, and the agency, zone and decree that hold there."""

    person_id: int
    nip: str
    name: str
    unit_id: int
    unit_code: str
    unit_path: str
    agency_id: int
    agency_code: str
    zone: str
    decree: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A person with the primary posting of a day, as lists of people show it."""

    person_id: int
    nip: str
    name: str
    position: str
    since: date
    unit_code: str
    unit_name: str
    unit_path: str


@dataclass(frozen=True, slots=True)
class Served:
    """Somebody's number, the first day of his first posting, and when he was brought into this program."""

    nip: str
    first_posted: date
    created_at: datetime


def is_in_force(day: date) -> ColumnElement[bool]:
    """Whether the posting holds on the day."""
    return and_(Posting.since <= day, or_(Posting.until.is_(None), Posting.until > day))


def list_employed_on(
    session: Session, day: date, paths: Sequence[str] | None = None, person_ids: Sequence[int] | None = None
) -> list[Employed]:
    """Everybody with a primary posting that day, in order of unit path and NIP; narrowed to subtrees or to persons if given."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Person.id, Person.nip, Person.name, Unit.id, Unit.code, Unit.path, Agency.id, Agency.code, Unit.zone, Unit.decree
        )
        .select_from(Posting)
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .join(Agency, Agency.path == func.subpath(Unit.path, 0, 1, type_=LTree()))
        .where(Posting.kind == "primary", is_in_force(day))
        .order_by(Unit.path, Person.nip)
    )  # fmt: skip
    if person_ids is not None:
        query = query.where(Posting.person_id == func.any(list(person_ids)))
    if paths is not None:
        query = query.where(in_scope(Unit.path, paths))
    return [Employed(*row) for row in session.execute(query)]


def find_person(session: Session, nip: str) -> Person | None:
    """The person of that NIP."""
    return session.scalar(select(Person).where(Person.nip == nip))


def get_person(session: Session, nip: str) -> Person:
    """The person of that NIP.

    Raises: NotFound.
    """
    person = find_person(session, nip)
    if person is None:
        raise errors.NotFound("unknown_person", nip=nip)
    return person


def get_posted(session: Session, nip: str, day: date, paths: Sequence[str]) -> Posted:
    """The person of that NIP where he is posted that day, if that is within one of the subtrees.

    Raises: NotFound, the same for a person who is out of scope and one who does not exist.
    """
    query = _posted_on(day).where(Person.nip == nip, in_scope(Unit.path, paths))
    row = session.execute(query).first() if is_nip(nip) else None
    if row is None:
        raise errors.NotFound("unknown_person", nip=nip)
    return Posted(*row)


def find_posted(session: Session, person_id: int, day: date) -> Posted | None:
    """The person where he is posted that day."""
    row = session.execute(_posted_on(day).where(Person.id == person_id)).first()
    return None if row is None else Posted(*row)


def list_posted(
    session: Session, day: date, paths: Sequence[str], words: str | None, after: str | None, limit: int
) -> list[Posted]:
    """People of the subtrees that day in order of NIP, beginning after the NIP `after`.

    `words` narrows to names that contain it and numbers that begin with it.
    """
    query = _posted_on(day).where(in_scope(Unit.path, paths)).order_by(Person.nip).limit(limit)
    if words:
        query = query.where(or_(Person.name.icontains(words, autoescape=True), Person.nip.startswith(words, autoescape=True)))
    if after is not None:
        query = query.where(Person.nip > after)
    return [Posted(*row) for row in session.execute(query)]


def list_postings(session: Session, person_id: int) -> list[tuple[Posting, Unit]]:
    """All postings of a person with their units, newest first."""
    query = select(Posting, Unit).join(Unit, Unit.id == Posting.unit_id).where(Posting.person_id == person_id)
    return [(posting, unit) for posting, unit in session.execute(query.order_by(Posting.since.desc(), Posting.id))]


def served_of(session: Session, person_ids: Sequence[int]) -> dict[int, Served]:
    """Since when each of these people has worked, as far as it is written here."""
    query = (
        select(Person.id, Person.nip, func.min(Posting.since), Person.created_at)
        .join(Posting, Posting.person_id == Person.id)
        .where(Person.id == func.any(list(person_ids)))
        .group_by(Person.id)
    )
    return {person_id: Served(nip, since, created_at) for person_id, nip, since, created_at in session.execute(query)}


def _posted_on(day: date) -> Select[*tuple[Any, ...]]:
    return (
        select(Person.id, Person.nip, Person.name, Posting.position, Posting.since, Unit.code, Unit.name, Unit.path)
        .select_from(Posting)
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.kind == "primary", is_in_force(day))
    )
