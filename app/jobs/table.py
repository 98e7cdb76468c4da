"""Every job: its name, when it is due, and its steps in order."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from app import errors
from app.attendance.actions import close_day
from app.db import Session
from app.jobs import steps
from app.jobs.crowd import Crowd, Done
from app.jobs.turn import Touched, Turn
from app.ratings.actions import rate_marked

Step = Callable[[Session, Turn], int]
DayStep = Callable[[Session, date, Turn], int | Done] | Crowd


@dataclass(frozen=True, slots=True)
class Job:
    """Something done by itself. Every step is a transaction of its own, and harmless when it is done again.

    `cron`: five fields, in the installation's zone. In order: `first`; `daily` for each of the `days` before the slot and each
    older one that was `touched`, oldest first; `monthly` for each month these days may have changed and for all `months` besides;
    `last`. `each_slot`: a slot missed while nothing ran is caught up by itself; otherwise the newest stands for all. `made_with`:
    a hash of what days are derived by beside evidence; while it stays the same, a day that was done is not done again.
    """

    name: str
    cron: str
    first: tuple[Step, ...] = ()
    daily: tuple[DayStep, ...] = ()
    monthly: tuple[DayStep, ...] = ()
    last: tuple[Step, ...] = ()
    days: int = 0
    each_slot: bool = False
    touched: Callable[[Session, Turn], Touched] | None = None
    months: Callable[[Session, Turn], Collection[date]] | None = None
    made_with: Callable[[Session], str] | None = None


JOBS = (
    # Three days, because a check-in made offline may arrive that late; older ones leave a mark and are found by it.
    Job(
        "night",
        "10 0 * * *",
        first=(steps.grant_lapsed,),
        daily=(Crowd("close_day", steps.stale_on, close_day), steps.scan_day),
        monthly=(Crowd("update_month", steps.due_in, rate_marked),),
        last=(steps.watch_absence, steps.seal),
        days=3,
        each_slot=True,
        touched=steps.touched,
        months=steps.marked_months,
        made_with=steps.law_and_program,
    ),
    # A receipt promises a proof within a minute.
    Job("seal-ledger", "* * * * *", first=(steps.note_installed,), last=(steps.seal, steps.publish, steps.deliver)),
    # Weekly, because it reads everything; whoever doubts runs `flask ledger audit`.
    Job("audit-ledger", "20 3 * * sun", last=(steps.audit,)),
    # After the night, which may still look at a position.
    Job("forget-reports", "40 2 * * *", last=(steps.forget_reports, steps.forget_attachments)),
    # Whoever asked waits for it; one at a time, so that the others are not in its way for long.
    Job("export-recaps", "* * * * *", last=(steps.export_recaps, steps.throw_exports_away)),
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
