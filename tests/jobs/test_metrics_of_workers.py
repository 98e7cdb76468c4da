"""Under gunicorn several processes count, one of them answers, and none that dies takes with it what it has counted."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import ROOT
from tests.cli.test_serve import free_port
from tests.jobs.servers import until

WORKERS = 2


class Web:
    """A gunicorn of its own, without a database."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        (home / "metrics").mkdir()
        (home / "metrics" / "counter_99.db").write_bytes(b"left by processes long gone")
        given = {"TAPAK_VAR": str(home), "PORT": str(self.port), "WEB_CONCURRENCY": str(WORKERS)}
        away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app"], cwd=ROOT, env=os.environ | given | away, stderr=subprocess.DEVNULL
        )

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return str(answer.read().decode())

    def answers(self) -> bool:
        try:
            return bool(self.get("/livez"))
        except (urllib.error.URLError, OSError):
            return False

    def counted(self) -> float:
        """How often /livez was answered, according to whichever process answers."""
        for line in self.get("/metrics").splitlines():
            if line.startswith('tapak_http_request_seconds_count{method="GET",route="/livez",status="200"}'):
                return float(line.split()[-1])
        return 0

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    made = Web(tmp_path)
    yield made
    made.process.send_signal(signal.SIGQUIT)  # not waiting for a worker that is still being made
    made.process.wait(30)


def test_every_process_counts_and_what_a_dead_one_counted_stays(web: Web) -> None:
    assert until(web.answers, 60)
    asked = web.counted()
    assert asked >= 1
    victim = web.workers()[0]
    for is_replaced in (False, True):
        for _ in range(20):
            web.get("/livez")
        asked += 20
        # Whoever answers tells of all.
        assert {web.counted() for _ in range(6)} == {asked}
        if not is_replaced:
            os.kill(victim, signal.SIGKILL)
            assert until(lambda: victim not in web.workers() and len(web.workers()) == WORKERS)
    names = {file.name for file in (web.home / "metrics").iterdir()}
    assert names <= {f"{kind}_{number}.db" for kind in ("counter", "histogram") for number in range(WORKERS)}
    assert oct((web.home / "metrics").stat().st_mode & 0o777) == "0o700"
