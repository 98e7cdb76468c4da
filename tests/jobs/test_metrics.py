"""`GET /metrics`: for whoever watches the installation and nobody else; what happened, and never to whom or where."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from app import clock, db
from app.config import ROOT
from app.jobs import schedule, store
from app.jobs.table import JOBS, get_job
from app.ledger import actions as ledger_actions
from app.ledger import store as ledger
from tests import make
from tests.jobs.servers import until
from tests.phones import Phone, enrolled

FAR_AWAY = (-8.60, 115.30)
Figures = Callable[..., float]


@pytest.fixture
def figures(client: FlaskClient) -> Figures:
    """The value of a figure now; 0 for one that has not been counted yet."""

    def value(name: str, **labels: object) -> float:
        wanted = {label: str(given) for label, given in labels.items()}
        return sum(sample.value for sample in samples(client) if (sample.name, sample.labels) == (name, wanted))

    return value


def samples(client: FlaskClient) -> Iterator:
    answer = client.get("/metrics")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain"), answer.text
    for family in text_string_to_metric_families(answer.text):
        yield from family.samples


def remote(address: str) -> dict:
    return {"environ_base": {"REMOTE_ADDR": address}}


@pytest.mark.parametrize(
    "asked",
    [{}, remote("::1"), {"headers": {"Host": "127.0.0.1:8000"}}, {"headers": {"Host": "[::1]:8000"}, **remote("::1")}],
    ids=["IPv4", "IPv6", "by number", "by IPv6 number"],
)
def test_it_is_there_for_this_machine(client: FlaskClient, asked: dict) -> None:
    assert client.get("/metrics", **asked).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        remote("10.1.2.3"),
        remote("127.0.0.2.example"),
        remote(""),
        {"headers": {"Host": "presensi.example.go.id"}},
        {"headers": {"Host": "localhost.example"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
        {"headers": {"X-Real-IP": "10.1.2.3"}},
        {"headers": {"Via": "1.1 proxy"}},
        {"headers": {"Authorization": "Bearer "}, **remote("10.1.2.3")},
        {"headers": {"Authorization": "Bearer None"}, **remote("10.1.2.3")},
    ],
    ids=str,
)
def test_it_is_not_there_for_anybody_else(client: FlaskClient, asked: dict) -> None:
    nowhere = client.get("/v1/nothing-here", **asked)
    answer = client.get("/metrics", **asked)
    assert (answer.status_code, answer.data, answer.mimetype) == (404, nowhere.data, nowhere.mimetype)


def test_the_token_opens_it_from_everywhere_and_no_other_does(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPAK_METRICS_TOKEN", "kunci-pemantau")

    def status(authorization: str) -> int:
        return client.get("/metrics", headers={"Authorization": authorization}, **remote("10.1.2.3")).status_code

    assert status("Bearer kunci-pemantau") == 200
    wrong = ["", "Bearer", "Bearer ", "Bearer kunci", "Bearer kunci-pemantau2", "Bearer é", "Basic kunci-pemantau"]
    assert {status(authorization) for authorization in wrong} == {404}


def test_requests_are_counted_by_the_route_s_template_method_and_status(client: FlaskClient, figures: Figures) -> None:
    def counted(route: str, method: str, status: int) -> float:
        return figures("tapak_http_request_seconds_count", route=route, method=method, status=status)

    before = counted("/v1/sites/<code>/versions", "GET", 401)
    for code in ("SATU", "DUA", "TIGA"):
        client.get(f"/v1/sites/{code}/versions")
    assert counted("/v1/sites/<code>/versions", "GET", 401) == before + 3
    assert figures("tapak_http_request_seconds_sum", route="/v1/sites/<code>/versions", method="GET", status=401) > 0


def test_whatever_a_stranger_sends_makes_no_new_label(client: FlaskClient) -> None:
    def labels() -> set[tuple[tuple[str, str], ...]]:
        return {tuple(sample.labels.items()) for sample in samples(client) if sample.name == "tapak_http_request_seconds_count"}

    client.get("/zero")
    client.open("/zero", method="NULL")
    client.open("/v1/me", method="NULL")
    before = labels()
    for number in range(5):
        client.get(f"/gone/{number}")
        client.open(f"/gone/{number}", method=f"METHOD{number}")
        client.open("/v1/me", method=f"METHOD{number}")
    assert labels() == before


def test_check_ins_are_counted_once_by_verdict_and_apart_when_they_come_again_or_are_refused(
    client: FlaskClient, session: Session, figures: Figures
) -> None:
    make.site(session)
    phone, now = enrolled(session, make.person(session)), clock.now()
    near, far = phone.checkin(now), phone.checkin(now, "out", FAR_AWAY)

    def counted() -> list[float]:
        return [
            figures("tapak_checkins_total", verdict="accepted"),
            figures("tapak_checkins_total", verdict="rejected"),
            figures("tapak_checkin_replays_total"),
            figures("tapak_checkin_refusals_total", code="malformed_checkin"),
            figures("tapak_checkin_refusals_total", code="device_not_enrolled"),
            figures("tapak_checkin_retries_total"),
        ]

    before = counted()
    batch = [near, far, near, "rubbish", Phone(phone.nip).checkin(now)]
    assert client.post("/v1/checkins", json={"checkins": batch}).status_code == 200
    assert [after - was for after, was in zip(counted(), before, strict=True)] == [1, 1, 1, 1, 1, 0]
    client.post("/v1/checkins", json={"checkins": [near, far]})
    assert [after - was for after, was in zip(counted(), before, strict=True)] == [1, 1, 3, 1, 1, 0]


def test_a_check_in_that_met_an_unexpected_error_is_counted_as_to_be_sent_again(
    client: FlaskClient, session: Session, figures: Figures
) -> None:
    make.site(session)
    phone = enrolled(session, make.person(session))
    session.execute(text("RESET ROLE; ALTER TABLE checkins ADD CONSTRAINT uji CHECK (seq < 7); SET ROLE tapak_app"))
    before = figures("tapak_checkin_retries_total")
    [result] = client.post("/v1/checkins", json={"checkins": [phone.checkin(clock.now(), seq=7)]}).json["results"]
    assert result["status"] == "retry"
    assert figures("tapak_checkin_retries_total") == before + 1


def test_nothing_in_it_tells_a_person_or_a_place(client: FlaskClient, session: Session) -> None:
    make.site(session)
    person = make.person(session, name="Ni Luh Rahasia")
    client.post("/v1/checkins", json={"checkins": [enrolled(session, person).checkin(clock.now())]})
    client.get(f"/v1/people/{person.nip}?nip={person.nip}")
    said = client.get("/metrics").text
    assert person.nip not in said and "Rahasia" not in said and not re.search(r"115\.2|-8\.6|KANTOR", said)
    names = {name for sample in samples(client) for name in sample.labels}
    assert names <= {"route", "method", "status", "le", "verdict", "code", "job", "state", "build", "python"}


def test_of_each_job_it_tells_the_last_success_how_long_it_took_and_whether_it_is_late(session: Session, figures: Figures) -> None:
    assert {figures("tapak_job_late", job=job.name) for job in JOBS} == {1}
    assert figures("tapak_job_last_success_timestamp_seconds", job="night") == 0
    newest = schedule.newest_slot(get_job("night"), clock.now())
    done = store.begin(session, "night", newest, newest + timedelta(minutes=1))
    failed = store.begin(session, "night", newest - timedelta(days=1), newest)
    store.end(session, done, 3, (), newest + timedelta(minutes=3))
    store.end(session, failed, 3, ("scan_day: Conflict",), newest + timedelta(minutes=9))
    assert figures("tapak_job_late", job="night") == 0
    assert figures("tapak_job_last_success_timestamp_seconds", job="night") == (newest + timedelta(minutes=3)).timestamp()
    assert figures("tapak_job_last_duration_seconds", job="night") == 120
    assert figures("tapak_job_undone_slots", job="night") == 1
    assert figures("tapak_job_undone_slots", job="seal-ledger") == 0


def test_it_tells_how_old_the_oldest_unsealed_leaf_is(session: Session, figures: Figures) -> None:
    assert (figures("tapak_ledger_unsealed_seconds"), figures("tapak_ledger_leaves")) == (0, 0)
    ledger.append(session, "test", "old", {}, clock.now() - timedelta(seconds=300))
    ledger.append(session, "test", "new", {}, clock.now())
    assert 300 <= figures("tapak_ledger_unsealed_seconds") < 330


def test_a_sealed_leaf_is_no_lag(app: Flask, database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPAK_VAR", str(tmp_path))

    def told() -> tuple[float, float]:
        found = {sample.name: sample.value for sample in samples(app.test_client())}
        return found["tapak_ledger_leaves"], found["tapak_ledger_unsealed_seconds"]

    def append(subject: str, age_s: float) -> None:
        with db.transaction() as session:
            ledger.append(session, "test", subject, {}, clock.now() - timedelta(seconds=age_s))

    append("first", 500)
    assert until(lambda: seal() == 1)
    assert told() == (1, 0)
    append("second", 90)
    leaves, lag_s = told()
    assert leaves == 1 and 90 <= lag_s < 120


def seal() -> int:
    """Leaves sealed; none while another database's transaction holds up the horizon."""
    with db.transaction() as session:
        return ledger_actions.seal(session, clock.now())


def test_it_counts_the_connections_and_says_what_runs(client: FlaskClient, session: Session, figures: Figures) -> None:
    assert figures("tapak_database_up") == 1
    assert sum(sample.value for sample in samples(client) if sample.name == "tapak_database_connections") >= 1
    assert figures("tapak_database_connections_allowed") == 100
    assert [sample.labels["build"] for sample in samples(client) if sample.name == "tapak_build_info"] == ["checkout"]


def test_without_a_database_it_still_tells_what_was_counted(client: FlaskClient, figures: Figures) -> None:
    client.get("/livez")
    gone = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    db.Sessions.configure(bind=gone, join_transaction_mode="conditional_savepoint")
    assert figures("tapak_database_up") == 0
    assert figures("tapak_http_request_seconds_count", route="/livez", method="GET", status=200) >= 1
    assert not [sample for sample in samples(client) if sample.name.startswith(("tapak_job", "tapak_ledger"))]


def test_the_figures_that_alarms_are_set_on_are_those_there_are(client: FlaskClient, session: Session) -> None:
    told = {family.name for family in text_string_to_metric_families(client.get("/metrics").text)}
    written = set(re.findall(r"tapak_\w+", (ROOT / "docs" / "operations.md").read_text("utf-8"))) - {"tapak_app", "tapak_owner"}
    assert {re.sub(r"_(total|count|bucket|sum)$", "", name) for name in written} == told


def test_whom_a_job_failed_for_and_how_far_it_is_are_counted(session: Session, figures: Figures) -> None:
    person, now = make.person(session), clock.now()
    begun = store.begin(session, "night", now, now)
    store.begin_part(session, begun, "close_day", now.date(), 9)
    store.note_progress(session, begun, 4)
    store.note_failed(session, "night", "close_day", now.date(), None, {person.id: "ValueError"}, now)
    assert figures("tapak_job_failed_people", job="night") == 1
    assert [figures("tapak_job_people", job="night", state=state) for state in ("done", "of")] == [4, 9]
