"""What a demo is made of, and the calendar of it."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Makassar")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The same plan gives the same story."""

    people: int
    months: int
    seed: int
    cheats: int
    until: date

    @property
    def first_day(self) -> date:
        """The day on which the demo government begins to check in."""
        return months_before(self.until, self.months) + ONE_DAY

    @property
    def begins_at(self) -> datetime:
        """The instant at which everything is set up: early on the first day."""
        return datetime.combine(self.first_day, time(0, 30), ZONE).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """The night after the last day."""
        return night_after(self.until)

    def days(self) -> Iterator[date]:
        """Every day of the story."""
        for number in range((self.until - self.first_day).days + 1):
            yield self.first_day + timedelta(days=number)

    def last_full_month(self) -> date | None:
        """The first day of the last month that lies wholly in the story."""
        months = {day for day in (*self.days(), self.until + ONE_DAY) if day.day == 1}
        ended = [first for first in months if (first + timedelta(days=31)).replace(day=1) <= self.until + ONE_DAY]
        return max(ended, default=None)

    def told(self) -> dict[str, object]:
        """The plan as the ledger keeps it."""
        return {**asdict(self), "until": self.until.isoformat()}


def plan_of(told: Mapping[str, object]) -> Plan:
    """The plan that the ledger keeps."""
    people, months, seed, cheats = (int(str(told[name])) for name in ("people", "months", "seed", "cheats"))
    return Plan(people, months, seed, cheats, date.fromisoformat(str(told["until"])))


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    number = day.year * 12 + day.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def midnight_after(day: date) -> datetime:
    """When the day ends."""
    return datetime.combine(day + ONE_DAY, time(), ZONE).astimezone(UTC)


def night_after(day: date) -> datetime:
    """When the night's work about the day is done."""
    return midnight_after(day) + timedelta(minutes=10)
