"""`flask db`: up, down, and whether code and database agree."""

import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from app.cli.db import db as commands
from app.cli.db import differences, migrations, upgrade_to
from app.cluster import Cluster
from app.config import ROOT


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


def older(tmp_path: Path, address: str) -> None:
    """Make the database as a checkout would whose first migration was another."""
    copied = tmp_path / "older"
    shutil.copytree(ROOT / "migrations", copied)
    (first,) = (copied / "versions").glob("0001_*.py")
    first.write_text(first.read_text("utf-8") + "\n# before a table was added\n", "utf-8")
    config = migrations(address)
    config.set_main_option("script_location", str(copied))
    command.upgrade(config, "head")


def test_a_database_of_edited_migrations_is_refused_with_what_to_do(empty: str, tmp_path: Path) -> None:
    """Alembic knows migrations by name, so it calls such a database up to date, and pages answer 500 for want of a table."""
    older(tmp_path, empty)
    answer = run(empty, "upgrade")
    (line,) = answer.output.splitlines()
    assert answer.exit_code == 1
    assert line.startswith("Error: This database was made by another version of the migrations;") and "DROP DATABASE" in line
    assert run(empty, "downgrade", "base").exit_code == 0
    assert (run(empty, "upgrade").exit_code, run(empty, "upgrade").exit_code) == (0, 0)


def test_so_is_one_that_does_not_say_by_which_migrations_it_was_made(empty: str) -> None:
    upgrade_to("head", empty)
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(text("COMMENT ON TABLE alembic_version IS NULL"))
    engine.dispose()
    assert run(empty, "upgrade").exit_code == 1


def test_serving_stops_with_that_one_sentence_and_its_command_makes_room(tmp_path: Path) -> None:
    var = tmp_path / "var"
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    environment |= {"TAPAK_VAR": str(var), "PORT": "0"}

    def flask(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words], cwd=ROOT, env=environment, capture_output=True, text=True
        )

    private = Cluster(var)
    try:
        private.start()
        older(tmp_path, private.url("tapak_owner"))
        refused = flask("serve")
        assert refused.returncode == 1
        assert refused.stderr.startswith("Error: This database was made by") and refused.stderr.count("\n") == 1
        assert not private.is_running()
        remedy = refused.stderr.rstrip().partition("make it anew: ")[2]
        assert remedy.startswith("rm -r ") and str(tmp_path) in remedy
        subprocess.run(remedy, shell=True, check=True)
        private.start()
        assert flask("db", "upgrade").returncode == 0
    finally:
        private.stop()
        private.remove()
