"""A real installation to be hurt: a durable PostgreSQL, gunicorn with several workers, and a proxy before each of them."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, create_engine, event, exc, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app import clock, db, jws
from app.attendance import actions as attendance
from app.cli.db import upgrade_to
from app.cluster import DATABASE, PORT, Cluster, ClusterError
from app.config import ROOT, var
from app.ledger import actions as ledger
from app.ledger.rules import Checkpoint, find_checkpoint_in
from bench import world
from bench.faults.checker import Day, Evidence, Kept, Leaf
from bench.faults.journal import Journal, attempts_in
from bench.faults.proxy import Proxy
from bench.run import free_port

WORKERS, THREADS = 3, 4

# Nothing is written by itself in the background: what its own commit did not put on disk, a killed server has lost.
LAZY = """
ALTER SYSTEM SET wal_writer_delay = '10s';
ALTER SYSTEM SET wal_writer_flush_after = '1GB';
SELECT pg_reload_conf();
"""

# Everybody works now, whatever the hour of the run, so that the check-ins fall into a workday.
SHIFT = """
INSERT INTO shifts (agency_id, code, name, starts, ends)
    SELECT id, 'UJI', 'Uji', '{starts}', '{ends}' FROM units WHERE code = 'BALI';
INSERT INTO roster_entries (person_id, day, shift_ids)
    SELECT people.id, '{day}', ARRAY[shifts.id] FROM people, shifts WHERE shifts.code = 'UJI';
SELECT make_checkin_partitions((now() - interval '1 month')::date, 3);
"""


@dataclass
class Stand:
    """Where everything is; `front` stands between clients and gunicorn, `back` between gunicorn and PostgreSQL."""

    cluster: Cluster
    folder: Path
    engine: Engine
    phones: list[world.Phone]
    web_port: int
    front: Proxy
    back: Proxy
    journal: Journal
    web: subprocess.Popen[bytes] | None = None
    seen: list[Checkpoint] = field(default_factory=list)
    restarts_s: list[float] = field(default_factory=list)

    def start_web(self) -> None:
        """Start gunicorn; whoever stops it with violence starts it again with this."""
        address = f"postgresql://tapak_app@127.0.0.1:{self.back.port}/{DATABASE}?sslmode=disable&gssencmode=disable"
        settings = {
            "DATABASE_URL": address, "PORT": str(self.web_port), "WEB_CONCURRENCY": str(WORKERS), "TAPAK_POOL_SIZE": str(THREADS),
            "TAPAK_LOG_LEVEL": "ERROR", "TAPAK_DATABASE_WAIT_S": "2",
        }  # fmt: skip
        with open(self.folder / "web.log", "ab") as log:
            self.web = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app"],
                cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def wait_ready(self) -> None:
        """Return when the web answers. Raises: RuntimeError with its last words when it does not in two minutes."""
        for _ in range(1200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}/livez", timeout=2):
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "web.log").read_text()[-3000:])

    def refuse_dead(self) -> None:
        """Raises: RuntimeError with its last words when gunicorn ended although nobody here ended it."""
        if self.web is not None and self.web.poll() is not None:
            raise RuntimeError((self.folder / "web.log").read_text()[-3000:])

    def workers(self) -> list[int]:
        """Process numbers of gunicorn's workers."""
        return children_of(self.web.pid) if self.web else []

    def stop_web(self) -> None:
        """End gunicorn and whatever it left."""
        if self.web is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.web.pid, signal.SIGKILL)
            self.web.wait()

    def postmaster(self) -> int:
        """The database server's first process."""
        return int((self.cluster.data / "postmaster.pid").read_text().split()[0])

    def start_database(self, dying: int) -> None:
        """Start PostgreSQL after the violent end of its first process, as soon as the last of its processes has let go.

        A server that is going down still answers for a moment, which would pass for one that runs.
        """
        began, until = time.monotonic(), time.monotonic() + 60
        while is_alive(dying) and time.monotonic() < until:
            time.sleep(0.005)
        while True:
            try:
                self.cluster.start()
                break
            except ClusterError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        self.restarts_s.append(time.monotonic() - began)

    def seal(self) -> None:
        """One minute's job of the ledger, and what an outsider then sees; nothing while the database is away."""
        with contextlib.suppress(exc.DBAPIError), Session(self.engine) as session, session.begin():
            ledger.seal(session, clock.now())

    def remember(self, note: str) -> None:
        """Keep a checkpoint as an outsider would, if it is one that this server signed."""
        keys = tuple(jws.unb64(key["x"]) for key in jws.keyring(var("keys")).jwks())
        found = find_checkpoint_in(note, keys)
        if found is None:
            raise RuntimeError("the server showed a checkpoint that it did not sign")
        self.seen.append(found)

    def evidence(self) -> Evidence:
        """All that the run left behind, after the ledger is sealed and the days are derived."""
        with Session(self.engine) as session, session.begin():
            ledger.seal(session, clock.now())
        with Session(self.engine) as session, session.begin():
            touched = {(person, day) for person, day in session.execute(text(TOUCHED)) if day is not None}
            for day in sorted({day for _, day in touched}):
                attendance.close_day(session, day, clock.now())
            days = [Day(*row) for row in session.execute(text(DAYS)) if (row.person_id, row.day) in touched]
            kept = [Kept(**row) for row in session.execute(text(KEPT)).mappings()]
            reports = [(row.id, row.hash) for row in session.execute(text(REPORTS))]
            leaves = [Leaf(*row) for row in session.execute(text(LEAVES))]
            last = ledger.current_note(session)
        seen = list(self.seen)
        self.remember(last)
        return Evidence(attempts_in(self.journal.file), kept, reports, leaves, seen, self.seen[-1], days)

    def alarms(self) -> list[object]:
        """What the ledger's own audit finds."""
        with Session(self.engine) as session, session.begin():
            return list(ledger.audit(session))


TOUCHED = "SELECT DISTINCT person_id, work_date FROM checkins"
DAYS = "SELECT person_id, day, in_at, out_at FROM day_records"
KEPT = """SELECT id::text, encode(payload_hash, 'hex') AS payload_hash, person_id, direction, work_date, taken_at, verdict, counts,
    encode(leaf_hash, 'hex') AS leaf_hash, answer FROM checkins"""
REPORTS = "SELECT id::text, encode(sha256(jws::bytea), 'hex') AS hash FROM checkin_reports"
LEAVES = """SELECT kind, subject, encode(leaf_hash, 'hex') FROM ledger_leaves LEFT JOIN ledger_order ON leaf_id = id
    ORDER BY leaf_index NULLS LAST, id"""


@contextlib.contextmanager
def built(folder: Path, people: int) -> Iterator[Stand]:
    """A migrated government on a cluster of its own that trades nothing for speed; `TAPAK_VAR` must be the caller's own."""
    cluster = Cluster(folder / "cluster")
    try:
        cluster.start()
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            if cluster.sql(f"SHOW {name}").strip() != "on":
                raise RuntimeError(f"{name} is off: a crash would prove nothing")
        cluster.sql(LAZY)
        upgrade_to("head", cluster.url("tapak_owner"))
        phones = world.found(cluster, people)
        starts = clock.now().astimezone(ZoneInfo("Asia/Makassar")) - timedelta(hours=1)
        shift = SHIFT.format(starts=f"{starts:%H:%M}", ends=f"{starts + timedelta(hours=8):%H:%M}", day=starts.date())
        cluster.sql(shift, DATABASE)
        engine = create_engine(cluster.url(), poolclass=NullPool)
        event.listen(engine, "connect", db.take_app_role)
        socket = cluster.socket / f".s.PGSQL.{PORT}"
        back = Proxy(socket, decisive=(b"COMMIT", b"EXECUTE checkins_add"))
        web_port = free_port()
        front = Proxy(web_port, decisive=(b"POST /v1/checkins",))
        yield Stand(cluster, folder, engine, phones, web_port, front, back, Journal(folder / "journal"))
    finally:
        cluster.stop()
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def serving(stand: Stand) -> AsyncIterator[None]:
    """Proxies and gunicorn at work."""
    async with stand.back.serving(), stand.front.serving():
        stand.start_web()
        try:
            await asyncio.to_thread(stand.wait_ready)
            yield
        finally:
            stand.stop_web()


def is_alive(pid: int) -> bool:
    """Whether the process runs: neither gone nor dead and not yet missed by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> list[int]:
    """Process numbers of a process's children."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found
