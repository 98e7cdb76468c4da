"""Stating what people bring into a year of leave: one by one or by file, each with a ledger leaf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import errors
from app.access import Actor, Role
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.rules.separated import Problem
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.scope import civil_day
from app.workdays.rules.openingfile import OpeningFile, OpeningRow

STATES = (Role.HR,)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file of opening balances came to: how many are new, how many say something else than before, and what is wrong."""

    added: int
    changed: int
    problems: Sequence[Problem]


def state_opening(session: Session, nip: str, opening: rules.Opening, by: Actor, now: datetime) -> None:
    """State what somebody in the actor's scope brings into a year, in place of what was stated before.

    Raises: NotFound (out of scope too), Denied (`own_decision`).
    """
    person_id = people.get_posted(session, nip, civil_day(now), by.paths(*STATES)).person_id
    if person_id == by.person_id:
        raise errors.Denied("own_decision")
    _state(session, person_id, opening, by, now)


def import_openings(session: Session, file: OpeningFile, now: datetime, dry_run: bool) -> Stated:
    """The opening balances of a file: all are written, or none when a row is wrong; what was stated the same already is left."""
    ids = workdays.person_ids_of(session, sorted({row.nip for row in file.rows}))
    employed = {person.nip: person.person_id for person in people.list_employed_on(session, civil_day(now), person_ids=ids)}
    there = workdays.openings_of(session, ids)
    strangers = [row for row in file.rows if row.nip not in employed]
    problems = [*file.problems, *(Problem(row.line, "unknown_person", {"nip": row.nip}) for row in strangers)]
    new: list[OpeningRow] = []
    changed: list[OpeningRow] = []
    for row in file.rows:
        if row.nip in employed:
            before = there.get((employed[row.nip], row.opening.kind, row.opening.year))
            if before != row.opening.days:
                (new if before is None else changed).append(row)
    if problems or dry_run:
        return Stated(len(new), len(changed), sorted(problems, key=lambda problem: problem.line))
    for row in (*new, *changed):
        _state(session, employed[row.nip], row.opening, None, now)
    return Stated(len(new), len(changed), ())


def _state(session: Session, person_id: int, opening: rules.Opening, by: Actor | None, now: datetime) -> None:
    stated_by = by.person_id if by else None
    opening_id = workdays.add_opening(session, person_id, opening, stated_by, now)
    entry = {
        "person": person_id, "kind": opening.kind, "year": opening.year, "days": rules.plain(opening.days),
        "source": opening.source, "by": stated_by,
    }  # fmt: skip
    ledger.append(session, "leave_opening", f"leave_opening:{opening_id}", entry, now)
