"""How well signals, score and findings tell planted cheats from honest people, on a demo whose truth is known.

    python -m bench.signals --demo DIR

`DIR` holds the demo's `truth.csv` (`nip`, `kind`, `days`); the demo itself is read from the program's database. Prints Markdown.
"""

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app import clock
from app.anomalies.rules import DETECTORS, Kind, Severity
from app.checkins.rules.signals import CHECKS, HOLD_SCORE, REVIEW_SCORE, Flag, Strength, is_for_review, is_held
from app.db import transaction
from app.demo import store as demo

CHECKINS = """
SELECT p.nip, c.work_date AS day, c.verdict, c.flags, c.score, c.time_grade
FROM checkins c JOIN people p ON p.id = c.person_id ORDER BY c.id
"""
FINDINGS = "SELECT p.nip, f.day, f.kind FROM findings f JOIN people p ON p.id = f.person_id"

# What each signal is for; nothing else is asked of it.
MEANT_FOR: dict[Flag, tuple[str, ...]] = {
    Flag.MOCK_LOCATION: ("fake_t1", "fake_t2", "fake_t3", "fake_t5"),
    Flag.FAKE_TEMPLATE: ("fake_t1", "fake_t2", "fake_t3", "fake_t4"),
    Flag.TOO_MANY_DECIMALS: ("fake_t1", "fake_t2", "fake_t3", "fake_t4", "fake_t5"),
    Flag.REPEATED_FIX: ("fake_t1", "fake_t2", "fake_t3", "fake_t4", "fake_t5", "replayed_fix", "shared_coordinates"),
    Flag.REPLAYED_FIX: ("fake_t1", "fake_t2", "fake_t3", "fake_t4", "fake_t5", "replayed_fix", "shared_coordinates"),
    Flag.CLOCK_SKEW: ("clock_mover",),
    Flag.CLOCK_MOVED: ("clock_mover",),
    Flag.SHARED_DEVICE: ("shared_phone",),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One check-in of the demo; `cheat` is what was planted in it, None for an honest one of somebody who may cheat elsewhere."""

    nip: str
    day: date
    verdict: str
    flags: frozenset[Flag]
    score: float
    grade: str
    cheat: str | None


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything that is compared: check-ins, findings by person and day, and what each cheat does."""

    checkins: Sequence[Seen]
    findings: dict[tuple[str, date], set[Kind]]
    kinds: dict[str, str]
    told: Mapping[str, Any]

    @property
    def honest(self) -> list[Seen]:
        """The check-ins of people who never cheat."""
        return [seen for seen in self.checkins if seen.nip not in self.kinds]


def main() -> None:
    """Print the comparison."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--demo", type=Path, required=True, help="folder with the demo's truth.csv")
    print("\n".join(report(loaded(options.parse_args().demo))))


def loaded(folder: Path) -> Demo:
    """The demo in the database, with its truth beside it."""
    with open(folder / "truth.csv", newline="", encoding="utf-8") as file:
        truth = {
            row["nip"]: (row["kind"], {date.fromisoformat(day) for day in row["days"].split()}) for row in csv.DictReader(file)
        }
    findings: dict[tuple[str, date], set[Kind]] = defaultdict(set)
    with transaction() as session:
        told = demo.find_told(session) or {}
        for row in session.execute(text(FINDINGS)):
            findings[row.nip, row.day].add(Kind(row.kind))
        checkins = [
            Seen(row.nip, row.day, row.verdict, frozenset(map(Flag, row.flags)), row.score, row.time_grade, _cheat(truth, row))
            for row in session.execute(text(CHECKINS))
        ]
    return Demo(checkins, findings, {nip: kind for nip, (kind, _) in truth.items()}, told)


def _cheat(truth: Mapping[str, tuple[str, set[date]]], row: Any) -> str | None:
    kind, days = truth.get(row.nip, (None, frozenset()))
    return kind if row.day in days else None


def report(found: Demo) -> Iterator[str]:
    """The tables, line by line."""
    told = found.told
    cheating = [seen for seen in found.checkins if seen.cheat]
    people = len({seen.nip for seen in found.honest})
    plan = f"{told.get('people')} people and {told.get('months')} months until {told.get('until')}, seed {told.get('seed')}"
    yield f"Made by `python -m bench.signals` on {clock.now():%Y-%m-%d} from a demo of {plan}:"
    yield f"{len(found.checkins):,} check-ins, {len(cheating):,} of them planted cheats of {len(found.kinds)} people,"
    yield f"{len(found.honest):,} of {people:,} honest people."
    yield ""
    yield from _signals(found)
    yield ""
    yield from _scores(found)
    yield ""
    yield from _kinds(found)
    yield ""
    yield from _detectors(found)
    yield ""
    yield from _touched(found)


def _signals(found: Demo) -> Iterator[str]:
    yield "| signal | may do | tripped by honest people | precision | recall, of what it is for |"
    yield "|---|---|---|---|---|"
    for flag, check in CHECKS.items():
        meant = [seen for seen in found.checkins if seen.cheat in MEANT_FOR.get(flag, ())]
        yield _row(f"`{flag}`", check.strength, found, meant, lambda seen, flag=flag: flag in seen.flags)


def _scores(found: Demo) -> Iterator[str]:
    cheating = [seen for seen in found.checkins if seen.cheat not in (None, "near_cafe")]
    yield "| all signals together | does | honest people's check-ins | precision | recall, of all but the café |"
    yield "|---|---|---|---|---|"
    is_doubted = lambda seen: any(CHECKS[flag].strength is not Strength.NOTE for flag in seen.flags)  # noqa: E731
    yield _row("any weak or strong signal", "doubt", found, cheating, is_doubted)
    yield _row(f"score ≥ {REVIEW_SCORE:.1f} or a strong one", "finding", found, cheating, lambda s: is_for_review(s.flags, s.score))
    yield _row(f"score ≥ {HOLD_SCORE:.1f} with a strong one", "held back", found, cheating, lambda s: is_held(s.flags, s.score))


def _row(name: str, does: str, found: Demo, meant: Sequence[Seen], trips: Callable[[Seen], bool]) -> str:
    tripped = [seen for seen in found.checkins if trips(seen)]
    honest = [seen for seen in found.honest if trips(seen)]
    right = [seen for seen in tripped if seen.cheat]
    return (
        f"| {name} | {does} | {_of(honest, found.honest)} | {_of(right, tripped)} | {_of([s for s in meant if trips(s)], meant)} |"
    )


def _kinds(found: Demo) -> Iterator[str]:
    yield "| planted | check-ins | doubted or rejected | rejected | days with a finding | people found |"
    yield "|---|---|---|---|---|---|"
    for kind in dict.fromkeys(found.kinds.values()):
        made = [seen for seen in found.checkins if seen.cheat == kind]
        days = {(seen.nip, seen.day) for seen in made}
        hit = {day for day in days if found.findings.get(day)}
        people = {nip for nip, own in found.kinds.items() if own == kind}
        doubted = [seen for seen in made if seen.verdict != "accepted"]
        rejected = [seen for seen in made if seen.verdict == "rejected"]
        yield (
            f"| {kind} | {len(made)} | {_of(doubted, made)} | {_of(rejected, made)} | {_of(hit, days)} |"
            f" {_of({nip for nip, _ in hit}, people)} |"
        )


def _detectors(found: Demo) -> Iterator[str]:
    """Each detector on days that were planted and on days of people who never cheat; what was published beside it."""
    people = {seen.nip for seen in found.honest}
    days = {(seen.nip, seen.day) for seen in found.honest}
    planted = {(seen.nip, seen.day) for seen in found.checkins if seen.cheat}
    yield "| detector | severity | published honest rate | honest people's days touched | precision: days of planted cheats |"
    yield "|---|---|---|---|---|"
    for kind, detector in DETECTORS.items():
        spoke = {where for where, kinds in found.findings.items() if kind in kinds}
        published = "not measured" if detector.honest_rate is None else f"{100 * detector.honest_rate:.3f} %"
        honest = {(nip, day) for nip, day in spoke if nip in people}
        yield f"| finding `{kind}` | {detector.severity} | {published} | {_of(honest, days)} | {_of(spoke & planted, spoke)} |"


def _touched(found: Demo) -> Iterator[str]:
    """What honest people feel of all this."""
    people = {seen.nip for seen in found.honest}
    held = [seen for seen in found.honest if is_held(seen.flags, seen.score)]
    own = Counter(kind for (nip, _), kinds in found.findings.items() if nip in people for kind in kinds)
    asking = {kind for kind, detector in DETECTORS.items() if detector.severity is not Severity.NOTICE}
    flagged = {(nip, day) for (nip, day), kinds in found.findings.items() if nip in people and kinds & asking}
    days = {(seen.nip, seen.day) for seen in found.honest}
    yield "| honest people | measured | target |"
    yield "|---|---|---|"
    yield f"| check-ins held back by signals | {_of(held, found.honest)} | 0 % |"
    yield f"| days with a finding that asks for a look | {_of(flagged, days)} | ≤ 0.5 % |"
    yield f"| people with one in the whole time | {_of({nip for nip, _ in flagged}, people)} | |"
    yield f"| findings by kind | {', '.join(f'{kind} {n}' for kind, n in sorted(own.items())) or 'none'} | |"
    grades = sorted(Counter(seen.grade for seen in found.honest).items())
    yield f"| grades of time | {', '.join(f'{grade} {n:,}' for grade, n in grades)} | |"


def _of(part: Iterable[object], whole: Iterable[object]) -> str:
    """A share with the numbers behind it."""
    few, all_ = len(list(part)), len(list(whole))
    return f"{100 * few / all_:.2f} % ({few:,} of {all_:,})" if all_ else "–"


if __name__ == "__main__":
    main()
