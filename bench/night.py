"""What the night and the month end cost: deriving days, and writing the recap of a whole province."""

import contextlib
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from app import decrees
from app.attendance import actions as attendance
from app.cluster import DATABASE, Cluster
from app.config import ROOT
from app.db import transaction
from app.workdays.rules import holiday_on

# Everybody in and out that day; one in twelve forgets to check out, one in six is late.
CHECKINS = """
SELECT make_checkin_partitions('{day}'::date, 1);
INSERT INTO checkins
    SELECT encode(substr(uuid_send(uuid_at(at)), 1, 6) || substr(decode(md5(people.id || direction), 'hex'), 7), 'hex')::uuid,
           people.id, 'd', unit_id, direction, '{day}', at, at, at, 'verified', NULL, at, at, 'accepted', true, '{{}}', 0, NULL, 1,
           0.99, 0, 12, 'android', 'bench/1', 1, 'bench', '\\x00', '\\x00', '{{}}'
    FROM people JOIN postings ON person_id = people.id AND kind = 'primary'
    CROSS JOIN (VALUES ('in', time '07:05', 30), ('out', time '16:00', 45)) AS moment (direction, earliest, spread_min)
    CROSS JOIN LATERAL (SELECT ('{day}'::date + earliest) AT TIME ZONE 'Asia/Makassar'
                               + (people.id * 7919 % (spread_min * 60)) * interval '1 second' AS at) drawn
    WHERE direction = 'in' OR people.id % 12 > 0;
"""

# The same records for every other day of the month, and a rating of it.
WHOLE_MONTH = """
INSERT INTO day_records (
    person_id, day, unit_id, status, shift, start_at, end_at, in_at, out_at, late_min, early_min, deduction_pct, lines,
    trace, evidence_hash, derived_at, frozen_at)
    SELECT person_id, other::date, unit_id, status, shift, start_at + (other - day), end_at + (other - day), in_at + (other - day),
           out_at + (other - day), late_min, early_min, deduction_pct, lines, trace, evidence_hash, derived_at, frozen_at
    FROM day_records CROSS JOIN generate_series('{month}'::date, '{month}'::date + interval '1 month - 1 day', '1 day') AS other
    WHERE day = '{day}' AND other <> day;
INSERT INTO ratings
    SELECT person_id, '{month}', unit_id, 100 - sum(deduction_pct), 90, 95, 92.5, 'good', true, '[]', 'bali', 'bench', 'bench',
           '2020-01-01', 'bench', max(derived_at)
    FROM day_records WHERE day BETWEEN '{month}' AND '{month}'::date + interval '1 month - 1 day' GROUP BY person_id, unit_id;
ANALYZE day_records, ratings;
"""


@dataclass(frozen=True, slots=True)
class Recap:
    """One export: seconds, peak memory and size of the file."""

    seconds: float
    peak_mb: float
    file_mb: float


def workday_before(now: datetime) -> date:
    """A day in the latest whole month of 31 days that people have to work on."""
    day = now.date().replace(day=1) - timedelta(days=1)
    while day.day != 31:
        day = day.replace(day=1) - timedelta(days=1)
    while decrees.on("bali", day).hours is None or holiday_on(day, {}) is not None:
        day -= timedelta(days=1)
    return day


def days_derived_per_second(cluster: Cluster, day: date, now: datetime) -> float:
    """Employee-days a second: gathered, derived and written for everybody, none of them there before."""
    cluster.sql(CHECKINS.format(day=day), DATABASE)
    cluster.sql("VACUUM ANALYZE", DATABASE)
    began = time.perf_counter()
    with transaction() as session:
        made = attendance.close_day(session, day, now)
    return made / (time.perf_counter() - began)


def recap_of(cluster: Cluster, day: date, folder: Path) -> Recap:
    """The month of everybody as XLSX, by the command an officer would use."""
    month = day.replace(day=1)
    cluster.sql(WHOLE_MONTH.format(month=month, day=day), DATABASE)
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
