"""What somebody says he did: how many minutes that is, whether it can be, and how much of it lies outside his presence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from app.decrees import Productivity

LOCAL_DAY_MIN = 24 * 60
MINUTE = timedelta(minutes=1)

# Statuses of days on which somebody worked where no check-in need say so.
UNSEEN_WORK = ("present", "assigned", "incident")
NOT_OVER = "not_yet"


@dataclass(frozen=True, slots=True)
class Work:
    """An activity as it is logged: what was done, and how much that was.

    Measured in minutes, in units of volume of a standard activity, or by the hours it took; the hours may stand beside either.
    `target`: the planned result it was done for. `replaces`: the returned activity that this one stands in for.
    """

    day: date
    description: str
    minutes: int | None = None
    standard: str | None = None
    volume: Decimal | None = None
    starts: time | None = None
    ends: time | None = None
    attachment: str | None = None
    target: int | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes `[begins, ends)` counted from the midnight that begins a day; after 1440 they are on the next one."""

    begins: int
    ends: int

    @property
    def length(self) -> int:
        """How many minutes it is."""
        return self.ends - self.begins


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of somebody's attendance on the day: its status, and when he came and went as far as that counts."""

    status: str
    in_at: datetime | None
    out_at: datetime | None


def flaw_of(work: Work) -> tuple[str, str] | None:
    """Where the activity contradicts itself, as a JSON pointer, and the code of what is wrong.

    Source: our design (docs/activities.md "What is logged").
    """
    if (work.starts is None) != (work.ends is None):
        return ("/ends" if work.ends is None else "/starts"), "activity_half_hours"
    if (work.standard is None) != (work.volume is None):
        return ("/volume" if work.volume is None else "/standard"), "activity_half_standard"
    if work.minutes is not None and work.standard is not None:
        return "/minutes", "activity_two_measures"
    stretch = stretch_of(work.starts, work.ends)
    if work.minutes is None and work.standard is None and stretch is None:
        return "/minutes", "activity_no_measure"
    if work.minutes is not None and stretch is not None and work.minutes > stretch.length:
        return "/minutes", "activity_longer_than_hours"
    return None


def minutes_of(work: Work, norm_min: Decimal | None) -> int:
    """Whole minutes that the activity comes to: as said, by its norm and volume (half up), or as long as its hours.

    Source: our design (docs/activities.md "Norm times"); half up as in PermenPANRB 1/2023 where no rule says how to round.
    """
    if work.minutes is not None:
        return work.minutes
    if norm_min is not None and work.volume is not None:
        return int((norm_min * work.volume).quantize(Decimal(1), ROUND_HALF_UP))
    stretch = stretch_of(work.starts, work.ends)
    return stretch.length if stretch else 0


def stretch_of(starts: time | None, ends: time | None) -> Stretch | None:
    """The hours as minutes of the day; an end at or before the start is on the next day.

    Source: our design (docs/activities.md "What is logged").
    """
    if starts is None or ends is None:
        return None
    begins, over = (clock.hour * 60 + clock.minute for clock in (starts, ends))
    return Stretch(begins, over if over > begins else over + LOCAL_DAY_MIN)


def is_clear(day: date, stretch: Stretch, others: Iterable[tuple[date, Stretch]]) -> bool:
    """Whether no other activity took a minute of the same hours, also not one that went over midnight.

    Source: our design: nobody does two things in the same minute (docs/activities.md "What is refused").
    """
    for other_day, other in others:
        shift = (other_day - day).days * LOCAL_DAY_MIN
        if stretch.begins < other.ends + shift and other.begins + shift < stretch.ends:
            return False
    return True


def is_in_time(day: date, today: date, rule: Productivity, returned_on: date | None = None) -> bool:
    """Whether the day's activities are still logged; what was returned may be logged anew as long after that.

    Source: the decree's `productivity` clause (`within_days`).
    """
    return (today - max(day, returned_on or day)).days <= rule.within_days


def left_min(rule: Productivity, logged_min: int) -> int:
    """Minutes that the day still has room for beside those logged: never more than a day, nor than the law takes.

    Source: the decree's `productivity` clause (`day_most_min`).
    """
    return max(0, min(LOCAL_DAY_MIN, rule.day_most_min) - logged_min)


def outside_min(minutes: int, day: date, stretch: Stretch | None, zone: str, seen: Seen | None) -> int | None:
    """Minutes of the activity that no presence covers; None while nobody knows what the day came to.

    With hours: what of them lies before coming and after going. Without: what is more than the time between. A missing check-in
    is an open end and hides nothing. A day without attendance covers no minute; one proved by a letter or excused covers all.

    Source: our design: shown to who decides, never cut (docs/activities.md "Outside presence").
    """
    if seen is None or seen.status == NOT_OVER:
        return None
    if seen.in_at is None and seen.out_at is None:
        return 0 if seen.status in UNSEEN_WORK else minutes
    if stretch is None:
        if seen.in_at is None or seen.out_at is None:
            return 0
        return max(0, minutes - max(0, (seen.out_at - seen.in_at) // MINUTE))
    midnight = datetime.combine(day, time.min, ZoneInfo(zone))
    begins, ends = (midnight + at * MINUTE for at in (stretch.begins, stretch.ends))
    covered = min(ends, seen.out_at or ends) - max(begins, seen.in_at or begins)
    return min(minutes, stretch.length - max(0, covered // MINUTE))
