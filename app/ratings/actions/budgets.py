"""Reporting a unit's budget realisation, of which some regions pay a part: gather, judge, write, rate the quarter anew."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app import errors
from app.access import Actor, Role
from app.attendance import store as attendance
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.actions.days import day_of
from app.ratings import store as ratings
from app.ratings.actions.months import READERS, month_of, update_month

REPORTS = (Role.HR,)


@dataclass(frozen=True, slots=True)
class Reported:
    """How much was realised, and where that was read."""

    pct: Decimal
    source: str


def report_budget(
    session: Session, unit: str, quarter: date, reported: Reported, by: Actor, now: datetime
) -> ratings.BudgetRealisation:
    """The report that counts for the quarter; saying the same again changes nothing. The unit's ratings follow at once.

    Raises: NotFound (`unknown_unit`, also out of scope), Invalid (`budget_too_early`).
    """
    if quarter > day_of(now):
        raise errors.Invalid("budget_too_early")
    found = people.get_unit(session, unit, by.paths(*REPORTS))
    ratings.hold_budget(session, found.id, quarter)
    last = ratings.find_budget(session, found.id, quarter)
    if last is not None and (last.pct, last.source, last.reported_by) == (reported.pct, reported.source, by.person_id):
        return last
    said = {"unit_id": found.id, "quarter": quarter, "pct": reported.pct, "source": reported.source}
    row = ratings.add_budget(session, ratings.BudgetRealisation(**said, reported_by=by.person_id, reported_at=now))
    entry = {"unit": unit, "quarter": quarter.isoformat(), "pct": str(reported.pct), "source": reported.source, "by": by.nip}
    ledger.append(session, "budget", f"budget:{row.id}", entry, now)
    for month in (quarter.replace(month=quarter.month + offset) for offset in range(3)):
        if month <= day_of(now):
            posted = people.list_employed_on(session, min(month_of(month)[1], day_of(now)), [found.path])
            person_ids = [person.person_id for person in posted]
            attendance.mark_months(session, month, person_ids)
            update_month(session, month, now, person_ids)
    return row


def get_budget(session: Session, unit: str, quarter: date, by: Actor) -> ratings.BudgetRealisation:
    """What the unit reported last of the quarter.

    Raises: NotFound (`unknown_unit`, also out of scope; `unknown_budget`).
    """
    found = ratings.find_budget(session, people.get_unit(session, unit, by.paths(*READERS)).id, quarter)
    if found is None:
        raise errors.NotFound("unknown_budget")
    return found
