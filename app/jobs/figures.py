"""What can be asked of the database about its own state, as figures for Prometheus."""

import platform
from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app import errors
from app.config import text_setting
from app.db import RowRefused, Session, transaction
from app.jobs import runner, schedule, store
from app.jobs.table import JOBS
from app.ledger import store as ledger


class Figures(Collector):
    """The state of the jobs and the ledger at an instant; of a database that is away or not migrated, only that."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each figure with its value for each job or for all."""
        try:
            with transaction() as session:
                found = [*_of_jobs(session, self._now), *_of_ledger(session, self._now), *_of_database(session)]
        except (errors.Unavailable, RowRefused):
            found = []
        yield from found
        yield _gauge("tapak_database_up", "Whether the database answers.", bool(found))
        built = GaugeMetricFamily("tapak_build_info", "What runs.", labels=["build", "python"])
        built.add_metric([text_setting("build"), platform.python_version()], 1)
        yield built


def _of_jobs(session: Session, now: datetime) -> Iterator[GaugeMetricFamily]:
    success = GaugeMetricFamily("tapak_job_last_success_timestamp_seconds", "When a run ended well, last.", labels=["job"])
    took = GaugeMetricFamily("tapak_job_last_duration_seconds", "How long that run took.", labels=["job"])
    late = GaugeMetricFamily("tapak_job_late", "Whether its newest slot is not done.", labels=["job"])
    undone = GaugeMetricFamily("tapak_job_undone_slots", "Slots begun and not done: failed, or under way.", labels=["job"])
    stuck = GaugeMetricFamily("tapak_job_failed_people", "People for whom a step failed and is not done since.", labels=["job"])
    people = GaugeMetricFamily(
        "tapak_job_people", "How far the newest slot is in its present step for many people.", labels=["job", "state"]
    )
    for job in JOBS:
        runs = store.list_runs(session, job.name, runner.REMEMBERED)
        late.add_metric([job.name], not runner.is_on_time(runs, schedule.newest_slot(job, now)))
        undone.add_metric([job.name], sum(run.status != "done" for run in runs))
        stuck.add_metric([job.name], store.count_failed(session, job.name))
        if runs and runs[0].step is not None:
            people.add_metric([job.name, "done"], runs[0].done_people)
            people.add_metric([job.name, "of"], runs[0].of_people)
        ended = [(run.ended_at, run.started_at) for run in runs if run.status == "done" and run.ended_at]
        if ended:
            ended_at, started_at = max(ended)
            success.add_metric([job.name], ended_at.timestamp())
            took.add_metric([job.name], (ended_at - started_at).total_seconds())
    yield from (success, took, late, undone, stuck, people)


def _of_ledger(session: Session, now: datetime) -> Iterator[GaugeMetricFamily]:
    oldest, last = ledger.find_oldest_unsealed(session), ledger.find_last_sealed(session)
    lag_s = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    yield _gauge("tapak_ledger_unsealed_seconds", "Age of the oldest leaf that is in no checkpoint; 0 when all are.", lag_s)
    yield _gauge("tapak_ledger_leaves", "Leaves under the newest checkpoint.", last.size if last else 0)


def _of_database(session: Session) -> Iterator[GaugeMetricFamily]:
    states, most = store.count_connections(session)
    open_ = GaugeMetricFamily("tapak_database_connections", "Connections to this database, by state.", labels=["state"])
    for state, count in states.items():
        open_.add_metric([state], count)
    yield open_
    yield _gauge("tapak_database_connections_allowed", "Connections the server allows to all its databases.", most)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
