"""`GET /v1/jobs`: for who runs the installation or checks it, what is due and how it went."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import clock
from app.access import Role
from app.jobs import schedule, store
from app.jobs.table import JOBS, get_job
from tests import make

SignIn = Callable[..., dict[str, str]]


@pytest.fixture
def asking(client: FlaskClient, session: Session, sign_in: SignIn) -> Callable[[str | None], tuple[int, dict]]:
    """Status and body for somebody who holds the role."""

    def ask(role: str | None) -> tuple[int, dict]:
        person = make.person(session)
        if role is not None:
            make.grant(session, person, role, make.unit(session))
        answer = client.get("/v1/jobs", headers=sign_in(person.id))
        return answer.status_code, answer.json

    return ask


@pytest.mark.parametrize("role", [Role.ADMIN, Role.HR, Role.AUDITOR])
def test_who_runs_it_or_checks_it_sees_every_job(asking: Callable, role: str) -> None:
    status, body = asking(role)
    assert status == 200 and body["next"] is None
    assert [job["name"] for job in body["items"]] == [job.name for job in JOBS]


@pytest.mark.parametrize("role", [None, Role.SUPERVISOR])
def test_nobody_else_does(asking: Callable, role: str | None) -> None:
    status, body = asking(role)
    assert (status, body["code"]) == (403, "role_missing")


def test_a_stranger_is_told_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/v1/jobs")
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")


def test_a_grant_that_has_ended_opens_nothing(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    person = make.person(session)
    make.grant(session, person, Role.ADMIN, make.unit(session), until=clock.now().date() - timedelta(days=2))
    assert client.get("/v1/jobs", headers=sign_in(person.id)).status_code == 403


def test_a_job_that_never_ran_is_late_and_says_when_it_is_next(asking: Callable) -> None:
    _, body = asking(Role.ADMIN)
    (night,) = [job for job in body["items"] if job["name"] == "night"]
    assert set(night) == {"name", "cron", "zone", "next_at", "is_late", "failed_people", "runs"}
    assert (night["cron"], night["zone"], night["is_late"], night["runs"]) == ("10 0 * * *", "Asia/Makassar", True, [])
    assert datetime.fromisoformat(night["next_at"]) == schedule.next_slot(get_job("night"), clock.now())


def test_the_newest_seven_runs_are_shown_newest_first_with_what_failed(asking: Callable, session: Session) -> None:
    newest = schedule.newest_slot(get_job("night"), clock.now())
    for nights_ago in range(9):
        slot = newest - timedelta(days=nights_ago)
        begun = store.begin(session, "night", slot, slot + timedelta(minutes=1))
        failures = ("scan_day 2026-11-18: RowRefused",) if nights_ago == 1 else ()
        store.end(session, begun, nights_ago, failures, slot + timedelta(minutes=2))
    store.begin(session, "night", newest, newest + timedelta(minutes=3), again=True)
    _, body = asking(Role.AUDITOR)
    (night,) = [job for job in body["items"] if job["name"] == "night"]
    assert night["is_late"] is True
    assert [datetime.fromisoformat(run["slot"]) for run in night["runs"]] == [newest - timedelta(days=n) for n in range(7)]
    running, failed, done = night["runs"][:3]
    progress = {"step", "about", "done_people", "of_people"}
    assert set(running) == {"slot", "status", "count", "attempts", "error", "started_at", "ended_at", *progress}
    assert [running[name] for name in ("status", "count", "attempts", "error", "ended_at")] == ["running", 0, 2, None, None]
    assert [failed[name] for name in ("status", "count", "attempts", "error")] == [
        "failed",
        1,
        1,
        "scan_day 2026-11-18: RowRefused",
    ]
    assert [done[name] for name in ("status", "count", "attempts", "error")] == ["done", 2, 1, None]
    assert datetime.fromisoformat(failed["ended_at"]) - datetime.fromisoformat(failed["started_at"]) == timedelta(minutes=1)


def test_a_job_whose_newest_slot_is_done_is_not_late(asking: Callable, session: Session) -> None:
    newest = schedule.newest_slot(get_job("night"), clock.now())
    store.end(session, store.begin(session, "night", newest, newest), 0, (), newest)
    _, body = asking(Role.HR)
    assert {job["name"]: job["is_late"] for job in body["items"]} == {job.name: job.name != "night" for job in JOBS}


def test_how_far_a_run_is_is_shown(asking: Callable, session: Session) -> None:
    newest = schedule.newest_slot(get_job("night"), clock.now())
    begun = store.begin(session, "night", newest, newest)
    store.begin_part(session, begun, "close_day", newest.date(), 20_000)
    store.note_progress(session, begun, 2_000)
    _, body = asking(Role.HR)
    (run,) = next(job for job in body["items"] if job["name"] == "night")["runs"]
    found = [run[name] for name in ("step", "about", "done_people", "of_people")]
    assert found == ["close_day", newest.date().isoformat(), 2_000, 20_000]


def test_for_whom_a_job_failed_is_shown_to_who_answers_for_them(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    agency, other = make.unit(session), make.unit(session, "JATENG")
    officer, mine, theirs = make.person(session, agency), make.person(session, agency), make.person(session, other)
    make.grant(session, officer, Role.HR, agency)
    day, now = clock.now().date() - timedelta(days=1), clock.now()
    store.note_failed(session, "night", "close_day", day, None, {mine.id: "ValueError", theirs.id: "RowRefused"}, now)
    answer = client.get("/v1/jobs/failures", headers=sign_in(officer.id))
    (found,) = answer.json["items"]
    assert (found["nip"], found["unit"], found["code"], found["tries"]) == (mine.nip, agency.code, "ValueError", 1)
    assert (found["job"], found["step"], found["about"]) == ("night", "close_day", day.isoformat())
    jobs = client.get("/v1/jobs", headers=sign_in(officer.id)).json["items"]
    assert {job["name"]: job["failed_people"] for job in jobs} == {job.name: 2 if job.name == "night" else 0 for job in JOBS}
    assert client.get("/v1/jobs/failures", headers=sign_in(mine.id)).status_code == 403
