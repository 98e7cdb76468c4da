"""The tests' own transaction, in which PostgreSQL's superuser may step out of the program's role."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, event

from app import db
from app.cluster import Cluster


@pytest.fixture(scope="package")
def engine(server: Cluster, template: str) -> Iterator[Engine]:
    """As everywhere, but signed in as the superuser."""
    server.create_database("audits", template)
    made = create_engine(server.url("postgres", "audits"))
    event.listen(made, "connect", db.take_app_role)
    yield made
    made.dispose()
