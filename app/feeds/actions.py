"""Making links to calendars, and gathering what stands in them."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import errors, jws
from app.access import Actor
from app.assignments import store as assignments
from app.assignments.actions import instead_of_rosters
from app.config import var
from app.db import Session
from app.feeds import render, rules, store
from app.people import store as people
from app.people.actions.days import day_of
from app.texts import text
from app.workdays import rules as workday_rules
from app.workdays import store as workdays

# What a calendar shows: enough back to look something up, enough ahead to plan.
BACK_DAYS = 31
AHEAD_DAYS = 120
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OwnLink:
    """The actor's link; without a secret there is none, or its installation's secret was lost and it must be made anew."""

    secret: str | None
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar before it is written: its entries, whose it is, and what it is called."""

    events: tuple[rules.Event, ...]
    whose: str
    name: str

    def tag(self, language: str) -> str:
        """What changes when anything shown does."""
        words = repr([(event.key, event.begins, event.ends, event.code, sorted(event.params.items())) for event in self.events])
        return hashlib.sha256(f"{language}\0{self.name}\0{words}".encode()).hexdigest()[:32]

    def ics(self, language: str, now: datetime) -> bytes:
        """The calendar as a file."""
        return render.ics_of(self.events, self.whose, self.name, language, now)


def own_link(session: Session, by: Actor) -> OwnLink:
    """The actor's link as it stands."""
    link = store.find_link(session, by.person_id)
    if link is None:
        return OwnLink(None, None)
    secret = _secret(by.person_id, link.turn)
    return OwnLink(secret if _hash(secret) == link.secret_hash else None, link.made_at)


def make_link(session: Session, by: Actor, now: datetime) -> OwnLink:
    """A new link of the actor; the one before opens nothing any more."""
    store.lock(session, by.person_id)
    before = store.find_link(session, by.person_id)
    turn = before.turn + 1 if before else 1
    secret = _secret(by.person_id, turn)
    store.replace_link(session, store.Link(by.person_id, turn, _hash(secret), now))
    return OwnLink(secret, now)


def end_link(session: Session, by: Actor, now: datetime) -> None:
    """Let no link open the actor's calendar."""
    store.lock(session, by.person_id)
    before = store.find_link(session, by.person_id)
    if before is not None:
        nothing = hashlib.sha256(f"ended:{by.person_id}:{before.turn}".encode()).digest()
        store.replace_link(session, store.Link(by.person_id, before.turn, nothing, now))


def calendar_behind(session: Session, secret: str, language: str, now: datetime) -> Calendar:
    """The calendar that the secret opens.

    Raises: NotFound, the same for a link that was made anew and one that never was.
    """
    person_id = store.person_of(session, _hash(secret))
    if person_id is None:
        raise errors.NotFound("unknown_feed")
    today = day_of(now)
    days = [today + n * ONE_DAY for n in range(-BACK_DAYS, AHEAD_DAYS + 1)]
    letters = assignments.letters_between(session, days[0], days[-1], [person_id])
    shown = _workdays(session, person_id, days, instead_of_rosters(session, letters, days))
    leaves = [leave for _, leave in workdays.leaves_in(session, days[0], days[-1], [person_id])]
    events = rules.events_of(shown, leaves, letters.get(person_id, ()))
    return Calendar(tuple(events), f"person:{person_id}", text("feed_own_name", language))


def calendar_of_agency(session: Session, code: str, language: str, now: datetime) -> Calendar:
    """The holidays of an agency this year and next, and the feasts of the calendars its groups follow.

    Raises: NotFound (`not_an_agency`) for anything that is none.
    """
    unit = people.find_unit(session, code)
    if unit is None or "." in unit.path:
        raise errors.NotFound("not_an_agency", agency=code)
    first = day_of(now).replace(month=1, day=1)
    years = (first.year, first.year + 1)
    rows = workdays.list_declared(session, unit.path, first, date(years[1], 12, 31))
    common = {row.holiday.day: row.holiday for row in rows if row.group is None}
    days = [day for year in years for day in workday_rules.calendar_of(year, common)]
    groups = {}
    for group in workdays.list_groups(session, [unit.id], None, 200):
        own = {row.holiday.day: row.holiday for row in rows if row.group == group.code}
        groups[group.name] = workday_rules.feasts_declared(group.calendar, years, own)
    events = rules.holidays_of(days, groups)
    return Calendar(tuple(events), f"agency:{unit.code}", text("feed_agency_name", language, agency=unit.name))


def _workdays(
    session: Session, person_id: int, days: list[date], instead: Mapping[tuple[int, date], workday_rules.RosterEntry]
) -> list[workday_rules.Workday]:
    """The days on which the person is posted somewhere, judged where he is then."""
    found: list[workday_rules.Workday] = []
    posts = [held for held, _ in people.list_postings(session, person_id) if held.kind == "primary"]
    for held in sorted(posts, key=lambda held: held.since):
        there = [day for day in days if held.since <= day and (held.until is None or day < held.until)]
        if there:
            employed = people.list_employed_on(session, there[0], person_ids=[person_id])
            found += workdays.workdays_of(session, employed, there, instead=instead).values()
    return found


def _secret(person_id: int, turn: int) -> str:
    """The secret of a link: whoever has the database does not have it, and its person is shown it again."""
    key = jws.keyring(var("keys")).secret("feeds")
    return jws.b64(hmac.digest(key.encode(), f"{person_id}:{turn}".encode(), "sha256"))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
