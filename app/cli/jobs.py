"""`flask jobs`: the scheduler, one job by hand, and what has run."""

import os
import sys
from datetime import datetime

import click

from app import clock
from app.cli.told import Told
from app.db import transaction
from app.jobs import runner, schedule, store
from app.jobs.serve import Scheduler
from app.jobs.table import JOBS, get_job
from app.texts import text


@click.group(cls=Told)
def jobs() -> None:
    """What the program does by itself."""


@jobs.command()
def serve() -> None:
    """Run every job when it is due, until SIGTERM. Of several such processes one leads, and the others wait to take over."""
    ended = Scheduler().serve()
    sys.stdout.flush()
    if not ended:
        os._exit(0)  # Python would wait for the threads; PostgreSQL takes back what the step began


@jobs.command()
@click.argument("name")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The last day it is about; without one, the newest slot.")
def run(name: str, day: datetime | None) -> None:
    """Run the job NAME now. Doing one again does no harm."""
    job = get_job(name)
    try:
        outcome = runner.run_now(job, day.date() if day else None, clock.now())
    except runner.Stopped:
        raise click.ClickException(text("job_overtaken", "en", job=name)) from None
    click.echo(f"{job.name} {outcome.slot.astimezone(schedule.zone()):%Y-%m-%d %H:%M}: {outcome.count} changed")
    if outcome.failures:
        raise click.ClickException("failed: " + "; ".join(outcome.failures))


@jobs.command("list")
def list_() -> None:
    """Print every job with its newest run."""
    now, zone = clock.now(), schedule.zone()
    for job in JOBS:
        with transaction() as session:
            newest, failed = store.find_newest(session, job.name), store.count_failed(session, job.name)
        due = schedule.next_slot(job, now).astimezone(zone)
        ran = f"{newest.status} {newest.slot.astimezone(zone):%Y-%m-%d %H:%M} ({newest.count})" if newest else "never ran"
        click.echo(f"{job.name:<16} {job.cron:<12} next {due:%Y-%m-%d %H:%M}   {ran}")
        if newest and newest.error:
            click.echo(f"{'':<16} {newest.error}")
        if newest and newest.status == "running" and newest.step:
            click.echo(f"{'':<16} {newest.step} {newest.about}: {newest.done_people} of {newest.of_people} people")
        if failed:
            click.echo(f"{'':<16} {failed} people it failed for are tried again by each run: GET /v1/jobs/failures")
