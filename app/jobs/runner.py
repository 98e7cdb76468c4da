"""Doing a job: its due slots, each step in a transaction of its own, every outcome written down."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from app import clock, errors
from app.db import Session, transaction
from app.jobs import schedule, store
from app.jobs.steps import Turn
from app.jobs.table import Job

# A slot that failed this often is left to a person; the next slot is tried all the same.
ATTEMPTS = 5

log = structlog.get_logger()
Goes = Callable[[], bool]
Bound = Callable[[Session], int]


class Stopped(Exception):
    """The scheduler is to stop, or leads no more: what is left of the slot is done later."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a slot ended: what its steps counted together, and each step that failed."""

    job: str
    slot: datetime
    count: int
    failures: tuple[str, ...]


def always() -> bool:
    """Go on."""
    return True


def run_due(job: Job, now: datetime, goes: Goes = always) -> list[Outcome]:
    """Outcomes of every slot that is due and not done, oldest first."""
    outcomes = (run_slot(job, slot, now, goes) for slot in due_slots(job, now))
    return [outcome for outcome in outcomes if outcome is not None]


def due_slots(job: Job, now: datetime) -> list[datetime]:
    """The slots that passed since the newest one done, oldest first; the first time ever, the newest slot only.

    Of a job that does not catch up each slot, the newest only.
    """
    newest = schedule.newest_slot(job, now)
    with transaction() as session:
        done, begun = store.find_newest(session, job.name, "done"), store.find_newest(session, job.name)
        spent = {run.slot for run in store.list_runs(session, job.name, 100) if run.attempts >= ATTEMPTS and run.status == "failed"}
    if done is not None and done.slot >= newest:
        return []
    if not job.each_slot or begun is None:
        slots = [newest]
    else:
        slots = list(schedule.slots_between(job, done.slot if done else begun.slot - timedelta(microseconds=1), now))
    return [slot for slot in slots if slot not in spent]


def run_slot(job: Job, slot: datetime, now: datetime, goes: Goes = always, again: bool = False) -> Outcome | None:
    """How the slot ended; None when it was done before and is not asked for `again`.

    Raises: Stopped between two steps; the slot stays begun, and whoever leads next does it.
    """
    with transaction() as session:
        if not store.begin(session, job.name, slot, now, keep_one=not job.each_slot, again=again):
            return None
    outcome = _take_steps(job, schedule.turn_of(job, slot, now), goes)
    with transaction() as session:
        store.end(session, job.name, slot, outcome.count, outcome.failures, clock.now())
    return outcome


def run_now(job: Job, day: date | None, now: datetime) -> Outcome:
    """How the job ended, done by hand: as if it were due after `day`, or its newest slot once more.

    A day that is not over is looked at without a word in the run ledger, because its slot is still to come.
    """
    slot = schedule.newest_slot(job, now) if day is None else schedule.slot_after(job, day)
    if slot > now:
        return _take_steps(job, schedule.turn_of(job, slot, now), always)
    outcome = run_slot(job, slot, now, again=True)
    assert outcome is not None  # asked for again
    return outcome


def _take_steps(job: Job, turn: Turn, goes: Goes) -> Outcome:
    """How the steps ended. One that failed leaves out what builds on it: the later steps of its day, the ratings of its month."""
    began = time.monotonic()
    count, failures, unfit = 0, list[str](), set[date]()
    for about, part in _parts(job, turn):
        if about in unfit:
            continue
        for name, step in part:
            try:
                count += _take(job, step, goes)
            except Stopped:
                raise
            except Exception as error:
                log.error("job_step_failed", job=job.name, step=name, about=about, exc_info=error)
                failures.append(f"{name}{f' {about}' if about else ''}: {_kind_of(error)}")
                unfit |= {about, about.replace(day=1)} if about else set()
                break
    took_s = round(time.monotonic() - began, 3)
    log.info("job_ended", job=job.name, slot=turn.slot, count=count, failed=len(failures), took_s=took_s)
    return Outcome(job.name, turn.slot, count, tuple(failures))


def _parts(job: Job, turn: Turn) -> Iterator[tuple[date | None, list[tuple[str, Bound]]]]:
    """The job's steps in order, in parts that do not build on each other, each with the day or month it is about."""
    for step in job.first:
        yield None, [_bound(step, turn)]
    for day in turn.days:
        yield day, [_bound(daily, day, turn.now) for daily in job.daily]
    for month in turn.months if job.monthly else ():
        yield month, [_bound(monthly, month, turn.now) for monthly in job.monthly]
    for step in job.last:
        yield None, [_bound(step, turn)]


def _bound(step: Callable[..., int], *about: object) -> tuple[str, Bound]:
    return step.__name__, lambda session: step(session, *about)


def _take(job: Job, step: Bound, goes: Goes) -> int:
    if not goes():
        raise Stopped
    with transaction() as session:
        store.lock_job(session, job.name)
        return step(session)


def _kind_of(error: Exception) -> str:
    """What went wrong without its words, which may hold names; they are in the log."""
    return error.code if isinstance(error, errors.TapakError) else type(error).__name__
