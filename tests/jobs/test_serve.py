"""`flask jobs serve` as real processes: killed, cut off, stopped and away, and every night comes out the same, once."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, event, text

from app import clock, db, errors
from app.cluster import Cluster
from app.jobs import runner, schedule, serve, store
from app.jobs.serve import GRACE_S, WATCH_S
from app.jobs.steps import Turn
from app.jobs.table import JOBS, Job, get_job
from tests import make
from tests.jobs.servers import LEADERS, Barrier, Server, until

NIGHT = get_job("night")
DAY = timedelta(days=1)

# In this zone it is about noon: no test runs over the beginning of a night.
NOON = f"Etc/GMT{clock.now().hour - 12:+d}"

OUTCOME = (
    "SELECT person_id, day, status, in_at, out_at, late_min, early_min, deduction_pct, lines::text, evidence_hash FROM day_records",
    "SELECT person_id, day, kind, evidence::text, evidence_hash FROM findings",
    "SELECT person_id, month, discipline_pct, tpp_pct, score, predicate, breakdown::text, inputs_hash FROM ratings",
    # What is installed has its leaf from another job, which may run beside the night or not.
    "SELECT kind, count(*) FROM ledger_leaves WHERE kind NOT IN ('key', 'decree', 'rules') GROUP BY kind",
)


@pytest.fixture(scope="module", autouse=True)
def noon() -> Iterator[None]:
    """Both the servers and this process reckon nights in that zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAPAK_ZONE", NOON)
        yield


def slot() -> datetime:
    return schedule.newest_slot(NIGHT, clock.now())


@pytest.fixture(scope="module")
def world(server: Cluster, template: str) -> Iterator[str]:
    """A database with four colleagues who, for three days, came from one and the same coordinate, later each day.

    That is three findings a person, and a fourth over all the days.
    """
    name = f"world_{uuid4().hex[:8]}"
    server.create_database(name, template)
    engine = used(server, name)
    with db.transaction() as session:
        people = [make.person(session) for _ in range(4)]
        for back in (1, 2, 3):
            day = slot().astimezone(ZoneInfo(NOON)).date() - back * DAY
            for number, person in enumerate(people):
                came = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=10 * (4 - back) + number)
                make.report(session, make.checkin(session, person, "in", came - timedelta(minutes=20), day, received_at=came))
    engine.dispose()
    yield name
    server.drop_database(name)


def used(server: Cluster, name: str) -> Engine:
    """The database, which `transaction()` uses from now on."""
    engine = create_engine(server.url("tapak_owner", name))
    event.listen(engine, "connect", db.take_app_role)
    db.Sessions.configure(bind=engine, join_transaction_mode="conditional_savepoint")
    return engine


def outcome_of(engine: Engine) -> list[Sequence[Any]]:
    """All that a night leaves, but for when."""
    with engine.connect() as connection:
        return [sorted(map(tuple, connection.execute(text(query)).all()), key=repr) for query in OUTCOME]


@pytest.fixture(scope="module")
def expected(server: Cluster, world: str) -> list[Sequence[Any]]:
    """What the night comes to when nothing disturbs it."""
    name = f"calm_{uuid4().hex[:8]}"
    server.create_database(name, world)
    engine = used(server, name)
    assert runner.run_now(NIGHT, None, clock.now()).failures == ()
    found = outcome_of(engine)
    engine.dispose()
    server.drop_database(name)
    assert [len(rows) for rows in found[:2]] == [12, 16] and len(found[2]) >= 4
    return found


class Town:
    """A copy of the world with its own servers."""

    def __init__(self, engine: Engine, address: str, home: Path) -> None:
        self.engine, self._home = engine, home
        self._environment = {"DATABASE_URL": address, "TAPAK_VAR": str(home), "TAPAK_LOG_LEVEL": "INFO", "TAPAK_ZONE": NOON}
        self.servers: list[Server] = []

    def begin(self, **more: str) -> Server:
        self.servers.append(Server(self._environment | more, self._home / f"server{len(self.servers)}.log"))
        return self.servers[-1]

    def ask(self, query: str, **params: object) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), params).all())

    def do(self, statement: str, **params: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), params)

    def nights(self) -> list[tuple[datetime, str, int]]:
        found = self.ask("SELECT slot, status, attempts FROM job_runs WHERE job = 'night' ORDER BY slot")
        return [(begins.astimezone(UTC), status, attempts) for begins, status, attempts in found]

    def is_night_over(self) -> bool:
        return until(lambda: [status for _, status, _ in self.nights()][-1:] in (["done"], ["failed"]))

    def leaders(self) -> list[int]:
        return [pid for (pid,) in self.ask(LEADERS)]


@pytest.fixture
def town(server: Cluster, world: str, tmp_path: Path) -> Iterator[Town]:
    name = f"town_{uuid4().hex[:8]}"
    server.create_database(name, world)
    engine = create_engine(server.url("postgres", name))
    made = Town(engine, server.url("tapak_owner", name).replace("+psycopg2", ""), tmp_path)
    yield made
    for begun in made.servers:
        begun.kill()
    engine.dispose()
    server.drop_database(name)


def test_a_night_whose_servers_are_killed_is_resumed_and_comes_out_the_same(town: Town, expected: list[Sequence[Any]]) -> None:
    barriers = [Barrier(town.engine, table) for table in ("day_records", "findings", "ratings")]
    for barrier in barriers:
        dying = town.begin()
        assert barrier.holds_somebody_up()
        dying.kill()
        # Nobody waits for a statement of the dead, however long it would take.
        assert until(lambda at=barrier: not at.waiting(), 10)
        barrier.open()
    assert town.nights() == [(slot(), "running", 3)]
    last = town.begin()
    assert town.is_night_over()
    assert town.nights() == [(slot(), "done", 4)]
    assert outcome_of(town.engine) == expected
    assert last.stop() < GRACE_S + 3


def test_a_night_of_several_processes_is_killed_with_its_leader_and_comes_out_the_same_once(
    town: Town, expected: list[Sequence[Any]]
) -> None:
    """Killed while two processes write days and again while they write ratings; each time they end with who began them."""
    for table in ("day_records", "ratings"):
        barrier = Barrier(town.engine, table)
        dying = town.begin(UJI_BLOCK="2")
        assert until(lambda at=barrier: len(at.waiting()) == 2, 60)
        mine = dying.children()
        dying.kill()
        assert len(mine) >= 2 and until(lambda pids=mine: not any(Path(f"/proc/{pid}").exists() for pid in pids), 10)
        assert until(lambda at=barrier: not at.waiting(), 10)
        barrier.open()
    assert town.nights() == [(slot(), "running", 2)]
    town.begin(UJI_BLOCK="2")
    assert town.is_night_over()
    assert town.nights() == [(slot(), "done", 3)]
    assert outcome_of(town.engine) == expected
    assert town.ask("SELECT count(*) FROM month_marks") == [(0,)] and town.ask("SELECT count(*) FROM job_failures") == [(0,)]


def test_of_two_servers_one_leads_and_the_other_takes_over_when_it_is_killed(town: Town, expected: list[Sequence[Any]]) -> None:
    barrier = Barrier(town.engine, "findings")
    first = town.begin()
    assert barrier.holds_somebody_up()
    second = town.begin()
    assert second.has_said("scheduler_started")
    assert not until(lambda: bool(second.events("leadership_taken")), 3 * WATCH_S)
    assert len(town.leaders()) == 1 and town.nights() == [(slot(), "running", 1)]
    # A night that takes long holds up its own steps and nobody else's.
    assert len(first.events("job_ended")) >= len(JOBS) - 1
    first.kill()
    assert second.has_said("leadership_taken")
    barrier.open()
    assert town.is_night_over()
    assert town.nights() == [(slot(), "done", 2)]
    assert outcome_of(town.engine) == expected


def test_a_leader_that_is_cut_off_takes_no_further_step_while_another_leads(town: Town, expected: list[Sequence[Any]]) -> None:
    barrier = Barrier(town.engine, "findings")
    first = town.begin()
    assert barrier.holds_somebody_up()
    second = town.begin()
    assert second.has_said("scheduler_started")
    town.do("SELECT pg_terminate_backend(:pid)", pid=town.leaders()[0])
    assert second.has_said("leadership_taken")
    assert until(lambda: town.nights() == [(slot(), "running", 2)])
    assert len(town.leaders()) == 1
    barrier.open()
    assert town.is_night_over()
    assert town.nights() == [(slot(), "done", 2)]
    assert outcome_of(town.engine) == expected
    assert [len(one.events("job_ended", job="night")) for one in (first, second)] == [0, 1]
    # The first waits like any other, and leads again when the second goes.
    second.stop()
    assert until(lambda: len(first.events("leadership_taken")) == 2)
    assert len(first.events("leadership_lost")) == 1 and len(town.leaders()) == 1


def test_told_to_stop_in_the_middle_of_a_step_it_ends_in_seconds_and_the_step_is_taken_back(
    town: Town, expected: list[Sequence[Any]]
) -> None:
    barrier = Barrier(town.engine, "findings")
    stopped = town.begin()
    assert barrier.holds_somebody_up()
    assert stopped.stop() < GRACE_S + 3
    assert town.nights() == [(slot(), "running", 1)] and town.leaders() == []
    assert until(lambda: not barrier.waiting(), 10)
    barrier.open()
    town.begin()
    assert town.is_night_over()
    assert outcome_of(town.engine) == expected


def test_told_to_stop_it_ends_the_step_under_way_and_begins_no_other(town: Town, expected: list[Sequence[Any]]) -> None:
    barrier = Barrier(town.engine, "findings")
    stopped = town.begin()
    assert barrier.holds_somebody_up()
    stopped.process.terminate()
    stopped.process.join(1)
    barrier.open()
    assert stopped.stop() < GRACE_S
    assert stopped.events("scheduler_stopped", ended=True)
    assert town.nights() == [(slot(), "running", 1)]
    assert town.ask("SELECT count(DISTINCT day) FROM day_records") == town.ask("SELECT count(DISTINCT day) FROM findings") == [(1,)]
    town.begin()
    assert town.is_night_over()
    assert outcome_of(town.engine) == expected


def test_nights_missed_while_nothing_ran_are_caught_up_once_and_one_that_failed_before_them_too(town: Town) -> None:
    for nights_ago, status in ((6, "done"), (5, "failed"), (4, "done")):
        town.do(
            "INSERT INTO job_runs (job, slot, status, started_at, ended_at) VALUES ('night', :slot, :status, :slot, :slot)",
            slot=slot() - nights_ago * DAY,
            status=status,
        )
    for _ in range(2):
        # Another job that is due at the same time shows that the server has looked.
        town.do("DELETE FROM job_runs WHERE job = 'make-partitions'")
        server = town.begin()
        assert until(lambda: town.nights()[-1][:2] == (slot(), "done"))
        assert until(lambda at=server: bool(at.events("job_ended", job="make-partitions")))
        server.stop()
    ran = [datetime.fromisoformat(said["slot"]) for one in town.servers for said in one.events("job_ended", job="night")]
    assert ran == [slot() - nights_ago * DAY for nights_ago in (5, 3, 2, 1, 0)]
    assert [(status, attempts) for _, status, attempts in town.nights()] == [
        ("done", 1), ("done", 2), ("done", 1), ("done", 1), ("done", 1), ("done", 1), ("done", 1),
    ]  # fmt: skip


def test_a_job_that_failed_or_was_overtaken_by_hand_is_tried_again_in_a_while(
    monkeypatch: pytest.MonkeyPatch, database: Engine
) -> None:
    """In this process, because nobody waits five minutes for a test."""
    tries: list[datetime] = []

    def step(session: db.Session, turn: Turn) -> int:
        tries.append(turn.now)
        if len(tries) == 1:
            raise errors.Conflict("month_sealed")
        if len(tries) == 2:
            with db.transaction() as other:
                store.begin(other, "yearly", turn.slot, turn.now)
        else:
            os.kill(os.getpid(), signal.SIGTERM)
        return 1

    monkeypatch.setattr(serve, "RETRY", timedelta(seconds=0.2))
    monkeypatch.setattr(store, "url", lambda: database.url)
    handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
    job = Job("yearly", "0 0 1 1 *", last=(step,))
    too_long = threading.Timer(30, os.kill, (os.getpid(), signal.SIGTERM))
    too_long.start()
    try:
        assert serve.Scheduler((job,)).serve()
    finally:
        too_long.cancel()
        for signum, handler in handlers.items():
            signal.signal(signum, handler)
    assert len(tries) == 3
    with db.transaction() as session:
        assert [(run.status, run.attempts) for run in store.list_runs(session, "yearly", 9)] == [("done", 4)]


def test_a_job_that_fails_says_so_in_the_run_ledger_and_holds_up_no_other(town: Town, expected: list[Sequence[Any]]) -> None:
    town.do("ALTER TABLE ratings RENAME TO ratings_away")
    failing = town.begin()
    assert town.is_night_over()
    assert until(lambda: len(failing.events("job_ended")) >= len(JOBS))
    found = dict(town.ask("SELECT job, status FROM job_runs"))
    # The audit says what is true here: the check-ins of this world were written beside the ledger.
    failed = {"night", "audit-ledger"}
    assert found == {job.name: "failed" if job.name in failed else "done" for job in JOBS}
    ((error,),) = town.ask("SELECT error FROM job_runs WHERE job = 'night'")
    assert error.startswith("update_month ") and error.endswith(": RowRefused") and "ratings" not in error
    town.do("ALTER TABLE ratings_away RENAME TO ratings")
    failing.stop()
    town.begin()
    assert until(lambda: town.nights() == [(slot(), "done", 2)])
    assert outcome_of(town.engine) == expected
