"""`make bench`: builds a private cluster as safe as a real one, measures, and writes docs/bench.md."""

import argparse
import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from app import clock
from app.cli.db import upgrade_to
from app.cluster import DATABASE, Cluster
from app.config import ROOT, var
from app.jobs import crowd
from bench import client, evidence, floor, night, world

PEOPLE = 2_000
PROVINCE = 20_000
T = TypeVar("T")
REPORT = ROOT / "docs" / "bench.md"


@dataclass(slots=True)
class Table:
    """The measured rows so far, printed as they come."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, measured: str, ratio: str = "", target: str = "") -> None:
        """One more row."""
        self.rows.append((what, measured, ratio, target))
        print(f"  {what:<58} {measured:<30} {ratio:<8} {target}", flush=True)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where everything is while measuring."""

    cluster: Cluster
    folder: Path
    port: int
    phones: list[world.Phone]
    seconds: int
    table: Table
    web_pid: int = 0


def main() -> None:
    """Measure everything and write the report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=8, help="how long each load lasts")
    options.add_argument("--past", type=int, default=5_000_000, help="check-ins that are there before the second half")
    options.add_argument("--only", choices=["checkins", "night"], help="measure no more than that, and write no report")
    options.add_argument(
        "--people", type=int, default=PROVINCE, help="of the night and the recap; the targets are for as many as that"
    )
    asked = options.parse_args()
    with _bench(asked.seconds) as bench:
        if asked.only == "night":
            _night(bench, asked.people)
            return
        floors = _floors(bench)
        with _served(bench) as served:
            _checkins(served, floors, "")
        _evidence(bench)
        if asked.only is None:
            _timed(f"making a past of {asked.past:,} check-ins", lambda: world.remember(bench.cluster, asked.past, PEOPLE))
            floors = _floors(bench, " (with the past)")
            with _served(bench) as served:
                _checkins(served, floors, f", {asked.past / 1e6:g} million check-ins before")
            _night(bench, asked.people)
            _write(bench.table, asked.seconds)


@contextlib.contextmanager
def _bench(seconds: int) -> Iterator[Bench]:
    """A migrated government in a cluster of its own, on the disk of the checkout, with fsync on; removed in the end."""
    folder = var("bench")
    shutil.rmtree(folder, ignore_errors=True)
    cluster = Cluster(folder / "cluster")
    try:
        _timed("starting a private PostgreSQL", cluster.start)
        os.environ |= {"DATABASE_URL": cluster.url(), "TAPAK_VAR": str(folder / "state")}
        upgrade_to("head", cluster.url("tapak_owner"))
        phones = _timed(f"{PEOPLE:,} people with phones", lambda: world.found(cluster, PEOPLE))
        floor.prepare(cluster)
        yield Bench(cluster, folder, free_port(), phones, seconds, Table())
    finally:
        cluster.stop()
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _served(bench: Bench) -> Iterator[Bench]:
    """The web as `make run` starts it."""
    with open(bench.folder / "web.log", "wb") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app"],
            cwd=ROOT,
            env=os.environ | {"PORT": str(bench.port)},
            stdout=log,
            stderr=log,
        )
    try:
        _wait_ready(bench, web)
        yield replace(bench, web_pid=web.pid)
    finally:
        web.terminate()
        web.wait()


def _wait_ready(bench: Bench, web: subprocess.Popen[bytes]) -> None:
    """Return when the web is ready. Raises: RuntimeError with its last words when it is not going to be."""
    for _ in range(150):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{bench.port}/readyz"):
            return
        if web.poll() is not None:
            break
        time.sleep(0.2)
    raise RuntimeError((bench.folder / "web.log").read_text()[-3000:])


def _floors(bench: Bench, when: str = "") -> dict[int, float]:
    """Bare inserts a second by 16 and by 50 clients."""
    floors = {}
    for clients in (16, 50):
        floors[clients] = floor.inserts_per_second(bench.cluster, bench.folder, clients, bench.seconds)
        bench.table.add(f"floor{when}: pgbench, prepared, {clients} clients", f"{floors[clients]:,.0f} inserts/s", "1")
    return floors


def _checkins(bench: Bench, floors: dict[int, float], when: str) -> None:
    """Check-ins over HTTP: one a request, fifty a request, and at a steady 50 a second."""
    checkins = world.signed(bench.phones, clock.now(), seed=len(bench.table.rows))
    most = int(max(floors.values()) * bench.seconds * 0.4)
    _load(bench, lambda: client.closed_loop(bench.port, world.bodies(checkins, 4_000), 50, 2))
    for clients in (16, 50):
        bodies = world.bodies(checkins, most)
        load = _load(bench, lambda bodies=bodies, clients=clients: client.closed_loop(bench.port, bodies, clients, bench.seconds))
        rate = load.stored / load.seconds
        said = f"{rate:,.0f}/s, p50 {load.ms(0.5):.0f} ms, p99 {load.ms(0.99):.0f} ms"
        bench.table.add(f"single check-ins, {clients} clients{when}", said, f"{rate / floors[clients]:.3f}", "≥ 0.05")
    bodies = world.bodies(checkins, most // 25, size=50)
    load = _load(bench, lambda: client.closed_loop(bench.port, bodies, 4, bench.seconds))
    rate = load.stored / load.seconds
    bench.table.add(f"check-ins in requests of 50, 4 clients{when}", f"{rate:,.0f}/s", f"{rate / floors[16]:.3f}", "≥ 0.3")
    bodies = world.bodies(checkins, 80 * 2 * bench.seconds)
    load = _load(bench, lambda: client.open_loop(bench.port, bodies, 50, 2 * bench.seconds))
    said = f"p50 {load.ms(0.5):.1f} ms, p99 {load.ms(0.99):.1f} ms"
    bench.table.add(f"50 check-ins a second, arriving at random{when}", said, "", "p99 ≤ 60 ms")


def _load(bench: Bench, run: Callable[[], client.Load]) -> client.Load:
    """A load, after which the database must hold exactly what was acknowledged."""
    began, web_s, database_s = clock.now(), _cpu_s(bench.web_pid), _cpu_s(_postmaster(bench))
    load = run()
    web_ms, database_ms = (
        1000 * used / max(1, load.stored) for used in (_cpu_s(bench.web_pid) - web_s, _cpu_s(_postmaster(bench)) - database_s)
    )
    kept = _kept(bench, began)
    if kept != load.stored or load.stored == 0:
        raise RuntimeError(f"{load.stored} check-ins were acknowledged in {load.answers} answers, {kept} are kept")
    client_ms = 1000 * load.client_cpu_s / load.stored
    print(
        f"    {load.stored:,} acknowledged = kept; processor time of each:"
        f" web {web_ms:.2f} ms, database {database_ms:.2f} ms, client {client_ms:.2f} ms",
        flush=True,
    )
    return load


def _evidence(bench: Bench) -> None:
    """What the parts that make a check-in proof cost of a single one."""
    found = evidence.costs(bench.phones, _postmaster(bench))
    whole = found.pop(evidence.ALL)
    bench.table.add("processor time of a single check-in, web server aside", f"{whole.ms:.2f} ms", "1")
    for kind, cost in found.items():
        of_it = 1 - cost.ms / whole.ms
        said = f"{cost.web_ms:.2f} ms program, {cost.database_ms:.2f} ms database"
        bench.table.add(f"the same {kind}", said, f"-{of_it:.1%}", "≤ 40 %" if kind == evidence.NONE else "")


def _postmaster(bench: Bench) -> int:
    """The database server's first process."""
    return int((bench.cluster.data / "postmaster.pid").read_text().split()[0])


def _cpu_s(pid: int) -> float:
    """Processor time that a process's present children have used."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12]) if int(fields[1]) == pid else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _kept(bench: Bench, since: datetime) -> int:
    """How many check-ins the database holds that arrived since then; the made past has a device of its own."""
    query = f"SELECT count(*) FROM checkins WHERE received_at >= '{since.isoformat()}' AND device_id <> 'd'"
    return int(bench.cluster.sql(query, DATABASE))


def _night(bench: Bench, people: int) -> None:
    """The nights of a province, its days and months from scratch, and its month's recap."""
    _timed(f"{people - PEOPLE:,} more people", lambda: world.hire(bench.cluster, PEOPLE, people - PEOPLE))
    now = clock.now()
    crowd.collect_seldom()  # as the scheduler does
    days = night.workdays_before(now, 3)
    _timed(f"everybody checks in on {len(days)} days", lambda: night.come(bench.cluster, days))
    count, full = night.night_of(bench.cluster, days, now)
    said = f"{full.wall_s:.1f} s, processors {full.cpu_s:.1f} s"
    bench.table.add(f"a first night: {people:,} people, {len(days)} days and their month, {count:,} rows", said, "1")
    night.arrive_late(bench.cluster, days)
    count, part = night.night_of(bench.cluster, days, now, again=True)
    said = f"{part.wall_s:.2f} s, processors {part.cpu_s:.2f} s"
    bench.table.add(f"the night in which 1 % changed, {count:,} rows", said, f"{part.cpu_s / full.cpu_s:.3f}", "≤ 0.05")
    for processes, named, target in ((1, "one process", "≥ 5,000/s"), (2, "two processes", "≥ 6,667/s")):
        made, used = night.derived_by(processes, bench.cluster, days, now)
        said = f"{made / used.wall_s:,.0f}/s, processors {1e6 * used.cpu_s / made:.0f} µs each"
        bench.table.add(f"employee-days gathered, derived and written by {named}", said, "", target)
    made, used = night.rated(bench.cluster, days[-1], now)
    said = f"{used.wall_s:.1f} s, processors {used.cpu_s:.1f} s"
    bench.table.add(f"months of 31 days rated from scratch, {made:,} people", said, "", "≤ 60 s")
    recap = night.recap_of(bench.cluster, days[-1], bench.folder)
    said = f"{recap.seconds:.1f} s, {recap.peak_mb:.0f} MB, file {recap.file_mb:.1f} MB"
    bench.table.add(f"recap of {people:,} people × 31 days as XLSX", said, "", "≤ 20 s, ≤ 300 MB")


def _write(table: Table, seconds: int) -> None:
    """The report with machine and date."""
    lines = "\n".join(f"| {' | '.join(row)} |" for row in table.rows)
    REPORT.write_text(
        f"""# Measured

`make bench` on {clock.now():%Y-%m-%d}, {machine()}. Loads of {seconds} s, one run.
Everything shares those cores: PostgreSQL (fsync on, data on the checkout's disk), 2 web processes of 16 threads, and the load
generator. Ratios are to the floor of the same number of clients (for requests of 50: 16), measured in the same run on the same
cluster: `pgbench -M prepared` of one bare insert with one `ST_Covers`. After every load the database held exactly as many check-ins
as had been acknowledged.

| | measured | ratio | target |
|---|---|---|---|
{lines}

A check-in here is the whole of it: JSON, signature, one query for what is known, the exact probability, the verdict, rows in three
tables, the ledger's leaf, a signed receipt, and a commit on disk before the answer. Signed fixes lie around the office, spread by
30 m per axis, and claim 5 to 65 m.

What signature, time bracket with evidence, leaf and receipt cost is measured by processor time, the program's and the database's,
in one process without the web server: single check-ins with an anchor, in turns of 100 as they are, without each part, and without
all four; medians of nine turns. The parts are replaced in the measuring process only (bench/evidence.py).
""",
        encoding="utf-8",
    )
    print(f"Written to {REPORT.relative_to(ROOT)}")


def machine() -> str:
    """What was measured on."""
    cpu = next(line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line)
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {cpu}, {memory_gb:.0f} GiB, Linux {platform.release()}, Python {platform.python_version()}"


def _timed(what: str, run: Callable[[], T]) -> T:
    """The result of a step, announced with how long it took."""
    began = time.perf_counter()
    made = run()
    print(f"  {what}: {time.perf_counter() - began:.1f} s", flush=True)
    return made


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
