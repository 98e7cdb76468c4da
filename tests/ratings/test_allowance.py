"""The formulas of allowances, each with its published split, its rounding, and what it does when a figure is not known."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.attendance.rules import Charge
from app.ratings.rules import Assessment, Part, Seen, rate, total
from app.texts import LANGUAGES, text

LAW = decrees.on("bali", date(2026, 11, 30))
BADUNG = decrees.on("badung", date(2026, 11, 30))
DIKDASMEN = decrees.on("dikdasmen-14-2025", date(2026, 11, 30))


def charged(pct: str) -> list[Charge]:
    return [Charge("day_absent", "x.absence", "G", 1, Decimal(pct))] if Decimal(pct) else []


def judged(productivity: str = "80") -> Assessment:
    return Assessment(1, Decimal(productivity), Decimal(100), Decimal(90), False)


def ruled(**said) -> decrees.Decree:
    return replace(LAW, tpp=replace(LAW.tpp, **said))


@pytest.mark.parametrize(
    ("most", "cut", "tpp"),
    [
        pytest.param(None, "70", "18", id="B: 0.6 * 80 + 40 - 70"),
        pytest.param("40", "70", "48", id="B with the cut at most the share of discipline"),
        pytest.param("40", "40", "48", id="on the edge"),
        pytest.param("40", "39", "49", id="below it"),
    ],
)
def test_b_takes_from_the_whole_as_far_as_the_clause_lets_it(most: str | None, cut: str, tpp: str) -> None:
    law = ruled(variant="B", most_cut_pct=most and Decimal(most))
    assert rate(charged(cut), judged(), law).tpp_pct == Decimal(tpp)


@pytest.mark.parametrize(("cut", "tpp"), [("0", "100"), ("8.25", "91.75"), ("100", "0"), ("130", "0")], ids=str)
def test_c_is_one_allowance_less_the_deductions(cut: str, tpp: str) -> None:
    """Bapanas 23/2023 art. 10 and the 2013 rule: all reductions of a month add up, at most 100 %."""
    assert rate(charged(cut), judged("0"), ruled(variant="C")).tpp_pct == Decimal(tpp)


@pytest.mark.parametrize(
    ("cut", "budget", "tpp"),
    [
        pytest.param("0", "100", "100", id="Badung: 70 + 15 + 15"),
        pytest.param("100", "0", "70", id="the static part is always paid"),
        pytest.param("10", "80", "95.5", id="70 + 0.15 * 90 + 0.15 * 80"),
    ],
)
def test_d_badung_70_15_15(cut: str, budget: str, tpp: str) -> None:
    rating = rate(charged(cut), judged("1"), BADUNG, Seen(budget_pct=Decimal(budget)))
    assert rating.tpp_pct == Decimal(tpp)
    assert {line.clause for line in rating.breakdown if line.part is Part.TPP} == {"badung.tpp.2022-10-01"}


@pytest.mark.parametrize(
    ("achieved", "days", "absent", "tpp"),
    [
        pytest.param(6600, 22, 0, "100", id="Pergub DKI 19/2020: 22 days of 300 minutes"),
        pytest.param(9000, 22, 0, "100", id="more than asked adds nothing"),
        pytest.param(6600, 22, 660, "90", id="minutes of absence are taken away"),
        pytest.param(3300, 22, 660, "50", id="unless less was achieved anyway"),
        pytest.param(6600, 22, 9999, "0", id="and never below nothing"),
        pytest.param(1, 7, 0, "0.048", id="rounded half up: 1 / 2100"),
    ],
)
def test_e_dki_performance_time(achieved: int, days: int, absent: int, tpp: str) -> None:
    seen = Seen(performance_min=achieved, working_days=days, absence_min=absent)
    assert rate([], judged(), ruled(variant="E", day_min=300), seen).tpp_pct == Decimal(tpp)


@pytest.mark.parametrize(
    ("law", "line"), [(BADUNG, "rating_no_budget"), (ruled(variant="E", day_min=300), "rating_no_performance")], ids=["D", "E"]
)
def test_what_nobody_has_reported_is_not_invented(law: decrees.Decree, line: str) -> None:
    rating = rate([], judged(), law)
    assert rating.tpp_pct is None
    assert line in [found.code for found in rating.breakdown]
    assert rating.score == 97


@pytest.mark.parametrize(
    ("decimals", "productivity", "tpp"),
    [
        pytest.param(2, "80.01", "88.01", id="88.006 to two decimals"),
        pytest.param(1, "80.25", "88.2", id="88.15 is halfway, and goes up"),
        pytest.param(1, "80.75", "88.5", id="88.45 too, though 4 is even"),
        pytest.param(0, "80.8", "88", id="88.48 down"),
        pytest.param(0, "80.84", "89", id="88.504 up"),
        pytest.param(3, "80.01", "88.006", id="three, as stored"),
    ],
)
def test_the_whole_is_rounded_once_half_up(decimals: int, productivity: str, tpp: str) -> None:
    rating = rate([], judged(productivity), ruled(decimals=decimals))
    assert rating.tpp_pct == Decimal(tpp) == total(rating.breakdown, Part.TPP)


@given(
    st.sampled_from("ABCDE"),
    st.integers(0, 3),
    st.decimals(0, 130, places=2),
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=2),
)
def test_every_formula_adds_up_and_stays_between_nothing_and_all(variant, decimals, cut, productivity, budget) -> None:
    weights = {"A": ("60", "40", "0", "0"), "B": ("60", "40", "0", "0"), "D": ("0", "15", "70", "15")}
    names = ("productivity_weight", "discipline_weight", "static_weight", "budget_weight")
    said = dict(zip(names, map(Decimal, weights.get(variant, ("0",) * 4)), strict=True))
    law = ruled(variant=variant, decimals=decimals, day_min=300, **said)
    rating = rate(charged(str(cut)), judged(str(productivity)), law, Seen(budget_pct=budget, performance_min=4711, working_days=21))
    assert rating.tpp_pct is not None
    assert 0 <= rating.tpp_pct <= 100
    assert rating.tpp_pct == total(rating.breakdown, Part.TPP) == round(rating.tpp_pct, decimals)
    for line in rating.breakdown:
        assert all(text(line.code, language, **line.params) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("run", "pct"),
    [
        pytest.param(9, "22.5", id="art. 19: nine days in a row cost nine days"),
        pytest.param(10, "100", id="art. 19: ten cost the month"),
        pytest.param(11, "100", id="and eleven no more"),
    ],
)
def test_permendikdasmen_14_2025_article_19_ten_days_in_a_row(run: int, pct: str) -> None:
    days = [Charge("day_absent", "dikdasmen-14-2025.absence.2025-01-01", "S", run, Decimal("2.5") * run)]
    rating = rate(days, None, DIKDASMEN, Seen(absent_run=run))
    assert 100 - rating.discipline_pct == Decimal(pct)
    lines = [line.clause for line in rating.breakdown if line.code == "rating_consecutive"]
    assert lines == (["dikdasmen-14-2025.consecutive.2025-01-01"] if run >= 10 else [])


def test_a_leave_that_costs_once_a_month_costs_it_once() -> None:
    """Permen ESDM 21/2014 art. 17: cuti besar, 30 % a month."""
    effect = replace(LAW.leave["long"], month_pct=Decimal(30))
    law = replace(LAW, leave={**LAW.leave, "long": effect})
    assert rate([], None, law, Seen(leaves=frozenset({"long"}))).discipline_pct == 70
    assert rate([], None, law, Seen(leaves=frozenset({"annual"}))).discipline_pct == 100
    assert rate([], None, law).discipline_pct == 100
