"""The run ledger, and the lock that makes one of several schedulers the leader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Identity,
    NullPool,
    Select,
    Text,
    UniqueConstraint,
    create_engine,
    exc,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session, url

LEADER = "jobs.leader"


class JobRun(Base):
    """One slot of a job: begun, done or failed. A job that does not catch up keeps one row, which moves on to its newest slot."""

    __tablename__ = "job_runs"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job: Mapped[str] = mapped_column(Text)
    slot: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    status: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    attempts: Mapped[int] = mapped_column(server_default=text("1"))
    error: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    __table_args__ = (UniqueConstraint("job", "slot"),)


@dataclass(frozen=True, slots=True)
class Begun:
    """One attempt at a slot. A later attempt at it ends this one: whoever still holds it may write nothing more."""

    job: str
    slot: datetime
    attempt: int


# A slot that is done is only begun again by hand; one that is `running` was left so by a scheduler that died.
BEGIN = """
INSERT INTO job_runs AS run (job, slot, status, started_at) VALUES (:job, :slot, 'running', :now)
ON CONFLICT (job, slot) DO UPDATE SET
    status = 'running', count = 0, error = NULL, attempts = run.attempts + 1, started_at = :now, ended_at = NULL
WHERE :again OR run.status <> 'done'
RETURNING attempts
"""

MOVE = """
UPDATE job_runs SET slot = :slot, status = 'running', attempts = 0
WHERE id = (SELECT id FROM job_runs WHERE job = :job ORDER BY slot DESC LIMIT 1) AND slot < :slot
"""


def begin(session: Session, job: str, slot: datetime, now: datetime, keep_one: bool = False, again: bool = False) -> Begun | None:
    """The attempt at the slot that is ours now; None when the slot is done, unless it is asked for `again`."""
    if keep_one:
        session.execute(text(MOVE), {"job": job, "slot": slot})
    attempt = session.scalar(text(BEGIN), {"job": job, "slot": slot, "now": now, "again": again})
    return None if attempt is None else Begun(job, slot, attempt)


def end(session: Session, begun: Begun, count: int, failures: Sequence[str], now: datetime) -> None:
    """Write how the attempt ended, which is the newest one."""
    run = session.scalars(_run_of(begun)).one()
    run.status, run.count, run.ended_at = "failed" if failures else "done", count, now
    run.error = "; ".join(failures) or None
    session.flush()


def is_newest(session: Session, begun: Begun) -> bool:
    """Whether nobody has begun the slot anew since. Behind `lock_job` the answer holds until the transaction ends."""
    return session.scalars(_run_of(begun)).first() is not None


def _run_of(begun: Begun) -> Select[JobRun]:
    return select(JobRun).where(JobRun.job == begun.job, JobRun.slot == begun.slot, JobRun.attempts == begun.attempt)


def lock_job(session: Session, job: str) -> None:
    """Let nobody else take a step of the job until this transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('jobs.step'), hashtext(:job))"), {"job": job})


def find_newest(session: Session, job: str, status: str | None = None) -> JobRun | None:
    """The newest slot of the job, or the newest of that status."""
    query = select(JobRun).where(JobRun.job == job).order_by(JobRun.slot.desc()).limit(1)
    return session.scalars(query if status is None else query.where(JobRun.status == status)).first()


def list_runs(session: Session, job: str, limit: int) -> Sequence[JobRun]:
    """The newest slots of the job, newest first."""
    return session.scalars(select(JobRun).where(JobRun.job == job).order_by(JobRun.slot.desc()).limit(limit)).all()


def count_connections(session: Session) -> tuple[Mapping[str, int], int]:
    """Connections to this database by what they do (`hidden` for roles we may not look at), and how many the server allows."""
    query = text("SELECT coalesce(state, 'hidden'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1")
    most = session.scalar(text("SELECT current_setting('max_connections')::integer"))
    return {state: count for state, count in session.execute(query)}, int(most or 0)


class Leadership:
    """The right to run jobs, which one scheduler at a time holds: a lock that lives and dies with a connection of its own."""

    def __init__(self) -> None:
        # Over a network, a leader whose machine vanished is noticed in seconds and not in the two hours TCP would take.
        keepalive = {"keepalives_idle": 3, "keepalives_interval": 1, "keepalives_count": 3, "tcp_user_timeout": 6000}
        self._engine = create_engine(url(), poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=keepalive)
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Whether it is ours now; False while another scheduler holds it or the database is away."""
        self.give_up()
        try:
            self._connection = self._engine.connect()
            self._connection.execute(
                text("SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3")
            )
            if self._connection.scalar(text("SELECT pg_try_advisory_lock(hashtext(:name))"), {"name": LEADER}):
                return True
        except exc.DBAPIError:
            pass
        self.give_up()
        return False

    def holds(self) -> bool:
        """Whether it is still ours: the connection answers, so the server has not let go of the lock."""
        if self._connection is None:
            return False
        try:
            return bool(self._connection.scalar(text("SELECT true")))
        except exc.DBAPIError:
            self.give_up()
            return False

    def give_up(self) -> None:
        """Let another scheduler have it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
