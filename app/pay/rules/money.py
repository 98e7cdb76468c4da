"""A month's allowance in rupiah: from the whole base down to what is paid, as lines that add up to it to the rupiah."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from app.decrees import Payment

NOTHING = Decimal(0)
HUNDRED = Decimal(100)
ROUNDED = {"half_up": ROUND_HALF_UP, "down": ROUND_FLOOR, "up": ROUND_CEILING}

# Lines of the allowance by what the month's discipline is taken from: the whole of it, or the share that their weight says.
SHARED, LESS, WHOLE = "rating_tpp_discipline", "rating_tpp_discipline_whole", "rating_tpp_whole"

# Lines of discipline that are of the month and no sum of days.
OF_THE_MONTH = ("rating_full", "rating_leave_month", "rating_consecutive", "rating_cap")

Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one line of a day record took of the allowance that it is a per cent of, with the clause that says so."""

    day: date
    code: str
    params: Words
    pct: Decimal
    clause: str | None
    quality: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step from the whole base to what is paid: per cents of the base, and rupiah where a base amount is given.

    `day` is that of a day's cost; the others hold for the month.
    """

    code: str
    params: Words
    pct: Decimal
    day: date | None = None
    clause: str | None = None
    quality: str | None = None
    rupiah: int | None = None


def steps_of(breakdown: Sequence[Words], costs: Sequence[Cost]) -> list[Step] | None:
    """The steps from 100 per cent to the allowance; None while it is not known. Their per cents add up to it exactly.

    The breakdown of the rating says how much of the base each per cent of discipline is worth: the weight of discipline where it is
    a share (A, D), all of it where deductions are of the whole (B, C), nothing where it does not count (E). What days cost stands
    day by day; what the rating says of the month beside that (cap, leave, rows of absence) as it is there.

    Source: the variants of the decree's `tpp` clause (docs/decrees.md); our promise that every breakdown adds up.
    """
    tpp = [line for line in breakdown if line["part"] == "tpp"]
    if not tpp or any("pct" not in line for line in tpp):
        return None
    paid = sum((Decimal(line["pct"]) for line in tpp), NOTHING)
    worth = _worth(tpp)
    steps = [Step("statement_whole", {}, HUNDRED), *_shares(tpp)]
    if worth:
        steps += [Step(c.code, c.params, -c.pct * worth, c.day, c.clause, c.quality) for c in costs]
        steps += [
            Step(line["code"], line["params"], Decimal(line["pct"]) * worth, None, line.get("clause"), line.get("quality"))
            for line in _of_discipline(breakdown)
            if line["code"] in OF_THE_MONTH[1:]
        ]
    steps += _given_back(tpp, breakdown)
    rest = paid - sum((step.pct for step in steps), NOTHING)
    if rest:
        steps.append(Step("statement_rounding", {}, rest, None, tpp[0].get("clause"), tpp[0].get("quality")))
    return steps


def is_behind(breakdown: Sequence[Words], costs: Sequence[Cost]) -> bool:
    """Whether the days have changed since the month was rated: what they cost now is not what the rating was made of.

    Source: our design; nobody is told an amount that another page contradicts.
    """
    days: dict[tuple[str, str | None], Decimal] = {}
    for cost in costs:
        key = cost.code.replace("day_", "rating_", 1), cost.clause
        days[key] = days.get(key, NOTHING) + cost.pct
    rated = {(line["code"], line.get("clause")): -Decimal(line["pct"]) for line in _of_discipline(breakdown)}
    return days != {key: pct for key, pct in rated.items() if key[0] not in OF_THE_MONTH}


def in_rupiah(steps: Sequence[Step], base: int, payment: Payment) -> tuple[list[Step], int]:
    """The steps with their rupiah, and what is paid: `base` times the per cents, rounded once by the decree's clause.

    Every step is the difference of two sums rounded to the rupiah, so that they add up whatever is rounded; where the decree
    rounds to more than a rupiah, the last step says what that adds or takes.

    Source: the decree's `payment` clause.
    """
    told: list[Step] = []
    pct, before = NOTHING, 0
    for step in steps:
        pct += step.pct
        after = int((base * pct / HUNDRED).quantize(Decimal(1), ROUNDED[payment.rounding]))
        told.append(replace(step, rupiah=after - before))
        before = after
    paid = paid_of(pct, base, payment)
    if paid != before:
        said = {"rupiah": payment.to_rupiah}
        clause = payment.clause
        told.append(Step("statement_to_rupiah", said, NOTHING, None, clause.code, clause.quality, paid - before))
    return told, paid


def paid_of(tpp_pct: Decimal, base: int, payment: Payment) -> int:
    """What is paid of the base, rounded by the decree's clause.

    Source: the decree's `payment` clause.
    """
    units = base * tpp_pct / HUNDRED / payment.to_rupiah
    return int(units.quantize(Decimal(1), ROUNDED[payment.rounding])) * payment.to_rupiah


def _worth(tpp: Sequence[Words]) -> Decimal:
    """How much of the base one per cent of discipline is worth."""
    for line in tpp:
        if line["code"] == SHARED:
            return Decimal(line["params"]["weight"]) / HUNDRED
        if line["code"] in (LESS, WHOLE):
            return Decimal(1)
    return NOTHING


def _shares(tpp: Sequence[Words]) -> Iterator[Step]:
    """What the shares beside discipline fell short of."""
    for line in tpp:
        whole = HUNDRED if line["code"] == "rating_tpp_performance" else Decimal(line["params"].get("weight", 0))
        short = Decimal(line["pct"]) - whole
        if line["code"] not in (SHARED, LESS, WHOLE, "rating_tpp_rounding") and short:
            code = line["code"].replace("rating_tpp", "statement_short", 1)
            yield Step(code, line["params"], short, None, line.get("clause"), line.get("quality"))


def _given_back(tpp: Sequence[Words], breakdown: Sequence[Words]) -> Iterator[Step]:
    """What deductions of the whole (B) may not take: beyond the clause's most, or below nothing."""
    for line in tpp:
        if line["code"] == LESS:
            cut = sum((Decimal(one["pct"]) for one in _of_discipline(breakdown)), -HUNDRED)
            back = Decimal(line["pct"]) - Decimal(line["params"]["weight"]) - cut
            if back:
                yield Step("statement_floor", {}, back, None, line.get("clause"), line.get("quality"))


def _of_discipline(breakdown: Sequence[Words]) -> list[Words]:
    """The lines that add up to discipline."""
    return [line for line in breakdown if line["part"] == "discipline" and "pct" in line]
