"""When jobs are due: slots, the instants at which their cron line fires in the installation's zone."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from app.config import text_setting
from app.jobs.table import Job
from app.jobs.turn import Turn

# How far back the newest slot is looked for: a job by the minute is found in the first stretch, one by the month in the last.
LOOK_BACK = (timedelta(minutes=5), timedelta(hours=25), timedelta(days=32), timedelta(days=367))


def zone() -> ZoneInfo:
    """The zone in which the night begins."""
    return ZoneInfo(text_setting("zone"))


def trigger_of(job: Job) -> CronTrigger:
    """The job's cron line as APScheduler understands it."""
    return CronTrigger.from_crontab(job.cron, timezone=zone())


def slots_between(job: Job, after: datetime, until: datetime) -> Iterator[datetime]:
    """The slots in `(after, until]`, oldest first."""
    trigger, at = trigger_of(job), after + timedelta(microseconds=1)
    while (slot := trigger.get_next_fire_time(None, at)) is not None and slot <= until:
        yield slot
        at = slot + timedelta(microseconds=1)


def newest_slot(job: Job, now: datetime) -> datetime:
    """The slot that was due last.

    Raises: ValueError for a cron line that fires less than once a year.
    """
    for stretch in LOOK_BACK:
        slots = list(slots_between(job, now - stretch, now))
        if slots:
            return slots[-1]
    raise ValueError(f"{job.name} is never due")


def next_slot(job: Job, now: datetime) -> datetime:
    """The slot that is due next."""
    return next(slots_between(job, now, now + LOOK_BACK[-1]))


def slot_after(job: Job, day: date) -> datetime:
    """The first slot after the end of the civil day: the one whose last day it is."""
    ends = datetime.combine(day + timedelta(days=1), time(), zone())
    return next(slots_between(job, ends - timedelta(microseconds=1), ends + LOOK_BACK[-1]))


def turn_of(job: Job, slot: datetime, now: datetime) -> Turn:
    """What the job's slot is about."""
    return Turn(slot, days_of(job, slot), now)


def days_of(job: Job, slot: datetime) -> tuple[date, ...]:
    """The days that had ended by that slot, as many as the job looks back."""
    ended = slot.astimezone(zone()).date()
    return tuple(ended - timedelta(days=back) for back in range(job.days, 0, -1))
