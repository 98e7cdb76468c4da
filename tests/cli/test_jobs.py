"""`flask jobs list|run`: what they print, and their exit status; `serve` is in tests/jobs."""

import re
import threading
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, text

from app import clock, db
from app.cli.jobs import jobs
from app.jobs import schedule, store
from app.jobs.table import JOBS, get_job
from tests import make
from tests.jobs.servers import until

ZONE = schedule.zone()


@pytest.fixture
def run(app: Flask, database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("TAPAK_VAR", str(tmp_path))
    return lambda *words: CliRunner().invoke(jobs, words)


def test_list_shows_every_job_when_it_is_due_and_that_it_never_ran(run: Callable[..., Result]) -> None:
    answer = run("list")
    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    assert [line.split()[0] for line in lines] == [job.name for job in JOBS]
    due = schedule.next_slot(get_job("night"), clock.now()).astimezone(ZONE)
    assert lines[0] == f"night            10 0 * * *   next {due:%Y-%m-%d %H:%M}   never ran"


def test_list_shows_the_newest_run_and_what_failed_in_it(run: Callable[..., Result]) -> None:
    newest = schedule.newest_slot(get_job("night"), clock.now())
    with db.transaction() as session:
        for slot, count, failures in ((newest - timedelta(days=1), 3, ()), (newest, 41, ("scan_day 2026-11-18: RowRefused",))):
            store.end(session, store.begin(session, "night", slot, slot), count, failures, slot)
    lines = run("list").output.splitlines()
    assert lines[0].endswith(f"   failed {newest.astimezone(ZONE):%Y-%m-%d %H:%M} (41)")
    assert lines[1].strip() == "scan_day 2026-11-18: RowRefused"
    assert len(lines) == len(JOBS) + 1


def test_run_does_the_newest_slot_and_does_it_again_when_asked_again(run: Callable[..., Result]) -> None:
    yesterday = clock.now().astimezone(ZONE).date() - timedelta(days=1)
    with db.transaction() as session:
        make.person(session, since=yesterday)
    newest = schedule.newest_slot(get_job("night"), clock.now()).astimezone(ZONE)
    first, again = run("run", "night"), run("run", "night")
    assert (first.exit_code, again.exit_code) == (0, 0)
    found = re.fullmatch(rf"night {newest:%Y-%m-%d %H:%M}: (\d+) changed\n", first.output)
    assert found and int(found[1]) >= 1
    assert again.output == f"night {newest:%Y-%m-%d %H:%M}: 0 changed\n"
    with db.transaction() as session:
        assert [(row.status, row.attempts) for row in store.list_runs(session, "night", 9)] == [("done", 2)]


def test_run_of_a_day_does_the_night_whose_last_day_it_is(run: Callable[..., Result]) -> None:
    answer = run("run", "night", "--day", "2026-11-02")
    assert (answer.exit_code, answer.output) == (0, "night 2026-11-03 00:10: 0 changed\n")


def test_run_of_a_job_that_fails_says_which_step_and_fails(run: Callable[..., Result], database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("RESET ROLE; DROP TABLE ratings"))
        connection.execute(text("SET ROLE tapak_app"))
    answer = run("run", "night", "--day", "2026-11-02")
    assert answer.exit_code == 1
    # What is logged on the way stands before it.
    assert "\nnight 2026-11-03 00:10: 0 changed\nError: failed: update_month 2026-" in answer.output
    assert answer.output.endswith(": RowRefused\n")


def test_run_says_when_the_scheduler_began_the_same_slot_meanwhile(run: Callable[..., Result]) -> None:
    answers: list[Result] = []
    by_hand = threading.Thread(target=lambda: answers.append(run("run", "make-partitions")))
    with db.transaction() as session:
        store.lock_job(session, "make-partitions")
        by_hand.start()
        assert until(lambda: bool(begun()))
        with db.transaction() as other:
            store.begin(other, "make-partitions", begun()[0].slot, clock.now())
    by_hand.join()
    assert answers[0].exit_code == 1
    assert answers[0].output == "Error: The scheduler began the same make-partitions meanwhile; the rest of it is done there.\n"
    assert [(row.status, row.attempts) for row in begun()] == [("running", 2)]


def begun() -> Sequence[store.JobRun]:
    with db.transaction() as session:
        return store.list_runs(session, "make-partitions", 9)


@pytest.mark.parametrize(
    "words, status, said",
    [
        (
            ("run", "nix"),
            1,
            "There is no job named nix; there are: night, seal-ledger, audit-ledger, forget-reports, export-recaps,"
            " make-partitions.",
        ),
        (("run",), 2, "Missing argument 'NAME'"),
        (("run", "night", "--day", "02-11-2026"), 2, "'02-11-2026' does not match the format '%Y-%m-%d'"),
        (("sprint",), 2, "No such command 'sprint'"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_run_is_said_in_a_sentence(run: Callable[..., Result], words, status: int, said: str) -> None:
    answer = run(*words)
    assert answer.exit_code == status and said in answer.output
    with db.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM job_runs")) == 0


def test_a_future_day_is_done_without_a_word_in_the_run_ledger(run: Callable[..., Result]) -> None:
    tomorrow: date = clock.now().astimezone(ZONE).date() + timedelta(days=1)
    answer = run("run", "night", "--day", str(tomorrow))
    assert answer.exit_code == 0 and answer.output.startswith(f"night {tomorrow + timedelta(days=1)} 00:10: ")
    with db.transaction() as session:
        assert store.list_runs(session, "night", 9) == []
