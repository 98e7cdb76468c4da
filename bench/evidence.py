"""What signature, time bracket, leaf and receipt cost one check-in, each switched off in this process only: in `make bench`.

By processor time of program and database, not by the clock: the shares hold on a busy machine too. The settings know no such
switches; here functions of the program are replaced while it is measured, and put back.
"""

import contextlib
import io
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from time import process_time_ns
from typing import Any
from unittest.mock import patch

from flask import Flask

from app import clock, db, jws
from app.checkins import render
from app.checkins.actions import taking
from app.checkins.rules.timing import ANCHOR_TYPE, Grade, Timing
from app.checkins.store import kept
from app.config import var
from app.factory import create_app
from app.ledger.rules import instant
from app.ledger.store import appending
from bench import world

# Requests measured at a time; the kinds take turns, so that what else the machine does meets all of them.
TURN = 100
TURNS = 9

ALL = "everything as it is"
NONE = "without the four"


def _at_arrival(report: object, anchor: object, received_at: datetime, *_: object) -> Timing:
    return Timing(received_at, received_at, received_at, Grade.VERIFIED)


def _another(statements: db.Statements, name: str, sql: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
    return db.prepared(statements, f"{name}_without_leaf", sql, params)


# What takes the place of what, for each part.
OFF: Mapping[str, Sequence[tuple[object, str, object]]] = {
    "signature": [(taking, "is_from", lambda *_: True)],
    "time bracket and evidence": [
        (jws.Keyring, "opened", lambda *_: {}),
        (taking, "anchor_of", lambda _: None),
        (taking, "timing_of", _at_arrival),
        (taking, "written", lambda _: "{}"),
        (render, "evidence_hash", lambda *_: ""),
    ],
    "leaf": [
        (render, "leaf_of", lambda *_: ""),
        (taking, "leaf_hash", lambda _: bytes(32)),
        (kept, "ADD", kept.ADD.replace(appending("checkin", "leaves"), "SELECT 1")),
        (kept, "prepared", _another),
    ],
    "receipt": [(jws.Keyring, "sign", lambda *_: "")],
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time that one check-in takes: of the program, and of the database."""

    web_ms: float
    database_ms: float

    @property
    def ms(self) -> float:
        """Both together."""
        return self.web_ms + self.database_ms


@contextlib.contextmanager
def without(*parts: str) -> Iterator[None]:
    """The program without these parts, as long as the block lasts."""
    with contextlib.ExitStack() as stack:
        for owner, name, instead in [replaced for part in parts for replaced in OFF[part]]:
            stack.enter_context(patch.object(owner, name, instead))
        yield


def costs(phones: Sequence[world.Phone], postmaster: int) -> dict[str, Cost]:
    """What a check-in costs as it is, without each part, and without all four: medians over the turns."""
    kinds: dict[str, tuple[str, ...]] = {ALL: (), **{f"without {part}": (part,) for part in OFF}, NONE: tuple(OFF)}
    taken: dict[str, list[Cost]] = {kind: [] for kind in kinds}
    signed = anchored(phones)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        app = create_app()
        for turn in range(TURNS + 1):
            for kind, parts in kinds.items():
                bodies = world.bodies(signed, TURN)
                with without(*parts):
                    cost = _cost(app, bodies, postmaster)
                if turn:  # the first prepares statements
                    taken[kind].append(cost)
        db.engine().dispose()
    return {kind: Cost(median(c.web_ms for c in each), median(c.database_ms for c in each)) for kind, each in taken.items()}


def anchored(phones: Sequence[world.Phone]) -> Iterator[str]:
    """Check-ins as phones send them that have a time anchor, one person after the other."""
    keyring, chance, turn = jws.keyring(var("keys")), random.Random(0), 0
    while True:
        for phone in phones:
            now = clock.now()
            anchor = keyring.sign(ANCHOR_TYPE, {"now": instant(now), "nonce": "bench", "device": phone.id, "boot": "b"})
            yield world.checkin(phone, now, chance, turn, anchor=anchor, elapsed_ms=0, boot_id="b")
        turn += 1


def _cost(app: Flask, bodies: Sequence[bytes], postmaster: int) -> Cost:
    web, database = process_time_ns(), _database_ns(postmaster)
    for body in bodies:
        _post(app, body)
    spent = process_time_ns() - web, _database_ns(postmaster) - database
    return Cost(*(ns / 1e6 / len(bodies) for ns in spent))


def _post(app: Callable[..., Any], body: bytes) -> None:
    """One request, without the web server around it. Raises: RuntimeError when it is not stored."""
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/v1/checkins", "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1", "HTTP_ACCEPT_LANGUAGE": "id",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False, "wsgi.errors": io.StringIO(),
    }  # fmt: skip
    answer = b"".join(app(environ, lambda *_: None))
    if b'"status":"stored"' not in answer:
        raise RuntimeError(answer.decode()[:500])


def _database_ns(postmaster: int) -> int:
    """Processor time of the database's processes, to the nanosecond."""
    spent = 0
    for child in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((child / "stat").read_text().rpartition(")")[2].split()[1]) == postmaster:
                spent += int((child / "schedstat").read_text().split()[0])
    return spent
