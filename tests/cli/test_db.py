"""`flask db`: up, down, and whether code and database agree."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from app.cli.db import db as commands
from app.cli.db import differences, migrations, upgrade_to
from app.cluster import Cluster


@pytest.fixture
def empty(server: Cluster) -> Iterator[str]:
    """The owner's address of a database without tables."""
    server.create_database("empty")
    yield server.url("tapak_owner", "empty")
    server.drop_database("empty")


def tables(address: str) -> set[str]:
    """Names of the tables and functions that stand in the database and belong to its owner."""
    engine = create_engine(address)
    with engine.connect() as connection:
        query = (
            "SELECT relname FROM pg_class WHERE relowner = 'tapak_owner'::regrole AND relkind IN ('r', 'p', 'S')"
            " UNION ALL SELECT proname FROM pg_proc WHERE proowner = 'tapak_owner'::regrole"
        )
        found = set(connection.scalars(text(query)))
    engine.dispose()
    return found


def test_what_was_migrated_up_comes_down_without_a_trace_and_up_again(empty: str) -> None:
    upgrade_to("head", empty)
    made = tables(empty)
    assert {"checkins", "people", "day_records", "refuse_change"} <= made
    command.downgrade(migrations(empty), "base")
    assert tables(empty) == {"alembic_version"}
    upgrade_to("head", empty)
    assert tables(empty) == made


def test_the_tables_the_code_maps_are_those_the_migrations_make(empty: str) -> None:
    upgrade_to("head", empty)
    assert differences(empty) == []


def test_two_deployments_at_once_queue(empty: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    deployments = [spawn.Process(target=upgrade_to, args=("head", empty)) for _ in range(2)]
    for deployment in deployments:
        deployment.start()
    for deployment in deployments:
        deployment.join()
    assert [deployment.exitcode for deployment in deployments] == [0, 0]
    assert "checkins" in tables(empty)


def run(address: str, *words: str) -> Result:
    """`flask db …` on that database."""
    return CliRunner(env={"DATABASE_URL": address.replace("+psycopg2", "")}).invoke(commands, words)


def test_the_commands_migrate_up_and_down_and_say_whether_code_and_database_agree(empty: str) -> None:
    assert (run(empty, "upgrade").exit_code, run(empty, "check").exit_code) == (0, 0)
    down = run(empty, "downgrade", "base")
    assert down.exit_code == 0 and tables(empty) == {"alembic_version"}
    assert run(empty, "upgrade").exit_code == 0
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE units DROP COLUMN name"))
    engine.dispose()
    disagreeing = run(empty, "check")
    assert disagreeing.exit_code == 1
    assert "Error: the code maps something else than the database has:" in disagreeing.output and "'units'" in disagreeing.output


@pytest.mark.parametrize("words", [("upgrade", "9999"), ("downgrade", "9999")], ids=" ".join)
def test_a_revision_that_is_none_is_said_to_be_none(empty: str, words: tuple[str, ...]) -> None:
    answer = run(empty, *words)
    assert answer.exit_code == 1 and "Can't locate revision identified by '9999'" in answer.output.splitlines()[-1]


def test_the_private_cluster_is_started_asked_and_stopped(tmp_path: Path) -> None:
    def cluster(*words: str) -> tuple[int, str]:
        answer = CliRunner(env={"TAPAK_VAR": str(tmp_path)}).invoke(commands, ["cluster", *words])
        return answer.exit_code, answer.output

    private = Cluster(tmp_path)
    try:
        assert cluster("status") == (1, "not running\n")
        assert cluster("stop") == (0, "was not running\n")
        assert cluster("start") == (0, "started\n")
        assert cluster("start") == (0, "was running\n")
        assert cluster("status") == (0, "running\n")
        assert cluster("url") == (0, f"{private.url('tapak_app')}\n")
        assert cluster("url", "--owner") == (0, f"{private.url('tapak_owner')}\n")
        assert cluster("stop") == (0, "stopped\n")
        assert cluster("status") == (1, "not running\n")
    finally:
        private.stop()
        private.remove()
