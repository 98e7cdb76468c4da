"""What a person's phone shows of the running day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.assignments import store as assignments
from app.assignments.actions import instead_of_rosters
from app.assignments.rules import Letter, holding_on
from app.checkins import store
from app.checkins.rules import today as rules
from app.checkins.rules.report import Direction
from app.checkins.rules.verdict import local_date
from app.config import text_setting
from app.db import Session
from app.devices import store as devices
from app.devices.rules.use import Status
from app.geofences import store as geofences
from app.people import store as people
from app.workdays import store as workdays
from app.workdays.rules import Instance, days_near, instance_holding


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a shift."""

    code: str
    start_at: datetime
    end_at: datetime
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """A check-in that was made in them."""

    id: object
    direction: str
    taken_at: datetime
    verdict: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Today:
    """The running workday of a person."""

    work_date: date
    shift: Hours | None
    note: str | None
    next: Direction | None
    done: Sequence[Done]
    sites: Sequence[object]
    letters: Sequence[Letter]
    replacements: Sequence[object]


def today_of(session: Session, person_id: int, now: datetime) -> Today:
    """The workday of the shift whose window is open, else the civil day's; of several shifts that one, or the next.

    For a person who is not posted anywhere the bare date.
    """
    civil = local_date(now, text_setting("zone"))
    posted = people.list_employed_on(session, civil, person_ids=[person_id])
    replacements = devices.list_standing(session, person_id, now, Status.PENDING, Status.APPROVED)
    if not posted:
        return Today(civil, None, None, None, (), (), (), replacements)
    zone = posted[0].zone
    days = days_near(now, zone)
    held = assignments.letters_between(session, days[0], days[-1], [person_id])
    near = workdays.workdays_of(session, posted, days, instead=instead_of_rosters(session, held, days))
    by_day = {day: workday for (_, day), workday in near.items()}
    instances = [instance for day in by_day.values() for instance in day.instances]
    coming, going = (instance_holding(now, direction, instances) for direction in (Direction.IN, Direction.OUT))
    left = [] if going is None else rules.made_in(going, by_day[going.day], store.list_on(session, going.day, [person_id]))
    shift = rules.running(now, coming, going, rules.next_of(left, going) is Direction.OUT)
    work_date = shift.day if shift else local_date(now, zone)
    workday = by_day.get(work_date)
    shift = shift or rules.next_shift(now, workday)
    seen = store.list_on(session, work_date, [person_id])
    letters = holding_on(work_date, held.get(person_id, ()))
    named = assignments.sites_named(session, [letter.id for letter in letters]) if letters else ()
    return Today(
        work_date,
        _hours(shift),
        workday.note if workday else None,
        rules.next_of(rules.made_in(shift, workday, seen), shift),
        [Done(item.checkin_id, item.direction, item.taken_at, item.verdict, item.counts) for item in seen],
        geofences.sites_of(session, posted[0].unit_path, now, named),
        letters,
        replacements,
    )


def _hours(shift: Instance | None) -> Hours | None:
    if shift is None:
        return None
    return Hours(shift.shift, shift.start_at, shift.end_at, shift.opens_at, shift.closes_at)
