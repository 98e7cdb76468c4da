"""The web as gunicorn serves it: nobody holds a thread by falling silent, and nothing outlives the process it belongs to."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from app.config import ROOT
from bench.faults.stand import children_of
from bench.run import free_port

THREADS = 2
BODY = orjson.dumps({"checkins": ["no check-in needs the database to be refused"]})
HEAD = f"POST /v1/checkins HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n"
# For a machine that does ten things at once.
LONG_S = 60.0


@contextlib.contextmanager
def served(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Gunicorn with one worker of two threads and little patience; it needs no database for what is asked here."""
    settings = {"PORT": str(port), "WEB_CONCURRENCY": "1", "TAPAK_POOL_SIZE": str(THREADS), "TAPAK_UPLOAD_WAIT_S": "1"}
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:app"],
        cwd=ROOT, env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + LONG_S
        while not answered(port):
            assert web.poll() is None and time.monotonic() < until
            time.sleep(0.1)
        yield web
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(web.pid, signal.SIGKILL)
        web.wait()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a web that is up."""
    chosen = free_port()
    with served(chosen):
        yield chosen


def line(port: int, said: bytes) -> socket.socket:
    """A connection on which this was said."""
    made = socket.create_connection(("127.0.0.1", port), LONG_S)
    made.sendall(said)
    return made


def answered(port: int, head: str = HEAD, body: bytes = BODY) -> int | None:
    """Status of the answer, if there was one."""
    with contextlib.suppress(OSError), line(port, head.encode() + b"\r\n" + body) as asking:
        said = asking.recv(65_536)
        return int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1.1 ") else None
    return None


@pytest.mark.parametrize(
    "said", [HEAD[:60].encode(), (HEAD + "\r\n").encode(), (HEAD + "\r\n").encode() + BODY[:-1]], ids=["head", "no body", "body"]
)
def test_who_falls_silent_in_the_middle_holds_nobody_up(port: int, said: bytes) -> None:
    """Twice as many as there are threads, and an honest one after them."""
    silent = [line(port, said) for _ in range(2 * THREADS)]
    assert answered(port) == 200
    for connection in silent:
        ending = connection.recv(65_536)
        assert ending == b"" or ending.startswith(b"HTTP/1.1 400 "), ending
        connection.close()


@pytest.mark.parametrize(
    "more",
    ["X-Long: " + "x" * 10_000 + "\r\n", "".join(f"X-{n}: x\r\n" for n in range(200)), "Cookie: " + "a=b;" * 5_000 + "\r\n"],
    ids=["a long field", "many fields", "a long cookie"],
)
def test_a_head_that_is_too_much_is_refused_and_the_next_request_served(port: int, more: str) -> None:
    assert answered(port, HEAD + more) in (400, 431)
    assert answered(port) == 200


def test_an_address_that_is_too_long_is_refused(port: int) -> None:
    assert answered(port, HEAD.replace("/v1/checkins", "/" + "x" * 10_000)) in (400, 414)
    assert answered(port) == 200


def test_a_worker_dies_with_its_arbiter_and_leaves_the_port_to_the_next() -> None:
    """Also one that can notice nothing by itself, such as one that is frozen, or still reading the program."""
    port = free_port()
    with served(port) as web:
        [worker] = children_of(web.pid)
        os.kill(worker, signal.SIGSTOP)
        web.kill()
        web.wait()
        until = time.monotonic() + 20
        while is_alive(worker) or not is_free(port):
            assert time.monotonic() < until
            time.sleep(0.01)


def is_free(port: int) -> bool:
    """Whether the next one can have the port; a process's threads may hold it a moment longer than the process is there."""
    with contextlib.suppress(OSError), socket.socket() as next_one:
        next_one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        next_one.bind(("127.0.0.1", port))
        return True
    return False


def is_alive(pid: int) -> bool:
    """Whether the process runs, or could."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
