"""A throw-away PostgreSQL for the run, a migrated template in it, and the two ways tests use it.

`session` and `client` share one outer transaction that is taken back; `database` is a fresh committed clone, for threads and kills.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session

os.environ["TAPAK_VAR"] = tempfile.mkdtemp(prefix="tapak-var-")
os.environ["TAPAK_LOG_LEVEL"] = "ERROR"

from app import clock, db  # noqa: E402
from app.cluster import Cluster  # noqa: E402

TEMPLATE = "template_tapak"

# How long an example takes says something about the machine, not about the program.
settings.register_profile("tapak", deadline=None)
settings.load_profile("tapak")


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A private cluster that trades durability for speed."""
    with tempfile.TemporaryDirectory(prefix="tapak-") as folder:
        cluster = Cluster(Path(folder) / "c", for_tests=True)
        cluster.start()
        yield cluster
        cluster.stop()


@pytest.fixture(scope="session")
def template(server: Cluster) -> str:
    """A database with every migration, to be copied in about 10 ms."""
    from app.cli.db import upgrade_to

    server.create_database(TEMPLATE)
    upgrade_to("head", server.url("tapak_owner", TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def engine(server: Cluster, template: str) -> Iterator[Engine]:
    """The database of all tests that take back what they did."""
    server.create_database("tests", template)
    made = create_engine(server.url("tapak_owner", "tests"))
    event.listen(made, "connect", db.take_app_role)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Code under test really commits; the outer transaction takes it all back."""
    with engine.connect() as connection, connection.begin() as outer:
        db.Sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
        made = db.Sessions()
        yield made
        made.close()
        outer.rollback()


@pytest.fixture
def database(server: Cluster, template: str) -> Iterator[Engine]:
    """A database of one's own that really commits; `transaction()` and every thread use it."""
    name = f"own_{uuid4().hex[:12]}"
    server.create_database(name, template)
    made = create_engine(server.url("tapak_owner", name), pool_size=60, max_overflow=0)
    event.listen(made, "connect", db.take_app_role)
    db.Sessions.configure(bind=made, join_transaction_mode="conditional_savepoint")
    yield made
    made.dispose()
    server.drop_database(name)


@pytest.fixture(scope="session")
def app() -> Flask:
    """The whole application."""
    from app.factory import create_app

    return create_app()


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """Requests in the same outer transaction as `session`."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., dict[str, str]]:
    """Headers of a signed-in person, in Indonesian unless told otherwise."""

    def headers(person_id: int, language: str = "id") -> dict[str, str]:
        from flask_jwt_extended import create_access_token

        family = begin_family(person_id)
        with app.app_context():
            token = create_access_token(str(person_id), additional_claims={"fam": str(family)})
        return {"Authorization": f"Bearer {token}", "Accept-Language": language}

    return headers


def begin_family(person_id: int) -> UUID:
    """A sign-in as the database knows it."""
    family = uuid4()
    with db.transaction() as session:
        session.execute(
            text(
                "INSERT INTO refresh_tokens (jti, family, person_id, issued_at, expires_at)"
                " VALUES (:jti, :family, :person, :now, :now + interval '30 days')"
            ),
            {"jti": uuid4(), "family": family, "person": person_id, "now": clock.now()},
        )
    return family
