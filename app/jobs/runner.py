"""Doing a job: its due slots, each step in a transaction of its own, every outcome written down."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from app import clock, errors
from app.db import Session, transaction
from app.jobs import schedule, store
from app.jobs.steps import Turn
from app.jobs.store import Begun, JobRun
from app.jobs.table import Job

# A slot that failed this often is left to a person; the next slot is tried all the same.
ATTEMPTS = 5
# Runs looked through for what is not done: of the night, three months.
REMEMBERED = 100

log = structlog.get_logger()
Goes = Callable[[], bool]
Bound = Callable[[Session], int]


class Stopped(Exception):
    """Told to stop, or overtaken by somebody who began the slot anew: what is left of it is his."""


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
    """The slots to do, oldest first: those since the newest one done, and older ones that were begun and not done.

    The first time ever, and of a job that does not catch up each slot, the newest only.
    """
    newest = schedule.newest_slot(job, now)
    with transaction() as session:
        runs = store.list_runs(session, job.name, REMEMBERED)
    done = {run.slot for run in runs if run.status == "done"}
    spent = {run.slot for run in runs if run.attempts >= ATTEMPTS}
    if job.each_slot:
        begun = {run.slot for run in runs} or {newest}
        due = begun.union(schedule.slots_between(job, max(done) if done else min(begun), now))
    else:
        due = set() if any(slot > newest for slot in done) else {newest}
    return sorted(due - done - spent)


def is_on_time(runs: Sequence[JobRun], newest: datetime) -> bool:
    """Whether the newest slot is done; `runs` are the job's, as many as there are to show."""
    return any(run.slot >= newest and run.status == "done" for run in runs)


def run_slot(job: Job, slot: datetime, now: datetime, goes: Goes = always, again: bool = False) -> Outcome | None:
    """How the slot ended; None when it was done before and is not asked for `again`.

    Raises: Stopped between two steps; the slot stays begun, and whoever leads next does it.
    """
    with transaction() as session:
        begun = store.begin(session, job.name, slot, now, keep_one=not job.each_slot, again=again)
    if begun is None:
        return None
    outcome = _take_steps(job, schedule.turn_of(job, slot, now), goes, begun)
    with transaction() as session:
        _have_turn(session, job, begun)
        store.end(session, begun, outcome.count, outcome.failures, clock.now())
    return outcome


def run_now(job: Job, day: date | None, now: datetime) -> Outcome:
    """How the job ended, done by hand: as if it were due after `day`, or its newest slot once more.

    A day that is not over is looked at without a word in the run ledger, because its slot is still to come.

    Raises: Stopped when the scheduler began the same slot meanwhile.
    """
    slot = schedule.newest_slot(job, now) if day is None else schedule.slot_after(job, day)
    if slot > now:
        return _take_steps(job, schedule.turn_of(job, slot, now), always, None)
    outcome = run_slot(job, slot, now, again=True)
    assert outcome is not None  # asked for again
    return outcome


def _take_steps(job: Job, turn: Turn, goes: Goes, begun: Begun | None) -> Outcome:
    """How the steps ended. One that failed leaves out what builds on it: the later steps of its day, the ratings of its month."""
    began = time.monotonic()
    count, failures, unfit = 0, list[str](), set[date]()
    for about, part in _parts(job, turn):
        if about in unfit:
            continue
        for name, step in part:
            try:
                count += _take(job, step, goes, begun)
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


def _take(job: Job, step: Bound, goes: Goes, begun: Begun | None) -> int:
    if not goes():
        raise Stopped
    with transaction() as session:
        _have_turn(session, job, begun)
        return step(session)


def _have_turn(session: Session, job: Job, begun: Begun | None) -> None:
    """Wait until nobody else writes for the job.

    Leadership may be lost and not yet noticed, and any machine may stand still between asking and writing; the attempt may not.

    Raises: Stopped when a later attempt at the slot has begun.
    """
    store.lock_job(session, job.name)
    if begun is not None and not store.is_newest(session, begun):
        raise Stopped


def _kind_of(error: Exception) -> str:
    """What went wrong without its words, which may hold names; they are in the log."""
    return error.code if isinstance(error, errors.TapakError) else type(error).__name__
