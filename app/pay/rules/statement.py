"""A person's month as it is told to him: what it cost and why, what that comes to in rupiah, and until when to contest it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from app.decrees import Contest, Payment
from app.pay.rules.money import NOTHING, Cost, Step, in_rupiah, is_behind, steps_of


class Day(Protocol):
    """A day record as far as a statement looks at it."""

    @property
    def day(self) -> date: ...
    @property
    def late_min(self) -> int: ...
    @property
    def early_min(self) -> int: ...
    @property
    def deduction_pct(self) -> Decimal: ...
    @property
    def lines(self) -> Sequence[Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Sums:
    """What the days add up to: the same figures as the recap's."""

    late_min: int
    early_min: int
    deduction_pct: Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """The month in per cents of the base and, where a base amount and the decree's rounding are given, in rupiah.

    `missing` is the code of why there are no steps or no rupiah; None when everything is told.
    """

    steps: tuple[Step, ...]
    paid: int | None
    missing: str | None


def costs_of(days: Sequence[Day]) -> list[Cost]:
    """Every line of the days that cost something, in order of day; nothing is left out and nothing stands twice.

    Source: issue 5 §7 (every minute that cost something, with the clause and its source).
    """
    return [
        Cost(
            day.day, line["code"], line["params"], Decimal(line["pct"]), line.get("clause"), line.get("quality"), line.get("source")
        )
        for day in days
        for line in day.lines
        if day.deduction_pct > 0 and "pct" in line
    ]  # fmt: skip


def sums_of(days: Sequence[Day]) -> Sums:
    """The sums over the days.

    Source: issue 5 (statements, recaps and day records are the same figures).
    """
    return Sums(
        sum(day.late_min for day in days),
        sum(day.early_min for day in days),
        sum((day.deduction_pct for day in days), NOTHING),
    )


def money_of(breakdown: Sequence[Mapping[str, Any]] | None, costs: Sequence[Cost], base: int | None, law: Payment | None) -> Money:
    """What the month comes to, as far as it is known; what is not known is said, never guessed.

    Source: the decree's `tpp` and `payment` clauses.
    """
    if breakdown is None:
        return Money((), None, "statement_unrated")
    if is_behind(breakdown, costs):
        return Money((), None, "statement_behind")
    steps = steps_of(breakdown, costs)
    if steps is None:
        return Money((), None, "statement_unassessed")
    if base is None:
        return Money(tuple(steps), None, "statement_no_base")
    if law is None:
        return Money(tuple(steps), None, "statement_no_payment")
    told, paid = in_rupiah(steps, base, law)
    return Money(tuple(told), paid, None)


def contest_until(sealed_on: date | None, law: Contest | None) -> date | None:
    """The last day on which a sealed month may be objected to; None while it is open, and where the decree names no time.

    Source: the decree's `contest` clause.
    """
    return None if sealed_on is None or law is None else sealed_on + timedelta(days=law.days)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about the month that the person may still answer: a finding with its dates."""

    id: int
    kind: str
    day: date
    status: str
    reply_until: datetime
    appeal_until: datetime | None
