"""Reading findings: those of one's scope, and one's own."""

from dataclasses import replace
from datetime import datetime

from app import errors
from app.access import Actor
from app.anomalies import store as findings
from app.anomalies.actions.deciding import READS
from app.anomalies.store import Counted, Reviewed, Wanted
from app.checkins.store import Checkin
from app.db import Session
from app.people import store as people


def list_for(session: Session, by: Actor, after: int | None, limit: int, unit: str | None, wanted: Wanted) -> list[Reviewed]:
    """What the actor may read, newest first; narrowed to a unit and all below it if given.

    Raises: NotFound for a unit out of scope.
    """
    return findings.list_reviewed(session, after, limit, _within(session, by, unit, wanted))


def summary_for(session: Session, by: Actor, unit: str | None, wanted: Wanted, now: datetime) -> list[Counted]:
    """The findings of the actor's scope that wait for an answer, counted by cause and person.

    Raises: NotFound for a unit out of scope.
    """
    return findings.count_waiting(session, _within(session, by, unit, wanted), now)


def get_for(session: Session, finding_id: int, by: Actor) -> tuple[Reviewed, list[Checkin]]:
    """The finding and the check-ins that show it, for those who may read it and for the person it is about.

    Raises: NotFound.
    """
    finding = findings.get_reviewed(session, finding_id)
    if finding.person_id != by.person_id and not by.covers(finding.unit_path, *READS):
        raise errors.NotFound("unknown_finding", finding=finding_id)
    return finding, findings.list_shown(session, finding)


def _within(session: Session, by: Actor, unit: str | None, wanted: Wanted) -> Wanted:
    paths = by.paths(*READS)
    return replace(wanted, paths=paths if unit is None else (people.get_unit(session, unit, paths).path,))
