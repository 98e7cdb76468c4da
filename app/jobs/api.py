"""The state of the jobs, and of the whole installation, over HTTP."""

from typing import Any

from flask import Response
from marshmallow import fields

from app import clock, metrics
from app.access import Role
from app.db import transaction
from app.http import Blueprint, Instant, Schema, actor, allowed, collection, machine
from app.jobs import runner, schedule, store
from app.jobs.figures import Figures
from app.jobs.table import JOBS, Job

jobs = Blueprint("jobs", __name__, url_prefix="/v1", description="What the program does by itself.")

watch = Blueprint("watch", __name__, description="What a monitor asks.")

SHOWN_RUNS = 7
MOST_SHOWN = 500
READERS = (Role.ADMIN, Role.HR, Role.AUDITOR)


class RunSchema(Schema):
    """One slot of a job."""

    slot = Instant(required=True)
    status = fields.String(required=True, metadata={"enum": ["running", "done", "failed"]})
    count = fields.Integer(required=True)
    attempts = fields.Integer(required=True)
    step = fields.String(
        required=True, allow_none=True, metadata={"description": "where it is, or was last, of those for many people"}
    )
    about = fields.Date(required=True, allow_none=True, metadata={"description": "the day of that step, or the first of its month"})
    done_people = fields.Integer(required=True, metadata={"description": "how many people that step is done for"})
    of_people = fields.Integer(required=True)
    error = fields.String(required=True, allow_none=True, metadata={"description": "the steps that failed, without names"})
    started_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class JobSchema(Schema):
    """A job, when it is due, and how it went."""

    name = fields.String(required=True)
    cron = fields.String(required=True)
    zone = fields.String(required=True)
    next_at = Instant(required=True)
    is_late = fields.Boolean(required=True, metadata={"description": "its newest slot is not done"})
    failed_people = fields.Integer(
        required=True, metadata={"description": "for whom something failed and is not done since; GET /v1/jobs/failures"}
    )
    runs = fields.List(fields.Nested(RunSchema), required=True, metadata={"description": "newest first"})


class FailureSchema(Schema):
    """Somebody for whom a step of a job failed; every run of the job tries again, and a month waits for its days."""

    job = fields.String(required=True)
    step = fields.String(required=True)
    about = fields.Date(required=True)
    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True, attribute="unit_code")
    code = fields.String(required=True, metadata={"description": "what went wrong, without words; they are in the log"})
    tries = fields.Integer(required=True)
    first_at = Instant(required=True)
    last_at = Instant(required=True)


@jobs.get("/jobs")
@allowed(*READERS)
@jobs.response(200, collection(JobSchema))
def list_jobs() -> dict[str, Any]:
    """Every job with its newest runs."""
    with transaction() as session:
        items = [_shown(job, store.list_runs(session, job.name, SHOWN_RUNS), store.count_failed(session, job.name)) for job in JOBS]
    return {"items": items, "next": None}


@jobs.get("/jobs/failures")
@allowed(*READERS)
@jobs.response(200, collection(FailureSchema))
def list_failures() -> dict[str, Any]:
    """The people one answers for whom a job could not be done for, the oldest first; at most 500."""
    with transaction() as session:
        return {"items": store.list_failed(session, actor().paths(*READERS), MOST_SHOWN), "next": None}


@watch.get("/metrics")
@machine
@watch.response(200, {"type": "string"}, content_type="text/plain", description="Prometheus text")
def get_metrics() -> Response:
    """Figures for Prometheus: from this machine, or with the bearer token TAPAK_METRICS_TOKEN; to others this is not there."""
    return Response(metrics.exposed([Figures(clock.now())]), content_type=metrics.CONTENT_TYPE_LATEST)


def _shown(job: Job, runs: Any, failed_people: int) -> dict[str, Any]:
    now = clock.now()
    return {
        "name": job.name,
        "cron": job.cron,
        "zone": str(schedule.zone()),
        "next_at": schedule.next_slot(job, now),
        "is_late": not runner.is_on_time(runs, schedule.newest_slot(job, now)),
        "failed_people": failed_people,
        "runs": runs,
    }
