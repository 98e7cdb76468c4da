"""A standby that has not confirmed: what may be committed nowhere else is no answer, neither the first time nor again."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from app import clock, db
from app.cluster import Cluster
from tests import make
from tests.phones import enrolled

WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture
def compact(server: Cluster, database: Engine) -> str:
    """A check-in ready to be sent, and a database in which a commit waits for the disk, and for a standby if one is named."""
    server.sql(f"ALTER DATABASE {database.url.database} SET synchronous_commit = on")
    database.dispose()
    with db.transaction() as session:
        make.site(session)
        return enrolled(session, make.person(session)).checkin(clock.now())


@pytest.fixture
def standby(server: Cluster) -> Iterator[Callable[[str], None]]:
    """Names the standby that every commit waits for; none when the test ends."""

    def name(names: str) -> None:
        server.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{names}';\nSELECT pg_reload_conf()")
        while server.sql("SHOW synchronous_standby_names").strip() != names:
            time.sleep(0.01)
        server.sql("CHECKPOINT")  # by the process that tells the others whether to wait, and after it has reloaded

    yield name
    name("")


@pytest.fixture
def send(app: Flask, compact: str) -> Iterator[Callable[[], Future]]:
    """Begins one more delivery of the check-in."""
    with ThreadPoolExecutor(4) as threads:
        yield lambda: threads.submit(app.test_client().post, "/v1/checkins", json={"checkins": [compact]})


def cancel_the_wait(server: Cluster, sent: Future) -> None:
    """Do what an impatient operator does to a commit that hangs."""
    until = time.monotonic() + 20
    while not (waiting := server.sql(WAITING).split()):
        assert not sent.done(), f"answered without waiting for the standby: {sent.result().text[:90]}"
        assert time.monotonic() < until
        time.sleep(0.02)
    server.sql(f"SELECT pg_cancel_backend({waiting[0]})")


def kept(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT answer FROM checkins")))


def test_a_commit_that_no_standby_confirmed_is_no_answer_and_neither_is_its_replay(
    server: Cluster, database: Engine, standby: Callable[[str], None], send: Callable[[], Future], monkeypatch: pytest.MonkeyPatch
) -> None:
    same: datetime = clock.now()  # replays at one and the same instant must each have something of their own to commit
    monkeypatch.setattr(clock, "now", lambda: same)
    standby("nobody")
    for _ in range(3):
        sent = send()
        cancel_the_wait(server, sent)
        answer = sent.result(20)
        assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert len(kept(database)) == 1
    standby("")
    answers = {send().result(20).text for _ in range(3)}
    assert answers == {'{"results":[' + kept(database)[0] + "]}"}


def test_a_commit_that_the_standby_confirms_after_all_is_answered_then(
    server: Cluster, database: Engine, standby: Callable[[str], None], send: Callable[[], Future]
) -> None:
    standby("nobody")
    first, second = send(), send()
    while not server.sql(WAITING):
        time.sleep(0.02)
    assert not first.done() and not second.done()
    standby("")
    assert first.result(20).text == second.result(20).text == '{"results":[' + kept(database)[0] + "]}"
