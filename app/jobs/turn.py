"""A turn: one time a job is due, and what is known of it before it begins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

# The first night looks at what arrived since two nights ago.
ARRIVALS = timedelta(hours=48)
# What was being written while the last night looked, by clocks that differ, is looked at once more.
OVERLAP = timedelta(minutes=10)
# Check-ins are taken up to 35 days after they were made; the months those days lie in are rated again.
LATE_DAYS = 35


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom something arrived about since the last look, by day, and the days on which check-ins arrived."""

    people: Mapping[date, frozenset[int]] = field(default_factory=dict)
    arrived: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """One time a job is due: the instant it is due at, the days it is about (oldest first), and the present.

    `looked_at`: when the last run that is done began to look. `known`: days it was about, by the same law; of these only what was
    touched since is looked at. `failed`: people for whom a step failed and is not done since, by step and day or month.
    """

    slot: datetime
    days: tuple[date, ...]
    now: datetime
    looked_at: datetime | None = None
    known: frozenset[date] = frozenset()
    touched: Touched = Touched()
    failed: Mapping[tuple[str, date], frozenset[int]] = field(default_factory=dict)

    @property
    def arrived_since(self) -> datetime:
        """The instant from which on it has not been looked at what arrived."""
        return self.slot - ARRIVALS if self.looked_at is None else self.looked_at - OVERLAP

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months in which something may have changed, oldest first."""
        oldest = min(self.days) - timedelta(days=LATE_DAYS)
        every = (oldest + timedelta(days=n) for n in range((max(self.days) - oldest).days + 1))
        return tuple(sorted({day.replace(day=1) for day in every}))

    def touched_on(self, day: date) -> frozenset[int]:
        """Whom something arrived about, on that day."""
        return self.touched.people.get(day, frozenset())

    def failed_at(self, step: str, about: date) -> frozenset[int]:
        """The people for whom the step failed when it was about that day or month, and is not done since."""
        return self.failed.get((step, about), frozenset())
