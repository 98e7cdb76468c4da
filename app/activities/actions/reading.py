"""Reading activities: one's own, and those of one's scope."""

from collections.abc import Sequence
from dataclasses import replace

from app import errors
from app.access import Actor, Role
from app.activities import store as activities
from app.activities.store import Answered, Logged, Wanted
from app.db import Session
from app.people import store as people

READS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)


def get_for(session: Session, activity_id: int, by: Actor) -> tuple[Logged, Sequence[Answered]]:
    """The activity with every answer about it: for its person, and for those who answer for the unit it was done in.

    Raises: NotFound, the same for one out of scope and one that does not exist.
    """
    found = activities.get_logged(session, activity_id)
    if found.person_id != by.person_id and not by.covers(found.unit_path, *READS):
        raise errors.NotFound("unknown_activity", activity=activity_id)
    return found, activities.list_answers(session, activity_id)


def list_for(
    session: Session, wanted: Wanted, unit: str | None, after: int | None, limit: int, by: Actor
) -> list[Logged]:  # fmt: skip
    """Activities done in units of the actor's scope, or in one of them and below it, newest first.

    Raises: NotFound for a unit out of scope.
    """
    paths = by.paths(*READS) if unit is None else (people.get_unit(session, unit, by.paths(*READS)).path,)
    return activities.list_logged(session, replace(wanted, paths=paths), after, limit)
