"""Looking through a day, and telling those whom something was noticed about."""

from dataclasses import replace
from datetime import date, datetime

from app.anomalies import rules
from app.anomalies import store as findings
from app.anomalies.rules import Sighting
from app.attendance import actions as attendance
from app.checkins.rules.timing import Grade
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people


def scan_day(session: Session, day: date, now: datetime) -> int:
    """Number of new findings about the day; looking again finds nothing new unless its evidence changed.

    A finding belongs to the unit where the person is posted that day, else where the check-in was made. Each new one is a notice to
    its person (`GET /v1/me/findings`) from this instant on, and has its leaf.
    """
    found = rules.findings_in(_with_stakes(session, findings.list_sightings(session, day), day, now))
    posted = people.list_employed_on(session, day, person_ids=sorted({one.person_id for one in found})) if found else []
    units = {person.person_id: person.unit_id for person in posted}
    placed = [(one, units.get(one.person_id, one.unit_id)) for one in found]
    added = findings.add_all(session, day, [(one, unit_id) for one, unit_id in placed if unit_id is not None], now)
    for finding_id, kind, person_id, evidence_hash in added:
        notice = {"finding": finding_id, "kind": kind, "person": person_id, "day": day.isoformat(), "evidence": evidence_hash}
        ledger.append(session, "finding", f"finding:{finding_id}", notice, now)
    return len(added)


def _with_stakes(session: Session, sightings: list[Sighting], day: date, now: datetime) -> list[Sighting]:
    """The same, each with what the day can cost where an uncertain time decides it."""
    unsure = {seen.person_id for seen in sightings if seen.time_grade != Grade.VERIFIED}
    if not unsure:
        return sightings
    stakes = attendance.stakes_on(session, day, now, sorted(unsure))
    return [replace(seen, stakes=stakes.get(seen.person_id)) for seen in sightings]
