"""Every job: its name, when it is due, and its steps in order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from app import errors
from app.anomalies.actions import scan_day
from app.attendance.actions import close_day
from app.db import Session
from app.jobs import steps
from app.jobs.steps import Turn
from app.ratings.actions import update_month

Step = Callable[[Session, Turn], int]
DayStep = Callable[[Session, date, datetime], int]


@dataclass(frozen=True, slots=True)
class Job:
    """Something done by itself. Every step is a transaction of its own, and harmless when it is done again.

    `cron`: five fields, in the installation's zone. In order: `first`; `daily` for each of the `days` before the slot, oldest
    first; `monthly` for each month these days may have changed; `last`. `each_slot`: a slot missed while nothing ran is caught up
    by itself; otherwise the newest stands for all.
    """

    name: str
    cron: str
    first: tuple[Step, ...] = ()
    daily: tuple[DayStep, ...] = ()
    monthly: tuple[DayStep, ...] = ()
    last: tuple[Step, ...] = ()
    days: int = 0
    each_slot: bool = False


JOBS = (
    # Three days, because a check-in made offline may arrive that late; older ones leave a mark and are found by it.
    Job(
        "night",
        "10 0 * * *",
        first=(steps.grant_lapsed, steps.close_late, steps.scan_late),
        daily=(close_day, scan_day),
        monthly=(update_month,),
        last=(steps.seal,),
        days=3,
        each_slot=True,
    ),
    # A receipt promises a proof within a minute.
    Job("seal-ledger", "* * * * *", first=(steps.note_installed,), last=(steps.seal, steps.publish, steps.deliver)),
    # Weekly, because it reads everything; whoever doubts runs `flask ledger audit`.
    Job("audit-ledger", "20 3 * * sun", last=(steps.audit,)),
    # After the night, which may still look at a position.
    Job("forget-reports", "40 2 * * *", last=(steps.forget_reports, steps.forget_attachments)),
    # Daily, because a month without its table takes no check-in at all.
    Job("make-partitions", "5 0 * * *", last=(steps.make_partitions,)),
)


def get_job(name: str, jobs: tuple[Job, ...] = JOBS) -> Job:
    """The job of that name.

    Raises: NotFound.
    """
    for job in jobs:
        if job.name == name:
            return job
    raise errors.NotFound("unknown_job", job=name, known=", ".join(job.name for job in jobs))
