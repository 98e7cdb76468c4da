"""`python -m bench.faults --kills 20`: every fault at full length, and a table of what came of it."""

import argparse
import asyncio
import os
import shutil

from app.config import var
from bench.faults.faults import FAULTS, Fault
from bench.faults.run import Report, run
from bench.faults.stand import Stand, built, serving


def main() -> None:
    """Strike, check, print; exit 1 when any promise was broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=20, help="blows of each fault")
    options.add_argument("--acks", type=int, default=10_000, help="acknowledgements to reach under each fault")
    options.add_argument("--people", type=int, default=500)
    options.add_argument("--only", choices=[fault.name for fault in FAULTS], action="append")
    asked = options.parse_args()
    folder = var("faults")
    shutil.rmtree(folder, ignore_errors=True)
    os.environ["TAPAK_VAR"] = str(folder / "state")
    faults = [fault for fault in FAULTS if asked.only is None or fault.name in asked.only]
    with built(folder, asked.people) as stand:
        raise SystemExit(asyncio.run(_broken(stand, faults, asked.kills, asked.acks)))


async def _broken(stand: Stand, faults: list[Fault], kills: int, acknowledgements: int) -> int:
    """How many faults broke a promise; each is printed as it ends."""
    broken = 0
    async with serving(stand):
        for seed, fault in enumerate(faults, start=1):
            report = await run(stand, fault, kills, acknowledgements, longest_pause_s=3.0, seed=seed)
            print(line_of(report), flush=True)
            broken += bool(report.violations)
    return broken


def line_of(report: Report) -> str:
    """A report as one row of a table, with whatever was broken below it."""
    lost = sum(words.startswith("1") for words in report.violations)
    doubled = sum(words.startswith("3") for words in report.violations)
    cells = (
        f"{report.fault.name} {report.fault.words}",
        f"{report.blows}",
        f"{report.acknowledged:,}",
        f"{report.unknown:,}",
        f"{report.unavailable:,}",
        f"{report.refused:,}",
        f"{lost}",
        f"{doubled}",
        f"{sorted(report.recovery_s)[len(report.recovery_s) // 2]:.1f} s, worst {report.worst_s:.1f} s",
    )
    return "\n".join((f"| {' | '.join(cells)} |", *report.violations[:20]))


if __name__ == "__main__":
    main()
