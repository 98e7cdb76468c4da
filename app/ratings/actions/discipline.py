"""How far absence has gone in a calendar year: gather everybody's days, judge by the ladder of the day asked about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app import decrees
from app.db import Session
from app.people import store as people
from app.people.store import Employed
from app.ratings import rules
from app.ratings import store as ratings


@dataclass(frozen=True, slots=True)
class Notice:
    """A person whose absence has reached a rung, by which clause and how sure that is."""

    person: Employed
    reached: rules.Reached
    clause: decrees.Clause


def ladder_of(session: Session, until: date, paths: Sequence[str] | None = None) -> Iterator[Notice]:
    """Everybody employed that day whom the calendar year up to and including it has brought to a rung, by unit and NIP.

    Days are read of people with an absent one only, minutes only where a law adds them up. A decree without a ladder gives none.
    """
    first_day = until.replace(month=1, day=1)
    employed = people.list_employed_on(session, until, paths)
    laws = {code: decrees.on(code, until).ladder for code in {person.decree for person in employed}}
    days = {year.person_id: year.days for year in ratings.years_with_absence(session, first_day, until)}
    adds_up = any(law is not None and law.day_min for law in laws.values())
    minutes = ratings.minutes_in(session, first_day, until) if adds_up else {}
    for person in employed:
        law = laws[person.decree]
        if law is not None:
            year = rules.Year(person.person_id, days.get(person.person_id, ()), minutes.get(person.person_id, 0))
            reached = rules.reached(year, law)
            if reached.sanction is not None:
                yield Notice(person, reached, law.clause)
