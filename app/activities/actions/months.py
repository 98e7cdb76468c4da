"""What a month's activities come to: gather minutes and days, judge by the law of the month's last day."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import decrees
from app.access import Actor
from app.activities import rules
from app.activities import store as activities
from app.activities.actions.law import find_rule
from app.activities.actions.reading import READS
from app.activities.rules import Productive
from app.activities.store import Minutes
from app.db import Session
from app.people import store as people
from app.people.store import Employed


@dataclass(frozen=True, slots=True)
class Month:
    """Somebody's minutes of a month and what they come to; without a clause about activities they come to nothing."""

    person: Employed
    minutes: Minutes
    productive: Productive | None
    clause: decrees.Clause | None


def months_of(
    session: Session, month: date, unit: str | None, after: str | None, limit: int, by: Actor, today: date
) -> list[Month]:
    """The month of the people of the actor's scope, or of one unit in it, in order of NIP, beginning after the NIP `after`.

    Raises: NotFound for a unit out of scope.
    """
    paths = by.paths(*READS) if unit is None else (people.get_unit(session, unit, by.paths(*READS)).path,)
    posted = people.list_posted(session, _asked_day(month, today), paths, None, after, limit)
    return _months(session, month, [person.person_id for person in posted], today)


def month_of_person(session: Session, month: date, person_id: int, today: date) -> Month | None:
    """One's own month; None while one was not employed."""
    return next(iter(_months(session, month, [person_id], today)), None)


def _months(session: Session, month: date, person_ids: Sequence[int], today: date) -> list[Month]:
    last_day = _last_day(month)
    minutes = activities.minutes_in(session, month, last_day, person_ids)
    days = activities.days_in(session, month, last_day, person_ids)
    employed = people.list_employed_on(session, _asked_day(month, today), person_ids=person_ids)
    found = []
    for person in sorted(employed, key=lambda one: one.nip):
        own = minutes.get(person.person_id, Minutes())
        rule = find_rule(person.decree, last_day)
        done = rules.productive(own.approved_min, days.get(person.person_id, {}), rule) if rule else None
        found.append(Month(person, own, done, rule.clause if rule else None))
    return found


def _last_day(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _asked_day(month: date, today: date) -> date:
    """The day whose postings say who is asked about: the month's last one, or today while it lasts."""
    return max(month, min(_last_day(month), today))
