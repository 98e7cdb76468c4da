"""A ledger of its own for each test: database, keys and published file."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, create_engine, text

from app import clock, db
from app.ledger import actions, store


@pytest.fixture
def log(database: Engine, tmp_path, monkeypatch) -> Engine:
    """A committed database whose keys and checkpoint file are the test's own."""
    monkeypatch.setenv("TAPAK_VAR", str(tmp_path))
    return database


@pytest.fixture
def superuser(log: Engine, server) -> Callable[..., None]:
    """Runs SQL as PostgreSQL's superuser with every trigger switched off."""
    engine = create_engine(server.url("postgres", log.url.database))

    def run(sql: str, **params: object) -> None:
        with engine.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(sql), params)

    yield run
    engine.dispose()


def write(*subjects: str) -> None:
    """One committed leaf for each subject, each in a transaction of its own."""
    for subject in subjects:
        with db.transaction() as session:
            store.append(session, "test", subject, {"about": subject}, clock.now())


def seal() -> int:
    """Seal and publish as the job does: each step in a transaction of its own."""
    with db.transaction() as session:
        sealed = actions.seal(session, clock.now())
    with db.transaction() as session:
        actions.publish(session, clock.now())
    return sealed


def alarms() -> list[tuple[str, int | str]]:
    """What the audit says, once each."""
    with db.transaction() as session:
        return sorted({(alarm.code, alarm.at) for alarm in actions.audit(session)}, key=str)
