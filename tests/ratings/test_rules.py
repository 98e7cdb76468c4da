"""A month's figures by article, and that every breakdown adds up."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.attendance.rules import Charge
from app.ratings.rules import Assessment, Part, Rating, fingerprint, predicate_of, rate, total
from app.texts import LANGUAGES, catalogue, text

LAW = decrees.on("bali", date(2026, 11, 30))
PREDICATES = LAW.predicates

LATE = Charge("day_late", "bali.lateness.2024-01-02", "G", 3, Decimal("2.25"))
ABSENT = Charge("day_absent", "bali.absence.2024-01-02", "G", 2, Decimal(6))


def judged(productivity: str = "80", work: str = "100", behaviour: str = "90", idea: bool = False) -> Assessment:
    return Assessment(1, Decimal(productivity), Decimal(work), Decimal(behaviour), idea)


def test_variant_a_weighs_productivity_and_discipline() -> None:
    """TPP = 0.6 * P + 0.4 * max(0, 100 - sum of deductions)."""
    rating = rate([LATE, ABSENT], judged("80"), LAW)
    assert rating.discipline_pct == Decimal("91.75")
    assert rating.tpp_pct == Decimal("0.6") * 80 + Decimal("0.4") * Decimal("91.75") == Decimal("84.7")


@pytest.mark.parametrize(
    ("productivity", "cut", "tpp"),
    [
        pytest.param("80", "8.25", "79.75", id="0.6 * 80 + 40 - 8.25"),
        pytest.param("80", "48", "40", id="more than the share of discipline eats into productivity"),
        pytest.param("50", "70", "0", id="0.6 * 50 + 40 - 70 is nothing"),
        pytest.param("50", "95", "0", id="and never less"),
    ],
)
def test_variant_b_takes_per_cents_of_the_whole(productivity: str, cut: str, tpp: str) -> None:
    """TPP = max(0, 0.6 * P + 40 - sum of deductions)."""
    law = replace(LAW, tpp=replace(LAW.tpp, variant="B"))
    assert rate([replace(ABSENT, pct=Decimal(cut))], judged(productivity), law).tpp_pct == Decimal(tpp)


def test_a_month_without_deductions_and_full_productivity_pays_all() -> None:
    assert rate([], judged("100"), LAW).tpp_pct == 100


def test_deductions_beyond_the_cap_take_no_more_than_discipline() -> None:
    """Bapanas 23/2023 art. 10: reductions add up per month, at most 100 %."""
    rating = rate([replace(ABSENT, days=40, pct=Decimal(120))], judged("50"), LAW)
    assert (rating.discipline_pct, rating.tpp_pct) == (Decimal(0), Decimal(30))
    assert [line.pct for line in rating.breakdown if line.code == "rating_cap"] == [Decimal(20)]


def test_without_an_assessment_nothing_is_invented() -> None:
    rating = rate([LATE], None, LAW)
    assert rating.discipline_pct == Decimal("97.75")
    assert (rating.productivity_pct, rating.tpp_pct, rating.score, rating.predicate) == (None, None, None, None)
    unknown = [line for line in rating.breakdown if line.code == "rating_unassessed"]
    assert [(line.part, line.pct) for line in unknown] == [(Part.TPP, None), (Part.SCORE, None)]
    assert text("rating_unassessed", "id").startswith("Belum dinilai")


@pytest.mark.parametrize(
    ("work", "behaviour", "score"),
    [("100", "90", "97"), ("120", "120", "120"), ("125", "100", "114"), ("0", "0", "0"), ("88.88", "77.77", "85.547")],
    ids=str,
)
def test_the_score_is_70_work_and_30_behaviour_up_to_120(work: str, behaviour: str, score: str) -> None:
    """PP 30/2019 art. 41 (weights of agencies without 360); achievement above target is capped at 120."""
    assert rate([], judged(work=work, behaviour=behaviour), LAW).score == Decimal(score)


@pytest.mark.parametrize(
    ("score", "idea", "predicate"),
    [
        pytest.param("120", True, "very_good", id="120 with a new idea"),
        pytest.param("110", True, "very_good", id="110 with a new idea"),
        pytest.param("109.999", True, "good", id="just below 110"),
        pytest.param("120", False, "good", id="120 without a new idea is Baik"),
        pytest.param("90", False, "good", id="90"),
        pytest.param("89.999", True, "fair", id="just below 90"),
        pytest.param("70", False, "fair", id="70"),
        pytest.param("69.999", False, "poor", id="just below 70"),
        pytest.param("50", False, "poor", id="50"),
        pytest.param("49.999", False, "very_poor", id="just below 50"),
        pytest.param("0", True, "very_poor", id="0"),
    ],
)
def test_predicates_of_pp_30_2019_article_41(score: str, idea: bool, predicate: str) -> None:
    assert predicate_of(Decimal(score), idea, PREDICATES) == predicate


def test_who_misses_only_the_new_idea_is_told_so() -> None:
    with_idea, without = (rate([], judged(work="120", behaviour="120", idea=idea), LAW) for idea in (True, False))
    assert (with_idea.predicate, without.predicate) == ("very_good", "good")
    assert [line.code for line in without.breakdown][-2:] == ["rating_is_good", "rating_no_new_idea"]
    assert [line.code for line in with_idea.breakdown][-1] == "rating_is_very_good"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_words(language: str) -> None:
    unpaid = Charge("day_leave_unpaid", "bali.leave.unpaid.2024-01-02", "C", 20, Decimal(100))
    charges = [replace(LATE, code=code) for code in ("day_late", "day_early", "day_missing_in", "day_missing_out", "day_absent")]
    for rating in (rate([*charges, unpaid], judged(), LAW), rate([], None, LAW)):
        for line in rating.breakdown:
            assert text(line.code, language, **line.params)


def test_every_day_that_can_cost_has_a_sentence_in_the_rating() -> None:
    costly = {"day_late", "day_early", "day_missing_in", "day_missing_out", "day_absent"}
    leaves = {f"day_leave_{kind}" for kind in LAW.leave}
    assert {code.replace("day_", "rating_", 1) for code in costly | leaves} <= set(catalogue())


cents = st.decimals(0, 120, places=2)
charges = st.lists(
    st.builds(
        Charge,
        st.sampled_from(["day_late", "day_early", "day_absent", "day_missing_out"]),
        st.sampled_from(["bali.a", "bali.b"]),
        st.just("G"),
        st.integers(1, 31),
        st.decimals("0.001", 60, places=3),
    ),
    max_size=6,
    unique_by=lambda charge: (charge.code, charge.clause),
)
assessments = st.builds(Assessment, st.integers(1, 9), st.decimals(0, 100, places=2), cents, cents, st.booleans())


@given(charges, st.none() | assessments)
def test_every_breakdown_adds_up_to_its_total(charged: list[Charge], assessment: Assessment | None) -> None:
    rating = rate(charged, assessment, LAW)
    assert total(rating.breakdown, Part.DISCIPLINE) == rating.discipline_pct
    if assessment:
        assert total(rating.breakdown, Part.TPP) == rating.tpp_pct
        assert total(rating.breakdown, Part.SCORE) == rating.score
    assert 0 <= rating.discipline_pct <= 100
    assert 0 <= (rating.tpp_pct or 0) <= 100
    assert all(figure == round(figure, 3) for figure in figures(rating))


@given(charges, assessments, st.decimals("0.001", 60, places=3))
def test_more_deduction_never_pays_more(charged: list[Charge], assessment: Assessment, more: Decimal) -> None:
    extra = Charge("day_leave_unpaid", "bali.c", "G", 1, more)
    before, after = rate(charged, assessment, LAW), rate([*charged, extra], assessment, LAW)
    assert after.discipline_pct <= before.discipline_pct
    assert after.tpp_pct is not None and before.tpp_pct is not None and after.tpp_pct <= before.tpp_pct
    assert (after.score, after.predicate) == (before.score, before.predicate)


@given(charges, st.none() | assessments, st.randoms())
def test_the_order_of_charges_changes_nothing(charged: list[Charge], assessment: Assessment | None, random) -> None:
    shuffled = list(charged)
    random.shuffle(shuffled)
    assert rate(shuffled, assessment, LAW) == rate(charged, assessment, LAW)
    assert fingerprint(1, True, shuffled, assessment, LAW) == fingerprint(1, True, charged, assessment, LAW)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((2, True, [LATE], judged(), LAW), id="unit"),
        pytest.param((1, False, [LATE], judged(), LAW), id="sealed"),
        pytest.param((1, True, [replace(LATE, pct=Decimal("2.5"))], judged(), LAW), id="deduction"),
        pytest.param((1, True, [replace(LATE, days=4)], judged(), LAW), id="days"),
        pytest.param((1, True, [LATE], None, LAW), id="no assessment"),
        pytest.param((1, True, [LATE], replace(judged(), id=2), LAW), id="another assessment"),
        pytest.param((1, True, [LATE], judged(), replace(LAW, version="0")), id="law"),
    ],
)
def test_what_a_rating_is_made_of_shows_in_its_fingerprint(other: tuple) -> None:
    assert fingerprint(*other) != fingerprint(1, True, [LATE], judged(), LAW)


def figures(rating: Rating) -> list[Decimal]:
    named = (rating.discipline_pct, rating.productivity_pct, rating.tpp_pct, rating.score)
    return [figure for figure in named if figure is not None]
