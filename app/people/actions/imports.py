"""Bringing units and people in from a file: read what is there, plan, write all of it or nothing."""

import hashlib
import secrets
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from app import decrees, errors
from app.access import Actor, Role
from app.db import Session
from app.ledger import store as ledger
from app.people.rules import codes
from app.people.rules.plan import Known, PersonState, Plan, PostingState, UnitState, plan_of
from app.people.rules.reach import beyond
from app.people.rules.table import Table
from app.people.store import imports as store

# Who brings people in over HTTP; units, which name the law, are an administrator's.
BRINGS_IN = (Role.HR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did or would do, and the one-time codes of new people by NIP: readable this once."""

    plan: Plan
    is_written: bool
    codes: Mapping[str, str]


def import_people(
    session: Session,
    table: Table,
    by: Actor | None,
    now: datetime,
    dry_run: bool = False,
    with_codes: bool = False,
    expected: str | None = None,
) -> Imported:
    """The plan of a file, carried out unless it is a dry run or anything at all is wrong with it.

    `table` is `rules.table.parse(bytes)`; with a problem in it or in the plan nothing is written. Without `by` the
    operator's command line acts, which reaches everything; `expected`: the tag of what was looked at before.

    Raises: Conflict (`import_changed`) when it would do something else now.
    """
    store.lock_imports(session)
    known = _known(session, table)
    plan = plan_of(table.rows, known)
    problems = (*table.problems, *plan.problems)
    if by is not None:
        reached = beyond(table.rows, plan, known, by.nip, by.paths(*BRINGS_IN), by.paths(Role.ADMIN))
        lines = {problem.line for problem in reached}  # of what is out of reach nothing else is told
        problems = (*reached, *(problem for problem in problems if problem.line not in lines))
    plan = Plan(plan.units, plan.people, plan.postings, tuple(sorted(problems, key=lambda one: one.line)), plan.warnings)
    if plan.problems and by is not None:
        plan = Plan(problems=plan.problems, warnings=plan.warnings)
    if expected is not None and expected != tag_of(plan):
        raise errors.Conflict("import_changed")
    if plan.problems or plan.is_empty() or dry_run:
        return Imported(plan, False, {})
    added = [change.after.nip for change in plan.people if change.before is None]
    fresh = {nip: codes.code_of(secrets.token_bytes(16)) for nip in added} if with_codes else {}
    fingerprints = {nip: codes.fingerprint(code) for nip, code in fresh.items()}
    store.write_units(session, plan.units)
    store.write_people(session, plan.people, fingerprints, now + codes.LIFETIME, now)
    store.write_postings(session, plan.postings)
    ledger.append(session, "people_import", f"people_import:{now.isoformat()}", _told(plan, by), now)
    return Imported(plan, True, fresh)


def tag_of(plan: Plan) -> str:
    """What changes when the plan would do something else."""
    told = repr((plan.units, plan.people, plan.postings, plan.problems))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _told(plan: Plan, by: Actor | None) -> Mapping[str, object]:
    """What the ledger commits to: every unit, name and posting as it is after the import."""
    return {
        "by": by.nip if by else None,
        "units": [_words(change.after) for change in plan.units],
        "people": [_words(change.after) for change in plan.people],
        "postings": [_words(change.after) for change in plan.postings],
    }


def _words(state: UnitState | PersonState | PostingState) -> Mapping[str, object]:
    """A state without what hangs on it: a person's postings are changes of their own."""
    members = {field.name: getattr(state, field.name) for field in fields(state) if field.name not in ("id", "postings")}
    return {name: str(value) if isinstance(value, date) else value for name, value in members.items()}


def _known(session: Session, table: Table) -> Known:
    return Known(
        units=store.unit_states(session),
        people=store.person_states(session, {row.nip for row in table.rows if row.nip}),
        zones=zoneinfo.available_timezones(),
        decrees=decrees.codes(),
    )
