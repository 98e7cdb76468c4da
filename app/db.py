"""The way to the database: engine, transactions, and the few types PostgreSQL has that SQLAlchemy does not."""

import contextlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Engine, MetaData, Row, create_engine, event, exc, false, literal, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import UserDefinedType

from app import cluster, errors
from app.config import int_setting, setting

APP_ROLE = "tapak_app"

# What PostgreSQL warns of when a wait for a synchronous standby is cancelled at COMMIT: the row is here and may be nowhere else.
UNREPLICATED = "might not have been replicated"

__all__ = ["Base", "LTree", "RowRefused", "Session", "Sessions", "engine", "in_scope", "prepared", "revision", "transaction", "url"]


class RowRefused(Exception):
    """The database refused what a transaction wanted to write, and nothing of it was kept; sent again it will refuse again."""


class Base(DeclarativeBase):
    """Mother of all mapped tables; constraint names follow one convention, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class LTree(UserDefinedType[str]):
    """A path in the tree of units, root first, such as `BALI.DISHUB`."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "ltree"


postgresql.base.ischema_names["ltree"] = LTree


def url(owner: bool = False) -> str:
    """Where the database is: the configured one, else the private cluster. SQLAlchemy's bare scheme would mean psycopg 3."""
    configured = (setting("database_owner_url") if owner else None) or setting("database_url")
    if configured is None:
        return cluster.url("tapak_owner" if owner else APP_ROLE)
    _, separator, rest = str(configured).partition("://")
    return f"postgresql+psycopg2{separator}{rest}"


@cache
def engine() -> Engine:
    """The program's engine: one connection a thread, and only the rights of the program's own role."""
    made = create_engine(
        url(), pool_size=int_setting("pool_size"), max_overflow=0, pool_timeout=5, pool_recycle=1800, pool_use_lifo=True
    )
    event.listen(made, "connect", take_app_role)
    return made


def take_app_role(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Give up every right beyond the program's own, whoever signed in to the database.

    A statement of a process that was killed ends soon: it would hold its locks for as long as it takes, and then be taken back.
    """
    cursor = connection.cursor()
    cursor.execute(f"SET ROLE {APP_ROLE}; SET timezone TO 'UTC'; SET client_connection_check_interval TO '2s'")
    cursor.close()
    connection.commit()


Sessions: sessionmaker[Session] = sessionmaker(expire_on_commit=False)


@contextlib.contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed at the end of the block, rolled back by any error.

    Raises: Unavailable when the database cannot be reached, gives up half way, or only says that a commit *may* be safe;
    RowRefused when it will not have a row.
    """
    if Sessions.kw.get("bind") is None:
        Sessions.configure(bind=engine())
    try:
        with Sessions() as session:
            with session.begin():
                yield session
                notices = _notices_of(session)
            if any(UNREPLICATED in notice for notice in notices):
                raise errors.Unavailable("database_unavailable")
    except (exc.OperationalError, exc.TimeoutError, exc.InterfaceError) as error:
        raise errors.Unavailable("database_unavailable") from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise errors.Unavailable("database_unavailable") from error
        if isinstance(error, exc.DataError | exc.IntegrityError | exc.ProgrammingError | exc.InternalError):
            raise RowRefused from error
        raise


def _notices_of(session: Session) -> list[str]:
    """The connection's list of server notices, emptied: what stands in it after COMMIT was said at COMMIT."""
    notices: list[str] = getattr(session.connection().connection.dbapi_connection, "notices", [])
    notices.clear()
    return notices


def prepared(session: Session, name: str, sql: str, params: Sequence[object]) -> Sequence[Row[Any]]:
    """Rows of a statement that each connection parses and plans once; `sql` names its parameters $1, $2, …

    For the hot path only: planning a ten-table join costs more than running it.
    """
    connection = session.connection()
    known: set[str] = connection.connection.info.setdefault("prepared", set())
    if name not in known:
        connection.exec_driver_sql(f"PREPARE {name} AS {sql}")
        known.add(name)
    marks = ", ".join(["%s"] * len(params))
    result = connection.exec_driver_sql(f"EXECUTE {name} ({marks})", tuple(params))
    return result.all() if result.returns_rows else []


def revision(session: Session) -> str | None:
    """The migration the database is at."""
    found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def in_scope(column: ColumnElement[str] | InstrumentedAttribute[str], paths: Sequence[str]) -> ColumnElement[bool]:
    """Whether the unit path lies in one of the subtrees; no subtrees, nothing."""
    if not paths:
        return false()
    return column.op("<@", is_comparison=True)(literal(list(paths), postgresql.ARRAY(LTree())))
