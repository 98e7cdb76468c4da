"""`flask serve`: one supervisor, nothing restarted silently, nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.cluster import Cluster
from app.config import ROOT


@dataclass
class Checkout:
    """A checkout with a database and a port of its own, in which to run commands."""

    environment: dict[str, str]
    var: Path
    begun: list[subprocess.Popen[str]] = field(default_factory=list)

    def serve(self, *options: str) -> subprocess.Popen[str]:
        """`flask serve`, begun, as a shell begins it: in a process group of its own."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", *options]
        env = os.environ | self.environment
        begun = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.begun.append(begun)
        return begun

    def processes(self, of: str = "") -> list[int]:
        """Whatever runs on behalf of this checkout, or only those whose command holds some words."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                mine = f"TAPAK_VAR={self.var}\0".encode() in (process / "environ").read_bytes()
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if mine and of in command and not command.endswith("--stop "):
                found.append(int(process.name))
        return found


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def said_until(process: subprocess.Popen[str], words: str) -> str:
    """What a process printed up to the line with those words, or to its end."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            break
    return said


@pytest.fixture
def checkout(server: Cluster, template: str, tmp_path: Path) -> Iterator[Checkout]:
    server.create_database("served", template)
    address = server.url("tapak_owner", "served").replace("+psycopg2", "")
    made = Checkout({"DATABASE_URL": address, "TAPAK_VAR": str(tmp_path), "PORT": str(free_port())}, tmp_path)
    yield made
    for begun in made.begun:
        if begun.poll() is None:
            begun.kill()
        begun.communicate()
    assert until(lambda: not made.processes())
    server.drop_database("served")


def test_a_second_one_says_so_and_stop_ends_the_first(checkout: Checkout) -> None:
    first = checkout.serve()
    assert "is ready" in said_until(first, "is ready")
    second = checkout.serve()
    assert f"is already being served: http://127.0.0.1:{checkout.environment['PORT']}" in second.communicate(timeout=30)[0]
    assert second.returncode == 0 and first.poll() is None
    stop = checkout.serve("--stop")
    assert "Stopped." in stop.communicate(timeout=60)[0]
    assert first.wait(5) == 0 and checkout.processes() == []
    assert "Nothing was running." in checkout.serve("--stop").communicate(timeout=30)[0]


def test_ctrl_c_ends_everything(checkout: Checkout) -> None:
    serving = checkout.serve()
    said_until(serving, "is ready")
    os.killpg(serving.pid, signal.SIGINT)
    assert serving.wait(60) == 0
    assert checkout.processes() == []


def test_a_service_that_dies_ends_everything_with_its_name(checkout: Checkout) -> None:
    serving = checkout.serve()
    said_until(serving, "is ready")
    for scheduler in checkout.processes("jobs serve"):
        os.kill(scheduler, signal.SIGKILL)
    assert "scheduler ended with code -9" in serving.communicate(timeout=60)[0]
    assert serving.returncode == 1 and checkout.processes() == []


def test_a_killed_supervisor_leaves_nothing(checkout: Checkout) -> None:
    serving = checkout.serve()
    said_until(serving, "is ready")
    serving.kill()
    assert until(lambda: checkout.processes() == [])


def test_a_taken_port_is_named_before_anything_is_started(checkout: Checkout) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(checkout.environment["PORT"])))
        other.listen()
        serving = checkout.serve()
        assert f"Port {checkout.environment['PORT']} is taken" in serving.communicate(timeout=30)[0]
        assert serving.returncode == 1
