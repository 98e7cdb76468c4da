"""Letters as they are issued, changed by facts beside them, and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ARRAY, Select, Text, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import aliased

from app.assignments.rules import Terms
from app.assignments.store.tables import AssignmentLetter, LetterApproval, LetterPerson, LetterSite, LetterWithdrawal
from app.db import Session, in_scope
from app.geofences.store import Site
from app.people.store import Person, Unit

Issuing, Issuer = aliased(Unit), aliased(Person)


@dataclass(frozen=True, slots=True)
class Issued:
    """A letter with the names it is read by and what became of it; `cut_from`: from that day on it does not hold.

    `people`: how many it names; `awaits_approval`: it names its issuer and nobody else stands for it yet.
    """

    id: int
    unit_code: str
    unit_path: str
    number: str
    kind: str
    purpose: str
    first_day: date
    last_day: date
    place: str
    proof: str
    starts: time | None
    ends: time | None
    zone: str | None
    sites: Sequence[str]
    people: int
    issued_by: int
    issuer: str
    issued_at: datetime
    awaits_approval: bool
    approved_at: datetime | None
    cut_from: date | None
    cut_reason: str | None
    cut_at: datetime | None


@dataclass(frozen=True, slots=True)
class Named:
    """A person whom a letter names, in the unit where he was posted when it began."""

    nip: str
    name: str
    unit_code: str


def add_letter(
    session: Session, unit_id: int, number: str, purpose: str, terms: Terms, people: Mapping[int, int], site_ids: Sequence[int],
    by: int, now: datetime,
) -> int | None:  # fmt: skip
    """The id of the new letter for `people`, each by id with the id of his unit; None when the unit has one of that number."""
    written = (
        insert(AssignmentLetter)
        .values(
            unit_id=unit_id, number=number, kind=terms.kind, purpose=purpose, first_day=terms.first_day, last_day=terms.last_day,
            place=terms.place, proof=terms.proof, starts=terms.starts, ends=terms.ends, zone=terms.zone, issued_by=by,
            issued_at=now,
        )
        .on_conflict_do_nothing()
        .returning(AssignmentLetter.id)
    )  # fmt: skip
    letter_id = session.scalar(written)
    if letter_id is None:
        return None
    days = {"first_day": terms.first_day, "last_day": terms.last_day}
    named = [{"letter_id": letter_id, "person_id": one, "unit_id": unit, **days} for one, unit in sorted(people.items())]
    session.execute(insert(LetterPerson), named)
    if site_ids:
        session.execute(insert(LetterSite), [{"letter_id": letter_id, "site_id": site_id} for site_id in site_ids])
    return letter_id


def add_approval(session: Session, letter_id: int, by: int, now: datetime) -> bool:
    """Whether it was written; there is only ever one."""
    row = {"letter_id": letter_id, "approved_by": by, "approved_at": now}
    written = insert(LetterApproval).values(row).on_conflict_do_nothing().returning(LetterApproval.letter_id)
    return session.scalar(written) is not None


def add_withdrawal(session: Session, letter_id: int, from_day: date, reason: str, by: int, now: datetime) -> bool:
    """Whether it was written; there is only ever one."""
    row = {"letter_id": letter_id, "from_day": from_day, "reason": reason, "withdrawn_by": by, "withdrawn_at": now}
    written = insert(LetterWithdrawal).values(row).on_conflict_do_nothing().returning(LetterWithdrawal.letter_id)
    return session.scalar(written) is not None


def find_letter(session: Session, letter_id: int) -> Issued | None:
    """The letter, one that holds no longer too."""
    row = session.execute(_issued().where(AssignmentLetter.id == letter_id)).first()
    return None if row is None else Issued(*row)


def list_letters(session: Session, paths: Sequence[str], after: int | None, limit: int, day: date | None = None) -> list[Issued]:
    """Letters of units in the subtrees or that name people posted there, newest first, below the id `after`; `day`: of that day."""
    named = select(LetterPerson.letter_id).join(Unit, Unit.id == LetterPerson.unit_id)
    reached = named.where(LetterPerson.letter_id == AssignmentLetter.id, in_scope(Unit.path, paths)).exists()
    query = _issued().where(or_(in_scope(Issuing.path, paths), reached))
    if day is not None:
        query = query.where(AssignmentLetter.first_day <= day, AssignmentLetter.last_day >= day)
    return _page(session, query, after, limit)


def list_letters_of(session: Session, person_id: int, after: int | None, limit: int) -> list[Issued]:
    """Letters that name the person, newest first, below the id `after`."""
    mine = select(LetterPerson.letter_id).where(LetterPerson.person_id == person_id)
    return _page(session, _issued().where(AssignmentLetter.id.in_(mine)), after, limit)


def list_named(
    session: Session, letter_id: int, paths: Sequence[str] | None, after: str | None, limit: int
) -> list[Named]:  # fmt: skip
    """Whom the letter names, in order of NIP, beginning after the NIP `after`; with `paths` those posted in the subtrees."""
    query = (
        select(Person.nip, Person.name, Unit.code)
        .select_from(LetterPerson)
        .join(Person, Person.id == LetterPerson.person_id)
        .join(Unit, Unit.id == LetterPerson.unit_id)
        .where(LetterPerson.letter_id == letter_id)
        .order_by(Person.nip)
        .limit(limit)
    )
    if paths is not None:
        query = query.where(in_scope(Unit.path, paths))
    if after is not None:
        query = query.where(Person.nip > after)
    return [Named(*row) for row in session.execute(query)]


def is_named(session: Session, letter_id: int, person_id: int) -> bool:
    """Whether the letter names the person."""
    return session.get(LetterPerson, (letter_id, person_id)) is not None


def site_codes(session: Session, letter_ids: Sequence[int]) -> dict[int, list[str]]:
    """The codes of the sites that each letter names; only letters that name some are in it."""
    query = select(LetterSite.letter_id, Site.code).join(Site, Site.id == LetterSite.site_id)
    found: dict[int, list[str]] = {}
    for letter_id, code in session.execute(query.where(LetterSite.letter_id.in_(letter_ids)).order_by(Site.code)):
        found.setdefault(letter_id, []).append(code)
    return found


def sites_named(session: Session, letter_ids: Sequence[int]) -> list[int]:
    """Ids of the sites that any of the letters names."""
    query = select(LetterSite.site_id).where(LetterSite.letter_id.in_(letter_ids)).distinct().order_by(LetterSite.site_id)
    return list(session.scalars(query))


def _page(session: Session, query: Select[*tuple[Any, ...]], after: int | None, limit: int) -> list[Issued]:
    if after is not None:
        query = query.where(AssignmentLetter.id < after)
    return [Issued(*row) for row in session.execute(query.order_by(AssignmentLetter.id.desc()).limit(limit))]


def _issued() -> Select[*tuple[Any, ...]]:
    letter, approval, ended = AssignmentLetter, LetterApproval, LetterWithdrawal
    sites = (
        select(func.coalesce(func.array_agg(aggregate_order_by(Site.code, Site.code)), cast([], ARRAY(Text))))
        .join(LetterSite, LetterSite.site_id == Site.id)
        .where(LetterSite.letter_id == letter.id)
        .scalar_subquery()
    )
    people = select(func.count()).where(LetterPerson.letter_id == letter.id).scalar_subquery()
    names_issuer = exists().where(LetterPerson.letter_id == letter.id, LetterPerson.person_id == letter.issued_by)
    return (
        select(
            letter.id, Issuing.code, Issuing.path, letter.number, letter.kind, letter.purpose, letter.first_day, letter.last_day,
            letter.place, letter.proof, letter.starts, letter.ends, letter.zone, sites, people, letter.issued_by, Issuer.name,
            letter.issued_at, names_issuer & approval.approved_at.is_(None), approval.approved_at, ended.from_day, ended.reason,
            ended.withdrawn_at,
        )
        .select_from(letter)
        .join(Issuing, Issuing.id == letter.unit_id)
        .join(Issuer, Issuer.id == letter.issued_by)
        .outerjoin(approval, approval.letter_id == letter.id)
        .outerjoin(ended, ended.letter_id == letter.id)
    )  # fmt: skip
