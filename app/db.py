"""The way to the database: engine, transactions, and the few types PostgreSQL has that SQLAlchemy does not."""

import contextlib
import select
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Any

import psycopg2
from psycopg2 import extensions
from sqlalchemy import ColumnElement, Connection, Engine, MetaData, create_engine, event, exc, false, literal, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import UserDefinedType

from app import cluster, errors
from app.config import int_setting, setting

APP_ROLE = "tapak_app"

# What PostgreSQL warns of when a wait for a synchronous standby is cancelled at COMMIT: the row is here and may be nowhere else.
UNREPLICATED = "might not have been replicated"

# A prepared statement is planned once for all parameters, and as if tables were large: this month's table is empty when the month
# begins, and a plan that reads all of an empty table goes on reading all of it in the rush. Fresh statistics plan it anew.
GENERIC = "SET plan_cache_mode TO force_generic_plan"
PLANNED = "SET enable_seqscan TO off; PREPARE {name} AS {sql}; EXPLAIN EXECUTE {name} ({marks}); RESET enable_seqscan"

__all__ = [
    "Base",
    "LTree",
    "RowRefused",
    "Session",
    "Sessions",
    "Statements",
    "about_rows",
    "engine",
    "in_scope",
    "one_by_one",
    "prepared",
    "revision",
    "transaction",
    "url",
]


# What prepared statements run on.
Statements = Session | PoolProxiedConnection


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
    if wait_s := int_setting("database_wait_s"):
        extensions.set_wait_callback(partial(wait, longest_ms=1000 * wait_s))
    made = create_engine(
        url(), pool_size=int_setting("pool_size"), max_overflow=0, pool_timeout=5, pool_recycle=1800, pool_use_lifo=True
    )
    event.listen(made, "connect", take_app_role)
    return made


def wait(connection: extensions.connection, longest_ms: int) -> None:
    """Return when the database has answered.

    Left to itself libpq waits for ever: for a frozen server, a network that swallows packets, a standby that never confirms.
    Raises: OperationalError after too long a silence; psycopg2 then closes the connection, so whatever it was doing is unknown.
    """
    while (state := connection.poll()) != extensions.POLL_OK:
        awaited = select.poll()
        awaited.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        if not awaited.poll(longest_ms):
            raise psycopg2.OperationalError(f"the database said nothing for {longest_ms} ms")


def take_app_role(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Give up every right beyond the program's own, whoever signed in to the database.

    A statement of a process that was killed ends soon: it would hold its locks for as long as it takes, and then be taken back.
    """
    cursor = connection.cursor()
    cursor.execute(f"SET ROLE {APP_ROLE}; SET timezone TO 'UTC'; SET client_connection_check_interval TO '2s'; {GENERIC}")
    cursor.close()
    connection.commit()


Sessions: sessionmaker[Session] = sessionmaker(expire_on_commit=False)


@contextlib.contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed at the end of the block, rolled back by any error.

    Raises: Unavailable when the database cannot be reached, gives up half way, or only says that a commit *may* be safe;
    RowRefused when it will not have a row.
    """
    with _plainly_refused(), Sessions(bind=_bind()) as session:
        with session.begin():
            yield session
            notices = _notices_of(session)
        _refuse_unreplicated(notices)


@contextlib.contextmanager
def one_by_one() -> Iterator[Statements]:
    """A connection on which every statement commits by itself: two round trips less for a path that writes with one statement.

    Straight from the pool, because a session costs as much time as a statement.
    Raises: as `transaction`; what an earlier statement wrote stays.
    """
    bind = _bind()
    if isinstance(bind, Connection):  # the outer transaction of tests
        with transaction() as session:
            yield session
        return
    with _plainly_refused(), contextlib.closing(bind.raw_connection()) as pooled:
        raw: Any = pooled.driver_connection
        raw.autocommit, raw.notices = True, []
        try:
            yield pooled
            _refuse_unreplicated(raw.notices)
        finally:
            if not raw.closed:
                raw.autocommit = False


def _bind() -> Engine | Connection:
    """Where sessions work: the program's engine, or the one that tests put in its place."""
    bind: Engine | Connection = Sessions.kw.get("bind") or engine()
    return bind


@contextlib.contextmanager
def _plainly_refused() -> Iterator[None]:
    """The many errors of drivers as the two that callers can act on: ask again later, or never again."""
    try:
        yield
    except (exc.TimeoutError, psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise errors.Unavailable("database_unavailable") from error
    except (psycopg2.DataError, psycopg2.IntegrityError, psycopg2.ProgrammingError, psycopg2.InternalError) as error:
        raise _refused(error) from None
    except exc.DBAPIError as error:
        if error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError):
            raise errors.Unavailable("database_unavailable") from error
        if isinstance(error, exc.DataError | exc.IntegrityError | exc.ProgrammingError | exc.InternalError):
            raise _refused(error.orig) from None
        raise


def about_rows(error: Exception) -> Exception | None:
    """The error, fit to be written down, when it may be about the rows of somebody; None when it meets everybody alike."""
    if isinstance(error, exc.DataError | exc.IntegrityError | exc.InternalError):
        return _refused(error.orig)
    return None if isinstance(error, exc.SQLAlchemyError | psycopg2.Error | errors.Unavailable | RowRefused) else error


def _refused(error: Any) -> RowRefused:
    """The refusal without the row: PostgreSQL quotes it in full, position and all, and errors end up in logs."""
    return RowRefused(error.diag.message_primary or type(error).__name__)


def _notices_of(session: Session) -> list[str]:
    """An empty list that gets what the server says from now on; a list of its own, for the connection soon serves others."""
    notices: list[str] = []
    session.connection().connection.driver_connection.notices = notices  # type: ignore[union-attr]
    return notices


def _refuse_unreplicated(notices: Sequence[str]) -> None:
    if any(UNREPLICATED in notice for notice in notices):
        raise errors.Unavailable("database_unavailable")


def prepared(statements: Statements, name: str, sql: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
    """Rows of a statement that each connection parses and plans once; `sql` names its parameters $1, $2, …

    For the hot path only: planning a ten-table join costs more than running it, and so does SQLAlchemy's reading of it.
    """
    connection = statements.connection() if isinstance(statements, Session) else statements
    pooled = connection.connection if isinstance(connection, Connection) else connection
    raw: Any = pooled.driver_connection
    known: set[str] = pooled.info.setdefault("prepared", set())
    marks = ", ".join(["%s"] * len(params))
    try:
        with raw.cursor() as cursor:
            if name not in known:
                cursor.execute(PLANNED.format(name=name, sql=sql, marks=marks), tuple(params))
                known.add(name)
            cursor.execute(f"EXECUTE {name} ({marks})", tuple(params))
            return cursor.fetchall() if cursor.description else []
    except psycopg2.Error as error:
        if raw.closed:  # and so, most likely, is every other connection of the pool
            connection.invalidate(error)
            _bind().engine.dispose(close=False)
            raise errors.Unavailable("database_unavailable") from error
        raise


def revision(session: Session) -> str | None:
    """The migration the database is at."""
    found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def in_scope(column: ColumnElement[str] | InstrumentedAttribute[str], paths: Sequence[str]) -> ColumnElement[bool]:
    """Whether the unit path lies in one of the subtrees; no subtrees, nothing."""
    if not paths:
        return false()
    return column.op("<@", is_comparison=True)(literal(list(paths), postgresql.ARRAY(LTree())))
