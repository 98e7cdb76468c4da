"""What the night and the month end cost: deriving days, and writing the recap of a whole province."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from app import decrees
from app.attendance import store as attendance
from app.cluster import DATABASE, Cluster
from app.config import ROOT
from app.db import transaction
from app.jobs import crowd, lease, runner, schedule
from app.jobs.table import DayStep, get_job
from app.ratings import actions as ratings
from app.workdays.rules import holiday_on

# Everybody in and out that day, each by his own phone and at his own place; one in twelve forgets to check out, one in six is late.
CHECKINS = """
SELECT make_checkin_partitions('{day}'::date, 1);
WITH made AS (
    INSERT INTO checkins
    SELECT encode(substr(uuid_send(uuid_at(at)), 1, 6) || substr(decode(md5(people.id || direction), 'hex'), 7), 'hex')::uuid,
           people.id, 'd' || people.id, unit_id, direction, '{day}', at, at, at, 'verified', NULL, at, at, 'accepted', true,
           '{{}}', 0, NULL, 1, 0.99, 0, 12, 'android', 'bench/1',
           ('{day}'::date - date '2000-01-01') * 2 + (direction = 'out')::integer, 'bench', '\\x00', '\\x00', '{{}}'
    FROM people JOIN postings ON person_id = people.id AND kind = 'primary'
    CROSS JOIN (VALUES ('in', time '07:05', 30), ('out', time '16:00', 45)) AS moment (direction, earliest, spread_min)
    CROSS JOIN LATERAL (SELECT ('{day}'::date + earliest) AT TIME ZONE 'Asia/Makassar'
                               + (people.id * 7919 % (spread_min * 60)) * interval '1 second' AS at) drawn
    WHERE direction = 'in' OR people.id % 12 > 0
    RETURNING id
)
INSERT INTO checkin_reports
    SELECT id, '-', ST_SetSRID(ST_MakePoint(115.2 + random() / 10, -8.7 + random() / 10), 4326), '{{}}' FROM made;
"""

# One in a hundred is heard of again: what he sent from his phone that day arrives now.
LATE = """
WITH made AS (
    INSERT INTO checkins
    SELECT encode(substr(uuid_send(uuid_at(at)), 1, 6) || substr(decode(md5(people.id || 'late'), 'hex'), 7), 'hex')::uuid,
           people.id, 'd' || people.id, unit_id, 'out', '{day}', at, at, at, 'verified', NULL, at, now(), 'accepted', true,
           '{{}}', 0, NULL, 1, 0.99, 0, 12, 'android', 'bench/1', ('{day}'::date - date '2000-01-01') * 2 + 2000000, 'bench',
           '\\x00', '\\x00', '{{}}'
    FROM people JOIN postings ON person_id = people.id AND kind = 'primary'
    CROSS JOIN LATERAL (SELECT ('{day}'::date + time '17:00') AT TIME ZONE 'Asia/Makassar'
                               + people.id % 600 * interval '1 second' AS at) drawn
    WHERE people.id % 100 = {which}
    RETURNING id
)
INSERT INTO checkin_reports
    SELECT id, '-', ST_SetSRID(ST_MakePoint(115.2 + random() / 10, -8.7 + random() / 10), 4326), '{{}}' FROM made;
"""

# The same records for every other day of the month.
WHOLE_MONTH = """
INSERT INTO day_records (
    person_id, day, unit_id, status, shift, start_at, end_at, in_at, out_at, late_min, early_min, deduction_pct, lines,
    trace, evidence_hash, derived_at, frozen_at)
    SELECT person_id, other::date, unit_id, status, shift, start_at + (other - day), end_at + (other - day), in_at + (other - day),
           out_at + (other - day), late_min, early_min, deduction_pct, lines, trace, evidence_hash, derived_at, frozen_at
    FROM day_records CROSS JOIN generate_series('{month}'::date, '{month}'::date + interval '1 month - 1 day', '1 day') AS other
    WHERE day = '{day}' AND other <> day ON CONFLICT DO NOTHING;
ANALYZE day_records;
"""


@dataclass(frozen=True, slots=True)
class Recap:
    """One export: seconds, peak memory and size of the file."""

    seconds: float
    peak_mb: float
    file_mb: float


@dataclass(frozen=True, slots=True)
class Used:
    """What something took: seconds on the wall, and seconds of processors, those of the database included."""

    wall_s: float
    cpu_s: float


def workdays_before(now: datetime, count: int) -> list[date]:
    """The last so many days in a row, in the latest whole month of 31 days, that people have to work on."""
    last = now.date().replace(day=1) - timedelta(days=1)
    while last.day != 31:
        last = last.replace(day=1) - timedelta(days=1)
    while not all(is_workday(last - timedelta(days=back)) for back in range(count)):
        last -= timedelta(days=1)
    return [last - timedelta(days=back) for back in reversed(range(count))]


def is_workday(day: date) -> bool:
    """Whether the decree has hours on the day and no holiday takes them away."""
    return decrees.on("bali", day).hours is not None and holiday_on(day, {}) is None


def come(cluster: Cluster, days: Sequence[date]) -> None:
    """Everybody checks in on these days."""
    for day in days:
        cluster.sql(CHECKINS.format(day=day), DATABASE)
    cluster.sql("VACUUM ANALYZE", DATABASE)


def derived_by(processes: int, cluster: Cluster, days: Sequence[date], now: datetime) -> tuple[int, Used]:
    """Employee-days gathered, derived and written for everybody, none of them there before, by so many processes."""
    cluster.sql("TRUNCATE day_records, month_marks", DATABASE)
    step, workers = _crowd_of(get_job("night").daily[0]), crowd.Processes(processes) if processes > 1 else crowd.Here()
    with _measured(cluster) as used:
        made = sum(_done(step, workers, day, now, _everybody(day)) for day in days)
        workers.end()
    return made, used[0]


def night_of(cluster: Cluster, days: Sequence[date], now: datetime, again: bool = False) -> tuple[int, Used]:
    """The whole night after the days, as the scheduler does it: what changed, and what it took."""
    night = get_job("night")
    with _measured(cluster) as used:
        outcome = runner.run_slot(night, schedule.slot_after(night, days[-1]), now, again=again)
    if outcome is None or outcome.failures:
        raise RuntimeError(f"the night failed: {outcome}")
    return outcome.count, used[0]


def arrive_late(cluster: Cluster, days: Sequence[date]) -> None:
    """Something arrives about one person in a hundred on each of these days, another one each day."""
    for which, day in enumerate(days):
        cluster.sql(LATE.format(day=day, which=which), DATABASE)


def rated(cluster: Cluster, day: date, now: datetime) -> tuple[int, Used]:
    """Everybody's month rated from scratch: 31 days a person, none of them rated before."""
    month = day.replace(day=1)
    cluster.sql(WHOLE_MONTH.format(month=month, day=day), DATABASE)
    cluster.sql("TRUNCATE ratings", DATABASE)
    step, workers = _crowd_of(get_job("night").monthly[0]), crowd.workers()
    with transaction() as session:
        due = ratings.list_due(session, month)
    with _measured(cluster) as used:
        made = _done(step, workers, month, now, due)
        workers.end()
    return made, used[0]


def _crowd_of(step: DayStep) -> crowd.Crowd:
    assert isinstance(step, crowd.Crowd)
    return step


def _everybody(day: date) -> Sequence[int]:
    with transaction() as session:
        return attendance.list_concerned(session, day)


def _done(step: crowd.Crowd, workers: crowd.Workers, about: date, now: datetime, person_ids: Sequence[int]) -> int:
    part = crowd.Part("bench", None, step, about, now, decrees.words())
    done = workers.do(part, crowd.blocks_of(person_ids), lease.always)
    if done.error or done.failed:
        raise RuntimeError(f"{step.name} failed: {done.error} {done.failed}")
    return done.count


@contextlib.contextmanager
def _measured(cluster: Cluster) -> Iterator[list[Used]]:
    """What happens inside, and what it took, for reading afterwards."""
    found: list[Used] = []
    began_s, began_cpu_s = time.perf_counter(), _cpu_s(cluster)
    yield found
    found.append(Used(time.perf_counter() - began_s, _cpu_s(cluster) - began_cpu_s))


def _cpu_s(cluster: Cluster) -> float:
    """Processor time of this process, of the children it has seen end, and of the database's server with all that ever were its."""
    postmaster = int((cluster.data / "postmaster.pid").read_text().split()[0])
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            pid, fields = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
            if pid == postmaster:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == postmaster:
                ticks += sum(map(int, fields[11:13]))
    return sum(os.times()[:4]) + ticks / os.sysconf("SC_CLK_TCK")


def recap_of(cluster: Cluster, day: date, folder: Path) -> Recap:
    """The month of everybody as XLSX, by the command an officer would use."""
    month = day.replace(day=1)
    file = folder / "recap.xlsx"
    arguments = ["recaps", "export", "--month", f"{month:%Y-%m}", "--unit", "BALI", "--format", "xlsx", "-o", str(file)]
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", *arguments], cwd=ROOT)
    peak_mb = 0.0
    while child.poll() is None:
        peak_mb = max(peak_mb, _peak_mb(child.pid))
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    if child.returncode != 0:
        raise RuntimeError("the recap failed")
    return Recap(seconds, peak_mb, file.stat().st_size / 1e6)


def _peak_mb(pid: int) -> float:
    """The most memory a process has held since it began its program; 0 when it is no more.

    Not `ru_maxrss`: that begins with what the process held that started it, here everything made ready for the loads.
    """
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
