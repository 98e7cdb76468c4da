"""Real schedulers for tests: `flask jobs serve` as a process of its own, on a database of its own."""

import json
import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask.cli import FlaskGroup
from sqlalchemy import Connection, Engine, text

from app.factory import create_app
from app.jobs import crowd

LEADERS = (
    "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database WHERE datname = current_database() AND granted"
    " AND locktype = 'advisory' AND (classid::bigint << 32) | objid::bigint = hashtext('jobs.leader')"
)


# Each server is a process forked from one that has read the program already: that takes seconds, and a dozen are begun here.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["app.factory"])


def serve(environment: dict[str, str], log: Path) -> None:
    """What `flask --app wsgi jobs serve` does in such an environment, with its output in the log."""
    os.environ.update(environment)
    crowd.BLOCK = int(environment.get("UJI_BLOCK", crowd.BLOCK))
    with open(log, "wb") as said:
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
    FlaskGroup(create_app=create_app).main(["jobs", "serve"])


class Server:
    """One `flask jobs serve`, and the events it has logged."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._log = log
        log.touch()
        self.process = FORKED.Process(target=serve, args=(environment, log))
        self.process.start()

    def events(self, name: str, **fields: object) -> list[dict[str, Any]]:
        """What it logged under that name with those fields, oldest first."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name and all(line[key] == value for key, value in fields.items())]

    def has_said(self, name: str) -> bool:
        """Whether it logged so in time."""
        return until(lambda: bool(self.events(name)) or not self.process.is_alive()) and bool(self.events(name))

    def children(self) -> list[int]:
        """The processes it has begun, and those that they have."""
        found = [self.process.pid]
        for pid in found:
            for stat in Path("/proc").glob("[0-9]*/stat"):
                with suppress(OSError):
                    if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                        found.append(int(stat.parent.name))
        return [pid for pid in found[1:] if pid is not None]

    def kill(self) -> None:
        """End it as the kernel would, without a chance to say anything."""
        self.process.kill()
        self.process.join()

    def stop(self) -> float:
        """Seconds from SIGTERM to its end, which must be a clean one."""
        began = time.monotonic()
        self.process.terminate()
        self.process.join(30)
        assert self.process.exitcode == 0, self._log.read_text()
        return time.monotonic() - began


class Barrier:
    """Keeps everybody from writing to a table until it is opened: a step is caught half way."""

    def __init__(self, engine: Engine, table: str) -> None:
        self._engine, self._table = engine, table
        self._connection: Connection = engine.connect()
        self._connection.execute(text(f"LOCK TABLE {table} IN EXCLUSIVE MODE"))

    def waiting(self) -> list[int]:
        """The database's processes that wait to write there."""
        query = text("SELECT pid FROM pg_locks WHERE relation = to_regclass(:name) AND NOT granted")
        with self._engine.connect() as connection:
            return list(connection.scalars(query, {"name": self._table}))

    def holds_somebody_up(self) -> bool:
        """Whether a step has come this far, in time."""
        return until(lambda: bool(self.waiting()))

    def open(self) -> None:
        """Let them write."""
        self._connection.rollback()
        self._connection.close()


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
