"""Telling somebody his month: gather the days, the rating, the base amount and what is asked of him; judge; change nothing."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import decrees, errors
from app.access import Actor, Role
from app.anomalies import store as anomalies
from app.anomalies.rules import Status
from app.attendance import store as attendance
from app.db import Session
from app.pay import rules
from app.pay import store as pay
from app.pay.render import Statement
from app.people import store as people
from app.people.rules.nip import is_nip
from app.ratings import store as ratings
from app.ratings.actions import month_of

READERS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)
MOST_FINDINGS = 200
ONE_DAY = timedelta(days=1)


def statement_of(session: Session, nip: str, month: date, by: Actor | None, now: datetime) -> Statement:
    """The month of oneself, or of somebody who was last posted within one's units in it; `by` None: the server's operator.

    Raises: NotFound (`unknown_person`, also out of scope; `unknown_statement` without a day in that month).
    """
    first_day, last_day = month_of(month)
    if not is_nip(nip):
        raise errors.NotFound("unknown_person", nip=nip)
    person = people.get_person(session, nip)
    last = pay.last_day_in(session, person.id, first_day, last_day)
    if by is not None and by.person_id != person.id:
        _refuse_stranger(session, nip, last, by)
    posted = None if last is None else people.find_posted(session, person.id, last)
    if last is None or posted is None:
        raise errors.NotFound("unknown_statement", month=f"{month:%Y-%m}")
    days = list(attendance.list_days(session, first_day, last_day, person_ids=[person.id]))
    days.sort(key=lambda day: day.day)
    sealed_at = pay.sealed_at(session, person.id, first_day, last_day)
    newest = ratings.list_of_person(session, person.id, last_day + ONE_DAY, 1)
    rating = newest[0] if newest and newest[0].month == first_day else None
    unit = people.get_unit(session, posted.unit_code)
    law = decrees.on(unit.decree, last_day)
    base = pay.bases_in(session, first_day, last_day, [person.id]).get(person.id)
    costs = rules.costs_of(days)
    sealed_on = sealed_at.astimezone(ZoneInfo(unit.zone)).date() if sealed_at else None
    return Statement(
        person=posted,
        zone=unit.zone,
        month=first_day,
        made_at=now,
        sealed_at=sealed_at,
        days=days,
        costs=costs,
        sums=rules.sums_of(days),
        rating=rating,
        base=base,
        money=rules.money_of(rating.breakdown if rating else None, costs, base.amount if base else None, law.payment),
        law=law,
        contest_until=rules.contest_until(sealed_on, law.contest),
        asked=_asked(session, person.id, first_day, last_day),
    )


def _refuse_stranger(session: Session, nip: str, day: date | None, by: Actor) -> None:
    """Raises: NotFound for somebody who was not within the actor's units, as for nobody."""
    if day is None:
        raise errors.NotFound("unknown_person", nip=nip)
    people.get_posted(session, nip, day, by.paths(*READERS))


def _asked(session: Session, person_id: int, first_day: date, last_day: date) -> list[rules.Asked]:
    """The findings about days of the month that still matter, oldest first."""
    wanted = anomalies.Wanted(person_id=person_id, since=first_day, until=last_day)
    found = anomalies.list_reviewed(session, None, MOST_FINDINGS, wanted)
    return [
        rules.Asked(one.id, one.kind, one.day, one.status, one.case.reply_until, one.case.appeal_until)
        for one in reversed(found)
        if one.status is not Status.SUPERSEDED
    ]
