"""Reading findings: those of one's scope, and one's own."""

from dataclasses import replace
from datetime import datetime

from app.access import Actor
from app.anomalies import store as findings
from app.anomalies.actions.deciding import READS
from app.anomalies.store import Counted, Reviewed, Wanted
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


def _within(session: Session, by: Actor, unit: str | None, wanted: Wanted) -> Wanted:
    paths = by.paths(*READS)
    return replace(wanted, paths=paths if unit is None else (people.get_unit(session, unit, paths).path,))
