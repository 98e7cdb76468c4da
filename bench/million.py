"""`python -m bench.million`: 1,000,000 employee-days gathered, derived and written by two processes, and what that takes."""

import argparse
import os
import shutil
import threading
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from app import clock
from app.cli.db import upgrade_to
from app.cluster import DATABASE, Cluster
from app.config import var
from app.jobs import crowd
from bench import night, world

TARGET_S = 150
TARGET_MB = 1_000


class Peak(threading.Thread):
    """The most memory that this process and its children have held together, looked at ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mb = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(0.1):
            self.mb = max(self.mb, _held_mb(os.getpid()))

    def end(self) -> float:
        """The most there was."""
        self._over.set()
        self.join()
        return self.mb


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=20_000)
    options.add_argument("--days", type=int, default=50)
    options.add_argument("--processes", type=int, default=2)
    asked = options.parse_args()
    folder = var("bench")
    shutil.rmtree(folder, ignore_errors=True)
    cluster = Cluster(folder / "cluster")
    try:
        cluster.start()
        os.environ |= {"DATABASE_URL": cluster.url(), "TAPAK_VAR": str(folder / "state")}
        upgrade_to("head", cluster.url("tapak_owner"))
        cluster.sql(world.PLACES.format(units=world.UNITS, lat=world.CENTRE[0], lon=world.CENTRE[1]), DATABASE)
        world.hire(cluster, 0, asked.people)
        days = _workdays(asked.days)
        print(f"  everybody checks in on {len(days)} days …", flush=True)
        night.come(cluster, days)
        crowd.collect_seldom()
        peak = Peak()
        peak.start()
        made, used = night.derived_by(asked.processes, cluster, days, clock.now())
        rate, each = made / used.wall_s, 1e6 * used.cpu_s / made
        print(f"  {made:,} employee-days in {used.wall_s:.1f} s ({rate:,.0f}/s), processors {each:.0f} µs each,", end=" ")
        print(f"at most {peak.end():.0f} MB in {asked.processes} processes and the one that began them")
        print(f"  target for 1,000,000: {TARGET_S} s, {TARGET_MB} MB")
    finally:
        cluster.stop()
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)


def _workdays(count: int) -> Sequence[date]:
    """The last so many days that people have to work on, oldest first."""
    days, day = [], clock.now().date() - timedelta(days=2)
    while len(days) < count:
        if night.is_workday(day):
            days.append(day)
        day -= timedelta(days=1)
    return days[::-1]


def _held_mb(pid: int) -> float:
    """The memory held by a process and its children, without counting twice what they share."""
    found = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            words = dict(line.split(":", 1) for line in status.read_text().splitlines())
            if pid in (int(words["Pid"]), int(words["PPid"])):
                rollup = (status.parent / "smaps_rollup").read_text()
                found += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
        except (OSError, KeyError, ValueError):
            continue  # it ended meanwhile
    return found


if __name__ == "__main__":
    main()
