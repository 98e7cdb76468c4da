"""Bringing units and people in from a file: read what is there, plan, write all of it or nothing."""

import secrets
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app import decrees
from app.access import Actor
from app.db import Session
from app.ledger import store as ledger
from app.people.rules import codes
from app.people.rules.plan import Known, Plan, plan_of
from app.people.rules.table import Table
from app.people.store import imports as store


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did or would do, and the one-time codes of new people by NIP: readable this once."""

    plan: Plan
    is_written: bool
    codes: Mapping[str, str]


def import_people(
    session: Session, table: Table, by: Actor | None, now: datetime, dry_run: bool = False, with_codes: bool = False
) -> Imported:
    """The plan of a file, carried out unless it is a dry run or anything at all is wrong with it.

    `table` is `rules.table.parse(bytes)`; with a problem in it or in the plan nothing is written.
    """
    store.lock_imports(session)
    plan = plan_of(table.rows, _known(session, table))
    plan = Plan(plan.units, plan.people, plan.postings, (*table.problems, *plan.problems), plan.warnings)
    if plan.problems or plan.is_empty() or dry_run:
        return Imported(plan, False, {})
    added = [change.after.nip for change in plan.people if change.before is None]
    fresh = {nip: codes.code_of(secrets.token_bytes(16)) for nip in added} if with_codes else {}
    fingerprints = {nip: codes.fingerprint(code) for nip, code in fresh.items()}
    store.write_units(session, plan.units)
    store.write_people(session, plan.people, fingerprints, now + codes.LIFETIME, now)
    store.write_postings(session, plan.postings)
    entry = {"by": by.nip if by else None, "units": len(plan.units), "people": len(plan.people), "postings": len(plan.postings)}
    ledger.append(session, "people_import", now.isoformat(), entry, now)
    return Imported(plan, True, fresh)


def _known(session: Session, table: Table) -> Known:
    return Known(
        units=store.unit_states(session),
        people=store.person_states(session, {row.nip for row in table.rows if row.nip}),
        zones=zoneinfo.available_timezones(),
        decrees=decrees.codes(),
    )
