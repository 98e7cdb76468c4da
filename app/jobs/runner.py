"""Doing a job: its due slots, each step in a transaction of its own, every outcome written down."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from app import clock, decrees
from app.db import Session, transaction
from app.jobs import crowd, schedule, store
from app.jobs.crowd import Crowd, Done, Part, kind_of
from app.jobs.lease import Goes, Stopped, always, have_turn
from app.jobs.store import Begun, JobRun
from app.jobs.table import DayStep, Job, Step
from app.jobs.turn import Touched, Turn

# A slot that failed this often is left to a person; the next slot is tried all the same.
ATTEMPTS = 5
# Runs looked through for what is not done: of the night, three months.
REMEMBERED = 100

log = structlog.get_logger()

__all__ = ["Outcome", "Stopped", "always", "due_slots", "is_on_time", "run_due", "run_now", "run_slot"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a slot ended: what its steps counted together, and each step that failed."""

    job: str
    slot: datetime
    count: int
    failures: tuple[str, ...]


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
        made_with = job.made_with(session) if job.made_with else None
        last = store.find_done(session, job.name, slot)
        turn = _turn(job, slot, now, last, made_with)
        begun = store.begin(session, job.name, slot, now, not job.each_slot, again, made_with)
    if begun is None:
        return None
    outcome = _Run(job, turn, goes, begun).outcome()
    with transaction() as session:
        have_turn(session, job.name, begun)
        store.end(session, begun, outcome.count, outcome.failures, clock.now())
    return outcome


def _turn(job: Job, slot: datetime, now: datetime, last: JobRun | None, made_with: str | None) -> Turn:
    """What the slot is about, and what the last run that is done has seen of it."""
    turn = schedule.turn_of(job, slot, now)
    if last is None or made_with is None:
        return turn
    known = frozenset(schedule.days_of(job, last.slot)) if last.made_with == made_with else frozenset[date]()
    return replace(turn, looked_at=last.started_at, known=known)


def run_now(job: Job, day: date | None, now: datetime) -> Outcome:
    """How the job ended, done by hand: as if it were due after `day`, or its newest slot once more.

    A day that is not over is looked at without a word in the run ledger, because its slot is still to come.

    Raises: Stopped when the scheduler began the same slot meanwhile.
    """
    slot = schedule.newest_slot(job, now) if day is None else schedule.slot_after(job, day)
    if slot > now:
        return _Run(job, schedule.turn_of(job, slot, now), always, None).outcome()
    outcome = run_slot(job, slot, now, again=True)
    assert outcome is not None  # asked for again
    return outcome


class _Run:
    """One attempt at a slot: its steps in order, what they counted, and what failed."""

    def __init__(self, job: Job, turn: Turn, goes: Goes, begun: Begun | None) -> None:
        self._job, self._turn, self._goes, self._begun = job, turn, goes, begun
        self._workers = crowd.workers()
        self._count = 0
        self._failures: list[str] = []
        self._unfit: set[date] = set()

    def outcome(self) -> Outcome:
        """How the steps ended. One that failed leaves out what builds on it: the later steps of its day, the ratings of its month.

        Raises: Stopped.
        """
        began = time.monotonic()
        try:
            for step in self._job.first:
                self._one(step.__name__, None, self._turned(step))
            if self._learn("touched", self._look):
                self._daily()
                self._monthly()
            for step in self._job.last:
                self._one(step.__name__, None, self._turned(step))
        finally:
            self._workers.end()
        took_s = round(time.monotonic() - began, 3)
        failed = len(self._failures)
        log.info("job_ended", job=self._job.name, slot=self._turn.slot, count=self._count, failed=failed, took_s=took_s)
        return Outcome(self._job.name, self._turn.slot, self._count, tuple(self._failures))

    def _look(self, session: Session) -> None:
        """Learn whom something arrived about, and for whom it failed before."""
        failed = store.failed_in(session, self._job.name)
        found = self._job.touched(session, self._turn) if self._job.touched else Touched()
        self._turn = replace(self._turn, touched=found, failed=failed)

    def _daily(self) -> None:
        names = {_name_of(step) for step in self._job.daily}
        older = {about for name, about in self._turn.failed if name in names}
        for day in sorted({*self._turn.touched.people, *older, *self._turn.days}) if self._job.daily else ():
            for step in self._job.daily:
                if day not in self._unfit:
                    self._step(step, day)

    def _monthly(self) -> None:
        if not self._job.monthly:
            return
        months = {*self._turn.months, *(about.replace(day=1) for _, about in self._turn.failed)}

        def look(session: Session) -> None:
            months.update(self._job.months(session, self._turn) if self._job.months else ())
            self._turn = replace(self._turn, failed=store.failed_in(session, self._job.name))

        if self._learn("months", look):
            for month in sorted(months):
                for step in self._job.monthly:
                    if month not in self._unfit:
                        self._step(step, month)

    def _step(self, step: DayStep, about: date) -> None:
        if not isinstance(step, Crowd):
            self._one(step.__name__, about, lambda session: self._noted(session, step.__name__, about, step))
            return
        found: list[Sequence[int]] = []
        if self._learn(step.name, lambda session: found.extend(self._blocks(session, step, about)), about) and found:
            part = Part(self._job.name, self._begun, step, about, self._turn.now, decrees.words())
            done = self._workers.do(part, found, self._goes)
            self._count += done.count
            if done.error is not None:
                self._fail(step.name, about, done.error)

    def _blocks(self, session: Session, step: Crowd, about: date) -> list[Sequence[int]]:
        """The people whom the step is to be done for; a month is left alone where one of its days failed."""
        wanted = {*step.whom(session, about, self._turn), *self._turn.failed_at(step.name, about)}
        if step in self._job.monthly:
            crowds = {daily.name for daily in self._job.daily if isinstance(daily, Crowd)}
            for (name, day), people in self._turn.failed.items():
                if name in crowds and day.replace(day=1) == about:
                    wanted -= people
        store.begin_part(session, self._begun, step.name, about, len(wanted))
        return crowd.blocks_of(list(wanted))

    def _noted(self, session: Session, name: str, about: date, step: Callable[..., int | Done]) -> int:
        """What the step counted; whom it failed for is written down."""
        done = step(session, about, self._turn)
        if isinstance(done, int):
            return done
        store.note_failed(session, self._job.name, name, about, None, done.failed, self._turn.now)
        return done.count

    def _turned(self, step: Step) -> Callable[[Session], int]:
        return lambda session: step(session, self._turn)

    def _one(self, name: str, about: date | None, step: Callable[[Session], int]) -> None:
        def counted(session: Session) -> None:
            counts.append(step(session))

        counts: list[int] = []
        if self._learn(name, counted, about):
            self._count += sum(counts)

    def _learn(self, name: str, step: Callable[[Session], None], about: date | None = None) -> bool:
        """Whether the step came to its end, in a transaction of its own that nobody else writes beside.

        Raises: Stopped.
        """
        if not self._goes():
            raise Stopped
        try:
            with transaction() as session:
                have_turn(session, self._job.name, self._begun)
                step(session)
        except Stopped:
            raise
        except Exception as error:
            log.error("job_step_failed", job=self._job.name, step=name, about=about, exc_info=error)
            self._fail(name, about, kind_of(error))
            return False
        return True

    def _fail(self, name: str, about: date | None, code: str) -> None:
        self._failures.append(f"{name}{f' {about}' if about else ''}: {code}")
        self._unfit |= {about, about.replace(day=1)} if about else set()


def _name_of(step: DayStep) -> str:
    return step.name if isinstance(step, Crowd) else step.__name__
