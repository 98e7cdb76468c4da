"""`python -m bench.faults --kills 20`: every fault at full length, and docs/faults.md of what came of it."""

import argparse
import asyncio
import os
import shutil
from collections.abc import Sequence

from app import clock
from app.config import ROOT, var
from bench.faults.faults import FAULTS, Fault
from bench.faults.run import Report, run
from bench.faults.stand import THREADS, WORKERS, Stand, built, serving
from bench.run import machine

REPORT = ROOT / "docs" / "faults.md"


def main() -> None:
    """Strike, check, print and write; exit 1 when any promise was broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=20, help="blows of each fault")
    options.add_argument("--acks", type=int, default=10_000, help="acknowledgements to reach under each fault")
    options.add_argument("--people", type=int, default=500)
    options.add_argument("--only", choices=[fault.name for fault in FAULTS], action="append", help="leaves the report unwritten")
    asked = options.parse_args()
    folder = var("faults")
    shutil.rmtree(folder, ignore_errors=True)
    os.environ["TAPAK_VAR"] = str(folder / "state")
    faults = [fault for fault in FAULTS if asked.only is None or fault.name in asked.only]
    with built(folder, asked.people) as stand:
        reports = asyncio.run(_reports(stand, faults, asked.kills, asked.acks))
    if asked.only is None:
        _write(reports, stand.restarts_s)
    raise SystemExit(1 if any(report.violations for report in reports) else 0)


async def _reports(stand: Stand, faults: list[Fault], kills: int, acknowledgements: int) -> list[Report]:
    """What each fault came to; each is printed as it ends."""
    reports = []
    async with serving(stand):
        for seed, fault in enumerate(faults, start=1):
            reports.append(await run(stand, fault, kills, acknowledgements, longest_pause_s=3.0, seed=seed))
            print("\n".join((_row(reports[-1]), *reports[-1].violations[:20])), flush=True)
    return reports


def _row(report: Report) -> str:
    """A report as one row of the table."""
    lost, doubled = (sum(words.startswith(part) for words in report.violations) for part in ("1", "3"))
    cells = (
        f"{report.fault.name} {report.fault.words}",
        report.blows,
        f"{report.acknowledged:,}",
        f"{report.unknown:,}",
        f"{report.refused:,}",
        lost,
        doubled,
        len(report.violations),
        f"{_middle(report.recovery_s):.1f} s, worst {report.worst_s:.1f} s",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _middle(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]


def _write(reports: list[Report], restarts_s: list[float]) -> None:
    """The report with machine and date."""
    rows = "\n".join(map(_row, reports))
    REPORT.write_text(
        f"""# What was broken, and what came of it

`python -m bench.faults` on {clock.now():%Y-%m-%d}, {machine()}.
PostgreSQL with fsync, synchronous_commit and full_page_writes on, {WORKERS} gunicorn workers of {THREADS} threads, a proxy
before each of the two, all on those cores. Phones send batches of 1 to 6 until each item has its answer, some twice at once, some
again long after; some sign two check-ins with one id, some forge. Every attempt is in a synced journal, and after each fault a pure
function ([the checker](../bench/faults/checker.py)) compares all of it with all rows, leaves, reports, checkpoints and days.

| fault | blows | acknowledged | unknown | refused | lost | doubled | violations | until the next acknowledgement, median |
|---|---|---|---|---|---|---|---|---|
{rows}

*Unknown*: the client was cut off, waited in vain, or was told 503, and sent it again. *Refused*: rivals for one id, and forgeries.
The last column is the whole outage as phones see it: processes that end and start again, PostgreSQL with its crash recovery
({len(restarts_s)} times, {_middle(restarts_s):.1f} s in the median, at worst {max(restarts_s):.1f} s), the pauses of the clients.
A freeze lasts 3.5 s.
After 2 s of silence the web here gives up on the database (8 s where nothing else is said). The machine's load over the last
quarter of an hour was {os.getloadavg()[2]:.0f}: above the number of its cores, these times are longer than they need be.
""",
        encoding="utf-8",
    )
    print(f"Written to {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
