"""Who may do what to the workdays of whom."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app import errors
from app.access import Actor, Role
from app.config import text_setting
from app.db import Session
from app.people import store as people

SETS_UP = (Role.HR, Role.ADMIN)
DECIDES = (Role.SUPERVISOR, Role.HR)
READS = (Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR)


def civil_day(now: datetime) -> date:
    """Today, where this installation's night begins."""
    return now.astimezone(ZoneInfo(text_setting("zone"))).date()


def agency_ids(session: Session, paths: Sequence[str]) -> list[int]:
    """Ids of the agencies the subtrees belong to."""
    return sorted({people.agency_of(session, path).id for path in paths})


def scope_of(session: Session, unit: str | None, paths: Sequence[str]) -> Sequence[str]:
    """The subtrees themselves, or the one of the unit asked for.

    Raises: NotFound for a unit outside them.
    """
    return paths if unit is None else (people.get_unit(session, unit, paths).path,)


def get_agency(session: Session, code: str, by: Actor) -> people.Unit:
    """The agency of that code, if the actor may set up its workdays.

    Raises: NotFound, also for a unit that is not the root of its tree: shifts and calendars belong to agencies.
    """
    unit = people.get_unit(session, code, by.paths(*SETS_UP))
    if "." in unit.path:
        raise errors.NotFound("not_an_agency", agency=code)
    return unit
