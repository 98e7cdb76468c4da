"""What single clauses of a decree say, as frozen values: each number with the clause it comes from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

MINUTE = timedelta(minutes=1)
NOTHING = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a number comes from, how sure that is, and from which day it holds."""

    code: str
    source: str
    quality: str
    since: date


@dataclass(frozen=True, slots=True)
class Hours:
    """The working hours of one weekday, in the unit's own zone; without `break_from` the break has no fixed time."""

    start: time
    end: time
    break_min: int
    clause: Clause
    break_from: time | None = None

    @property
    def break_until(self) -> time | None:
        """When a break with a fixed time is over."""
        if self.break_from is None:
            return None
        hour, minute = divmod(self.break_from.hour * 60 + self.break_from.minute + self.break_min, 60)
        return time(hour, minute)


@dataclass(frozen=True, slots=True)
class Week:
    """The working hours of each weekday that has some, Monday first."""

    hours: tuple[Hours | None, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """How long before a shift a check-in is taken, and how long after it."""

    opens_before_min: int
    closes_after_min: int
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
        band = self.band(minutes)
        return NOTHING if band is None else band.pct

    def band(self, minutes: int) -> Band | None:
        """The band that these minutes fall into."""
        for band in self.bands:
            if band.from_min <= minutes and (band.to_min is None or minutes < band.to_min):
                return band
        return None


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
class Overlay:
    """A season that stands in front of the usual clauses: other hours, flexible hours, or work from anywhere.

    It holds for everybody, or only for people of these units (and those below) or of these calendar groups; with both, for
    people of both. What is None it leaves as it is.
    """

    name: str
    units: frozenset[str]
    groups: frozenset[str]
    week: Week | None
    flexi: Flexi | None
    place: str | None
    clause: Clause

    @property
    def is_limited(self) -> bool:
        """Whether it holds for some people only."""
        return bool(self.units or self.groups)

    def is_for(self, unit_path: str, groups: Collection[str]) -> bool:
        """Whether it holds for somebody of the unit with that path who belongs to these calendar groups."""
        is_unit = not self.units or not self.units.isdisjoint(unit_path.split("."))
        return is_unit and (not self.groups or not self.groups.isdisjoint(groups))


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
class Consecutive:
    """What a month costs in which somebody was absent on so many working days in a row."""

    days: int
    pct: Decimal
    clause: Clause


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What missing one ceremony (apel, upacara) costs."""

    pct: Decimal
    clause: Clause


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that one month's deductions can come to."""

    pct: Decimal
    clause: Clause


@dataclass(frozen=True, slots=True)
class Paid:
    """What is paid on days of a leave from the `from_day`-th calendar day on, or from the `from_time`-th such leave of the year."""

    cause: str | None
    from_day: int
    from_time: int
    paid_pct: Decimal


@dataclass(frozen=True, slots=True)
class LeaveEffect:
    """What this leave costs: `pct` each working day, or what its rows do not pay of `day_pct`; `month_pct` once a month."""

    pct: Decimal
    clause: Clause
    rows: tuple[Paid, ...] = ()
    day_pct: Decimal = NOTHING
    month_pct: Decimal = NOTHING

    def pct_on(self, day_number: int, cause: str | None = None, time_of_year: int = 1) -> Decimal:
        """Per cent that one working day costs: the leave's `day_number`-th calendar day, of its `time_of_year`-th time.

        The last row of the cause that has been reached decides; a cause without rows costs what the clause says of every day.
        """
        paid_pct = None
        for row in self.rows:
            if row.cause in (None, cause) and row.from_day <= day_number and row.from_time <= time_of_year:
                paid_pct = row.paid_pct
        return self.pct if paid_pct is None else self.day_pct * (HUNDRED - paid_pct) / HUNDRED


@dataclass(frozen=True, slots=True)
class Rung:
    """The sanction that so many days of absence in a year may lead to."""

    from_days: int
    level: str
    sanction: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """Which sanction absence may lead to, by days in a calendar year, and by days in a row.

    With `day_min`, so many minutes late or early make a day. A rung is a notice to those who examine; it never is a sanction.
    """

    rungs: tuple[Rung, ...]
    consecutive_days: int
    consecutive_sanction: str
    day_min: int | None
    day_quality: str
    clause: Clause

    def rung(self, days: int) -> Rung | None:
        """The highest rung that so many days reach."""
        return next((rung for rung in reversed(self.rungs) if rung.from_days <= days), None)


@dataclass(frozen=True, slots=True)
class Tpp:
    """How the allowance follows from its parts: the variant of the formula, weights in per cent, and how it is rounded.

    `most_cut_pct`: the most of the whole that discipline may take in variant B. `day_min`: minutes of performance that a working
    day asks for in variant E. Rounded half up to `decimals`.
    """

    productivity_weight: Decimal
    discipline_weight: Decimal
    variant: str
    clause: Clause
    static_weight: Decimal = NOTHING
    budget_weight: Decimal = NOTHING
    most_cut_pct: Decimal | None = None
    day_min: int = 0
    decimals: int = 3


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
