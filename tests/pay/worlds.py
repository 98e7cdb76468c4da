"""Random months: days derived by the law, rated, and told, without a database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app import decrees
from app.attendance.rules import Charge, derive
from app.attendance.rules.trace import trace_of
from app.attendance.store import Derived, Recorded, as_recorded
from app.people.store import Employed
from app.ratings import rules as ratings
from app.recaps import rules as recaps
from tests.attendance.worlds import WITA, evidence

OCTOBER = date(2026, 10, 1)
DAYS = recaps.days_of(OCTOBER)
LAST = DAYS[-1]
NOW = datetime(2026, 11, 2, tzinfo=UTC)
SOMEBODY = Employed(1, "198001012005011001", "Pegawai", 2, "DISHUB", "BALI.DISHUB", 3, "BALI", WITA, "bali")

FORMULAS = {
    "A": {},
    "B": {"variant": "B"},
    "B, at most 25": {"variant": "B", "most_cut_pct": Decimal(25)},
    "C": {"variant": "C"},
    "D": {
        "variant": "D", "static_weight": Decimal(70), "discipline_weight": Decimal(15), "budget_weight": Decimal(15),
        "productivity_weight": Decimal(0),
    },
    "E": {"variant": "E", "day_min": 300},
    "A to whole per cents": {"decimals": 0},
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A month: its days as recorded, its rating as stored, and the law of its last day."""

    days: Sequence[Recorded]
    rating: ratings.Rating
    law: decrees.Decree

    @property
    def breakdown(self) -> list[dict[str, Any]]:
        """The lines as the database keeps them."""
        return [_words(line) for line in self.rating.breakdown]

    @property
    def recap(self) -> recaps.Recap:
        """The same days as the recap adds them up."""
        member = recaps.Member(1, SOMEBODY.nip, "Pegawai", "DISHUB", "Dinas", "BALI.DISHUB")
        rows = [
            recaps.Day(
                day.day, day.status, day.late_min, day.early_min, day.is_missing_in, day.is_missing_out, None, day.deduction_pct,
                "bali", False,
            )
            for day in self.days
        ]  # fmt: skip
        return recaps.recap_of(member, rows, None, OCTOBER, lambda code, day: (self.law.lateness, self.law.early))


def month(clocks: Sequence[tuple[str, ...]], judged: ratings.Assessment | None, formula: str = "A", decree: str = "bali") -> Told:
    """The month in which the working days went as `clocks` say, one after the other, and the rest was on time."""
    law = decrees.on(decree, LAST)
    law = replace(law, tpp=replace(law.tpp, **FORMULAS[formula]))
    working = iter([*clocks, *[("in 07:20:00", "out 16:40:00")] * len(DAYS)])
    days = []
    for day in DAYS:
        own = decrees.on(decree, day)
        said = next(working) if own.hours else ()
        known = evidence(*said, day=day, decree=decree)
        outcome = derive(known, own)
        derived = Derived(1, 2, known.workday, outcome, "hash", trace_of(known, own, outcome.lines))
        days.append(as_recorded(SOMEBODY, day, derived, NOW))
    seen = ratings.Seen(budget_pct=Decimal(60), performance_min=5000, working_days=22)
    return Told(days, ratings.rate(charges_of(days), judged, law, seen), law)


def charges_of(days: Sequence[Recorded]) -> list[Charge]:
    """What the days were charged for, added up as `attendance.sum_months` does."""
    found: dict[tuple[str, str, str], list[Decimal]] = {}
    for day in days:
        for line in day.lines:
            if day.deduction_pct > 0 and "pct" in line:
                found.setdefault((line["code"], line["clause"], line["quality"]), []).append(Decimal(line["pct"]))
    return [Charge(*key, len(pcts), sum(pcts, Decimal(0))) for key, pcts in found.items()]


def clocks() -> st.SearchStrategy[tuple[str, ...]]:
    """How one working day may go: any minute of coming and going, either or both missing."""
    minute = st.integers(0, 180)
    coming = minute.map(lambda late: f"in {7 + (30 + late) // 60:02}:{(30 + late) % 60:02}:00")
    going = minute.map(lambda early: f"out {(16 * 60 + 30 - early) // 60:02}:{(16 * 60 + 30 - early) % 60:02}:00")
    return st.tuples(coming, going) | st.tuples(coming) | st.tuples(going) | st.just(())


def assessments() -> st.SearchStrategy[ratings.Assessment]:
    """What a superior may say."""
    per_cent = st.decimals(0, 100, places=2)
    return st.builds(ratings.Assessment, st.just(1), per_cent, per_cent, per_cent, st.booleans())


def _words(line: ratings.Line) -> dict[str, Any]:
    words: dict[str, Any] = {"part": line.part, "code": line.code, "params": line.params}
    if line.pct is not None:
        words["pct"] = str(line.pct)
    if line.clause is not None:
        words |= {"clause": line.clause, "quality": line.quality}
    return words
