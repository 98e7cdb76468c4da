"""`flask db`: up, down, and whether code and database agree."""

import multiprocessing
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import create_engine, text

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
