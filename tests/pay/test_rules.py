"""A month in rupiah: named sums, then what must hold for every month there can be."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import decrees
from app.decrees import Payment
from app.pay import rules
from app.ratings.rules import Assessment
from app.texts import LANGUAGES, text
from tests.pay import worlds
from tests.pay.worlds import FORMULAS, month

LAW = decrees.on("bali", date(2026, 10, 31))
PAYMENT = LAW.payment
NONE_GIVEN = Assessment(1, Decimal(80), Decimal(100), Decimal(90), False)


def payment(to_rupiah: int, rounding: str) -> Payment:
    return replace(PAYMENT, to_rupiah=to_rupiah, rounding=rounding)


def told(one, base: int | None = 4_500_000, law: Payment | None = PAYMENT) -> rules.Money:
    return rules.money_of(one.breakdown, rules.costs_of(one.days), base, law)


def test_a_month_is_told_from_the_whole_base_down_to_what_is_paid() -> None:
    """TPP variant A of facts/law.md 2.2: base x (0.6 x 80 + 0.4 x (100 - 0.5 - 1.5 - 3)) / 100."""
    one = month([("in 07:31:00", "out 16:30:00"), ("in 07:20:00",), ()], NONE_GIVEN)
    money = told(one)
    assert one.rating.tpp_pct == Decimal("86")
    assert [(step.code, step.day and step.day.day, step.pct, step.rupiah) for step in money.steps] == [
        ("statement_whole", None, Decimal(100), 4_500_000),
        ("statement_short_productivity", None, Decimal(-12), -540_000),
        ("day_late", 1, Decimal("-0.2"), -9_000),
        ("day_missing_out", 2, Decimal("-0.6"), -27_000),
        ("day_absent", 5, Decimal("-1.2"), -54_000),
    ]
    assert (money.paid, money.missing) == (3_870_000, None)


def test_every_cost_stands_with_its_minutes_its_clause_and_its_source() -> None:
    one = month([("in 08:05:00", "out 16:00:00")], NONE_GIVEN)
    late, early = rules.costs_of(one.days)
    assert (late.day, late.params["minutes"], late.pct, late.clause) == (worlds.OCTOBER, 35, Decimal(1), LAW.lateness.clause.code)
    assert (early.params["minutes"], early.pct, early.source) == (30, Decimal("0.5"), LAW.early.clause.source)


@pytest.mark.parametrize(
    ("base", "pct", "to_rupiah", "rounding", "paid"),
    [
        pytest.param(3_333_333, "86.845", 1, "half_up", 2_894_833, id="2894833.04 is rounded once"),
        pytest.param(1, "50", 1, "half_up", 1, id="half a rupiah goes up"),
        pytest.param(1, "49.999", 1, "half_up", 0, id="and less than half goes down"),
        pytest.param(3_333_333, "86.845", 100, "down", 2_894_800, id="down to hundreds"),
        pytest.param(3_333_333, "86.845", 1000, "up", 2_895_000, id="up to thousands"),
        pytest.param(4_500_000, "0", 1, "up", 0, id="nothing stays nothing"),
    ],
)
def test_what_is_paid_is_rounded_once_by_the_decree(base: int, pct: str, to_rupiah: int, rounding: str, paid: int) -> None:
    assert rules.paid_of(Decimal(pct), base, payment(to_rupiah, rounding)) == paid


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"base": None}, "statement_no_base"),
        ({"law": None}, "statement_no_payment"),
    ],
    ids=str,
)
def test_without_a_base_or_a_rounding_only_per_cents_are_told(given: dict, missing: str) -> None:
    money = told(month([()], NONE_GIVEN), **given)
    assert (money.paid, money.missing) == (None, missing)
    assert money.steps and all(step.rupiah is None for step in money.steps)


def test_without_an_assessment_no_allowance_is_told_but_every_cost_is() -> None:
    one = month([()], None)
    assert told(one) == rules.Money((), None, "statement_unassessed")
    assert [cost.code for cost in rules.costs_of(one.days)] == ["day_absent"]


def test_a_month_that_was_never_rated_says_so() -> None:
    assert rules.money_of(None, [], 4_500_000, PAYMENT).missing == "statement_unrated"


def test_a_rating_older_than_its_days_tells_no_amount() -> None:
    """Another page would contradict it: the day was corrected after the night."""
    rated, corrected = month([("in 07:31:00", "out 16:30:00")], NONE_GIVEN), month([], NONE_GIVEN)
    assert rules.money_of(rated.breakdown, rules.costs_of(corrected.days), 1, PAYMENT).missing == "statement_behind"
    later = month([("in 08:31:00", "out 16:30:00")], NONE_GIVEN)
    assert rules.money_of(rated.breakdown, rules.costs_of(later.days), 1, PAYMENT).missing == "statement_behind"


@pytest.mark.parametrize("formula", FORMULAS)
def test_each_formula_reaches_what_is_paid_by_steps_with_words(formula: str) -> None:
    one = month([(), ("in 08:00:00",), ("in 09:31:00", "out 14:00:00")], NONE_GIVEN, formula)
    money = told(one)
    assert sum(step.pct for step in money.steps) == one.rating.tpp_pct
    for step in money.steps:
        for language in LANGUAGES:
            assert text(step.code, language, **step.params)
    costs_days = formula != "E"
    assert any(step.day for step in money.steps) is costs_days


def test_deductions_of_the_whole_stop_at_the_most_that_the_clause_lets_them_take() -> None:
    absent = [()] * 20
    money = told(month(absent, NONE_GIVEN, "B, at most 25"))
    assert [step.pct for step in money.steps if step.code == "statement_floor"] == [Decimal(35)]
    assert money.paid == 4_500_000 * (60 * 80 // 100 + 40 - 25) // 100


@given(
    st.lists(worlds.clocks(), max_size=22),
    worlds.assessments(),
    st.sampled_from(sorted(FORMULAS)),
    st.integers(1, 20_000_000),
    st.sampled_from([1, 100, 1000]),
    st.sampled_from(["half_up", "down", "up"]),
)
@settings(max_examples=60)
def test_statement_recap_and_days_are_the_same_sums(clocks, judged, formula, base, to_rupiah, rounding) -> None:
    one = month(clocks, judged, formula)
    counts, sums, costs = one.recap.counts, rules.sums_of(one.days), rules.costs_of(one.days)
    assert (sums.late_min, sums.early_min, sums.deduction_pct) == (counts.late_min, counts.early_min, counts.deduction_pct)
    assert sum(cost.pct for cost in costs) == counts.deduction_pct == sum(day.deduction_pct for day in one.days)
    charged = {"day_late": counts.late_min, "day_early": counts.early_min}
    for code, minutes in charged.items():
        assert sum(cost.params["minutes"] for cost in costs if cost.code == code) == minutes
    law = payment(to_rupiah, rounding)
    money = told(one, base, law)
    assert money.missing is None
    assert sum(step.pct for step in money.steps) == one.rating.tpp_pct
    assert sum(step.rupiah for step in money.steps) == money.paid == rules.paid_of(one.rating.tpp_pct, base, law)
    exact = base * one.rating.tpp_pct / 100
    assert money.paid % to_rupiah == 0 and abs(money.paid - exact) < to_rupiah
    for step in money.steps:
        if step.code != "statement_to_rupiah":
            assert abs(step.rupiah - base * step.pct / 100) <= 1


@given(
    st.lists(worlds.clocks(), max_size=21),
    st.integers(0, 180),
    st.integers(0, 180),
    worlds.assessments(),
    st.sampled_from(["A", "B", "C", "D"]),
)
@settings(max_examples=60)
def test_coming_later_never_pays_more_and_all_deductions_together_no_more_than_the_cap(rest, one, other, judged, formula) -> None:
    earlier, later = sorted((one, other))
    paid = []
    for late in (earlier, later):
        clock = f"in {7 + (30 + late) // 60:02}:{(30 + late) % 60:02}:00"
        found = month([(clock, "out 16:30:00"), *rest], judged, formula)
        assert 0 <= found.rating.discipline_pct <= 100 and found.rating.discipline_pct >= 100 - found.law.cap.pct
        assert 0 <= found.rating.tpp_pct <= 100
        paid.append((found.rating.tpp_pct, told(found).paid))
    assert paid[0] >= paid[1]


@pytest.mark.parametrize(
    ("minutes", "cut", "paid"),
    [
        pytest.param(0, "0", 4_000_000, id="on time"),
        pytest.param(1, "0.5", 3_980_000, id="TL1 from minute 1"),
        pytest.param(31, "1", 3_960_000, id="TL2 from 31"),
        pytest.param(61, "1.5", 3_940_000, id="TL3 from 61"),
        pytest.param(91, "2", 3_920_000, id="TL4 from 91"),
    ],
)
def test_permentan_68_2012_in_rupiah(minutes: int, cut: str, paid: int) -> None:
    """facts/law.md 2.1 table 1, as per cents of a single allowance (variant C) of 4,000,000."""
    late = 7 * 60 + 30 + minutes
    one = month([(f"in {late // 60:02}:{late % 60:02}:00", "out 16:30:00")], NONE_GIVEN, "C", "kementan-68-2012")
    assert one.rating.discipline_pct == 100 - Decimal(cut)
    assert told(one, 4_000_000).paid == paid


@pytest.mark.parametrize(
    ("said", "costs", "paid"),
    [
        pytest.param(("in 07:31:00", "out 16:29:00"), ["day_late", "day_early"], 3_960_000, id="TM and PC: 0.5 + 0.5"),
        pytest.param(("in 07:31:00",), ["day_late", "day_missing_out"], 3_920_000, id="TM and no check-out: 0.5 + 1.5"),
        pytest.param(("in 09:31:00", "out 14:00:00"), ["day_late", "day_early"], 3_880_000, id="both last bands: 1.5 + 1.5"),
    ],
)  # fmt: skip
def test_bkn_10_2022_article_13_sums_in_rupiah(said: tuple[str, ...], costs: list[str], paid: int) -> None:
    """facts/law.md 2.1 table 4: late and early (or a missing check-in) on one day cost their sum, at least 1, at most 3."""
    one = month([said], NONE_GIVEN, "C", "bkn-10-2022")
    assert [cost.code for cost in rules.costs_of(one.days) if cost.code != "day_together"] == costs
    assert told(one, 4_000_000).paid == paid


def test_a_wrong_recap_is_paid_back_as_bkn_6_2022_tells() -> None:
    """facts/law.md 2.2: the recap said 10 days absent, the inquiry proved 5, so five days are paid back; and the reverse."""
    ten, five = (told(month([()] * days, NONE_GIVEN, "C"), 4_000_000).paid for days in (10, 5))
    assert (ten, five, five - ten) == (2_800_000, 3_400_000, 600_000)


@pytest.mark.parametrize(
    ("sealed_on", "until"), [(None, None), (date(2026, 11, 2), date(2026, 12, 7))], ids=["open", "sealed on 2 November"]
)
def test_a_sealed_month_may_be_contested_for_the_days_of_the_decree(sealed_on, until) -> None:
    """UU 30/2014 art. 77 as the decree's `contest` clause has it; an open month is corrected any day."""
    assert rules.contest_until(sealed_on, LAW.contest) == until
    assert rules.contest_until(sealed_on, None) is None
