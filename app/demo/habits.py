"""How people come and go: early or late, forgetful, ill, on leave, out of network."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from app.workdays.rules import LeaveKind, Workday

PLATFORMS = {"android": 74, "ios": 20, "web": 6}


@dataclass(frozen=True, slots=True)
class Habits:
    """One person's ways; shares are of days or of check-ins."""

    platform: str
    early_min: float
    spread_min: float
    stays_min: float
    indoors_share: float
    forgets_share: float
    skips_share: float
    offline_share: float


@dataclass(frozen=True, slots=True)
class Visit:
    """A check-in as it was made, and when the phone found a network to deliver it."""

    direction: str
    at: datetime
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """A leave somebody asks for, and when."""

    kind: LeaveKind
    first_day: date
    last_day: date
    reason: str
    is_granted: bool


def habits_of(chance: Random) -> Habits:
    """Somebody's ways: most come a quarter of an hour early, one in eight is often late."""
    is_late_riser = chance.random() < 0.12
    return Habits(
        platform=chance.choices(tuple(PLATFORMS), tuple(PLATFORMS.values()))[0],
        early_min=chance.uniform(-4, 4) if is_late_riser else chance.uniform(10, 26),
        spread_min=chance.uniform(4, 11),
        stays_min=chance.uniform(3, 25),
        indoors_share=chance.uniform(0.2, 0.8),
        forgets_share=0.08 if chance.random() < 0.1 else 0.01,
        skips_share=0.03 if chance.random() < 0.05 else 0.003,
        offline_share=0.25 if chance.random() < 0.08 else 0.02,
    )


def visits_on(workday: Workday, habits: Habits, chance: Random) -> Iterator[Visit]:
    """The check-ins somebody makes on a workday, within the hours in which they can count."""
    if workday.start_at is None or workday.end_at is None or workday.opens_at is None or workday.closes_at is None:
        return
    if chance.random() < habits.skips_share:
        return
    arrives_at = workday.start_at - _minutes(chance.gauss(habits.early_min, habits.spread_min))
    leaves_at = workday.end_at + _minutes(abs(chance.gauss(habits.stays_min, 8)) - (20 if chance.random() < 0.02 else 0))
    for direction, at in (("in", arrives_at), ("out", leaves_at)):
        at = min(max(at, workday.opens_at + _minutes(1)), workday.closes_at - _minutes(1))
        is_forgotten = chance.random() < habits.forgets_share * (1.0 if direction == "out" else 0.3)
        is_offline = chance.random() < habits.offline_share
        delay = _minutes(chance.uniform(20, 26 * 60)) if is_offline else timedelta(seconds=chance.uniform(0.4, 4))
        if not is_forgotten:
            yield Visit(direction, at, at + delay)


def wishes_of(first_day: date, last_day: date, chance: Random) -> Iterator[Wish]:
    """The leaves somebody asks for: a few days of holiday in three months, an illness now and then; never two at once."""
    months = max(1, (last_day - first_day).days // 30)
    begins = first_day + timedelta(days=chance.randint(3, 12))
    for _ in range(months):
        if chance.random() < 0.33:
            length = chance.randint(1, 4)
            yield Wish(LeaveKind.ANNUAL, begins, begins + timedelta(days=length), "Keperluan keluarga", chance.random() < 0.95)
        elif chance.random() < 0.2:
            yield Wish(LeaveKind.SICK, begins, begins + timedelta(days=chance.randint(0, 2)), "Sakit, surat dokter terlampir", True)
        begins += timedelta(days=chance.randint(24, 31))


def _minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
