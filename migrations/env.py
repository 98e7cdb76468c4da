"""How alembic runs here: as the owner, one deployment at a time, against the tables that the stores map."""

import importlib.util
import pkgutil
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, NullPool, create_engine, exc, text

import app
from app import db, errors

# Not the program's to declare: what an extension brings, each month's partition, alembic's own table.
FOREIGN_TABLES = """
SELECT relname FROM pg_class LEFT JOIN pg_depend ON objid = pg_class.oid AND deptype = 'e'
WHERE relkind IN ('r', 'p', 'v') AND (relispartition OR objid IS NOT NULL)
"""


# A table is mapped when the store that owns it is imported.
for feature in pkgutil.iter_modules(app.__path__):
    if feature.ispkg and importlib.util.find_spec(f"app.{feature.name}.store"):
        importlib.import_module(f"app.{feature.name}.store")


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """How a type is written in a new migration; False leaves it to alembic."""
    if kind == "type" and isinstance(item, db.LTree):
        autogen.imports.add("from app.db import LTree")
        return "LTree()"
    return alembic_helpers.render_item(kind, item, autogen)


def fingerprint(revision: str) -> str:
    """SHA-256 of the migrations up to a revision, as this checkout has them."""
    steps = context.script.walk_revisions("base", revision)
    return sha256(b"".join(Path(step.path).read_bytes() for step in reversed(list(steps)))).hexdigest()


def sign(heads: set[str], **_: Any) -> None:
    """Leave in the database by which migrations it was made: a comment, because a table would be a migration of its own."""
    for revision in heads:
        context.get_bind().execute(text(f"COMMENT ON TABLE alembic_version IS '{fingerprint(revision)}'"))


def refuse_made_by_others(connection: Connection) -> None:
    """Raises: Conflict when the database was made by migrations that were edited since: alembic sees their names only."""
    revision = context.get_context().get_current_revision()
    if revision is None:
        return
    if connection.scalar(text("SELECT obj_description('alembic_version'::regclass)")) != fingerprint(revision):
        raise errors.Conflict("database_of_other_migrations", remedy=context.config.attributes["remedy"])


def migrate(connection: Connection) -> None:
    """Run what was asked, after whoever is migrating this database now."""
    connection.execute(text("SELECT pg_advisory_lock(hashtext('tapak migrations'))"))
    foreign = set(connection.scalars(text(FOREIGN_TABLES)))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=db.Base.metadata,
        include_name=lambda name, kind, _: kind != "table" or name not in foreign,
        process_revision_directives=alembic_helpers.writer,
        render_item=render_item,
        compare_server_default=True,
        on_version_apply=sign,
    )
    if "remedy" in context.config.attributes:
        refuse_made_by_others(connection)
        connection.commit()
    with context.begin_transaction():
        context.run_migrations()


engine = create_engine(context.config.attributes.get("url") or db.url(owner=True), poolclass=NullPool)
try:
    connected = engine.connect()
except exc.OperationalError as error:
    raise errors.Unavailable("database_unavailable") from error
with connected as connection:
    migrate(connection)
