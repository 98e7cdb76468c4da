"""A step for many people: in blocks that are transactions of their own, shared by processes, and for all but whom it fails for."""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from multiprocessing.connection import wait as wait_for
from typing import Protocol

import structlog

from app import db, decrees, errors
from app.config import int_setting
from app.db import Session, transaction
from app.jobs import lease, store
from app.jobs.lease import Goes
from app.jobs.store import Begun
from app.jobs.turn import Turn

# Small enough to lose little with a process that is killed and to stay far from the memory of a small machine; of larger ones each
# query would cost less per person, by a few per cent.
BLOCK = 2_000
# More than these of one block, and what is wrong is not wrong with people.
MOST_FAILED = 50
# Blocks of a process that died are given to another one once.
TRIES = 2
# How often it is asked whether to go on while other processes work.
WATCH_S = 0.5

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Done:
    """What a step came to: rows that changed, the people it failed for with a code each, and why all of it failed, if it did."""

    count: int = 0
    failed: Mapping[int, str] = field(default_factory=dict)
    error: str | None = None

    def __add__(self, other: "Done") -> "Done":
        return Done(self.count + other.count, {**self.failed, **other.failed}, self.error or other.error)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A step for many people, about a day or a month. `whom`: for whom there is something to do; `do`: for some of them, once more
    without harm, the number of rows that changed."""

    name: str
    whom: Callable[[Session, date, Turn], Sequence[int]]
    do: Callable[[Session, date, datetime, Sequence[int]], int]


@dataclass(frozen=True, slots=True)
class Part:
    """A step of an attempt at a slot, about a day or a month."""

    job: str
    begun: Begun | None
    crowd: Crowd
    about: date
    now: datetime
    law: str


class TooManyFailed(Exception):
    """A step failed for so many people that it is not they whom something is wrong with."""


def done_for(session: Session, do: Callable[[Sequence[int]], int], person_ids: Sequence[int]) -> Done:
    """What comes of it for all of them but those for whom it fails, who are found by halving.

    So one broken row costs the block about once more, and not a savepoint for everybody every night.
    Raises: whatever is wrong with everybody: a database that is away, a table that is not there; TooManyFailed.
    """
    try:
        with session.begin_nested():
            return Done(do(person_ids))
    except Exception as error:
        plain = db.about_rows(error)
        if plain is None:
            raise
        if len(person_ids) == 1:
            log.error("person_failed", person=person_ids[0], code=kind_of(plain), exc_info=plain)
            return Done(failed={person_ids[0]: kind_of(plain)})
    half = len(person_ids) // 2
    first = done_for(session, do, person_ids[:half])
    if len(first.failed) > MOST_FAILED:
        raise TooManyFailed
    return first + done_for(session, do, person_ids[half:])


def kind_of(error: Exception) -> str:
    """What went wrong without its words, which may hold names; they are in the log."""
    return error.code if isinstance(error, errors.TapakError) else type(error).__name__


def take_block(part: Part, person_ids: Sequence[int]) -> Done:
    """The part done for these people in one transaction, with the word about whom it failed for and how far the run is.

    Raises: Stopped.
    """
    if part.law != decrees.words():
        return Done(error="LawChanged")  # a file was changed since the first process read it, which has to be started anew
    try:
        with transaction() as session:
            lease.have_turn(session, part.job, part.begun, is_shared=True)
            done = done_for(session, partial(part.crowd.do, session, part.about, part.now), person_ids)
            store.note_failed(session, part.job, part.crowd.name, part.about, person_ids, done.failed, part.now)
            store.note_progress(session, part.begun, len(person_ids))
            return done
    except lease.Stopped:
        raise
    except Exception as error:
        log.error("job_block_failed", job=part.job, step=part.crowd.name, about=part.about, exc_info=error)
        return Done(error=kind_of(error))


class Workers(Protocol):
    """Whoever does blocks of people."""

    def do(self, part: Part, blocks: Sequence[Sequence[int]], goes: Goes) -> Done:
        """What the part comes to for all blocks."""

    def end(self) -> None:
        """Let them go."""


class Here:
    """This process, one block after the other."""

    def do(self, part: Part, blocks: Sequence[Sequence[int]], goes: Goes) -> Done:
        """What the part comes to for all blocks. Raises: Stopped."""
        done = Done()
        for block in blocks:
            if not goes():
                raise lease.Stopped
            done += take_block(part, block)
        return done

    def end(self) -> None:
        """Nothing to let go of."""


class Processes:
    """Processes of our own, begun with the first part that has several blocks; what comes out does not depend on their number."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._here = Here()

    def do(self, part: Part, blocks: Sequence[Sequence[int]], goes: Goes) -> Done:
        """What the part comes to for all blocks. Blocks of a process that is killed are done by another one, once.

        Raises: Stopped.
        """
        if len(blocks) < 2:
            return self._here.do(part, blocks, goes)
        done, left = Done(), list(blocks)
        for _ in range(TRIES):
            came, left = self._once(part, left, goes)
            done += came
            if not left:
                return done
            log.error("job_process_died", job=part.job, step=part.crowd.name, about=part.about, blocks=len(left))
            self.end()
        return done + Done(error="ProcessDied")

    def _once(self, part: Part, blocks: Sequence[Sequence[int]], goes: Goes) -> tuple[Done, list[Sequence[int]]]:
        """What came of the blocks, and those of which nothing came because a process died."""
        done, left = Done(), list[Sequence[int]]()
        work: dict[Future[Done], Sequence[int]] = {}
        with suppress(BrokenProcessPool):
            for block in blocks:
                work[self._begun().submit(take_block, part, block)] = block
        left += blocks[len(work) :]
        waiting = set(work)
        while waiting:
            if not goes():
                running = {future for future in waiting if not future.cancel()}
                wait(running)
                raise lease.Stopped
            over, waiting = wait(waiting, WATCH_S)
            for future in over:
                try:
                    done += future.result()
                except BrokenProcessPool:
                    left.append(work[future])
        return done, left

    def _begun(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Not forked: a fork takes along the locks that other threads of this process hold at that moment.
            self._pool = ProcessPoolExecutor(self._processes, multiprocessing.get_context("spawn"), begin_work)
        return self._pool

    def end(self) -> None:
        """Let the processes go."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def workers() -> Workers:
    """As many as the setting says."""
    processes = int_setting("night_processes")
    return Here() if processes < 2 else Processes(processes)


def begin_work() -> None:
    """Make this process ready to do blocks: it ends with the one that began it, and leaves Ctrl-C to that one."""
    from app.http.edge import start_logging  # here, because only a process of its own has not begun to log

    start_logging()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    decrees.stand()
    collect_seldom()


def collect_seldom() -> None:
    """Let this process look for circles of objects seldom.

    A block makes some hundred thousand things and lets go of nearly all of them by itself: looking for circles among them took a
    quarter of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _end_with(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def blocks_of(person_ids: Sequence[int]) -> list[Sequence[int]]:
    """The people in blocks, in order: of two runs over the same people none waits for the other crosswise."""
    ordered = sorted(set(person_ids))
    return [ordered[begin : begin + BLOCK] for begin in range(0, len(ordered), BLOCK)]
