"""How far absence has gone in a calendar year: gather everybody's days, judge by the ladder of the day asked about."""

import contextlib
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


@dataclass(frozen=True, slots=True)
class Counted:
    """How far somebody's absence has gone in a calendar year, by the ladder that holds for him."""

    person: Employed
    reached: rules.Reached
    ladder: decrees.Ladder


def counted_in(session: Session, until: date, paths: Sequence[str] | None = None, also: Sequence[int] = ()) -> Iterator[Counted]:
    """How far everybody employed that day has come in the calendar year up to and including it, by unit and NIP.

    Days are read of people with enough absent ones to matter and of those of `also` only (others count none), minutes only where a
    law adds them up. Whoever is under a decree without a ladder is not counted.
    """
    first_day = until.replace(month=1, day=1)
    employed = people.list_employed_on(session, until, paths)
    laws = {code: _ladder_on(code, until) for code in {person.decree for person in employed}}
    known = [law for law in laws.values() if law is not None]
    adds_up = any(law.day_min for law in known)
    fewest = 1 if adds_up else min((min(law.rungs[0].from_days, law.consecutive_days) for law in known), default=1)
    days = {year.person_id: year.days for year in ratings.years_with_absence(session, first_day, until, fewest, also)}
    minutes = ratings.minutes_in(session, first_day, until) if adds_up else {}
    for person in employed:
        law = laws[person.decree]
        if law is not None:
            year = rules.Year(person.person_id, days.get(person.person_id, ()), minutes.get(person.person_id, 0))
            yield Counted(person, rules.reached(year, law), law)


def ladder_of(session: Session, until: date, paths: Sequence[str] | None = None) -> Iterator[Notice]:
    """Everybody employed that day whom the calendar year up to and including it has brought to a rung, by unit and NIP."""
    for counted in counted_in(session, until, paths):
        if counted.reached.sanction is not None:
            yield Notice(counted.person, counted.reached, counted.ladder.clause)


def _ladder_on(code: str, day: date) -> decrees.Ladder | None:
    with contextlib.suppress(decrees.UncoveredDay):
        return decrees.on(code, day).ladder
    return None
