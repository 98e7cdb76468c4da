"""What a month would have cost under a draft: both laws on the same evidence, person by person and unit by unit."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.attendance.rules import Charge, Outcome, Status
from app.ratings.rules.breakdown import HUNDRED, NOTHING, Rating, Seen
from app.ratings.rules.ladder import longest_run

LEAVE = "day_leave_"


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


def charges_of(outcomes: Iterable[Outcome]) -> tuple[Charge, ...]:
    """What the days of a month charge, added up by line and clause, as the database adds up stored days.

    Source: our design; a draft's days are never stored.
    """
    days: dict[tuple[str, str | None, str | None], int] = defaultdict(int)
    pcts: dict[tuple[str, str | None, str | None], Decimal] = defaultdict(Decimal)
    for outcome in outcomes:
        for line in outcome.lines:
            if line.pct:
                clause = (line.clause.code, line.clause.quality) if line.clause else (None, None)
                key = line.code, *clause
                days[key] += 1
                pcts[key] += line.pct
    return tuple(Charge(*key, days[key], pcts[key]) for key in sorted(days, key=repr))


def seen_of(outcomes: Sequence[Outcome]) -> Seen:
    """What the month's days say beyond their charges, in order of day.

    Source: our design.
    """
    kinds = {
        line.code.removeprefix(LEAVE)
        for outcome in outcomes
        if outcome.status is Status.LEAVE
        for line in outcome.lines
        if line.code.startswith(LEAVE)
    }
    return Seen(absent_run=longest_run(outcome.status for outcome in outcomes), leaves=frozenset(kinds))


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
