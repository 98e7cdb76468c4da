"""Looking through a day, and deciding about what was found."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from app import errors
from app.access import Actor, Role
from app.anomalies import rules
from app.anomalies import store as findings
from app.anomalies.rules import Kind, Sighting, Status
from app.attendance import actions as attendance
from app.checkins.rules.timing import Grade
from app.checkins.store import Checkin
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people

DECIDES = (Role.SUPERVISOR, Role.HR)
READS = (*DECIDES, Role.AUDITOR)


def scan_day(session: Session, day: date, now: datetime) -> int:
    """Number of new findings about the day; looking again finds nothing new unless its evidence changed.

    A finding belongs to the unit where the person is posted that day, else where the check-in was made.
    """
    found = rules.findings_in(_with_stakes(session, findings.list_sightings(session, day), day, now))
    posted = people.list_employed_on(session, day, person_ids=sorted({one.person_id for one in found})) if found else []
    units = {person.person_id: person.unit_id for person in posted}
    placed = [(one, units.get(one.person_id, one.unit_id)) for one in found]
    return findings.add_all(session, day, [(one, unit_id) for one, unit_id in placed if unit_id is not None], now)


def _with_stakes(session: Session, sightings: list[Sighting], day: date, now: datetime) -> list[Sighting]:
    """The same, each with what the day can cost where an uncertain time decides it."""
    unsure = {seen.person_id for seen in sightings if seen.time_grade != Grade.VERIFIED}
    if not unsure:
        return sightings
    stakes = attendance.stakes_on(session, day, now, sorted(unsure))
    return [replace(seen, stakes=stakes.get(seen.person_id)) for seen in sightings]


def list_for(
    session: Session, by: Actor, after: int | None, limit: int, unit: str | None, status: Status | None, kind: Kind | None
) -> list[findings.Reviewed]:
    """What the actor may read, newest first; narrowed to a unit and all below it if given.

    Raises: NotFound for a unit out of scope.
    """
    paths = by.paths(*READS)
    if unit is not None:
        paths = (people.get_unit(session, unit, paths).path,)
    return findings.list_reviewed(session, after, limit, paths=paths, status=status, kind=kind)


def get_for(session: Session, finding_id: int, by: Actor) -> tuple[findings.Reviewed, list[Checkin]]:
    """The finding and the check-ins that show it, for those who may read it and for the person it is about.

    Raises: NotFound.
    """
    finding = findings.get_reviewed(session, finding_id)
    if finding.person_id != by.person_id and not by.covers(finding.unit_path, *READS):
        raise errors.NotFound("unknown_finding", finding=finding_id)
    return finding, findings.list_shown(session, finding)


def decide(session: Session, finding_id: int, decision: Status, reason: str, by: Actor, now: datetime) -> findings.Reviewed:
    """The finding with its decision, the only one it will ever have. Recorded for review: by itself it changes nobody's pay.

    Raises: NotFound (out of scope too), Denied (`own_decision`) for whoever is a party to it, Conflict when it is decided or
    superseded.
    """
    finding = findings.get_reviewed(session, finding_id)
    if finding.person_id != by.person_id and not by.covers(finding.unit_path, *DECIDES):
        raise errors.NotFound("unknown_finding", finding=finding_id)
    if findings.is_party(session, finding, by.person_id):
        raise errors.Denied("own_decision")
    if finding.status is Status.SUPERSEDED:
        raise errors.Conflict("finding_superseded")
    if not findings.add_decision(session, finding_id, decision, reason, by.person_id, now):
        raise errors.Conflict("finding_decided")
    entry = {
        "finding": finding_id,
        "kind": finding.kind,
        "person": finding.person_id,
        "day": finding.day.isoformat(),
        "evidence": finding.evidence_hash,
        "decision": decision,
        "reason": reason,
        "by": by.person_id,
    }
    ledger.append(session, "finding_decision", f"finding:{finding_id}", entry, now)
    return findings.get_reviewed(session, finding_id)


def decide_all(
    session: Session, finding_ids: Sequence[int], decision: Status, reason: str, by: Actor, now: datetime
) -> list[errors.TapakError | None]:
    """For each finding, in order, why it was not decided, or None when it was: one refusal does not hold up the others."""
    outcomes: list[errors.TapakError | None] = []
    for finding_id in finding_ids:
        try:
            decide(session, finding_id, decision, reason, by, now)
            outcomes.append(None)
        except errors.TapakError as refusal:  # raised before anything is written
            outcomes.append(refusal)
    return outcomes
