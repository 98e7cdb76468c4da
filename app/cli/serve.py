"""`flask serve`: all that `make run` starts, under one small supervisor that leaves nothing behind."""

import contextlib
import csv
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from app import cluster
from app.config import ROOT, int_setting, setting, var

# A child whose supervisor dies, however it dies, is told to stop by the kernel.
ORPHANS_STOP = ("setpriv", "--pdeathsig", "TERM")
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
SERVICES = {
    "web": (sys.executable, "-m", "gunicorn", "wsgi:app"),
    "scheduler": (*FLASK, "jobs", "serve"),
}


@click.command()
@click.option("--stop", is_flag=True, help="Stop what is being served, and the private database.")
def serve(stop: bool) -> None:
    """Serve everything until Ctrl-C: the private database, the web and the scheduler."""
    var().mkdir(parents=True, exist_ok=True)
    with open(var("serve.lock"), "a+") as lock:
        mine = _locked(lock)
        if stop:
            _stop_other(lock, mine)
        elif not mine:
            _, port = _holder(lock)
            _wait_ready(port, {})
            _tell(port, "is already being served")
        else:
            _serve(lock)


def _serve(lock: IO[str]) -> None:
    """Bring everything up, wait for a signal or a death, and take everything down."""
    port, started = int_setting("port"), time.monotonic()
    _hold(lock, port)
    # Also SIGINT: a shell that starts it in the background has it ignored, and then only `--stop` would end it.
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.default_int_handler)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        _refuse_taken(port)
        _prepare()
        with _step("starting web and scheduler"):
            for name, command in SERVICES.items():
                children[name] = _spawn(name, command)
            _wait_ready(port, children)
        _tell(port, f"is ready after {time.monotonic() - started:.0f} s")
        _watch(children)
    except KeyboardInterrupt:
        click.echo("\nStopping …")
    except cluster.ClusterError as error:
        raise click.ClickException(str(error)) from None
    finally:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        _end(children)


def _prepare() -> None:
    """Leave a migrated database; a private one also holds the demo government."""
    if setting("database_url") is not None:
        with _step("migrating"):
            _finish("db", "upgrade")
        return
    with _step("starting the private PostgreSQL"):
        cluster.private().start()
    with _step("migrating"):
        _finish("db", "upgrade")
    with _step("loading the demo government"):
        _finish("demo", "load")


@contextlib.contextmanager
def _step(name: str) -> Iterator[None]:
    """A line that says what is being done, and how long it took."""
    click.echo(f"  {name:<42}", nl=False)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo("failed")
        raise
    click.echo(f"{time.monotonic() - started:5.1f} s")


def _finish(*arguments: str) -> None:
    """Run one of the program's own commands to its end. Raises: ClickException with what it said when it fails."""
    done = subprocess.run([*ORPHANS_STOP, *FLASK, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if (told := done.stderr.removeprefix("Error: ")) != done.stderr and told.count("\n") == 1:
            raise click.ClickException(told.rstrip())  # a refusal is a sentence that needs no explanation
        raise click.ClickException(f"flask {' '.join(arguments)}:\n{done.stdout}{done.stderr}")


def _spawn(name: str, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """A service in a session of its own, so that Ctrl-C reaches it through the supervisor only."""
    log = _log(name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as said:
        return subprocess.Popen(
            [*ORPHANS_STOP, *command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )


def _log(name: str) -> Path:
    """Where a service's output of this run goes."""
    return var("log", f"{name}.log")


def _wait_ready(port: int, children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Return when the web says it is ready. Raises: ClickException when it is not in a minute, or something died."""
    for _ in range(300):
        _refuse_dead(children)
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2),
        ):
            return
        time.sleep(0.2)
    raise click.ClickException(f"The web is not ready after a minute; see {_log('web')}")


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait until a service dies; restarting it silently would hide why."""
    while True:
        _refuse_dead(children)
        time.sleep(0.5)


def _refuse_dead(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Raises: ClickException with the last words of a service that ended by itself."""
    for name, child in children.items():
        if child.poll() is not None:
            words = _log(name).read_text(errors="replace")[-3000:]
            raise click.ClickException(f"{name} ended with code {child.returncode}, so everything stops:\n{words}")


def _end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Stop the services, then the database they use."""
    for child in children.values():
        child.terminate()
    patient_until = time.monotonic() + 30  # for all of them together: they were told at the same time
    for child in children.values():
        try:
            child.wait(max(0.0, patient_until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if setting("database_url") is None:
        cluster.private().stop()


def _locked(lock: IO[str]) -> bool:
    """Whether nobody else serves this checkout, which from now on is oneself."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _hold(lock: IO[str], port: int) -> None:
    """Write into the lock who serves, and where."""
    lock.truncate(0)
    lock.write(f"{os.getpid()} {port}\n")
    lock.flush()


def _holder(lock: IO[str]) -> tuple[int, int]:
    """The process that serves this checkout, and its port."""
    lock.seek(0)
    pid, port = lock.read().split()
    return int(pid), int(port)


def _stop_other(lock: IO[str], mine: bool) -> None:
    """Stop whoever serves this checkout and wait for the end; then the database, if somebody left it running."""
    if not mine:
        os.kill(_holder(lock)[0], signal.SIGTERM)
        fcntl.flock(lock, fcntl.LOCK_EX)
    left = setting("database_url") is None and cluster.private().stop()
    click.echo("Stopped." if left or not mine else "Nothing was running.")


def _refuse_taken(port: int) -> None:
    """Raises: ClickException when another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(f"Port {port} is taken by another program; choose one: make run PORT={port + 1}") from None


def _tell(port: int, state: str) -> None:
    """Say where the program is, who can sign in, and what to try next."""
    click.echo(f"\nTapak {state}: http://127.0.0.1:{port}  (documentation: /docs, logs: {_log('web').parent})")
    accounts = var("demo", "accounts.csv")
    rows = _rows_of(accounts)
    if not rows:
        return
    of_role = {row["role"]: row for row in reversed(rows)}
    click.echo(f"\nOne demo account for each role (all {len(rows)}: {accounts}):")
    for role in sorted(of_role):
        row = of_role[role]
        click.echo(f"  {role:<11} {row['nip']}  {row['password']:<20} {row['unit']:<12} {row['name']}")
    for row in _rows_of(var("demo", "screens.csv")):
        click.echo(f"\nThe screen at the door of {row['site']}:\n  http://127.0.0.1:{port}{row['screen']}")
    if "employee" in of_role:
        nip, password = of_role["employee"]["nip"], of_role["employee"]["password"]
        click.echo(f"\nTry next:\n  .venv/bin/flask --app wsgi phone enroll --nip {nip} --password {password}")


def _rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of one of the demo's lists; none where there is no demo."""
    if not file.exists():
        return []
    with open(file, newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))
