"""Issuing letters, standing for them and cutting them short; and what they say in place of rosters."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from app import errors
from app.access import Actor, Role
from app.assignments import rules, store
from app.db import Session
from app.geofences.actions import get_site
from app.geofences.store import LAST
from app.ledger import store as ledger
from app.people import store as people
from app.workdays import store as workdays
from app.workdays.rules import RosterEntry

ISSUES = (Role.SUPERVISOR, Role.HR)
READS = (*ISSUES, Role.ADMIN, Role.AUDITOR)


def issue(
    session: Session, unit: str, number: str, purpose: str, terms: rules.Terms, sites: Sequence[str], nips: Sequence[str],
    units: Sequence[str], by: Actor, now: datetime,
) -> store.Issued:  # fmt: skip
    """The new letter of the unit, for the people of these NIPs and everybody posted in these units on its first day.

    It does not hold for whoever issues it until somebody else stands for it.
    Raises: Invalid (a flaw of its terms, `letter_names_nobody`), NotFound for a unit, person or site out of scope too, Conflict
    (`letter_number_taken`).
    """
    if flaw := rules.flaw_of(terms, sites):
        raise errors.Invalid(flaw, days=rules.LONGEST_DAYS)
    issuing = people.get_unit(session, unit, by.paths(*ISSUES))
    named = _named(session, terms.first_day, nips, units, by)
    site_ids = [get_site(session, code, by, issuing.path.partition(".")[0], LAST).id for code in sorted(set(sites))]
    letter_id = store.add_letter(session, issuing.id, number, purpose, terms, named, site_ids, by.person_id, now)
    if letter_id is None:
        raise errors.Conflict("letter_number_taken", number=number, unit=unit)
    entry = {
        "act": "issue", "unit": unit, "number": number, "kind": terms.kind, "purpose": purpose,
        "first_day": terms.first_day.isoformat(), "last_day": terms.last_day.isoformat(), "place": terms.place,
        "proof": terms.proof, "starts": terms.starts and terms.starts.isoformat(), "ends": terms.ends and terms.ends.isoformat(),
        "zone": terms.zone, "sites": sorted(set(sites)), "people": sorted(map(list, named.items())), "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "letter", f"letter:{letter_id}", entry, now)
    return _get(session, letter_id)


def approve(session: Session, letter_id: int, by: Actor, now: datetime) -> store.Issued:
    """The letter, which from now on holds for the one who issued it too.

    Raises: NotFound (out of scope too), Denied (`own_decision`), Conflict (`letter_needs_no_approval`).
    """
    found = _issued(session, letter_id, by)
    if found.issued_by == by.person_id:
        raise errors.Denied("own_decision")
    if not found.awaits_approval or not store.add_approval(session, letter_id, by.person_id, now):
        raise errors.Conflict("letter_needs_no_approval")
    entry = {"act": "approve", "for": found.issued_by, "by": by.person_id}
    ledger.append(session, "letter", f"letter:{letter_id}", entry, now)
    return _get(session, letter_id)


def withdraw(
    session: Session, letter_id: int, from_day: date | None, reason: str, by: Actor, now: datetime
) -> store.Issued:  # fmt: skip
    """The letter, which does not hold from a day on; without a day it is as if it had never been issued.

    Raises: NotFound (out of scope too), Denied (`own_decision`) for somebody whom it names, Invalid (`letter_cut_day`), Conflict
    (`letter_withdrawn`).
    """
    found = _issued(session, letter_id, by)
    if store.is_named(session, letter_id, by.person_id):
        raise errors.Denied("own_decision")
    cut_from = from_day or found.first_day
    if not found.first_day <= cut_from <= found.last_day:
        raise errors.Invalid("letter_cut_day", {"/from_day": "letter_cut_day"})
    if not store.add_withdrawal(session, letter_id, cut_from, reason, by.person_id, now):
        raise errors.Conflict("letter_withdrawn")
    entry = {"act": "withdraw", "from_day": cut_from.isoformat(), "reason": reason, "by": by.person_id}
    ledger.append(session, "letter", f"letter:{letter_id}", entry, now)
    return _get(session, letter_id)


def get_letter(session: Session, letter_id: int, by: Actor) -> store.Issued:
    """The letter, for those whom it names and those who answer for its unit or for somebody it names.

    Raises: NotFound, the same for a letter out of scope and one that does not exist.
    """
    found = store.find_letter(session, letter_id)
    if found is None or not (
        by.covers(found.unit_path, *READS)
        or store.is_named(session, letter_id, by.person_id)
        or store.list_named(session, letter_id, by.paths(*READS), None, 1)
    ):
        raise errors.NotFound("unknown_letter", letter=letter_id)
    return found


def list_named(session: Session, letter_id: int, after: str | None, limit: int, by: Actor) -> list[store.Named]:
    """Whom the letter names: everybody for those who answer for its unit, else those for whom the asker answers.

    Raises: NotFound.
    """
    found = get_letter(session, letter_id, by)
    paths = None if by.covers(found.unit_path, *READS) else by.paths(*READS)
    return store.list_named(session, letter_id, paths, after, limit)


def _named(session: Session, day: date, nips: Sequence[str], units: Sequence[str], by: Actor) -> dict[int, int]:
    """Those who are named, each by id with the id of the unit he is posted in on the day.

    Raises: NotFound for a person or a unit, out of scope too; Invalid (`letter_names_nobody`).
    """
    scope = by.paths(*ISSUES)
    found = people.list_employed_on(session, day, scope, workdays.person_ids_of(session, nips)) if nips else []
    if missing := sorted(set(nips) - {person.nip for person in found}):
        raise errors.NotFound("unknown_person", nip=missing[0])
    below = [people.get_unit(session, code, scope).path for code in sorted(set(units))]
    found += people.list_employed_on(session, day, below) if below else []
    if not found:
        raise errors.Invalid("letter_names_nobody", {"/units": "letter_names_nobody"})
    return {person.person_id: person.unit_id for person in found}


def _issued(session: Session, letter_id: int, by: Actor) -> store.Issued:
    """The letter, for those who could have issued it.

    Raises: NotFound, also for one out of scope.
    """
    found = store.find_letter(session, letter_id)
    if found is None or not by.covers(found.unit_path, *ISSUES):
        raise errors.NotFound("unknown_letter", letter=letter_id)
    return found


def _get(session: Session, letter_id: int) -> store.Issued:
    found = store.find_letter(session, letter_id)
    assert found is not None
    return found


def instead_of_rosters(
    session: Session, letters: Mapping[int, Sequence[rules.Letter]], days: Sequence[date]
) -> dict[tuple[int, date], RosterEntry]:
    """What the letters say of the days in place of rosters, by person and day; a query only where a letter moves hours."""
    moved = [person_id for person_id, held in letters.items() if any(letter.moves_hours for letter in held)]
    usual = workdays.rosters_of(session, moved, days) if moved else {}
    said = {(one, day): rules.rostered_under(day, usual.get((one, day)), letters[one]) for one in moved for day in days}
    return {place: entry for place, entry in said.items() if entry is not None}
