"""The allowance of a month by the formula of the decree, as lines that add up to it."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from app.decrees import Tpp
from app.ratings.rules.breakdown import EXACT_TO, HUNDRED, NOTHING, Line, Part, Seen, by, plain

# A line's text, what fills it in, and the exact per cent; None where nobody has said what it takes.
Share = tuple[str, dict[str, str | int], Decimal | None]


def allowance(discipline_pct: Decimal, productivity_pct: Decimal | None, seen: Seen, rule: Tpp) -> list[Line]:
    """The lines of the allowance: its shares to three decimals, and what rounding the whole once, half up, adds or takes.

    A: productivity and discipline by their weights. B: deductions are per cents of the whole and may eat into productivity,
    as far as the clause lets them, down to nothing. C: the whole less the deductions. D: a static share, discipline and the
    unit's budget realisation. E: minutes of performance over the minutes that the working days ask for.

    Source: the decree's `tpp` clause; A-C as regions and ministries apply them, D Badung, E Pergub DKI 19/2020 jo 64/2020;
    half up as in PermenPANRB 1/2023 where no rule says how to round.
    """
    shares = list(_shares(discipline_pct, productivity_pct, seen, rule))
    exact = [pct for _, _, pct in shares if pct is not None]
    lines = [
        by(rule.clause, Part.TPP, code, said, None if pct is None else pct.quantize(EXACT_TO, ROUND_HALF_UP))
        for code, said, pct in shares
    ]
    if len(exact) == len(shares):
        whole = sum(exact, NOTHING).quantize(Decimal(1).scaleb(-rule.decimals), ROUND_HALF_UP)
        rounding = whole - sum((line.pct for line in lines if line.pct is not None), NOTHING)
        if rounding:
            lines.append(by(rule.clause, Part.TPP, "rating_tpp_rounding", {"decimals": rule.decimals}, rounding))
    return lines


def _shares(discipline_pct: Decimal, productivity_pct: Decimal | None, seen: Seen, rule: Tpp) -> Iterator[Share]:
    """The exact shares of the variant."""
    productivity = NOTHING if productivity_pct is None else _of(productivity_pct, rule.productivity_weight)
    if rule.variant in ("A", "B") and productivity_pct is None:
        yield "rating_no_productivity", {"weight": plain(rule.productivity_weight)}, None
    if rule.variant in ("A", "B") and productivity_pct is not None:
        yield "rating_tpp_productivity", _weighed(rule.productivity_weight, productivity_pct), productivity
    if rule.variant == "D":
        yield "rating_tpp_static", {"weight": plain(rule.static_weight)}, rule.static_weight
    if rule.variant in ("A", "D"):
        said = _weighed(rule.discipline_weight, discipline_pct)
        yield "rating_tpp_discipline", said, _of(discipline_pct, rule.discipline_weight)
    if rule.variant == "B":
        most = HUNDRED if rule.most_cut_pct is None else rule.most_cut_pct
        cut = min(HUNDRED - discipline_pct, most)
        said = {"weight": plain(rule.discipline_weight), "cut": plain(cut)}
        yield "rating_tpp_discipline_whole", said, max(rule.discipline_weight - cut, -productivity)
    if rule.variant == "C":
        yield "rating_tpp_whole", {"cut": plain(HUNDRED - discipline_pct)}, discipline_pct
    if rule.variant == "D":
        yield _budget(seen.budget_pct, rule)
    if rule.variant == "E":
        yield _performance(seen, rule)


def _budget(budget_pct: Decimal | None, rule: Tpp) -> Share:
    """The share of the budget realisation, which the unit reports each quarter."""
    if budget_pct is None:
        return "rating_no_budget", {"weight": plain(rule.budget_weight)}, None
    return "rating_tpp_budget", _weighed(rule.budget_weight, budget_pct), _of(budget_pct, rule.budget_weight)


def _performance(seen: Seen, rule: Tpp) -> Share:
    """The share that the achieved minutes are of those asked for; absence takes its minutes away, more than asked adds none."""
    asked_min = seen.working_days * rule.day_min
    if seen.performance_min is None or not asked_min:
        return "rating_no_performance", {"minutes": rule.day_min}, None
    counted_min = max(0, min(seen.performance_min, asked_min - seen.absence_min))
    return "rating_tpp_performance", {"minutes": counted_min, "asked": asked_min}, HUNDRED * counted_min / asked_min


def _of(pct: Decimal, weight: Decimal) -> Decimal:
    return pct * weight / HUNDRED


def _weighed(weight: Decimal, pct: Decimal) -> dict[str, str | int]:
    return {"weight": plain(weight), "of": plain(pct)}
