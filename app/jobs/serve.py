"""The scheduler process: one of any number leads and runs the jobs, the others wait to take over."""

import signal
import threading
from collections.abc import Sequence
from datetime import timedelta
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from app import clock, decrees
from app.jobs import crowd, runner, schedule
from app.jobs.store import Leadership
from app.jobs.table import JOBS, Job

# How often a leader makes sure that it still is one, and another asks whether it is now.
WATCH_S = 1.0
# A step is seldom longer; a supervisor that has told us to stop waits ten seconds (Docker) or more before it kills.
GRACE_S = 5.0
# A slot that failed is tried again this long after.
RETRY = timedelta(minutes=5)

log = structlog.get_logger()


class Scheduler:
    """Runs the jobs while it leads. What was missed is caught up from the run ledger, so APScheduler needs no memory of its own."""

    def __init__(self, jobs: Sequence[Job] = JOBS, leadership: Leadership | None = None) -> None:
        self._jobs = jobs
        self._leadership = leadership or Leadership()
        self._stopping = threading.Event()
        self._leads = threading.Event()
        self._turns = {job.name: threading.Lock() for job in jobs}
        self._clockwork: BackgroundScheduler | None = None

    def serve(self) -> bool:
        """Whether nothing is left under way, when SIGTERM or SIGINT has told it to stop.

        False: a step takes longer than anybody waits for. It ends with the process, and whoever leads next takes it again.
        """
        decrees.stand()  # a broken file is met here, and not by the night
        crowd.collect_seldom()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._stop)
        log.info("scheduler_started")
        try:
            while not self._stopping.is_set():
                self._watch()
                self._stopping.wait(WATCH_S)
        finally:
            ended = self._abdicate()
            self._leadership.give_up()
            log.info("scheduler_stopped", ended=ended)
        return ended

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self._stopping.set()

    def _watch(self) -> None:
        """Begin or cease to run jobs as leadership comes and goes."""
        if self._leads.is_set() and not self._leadership.holds():
            log.error("leadership_lost")
            self._abdicate()
        if not self._leads.is_set() and self._leadership.take():
            log.info("leadership_taken")
            self._reign()

    def _reign(self) -> None:
        """Run what is due now, and from now on each job when it is due."""
        self._leads.set()
        self._clockwork = BackgroundScheduler(
            timezone=schedule.zone(),
            executors={"default": ThreadPoolExecutor(len(self._jobs) + 1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for job in self._jobs:
            self._clockwork.add_job(self._run_due, schedule.trigger_of(job), args=(job,), id=job.name, next_run_time=clock.now())
        self._clockwork.start()

    def _abdicate(self) -> bool:
        """Whether every step under way has come to its end, which is waited for; when told to stop, not for long."""
        self._leads.clear()
        if self._clockwork is None:
            return True
        ending = threading.Thread(target=self._clockwork.shutdown, daemon=True)
        ending.start()
        while ending.is_alive() and not self._stopping.is_set():
            ending.join(WATCH_S)
        ending.join(GRACE_S)
        self._clockwork = None
        return not ending.is_alive()

    def _run_due(self, job: Job) -> None:
        """Run the job's due slots; failed ones are tried again in a while."""
        with self._turns[job.name]:
            try:
                outcomes = runner.run_due(job, clock.now(), goes=self._leads.is_set)
            except runner.Stopped:  # by whoever leads now, by the order to stop, or by a person's hand, who does only this slot
                self._retry(job)
                return
            except Exception as error:
                log.error("job_not_begun", job=job.name, exc_info=error)
                self._retry(job)
                return
        if any(outcome.failures for outcome in outcomes):
            self._retry(job)

    def _retry(self, job: Job) -> None:
        if self._clockwork is not None and self._leads.is_set():
            at = clock.now() + RETRY
            self._clockwork.add_job(self._run_due, "date", run_date=at, args=(job,), id=f"{job.name} again", replace_existing=True)
