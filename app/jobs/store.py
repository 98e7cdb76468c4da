"""The run ledger, and the lock that makes one of several schedulers the leader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    NullPool,
    Select,
    Text,
    UniqueConstraint,
    Update,
    and_,
    create_engine,
    delete,
    distinct,
    exc,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.db import Base, Session, in_scope, url
from app.people.store import Person, Posting, Unit

LEADER = "jobs.leader"


class JobRun(Base):
    """One slot of a job: begun, done or failed. A job that does not catch up keeps one row, which moves on to its newest slot.

    `step`, `about`, `done_people` and `of_people`: how far it is. `made_with`: the law and the program it worked by.
    """

    __tablename__ = "job_runs"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job: Mapped[str] = mapped_column(Text)
    slot: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    status: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    attempts: Mapped[int] = mapped_column(server_default=text("1"))
    error: Mapped[str | None] = mapped_column(Text)
    step: Mapped[str | None] = mapped_column(Text)
    about: Mapped[date | None]
    done_people: Mapped[int] = mapped_column(server_default=text("0"))
    of_people: Mapped[int] = mapped_column(server_default=text("0"))
    made_with: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    __table_args__ = (UniqueConstraint("job", "slot"),)


class JobFailure(Base):
    """A person for whom a step of a job failed, until it is done for him: every run of the job tries again."""

    __tablename__ = "job_failures"
    job: Mapped[str] = mapped_column(Text, primary_key=True)
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    about: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(server_default=text("1"))
    first_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Begun:
    """One attempt at a slot. A later attempt at it ends this one: whoever still holds it may write nothing more."""

    job: str
    slot: datetime
    attempt: int


# A slot that is done is only begun again by hand; one that is `running` was left so by a scheduler that died.
BEGIN = """
INSERT INTO job_runs AS run (job, slot, status, started_at, made_with) VALUES (:job, :slot, 'running', :now, :made_with)
ON CONFLICT (job, slot) DO UPDATE SET
    status = 'running', count = 0, error = NULL, step = NULL, about = NULL, done_people = 0, of_people = 0,
    made_with = excluded.made_with, attempts = run.attempts + 1, started_at = :now, ended_at = NULL
WHERE :again OR run.status <> 'done'
RETURNING attempts
"""

MOVE = """
UPDATE job_runs SET slot = :slot, status = 'running', attempts = 0
WHERE id = (SELECT id FROM job_runs WHERE job = :job ORDER BY slot DESC LIMIT 1) AND slot < :slot
"""


def begin(
    session: Session,
    job: str,
    slot: datetime,
    now: datetime,
    keep_one: bool = False,
    again: bool = False,
    made_with: str | None = None,
) -> Begun | None:
    """The attempt at the slot that is ours now; None when the slot is done, unless it is asked for `again`."""
    if keep_one:
        session.execute(text(MOVE), {"job": job, "slot": slot})
    attempt = session.scalar(text(BEGIN), {"job": job, "slot": slot, "now": now, "again": again, "made_with": made_with})
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


def lock_job(session: Session, job: str, is_shared: bool = False) -> None:
    """Let nobody else take a step of the job until this transaction ends, or only those who share it."""
    lock = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
    session.execute(text(f"SELECT {lock}(hashtext('jobs.step'), hashtext(:job))"), {"job": job})


def find_done(session: Session, job: str, until: datetime) -> JobRun | None:
    """The newest slot not after that one which is done."""
    query = select(JobRun).where(JobRun.job == job, JobRun.slot <= until, JobRun.status == "done")
    return session.scalars(query.order_by(JobRun.slot.desc()).limit(1)).first()


def begin_part(session: Session, begun: Begun | None, step: str, about: date, of_people: int) -> None:
    """Write that the attempt is at this step now, which is to be done for so many people."""
    if begun is not None:
        values = {"step": step, "about": about, "of_people": of_people, "done_people": 0}
        session.execute(_change(begun).values(values).execution_options(synchronize_session=False))


def note_progress(session: Session, begun: Begun | None, people: int) -> None:
    """Write that the step was done for so many more; last in a transaction, for others wait to write the same."""
    if begun is not None:
        more = {"done_people": JobRun.done_people + people}
        session.execute(_change(begun).values(more).execution_options(synchronize_session=False))


def _change(begun: Begun) -> Update:
    return update(JobRun).where(JobRun.job == begun.job, JobRun.slot == begun.slot, JobRun.attempts == begun.attempt)


NOTE_FAILED = """
INSERT INTO job_failures AS old (job, step, about, person_id, code, first_at, last_at)
SELECT :job, :step, :about, failed.person_id, failed.code, :now, :now
FROM unnest(CAST(:person_ids AS bigint[]), CAST(:codes AS text[])) AS failed (person_id, code) ORDER BY 4
ON CONFLICT (job, step, about, person_id) DO UPDATE SET code = excluded.code, last_at = excluded.last_at, tries = old.tries + 1
"""


def note_failed(
    session: Session, job: str, step: str, about: date, person_ids: Sequence[int] | None, failed: Mapping[int, str], now: datetime
) -> None:
    """Write for whom of these people, or of all, the step failed, and that it did not for the others."""
    row = JobFailure
    well = [row.job == job, row.step == step, row.about == about, row.person_id != func.all(list(failed))]
    if person_ids is not None:
        well.append(row.person_id == func.any(list(person_ids)))
    session.execute(delete(row).where(*well).execution_options(synchronize_session=False))
    if failed:
        said = {"job": job, "step": step, "about": about, "person_ids": list(failed), "codes": list(failed.values()), "now": now}
        session.execute(text(NOTE_FAILED), said)


def failed_in(session: Session, job: str) -> dict[tuple[str, date], frozenset[int]]:
    """Everybody for whom a step of the job has failed and is not done since, by the step and what it was about."""
    found: dict[tuple[str, date], set[int]] = {}
    for step, about, person_id in session.execute(
        select(JobFailure.step, JobFailure.about, JobFailure.person_id).where(JobFailure.job == job)
    ):
        found.setdefault((step, about), set()).add(person_id)
    return {key: frozenset(people) for key, people in found.items()}


@dataclass(frozen=True, slots=True)
class Failed:
    """A person for whom a step failed, with the names he is known by."""

    job: str
    step: str
    about: date
    nip: str
    name: str
    unit_code: str
    code: str
    tries: int
    first_at: datetime
    last_at: datetime


def list_failed(session: Session, paths: Sequence[str], limit: int) -> list[Failed]:
    """The people within the subtrees, by their newest posting, for whom something failed and is not done since."""
    row, any_of = JobFailure, aliased(Posting)
    last = select(func.max(any_of.since)).where(any_of.person_id == row.person_id, any_of.kind == "primary").scalar_subquery()
    query = (
        select(
            row.job, row.step, row.about, Person.nip, Person.name, Unit.code, row.code, row.tries, row.first_at, row.last_at
        )
        .select_from(row)
        .join(Person, Person.id == row.person_id)
        .join(Posting, and_(Posting.person_id == row.person_id, Posting.kind == "primary", Posting.since == last))
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_scope(Unit.path, paths))
        .order_by(row.about, Person.nip, row.job, row.step)
        .limit(limit)
    )  # fmt: skip
    return [Failed(*tuple(found)) for found in session.execute(query)]


def count_failed(session: Session, job: str) -> int:
    """Number of people for whom something of the job has failed and is not done since."""
    return session.scalars(select(func.count(distinct(JobFailure.person_id))).where(JobFailure.job == job)).one()


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
