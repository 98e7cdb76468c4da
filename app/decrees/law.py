"""The law of one day as frozen values: what a decree says, each number with the clause it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal

MINUTE = timedelta(minutes=1)
NOTHING = Decimal(0)


class UnknownDecree(LookupError):
    """There is no decree of this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no decree is called {code!r}")
        self.code = code


class UncoveredDay(UnknownDecree):
    """The decree exists, but says nothing about this day."""

    def __init__(self, code: str, day: date, missing: str) -> None:
        LookupError.__init__(self, f"decree {code!r} has no clause about {missing} on {day}")
        self.code = code
        self.day = day


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a number comes from, how sure that is, and from which day it holds."""

    code: str
    source: str
    quality: str
    since: date


@dataclass(frozen=True, slots=True)
class Hours:
    """The working hours of one weekday, in the unit's own zone."""

    start: time
    end: time
    break_min: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class Band:
    """Whole minutes `[from_min, to_min)` and what they cost; without `to_min` the band has no end."""

    from_min: int
    to_min: int | None
    pct: Decimal


@dataclass(frozen=True, slots=True)
class Bands:
    """What minutes late (or early) cost, what a missing check-in costs, and how seconds become minutes."""

    bands: tuple[Band, ...]
    missing_pct: Decimal
    rounding: str
    clause: Clause

    def minutes(self, span: timedelta) -> int:
        """Minutes that `span` counts for: `floor` lets a begun minute pass, `ceil` counts it whole; never negative."""
        whole = -(-span // MINUTE) if self.rounding == "ceil" else span // MINUTE
        return max(0, whole)

    def pct(self, minutes: int) -> Decimal:
        """Per cent that these minutes cost; nothing below the first band."""
        for band in self.bands:
            if band.from_min <= minutes and (band.to_min is None or minutes < band.to_min):
                return band.pct
        return NOTHING


@dataclass(frozen=True, slots=True)
class Flexi:
    """How much earlier or later than the hours one may come, and goes as much earlier or later."""

    earlier_min: int
    later_min: int
    clause: Clause

    def shift(self, after_start: timedelta) -> timedelta:
        """How far the hours of a day move for somebody who came so long after their start."""
        return min(max(after_start, -self.earlier_min * MINUTE), self.later_min * MINUTE)


@dataclass(frozen=True, slots=True)
class Together:
    """What coming late and going early on one day cost together: their sum, within bounds."""

    least_pct: Decimal
    most_pct: Decimal
    clause: Clause

    def pct(self, coming_pct: Decimal, going_pct: Decimal) -> Decimal:
        """Per cent for both."""
        return min(max(coming_pct + going_pct, self.least_pct), self.most_pct)


@dataclass(frozen=True, slots=True)
class Absence:
    """What one working day of absence without reason costs."""

    pct: Decimal
    clause: Clause


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that one month's deductions can come to."""

    pct: Decimal
    clause: Clause


@dataclass(frozen=True, slots=True)
class LeaveEffect:
    """What one working day of this leave costs."""

    pct: Decimal
    clause: Clause


@dataclass(frozen=True, slots=True)
class Tpp:
    """How productivity and discipline make the allowance: weights in per cent and the variant of the formula."""

    productivity_weight: Decimal
    discipline_weight: Decimal
    variant: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Score:
    """How work result and behaviour make the performance score: weights in per cent and the highest score there is."""

    work_weight: Decimal
    behaviour_weight: Decimal
    highest: Decimal
    clause: Clause


@dataclass(frozen=True, slots=True)
class Predicate:
    """A word for scores from `from_score` on; one that needs a new idea is passed over without it."""

    code: str
    from_score: Decimal
    needs_new_idea: bool
    quality: str


@dataclass(frozen=True, slots=True)
class Predicates:
    """The words for a score, highest first; the last begins at 0."""

    rows: tuple[Predicate, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Decree:
    """The whole law of one day.

    `version` is a short hash of every clause that applies, so two days under the same law carry the same version.
    `hours` is None on a weekday without working hours. `leave` has an effect for every kind of leave. Without `flexi` the hours
    stand; without `together` what a day costs is simply added.
    """

    code: str
    day: date
    version: str
    hours: Hours | None
    opens_before_min: int
    closes_after_min: int
    window_clause: Clause
    lateness: Bands
    early: Bands
    absence: Absence
    cap: Cap
    leave: Mapping[str, LeaveEffect] = field(hash=False)
    tpp: Tpp
    score: Score
    predicates: Predicates
    flexi: Flexi | None = None
    together: Together | None = None

    def shift(self, after_start: timedelta) -> timedelta:
        """How far the decree's own hours move for somebody who came so long after their start."""
        return self.flexi.shift(after_start) if self.flexi else timedelta(0)
