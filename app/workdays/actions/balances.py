"""How much leave people have left, and refusing what goes beyond it: gather and judge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from app import decrees, errors
from app.db import Session
from app.people import store as people
from app.people.store import Employed, Served
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.scope import civil_day

# No leave that follows on another without a gap reaches further than the longest there is.
NEAR = timedelta(days=2 * rules.LONGEST_LEAVE_DAYS)


@dataclass(frozen=True, slots=True)
class Known:
    """What balances of some people are counted from; `owed`: the days among those of their leaves on which each owes work."""

    leaves: Sequence[tuple[int, rules.Leave, bool]]
    openings: Mapping[tuple[int, str, int], Decimal]
    served: Mapping[int, Served]
    owed: Mapping[int, frozenset[date]]


def balances_of(session: Session, employed: Sequence[Employed], year: int) -> dict[int, list[rules.Balance]]:
    """Each person's balance of every kind of leave that has days a year, in that year."""
    known = _known(session, employed, year)
    return {person.person_id: list(_balances(person, year, known)) for person in employed}


def refuse_unfit(session: Session, person_id: int, wish: rules.Wish, now: datetime, leave_id: int | None = None) -> None:
    """Nothing, if the leave fits into what the law of its first day leaves the person; `leave_id`: it is this one.

    Raises: Invalid with the reason (`leave_service`, `leave_child_missing`, `leave_children`, `leave_too_long`,
    `leave_over_quota`).
    """
    employed = people.list_employed_on(session, civil_day(now), person_ids=[person_id])
    quota = _quota(employed[0], wish.kind, wish.first_day) if employed else None
    if quota is None:
        return
    [person] = employed
    near = workdays.leaves_counted(session, [person_id], wish.first_day - NEAR, wish.last_day + NEAR, [wish.kind])
    others = [leave for _, leave, _ in near if leave.id != leave_id]
    served = people.served_of(session, [person_id])[person_id]
    obstacle = rules.hindrance(wish, rules.run_of(wish, others), quota, rules.served_since(served.nip, served.first_posted))
    if obstacle is None and quota.year_days is not None:
        obstacle = _over_quota(session, person, wish, quota, leave_id)
    if obstacle is not None:
        params = {"kind": (f"leave_{wish.kind}", {}), "clause": quota.clause.code, **obstacle.params}
        raise errors.Invalid(obstacle.code, {f"/{obstacle.field}": "leave_unfit"}, **params)


def _over_quota(
    session: Session, person: Employed, wish: rules.Wish, quota: decrees.Quota, leave_id: int | None
) -> rules.Obstacle | None:
    """What keeps the days of the wish from fitting into one of the years they lie in."""
    for year in range(wish.first_day.year, wish.last_day.year + 1):
        known = _known(session, [person], year, wish, leave_id)
        [balance] = [found for found in _balances(person, year, known) if found.kind == wish.kind]
        days = rules.days_counted(wish, year, known.owed[person.person_id])
        obstacle = rules.over_quota(wish, days, balance, quota)
        if obstacle is not None:
            return obstacle
    return None


def _known(
    session: Session, employed: Sequence[Employed], year: int, wish: rules.Wish | None = None, leave_id: int | None = None
) -> Known:
    """Everything that balances of the year follow from, without the leave `leave_id`; the days of the wish are looked at too."""
    ids = [person.person_id for person in employed]
    served = people.served_of(session, ids)
    openings = workdays.openings_of(session, ids)
    first_year = min([year, *(_first_year(person_id, year, served, openings) for person_id in ids)])
    span = date(first_year, 1, 1), date(year, 12, 31)
    counted = workdays.leaves_counted(session, ids, *span, [*rules.LeaveKind])
    leaves = [(person_id, leave, granted) for person_id, leave, granted in counted if leave.id != leave_id]
    days = {day for _, leave, _ in leaves if leave.kind is rules.LeaveKind.ANNUAL for day in _days(leave, *span)}
    if wish is not None:
        days |= set(_days(wish, *span))
    return Known(leaves, openings, served, _owed(session, employed, sorted(days)))


def _days(leave: rules.Leave | rules.Wish, first_day: date, last_day: date) -> Iterator[date]:
    first, last = max(leave.first_day, first_day), min(leave.last_day, last_day)
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _owed(session: Session, employed: Sequence[Employed], days: Sequence[date]) -> dict[int, frozenset[date]]:
    """Of these days those on which each person owes work; a day that his decree does not cover is none."""

    @cache
    def is_covered(decree: str, day: date) -> bool:
        return _law(decree, day) is not None

    codes = {person.decree for person in employed}
    covered = [day for day in days if all(is_covered(code, day) for code in codes)]
    owed = workdays.workdays_of(session, employed, covered) if covered else {}
    return {
        person.person_id: frozenset(day for day in covered if owed[person.person_id, day].kind is rules.Kind.WORK)
        for person in employed
    }


def _first_year(person_id: int, year: int, served: Mapping[int, Served], openings: Mapping[tuple[int, str, int], Decimal]) -> int:
    """The year from which on the person's leave is known: of the newest statement, else in which he was brought in."""
    stated = [told for owner, _, told in openings if owner == person_id and told <= year]
    return max(stated) if stated else min(year, served[person_id].created_at.year)


def _balances(person: Employed, year: int, known: Known) -> Iterator[rules.Balance]:
    law = _law(person.decree, date(year, 12, 31))
    for kind, quota in law.quota.items() if law else ():
        if quota.year_days is not None:
            first_year = _first_year(person.person_id, year, known.served, known.openings)
            years = [_seen(person, rules.LeaveKind(kind), past, known) for past in range(first_year, year + 1)]
            yield rules.balance_of(kind, years, quota.carried, quota.clause.code)


def _seen(person: Employed, kind: rules.LeaveKind, year: int, known: Known) -> rules.YearSeen:
    """One year of the person's leave of that kind."""
    quota = _quota(person, kind, date(year, 12, 31))
    served = known.served[person.person_id]
    begins = rules.months_after(rules.served_since(served.nip, served.first_posted), 12 * (quota.service_years if quota else 0))
    entitled = Decimal(quota.year_days or 0) if quota and begins <= date(year, 12, 31) else Decimal(0)
    counted = {True: Decimal(0), False: Decimal(0)}
    for person_id, leave, is_granted in known.leaves:
        if person_id == person.person_id and leave.kind is kind:
            days = rules.days_counted(leave, year, known.owed[person_id])
            counted[is_granted] += rules.weight(leave.part) * len(days)
    return rules.YearSeen(year, entitled, counted[True], counted[False], known.openings.get((person.person_id, kind, year)))


def _quota(person: Employed, kind: str, day: date) -> decrees.Quota | None:
    law = _law(person.decree, day)
    return law.quota.get(kind) if law else None


def _law(decree: str, day: date) -> decrees.Decree | None:
    """The law of the day, or None where the decree does not cover it."""
    try:
        return decrees.on(decree, day)
    except decrees.UncoveredDay:
        return None
