"""What a month would have cost under a draft: both laws on the same evidence, person by person and unit by unit."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.attendance.rules import Charge, Outcome, Status
from app.ratings.rules.breakdown import HUNDRED, NOTHING, Rating, Seen
from app.ratings.rules.ladder import longest_run

LEAVE = "day_leave_"
HALF = "day_half_"  # beside half a day of leave, absence is no whole day and makes no row


@dataclass(frozen=True, slots=True)
class Costs:
    """Per cents under the law in force and under the draft."""

    before_pct: Decimal
    after_pct: Decimal

    @property
    def difference_pct(self) -> Decimal:
        """What the draft adds; negative where it costs less."""
        return self.after_pct - self.before_pct


@dataclass(frozen=True, slots=True)
class Touched:
    """One person's month under both laws: deductions, allowance where it is known under both, and the days that differ."""

    nip: str
    name: str
    unit: str
    deductions: Costs
    tpp: Costs | None
    days: tuple[date, ...]

    @property
    def is_touched(self) -> bool:
        """Whether the draft changes anything that is paid."""
        return bool(self.deductions.difference_pct or (self.tpp and self.tpp.difference_pct))


@dataclass(frozen=True, slots=True)
class Sum:
    """Months of several people added up: per cents of one month's allowance, so 100 is one person's whole month."""

    unit: str
    people: int
    touched: int
    deductions: Costs
    assessed: int
    tpp: Costs


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft tried on a month: whether the month is sealed, everything together, each unit, and everybody who is touched."""

    month: date
    draft: str
    stands_for: str
    is_sealed: bool
    whole: Sum
    units: tuple[Sum, ...]
    touched: tuple[Touched, ...]


@dataclass(slots=True)
class Tally:
    """A month's days added up one by one, as the database adds up stored days: a province's outcomes would not fit in memory."""

    charged: dict[tuple[str, str | None, str | None], tuple[int, Decimal]] = field(default_factory=dict)
    statuses: list[str] = field(default_factory=list)
    leaves: set[str] = field(default_factory=set)

    def add(self, outcome: Outcome) -> None:
        """Count the next day."""
        is_half = any(line.code.startswith(HALF) for line in outcome.lines)
        self.statuses.append(Status.LEAVE if is_half and outcome.status is Status.ABSENT else outcome.status)
        for line in outcome.lines:
            if outcome.status is Status.LEAVE and line.code.startswith(LEAVE):
                self.leaves.add(line.code.removeprefix(LEAVE))
            if line.pct:
                clause = (line.clause.code, line.clause.quality) if line.clause else (None, None)
                days, pct = self.charged.get((line.code, *clause), (0, NOTHING))
                self.charged[line.code, *clause] = days + 1, pct + line.pct

    @property
    def charges(self) -> tuple[Charge, ...]:
        """What the days cost, by line and clause."""
        return tuple(Charge(*key, *self.charged[key]) for key in sorted(self.charged, key=repr))

    @property
    def seen(self) -> Seen:
        """What the days say beyond their charges."""
        return Seen(absent_run=longest_run(self.statuses), leaves=frozenset(self.leaves))


def compared(nip: str, name: str, unit: str, before: Rating, after: Rating, days: Iterable[date]) -> Touched:
    """One person's month under both laws.

    Source: our design.
    """
    deductions = Costs(HUNDRED - before.discipline_pct, HUNDRED - after.discipline_pct)
    is_known = before.tpp_pct is not None and after.tpp_pct is not None
    tpp = Costs(before.tpp_pct or NOTHING, after.tpp_pct or NOTHING) if is_known else None
    return Touched(nip, name, unit, deductions, tpp, tuple(days))


def summed(unit: str, months: Sequence[Touched]) -> Sum:
    """These people's months together.

    Source: our design.
    """
    tpp = [month.tpp for month in months if month.tpp is not None]
    return Sum(
        unit,
        len(months),
        sum(month.is_touched for month in months),
        _added([month.deductions for month in months]),
        len(tpp),
        _added(tpp),
    )


def trial_of(month: date, draft: str, stands_for: str, is_sealed: bool, months: Sequence[Touched]) -> Trial:
    """The whole trial, units in order of code and people in order of unit and NIP.

    Source: our design.
    """
    by_unit: dict[str, list[Touched]] = defaultdict(list)
    for person in sorted(months, key=lambda person: (person.unit, person.nip)):
        by_unit[person.unit].append(person)
    units = tuple(summed(unit, people) for unit, people in by_unit.items())
    touched = tuple(person for people in by_unit.values() for person in people if person.is_touched)
    return Trial(month, draft, stands_for, is_sealed, summed("", months), units, touched)


def _added(costs: Sequence[Costs]) -> Costs:
    return Costs(sum((cost.before_pct for cost in costs), NOTHING), sum((cost.after_pct for cost in costs), NOTHING))
