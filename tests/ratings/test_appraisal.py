"""The nine cells, angka kredit and its rounding, what evidence proposes, and the guide, by the clauses of the national law."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.attendance.rules import Charge
from app.decrees import GRADES, STEPS
from app.ratings import rules
from app.ratings.rules import Assessment, Period, Seen, SeenPeriod, period_named, rate
from app.texts import LANGUAGES, text
from tests.laws import in_use

DAY = date(2026, 11, 30)
LAW = decrees.on("bali", DAY)
BELOW, AS_EXPECTED, ABOVE = STEPS
VALUES = dict.fromkeys(rules.VALUES, AS_EXPECTED)


@pytest.mark.parametrize(
    ("work", "behaviour", "grade"),
    [
        pytest.param(ABOVE, ABOVE, "very_good", id="di atas x di atas: Sangat Baik"),
        pytest.param(ABOVE, AS_EXPECTED, "good", id="di atas x sesuai: Baik"),
        pytest.param(ABOVE, BELOW, "poor", id="di atas x di bawah: Kurang"),
        pytest.param(AS_EXPECTED, ABOVE, "good", id="sesuai x di atas: Baik (one calculator misses this cell)"),
        pytest.param(AS_EXPECTED, AS_EXPECTED, "good", id="sesuai x sesuai: Baik"),
        pytest.param(AS_EXPECTED, BELOW, "poor", id="sesuai x di bawah: Kurang"),
        pytest.param(BELOW, ABOVE, "needs_improvement", id="di bawah x di atas: Butuh Perbaikan"),
        pytest.param(BELOW, AS_EXPECTED, "needs_improvement", id="di bawah x sesuai: Butuh Perbaikan"),
        pytest.param(BELOW, BELOW, "very_poor", id="di bawah x di bawah: Sangat Kurang"),
    ],
)
def test_permenpanrb_6_2022_gives_each_of_the_nine_cells_its_predicate(work, behaviour, grade) -> None:
    assert rules.graded(work, behaviour, LAW.grid) == grade
    assert text(f"predicate_{grade}", "id")


@given(st.sampled_from(STEPS), st.sampled_from(STEPS), st.sampled_from(STEPS))
def test_better_behaviour_never_gives_a_lower_predicate(work, one, other) -> None:
    worse, better = sorted((one, other), key=STEPS.index)
    rank = [GRADES.index(rules.graded(work, behaviour, LAW.grid)) for behaviour in (worse, better)]
    assert rank[1] <= rank[0]


@pytest.mark.parametrize(
    ("grade", "level", "months", "credit"),
    [
        pytest.param("needs_improvement", "pemula", 12, "2.81", id="3.75 x 0.75 = 2.8125"),
        pytest.param("very_good", "pemula", 12, "5.63", id="3.75 x 1.5 = 5.625 rounds up"),
        pytest.param("very_good", "ahli_pertama", 12, "18.75", id="ahli pertama Sangat Baik"),
        pytest.param("good", "ahli_pertama", 2, "2.08", id="two months Baik of ahli pertama"),
        pytest.param("good", "terampil", 12, "5.00", id="a year Baik is the coefficient"),
        pytest.param("poor", "mahir", 12, "6.25", id="Kurang is half"),
        pytest.param("very_poor", "penyelia", 12, "6.25", id="Sangat Kurang is a quarter"),
        pytest.param("good", "ahli_muda", 3, "6.25", id="a quarter of a year"),
        pytest.param("very_good", "ahli_madya", 1, "4.69", id="4.6875 rounds up"),
        pytest.param("good", "ahli_utama", 6, "25.00", id="half a year"),
        pytest.param("good", "pemula", 1, "0.31", id="0.3125 rounds down"),
    ],
)
def test_angka_kredit_is_months_of_the_year_times_per_cent_times_coefficient_half_up(grade, level, months, credit) -> None:
    assert rules.credit_of(grade, level, months, LAW.credit) == Decimal(credit)
    assert f"{rules.credit_of(grade, level, months, LAW.credit):f}" == credit


def test_a_level_that_the_law_does_not_name_has_no_credit() -> None:
    assert rules.credit_of("good", "struktural", 12, LAW.credit) is None


@pytest.mark.parametrize(
    ("weights", "score"),
    [
        pytest.param(("70", "30"), "97", id="70/30 without the opinions of others"),
        pytest.param(("60", "40"), "96", id="60/40 with them"),
    ],
)
def test_pp_30_2019_weighs_work_and_behaviour_as_the_decree_says(weights, score) -> None:
    from dataclasses import replace

    law = replace(LAW, score=replace(LAW.score, work_weight=Decimal(weights[0]), behaviour_weight=Decimal(weights[1])))
    assert rules.score_of(Decimal(100), Decimal(90), law) == Decimal(score)
    assert rules.score_of(Decimal(140), Decimal(140), law) == Decimal(120)
    assert rate([], Assessment(1, Decimal(80), Decimal(100), Decimal(90), False), law).score == Decimal(score)


@pytest.mark.parametrize(
    ("changed", "result", "is_among"),
    [
        ({}, AS_EXPECTED, True), ({}, ABOVE, False), ({}, BELOW, False),
        ({"loyal": BELOW}, BELOW, True), ({"loyal": BELOW}, ABOVE, False), ({"loyal": ABOVE}, ABOVE, True),
        ({"loyal": BELOW, "adaptive": ABOVE}, AS_EXPECTED, True),
    ],
    ids=str,
)  # fmt: skip
def test_the_word_on_behaviour_lies_among_the_seven_values(changed, result, is_among) -> None:
    assert len(rules.VALUES) == 7
    assert rules.is_among(result, VALUES | changed) is is_among


def seen(productivity="80", absent=0) -> SeenPeriod:
    return SeenPeriod({"present": 20, "absent": absent}, 12, 4800, 6000, None if productivity is None else Decimal(productivity))


@pytest.mark.parametrize(
    ("productivity", "absent", "work", "behaviour", "codes"),
    [
        ("80", 0, AS_EXPECTED, AS_EXPECTED, ["proposal_work_as_expected", "proposal_days"]),
        ("70", 2, AS_EXPECTED, AS_EXPECTED, ["proposal_work_as_expected", "proposal_days"]),
        ("69.99", 0, BELOW, AS_EXPECTED, ["proposal_work_below", "proposal_days"]),
        ("100", 3, AS_EXPECTED, BELOW, ["proposal_work_as_expected", "proposal_behaviour_below"]),
        (None, 0, AS_EXPECTED, AS_EXPECTED, ["proposal_no_productivity", "proposal_days"]),
    ],
    ids=str,
)
def test_evidence_proposes_with_reasons_in_both_languages(productivity, absent, work, behaviour, codes) -> None:
    found = rules.proposal_of(seen(productivity, absent), LAW.grid)
    assert (found.work_result, found.behaviour_result, [reason.code for reason in found.reasons]) == (work, behaviour, codes)
    assert all(text(reason.code, language, **reason.params) for reason in found.reasons for language in LANGUAGES)


@given(st.none() | st.decimals(0, 100, places=2), st.integers(0, 31))
def test_nothing_on_record_ever_proposes_above_expectation(productivity, absent) -> None:
    found = rules.proposal_of(seen(productivity, absent), LAW.grid)
    assert ABOVE not in (found.work_result, found.behaviour_result)


def spread(organisation, **counts):
    return [
        (row.spread.grade, row.people, str(row.pct), row.is_kept) for row in rules.spread_of(counts, organisation, LAW.distribution)
    ]


@pytest.mark.parametrize(
    ("organisation", "counts", "kept"),
    [
        pytest.param("outstanding", {"very_good": 7, "good": 3}, [True], id="Istimewa: 70 % Sangat Baik"),
        pytest.param("outstanding", {"very_good": 8, "good": 3}, [False], id="Istimewa: 72.7 %"),
        pytest.param("good", {"good": 7, "very_good": 2, "needs_improvement": 1}, [True], id="Baik: 70 % and one below"),
        pytest.param("good", {"good": 7, "very_good": 3}, [False], id="Baik: nobody below"),
        pytest.param("good", {"good": 8, "poor": 2}, [False], id="Baik: 80 %"),
        pytest.param("needs_improvement", {"needs_improvement": 6, "good": 3, "very_good": 1}, [True, True], id="Butuh Perbaikan"),
        pytest.param("needs_improvement", {"needs_improvement": 5, "good": 3, "very_good": 2}, [False, False], id="its bounds"),
        pytest.param("poor", {"poor": 6, "needs_improvement": 1, "good": 2, "very_good": 1}, [True, True, True], id="Kurang"),
        pytest.param("poor", {"poor": 7, "good": 1, "very_good": 2}, [True, False, False], id="Kurang: nobody to improve"),
        pytest.param("very_poor", {"very_poor": 6, "good": 4}, [True, True], id="Sangat Kurang"),
        pytest.param("very_poor", {"very_poor": 6, "very_good": 1, "good": 3}, [True, False], id="Sangat Kurang: one Sangat Baik"),
    ],
)
def test_the_guide_bounds_predicates_by_that_of_the_organisation(organisation, counts, kept) -> None:
    assert [row.is_kept for row in rules.spread_of(counts, organisation, LAW.distribution)] == kept


def test_a_share_is_compared_exactly_and_rounded_only_to_be_read() -> None:
    assert spread("outstanding", very_good=7001, good=2999) == [("very_good", 7001, "70.01", False)]
    assert spread("outstanding", very_good=700_001, good=299_999) == [("very_good", 700_001, "70.00", False)]
    assert spread("outstanding") == [("very_good", 0, "0", True)]


@pytest.mark.parametrize(
    ("name", "first", "last", "months"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31), 1),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), 1),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), 3),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), 3),
        ("2026-S1", date(2026, 1, 1), date(2026, 6, 30), 6),
        ("2026-S2", date(2026, 7, 1), date(2026, 12, 31), 6),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), 12),
    ],
)
def test_a_period_has_a_name_and_its_days(name, first, last, months) -> None:
    assert period_named(name) == Period(first, months)
    assert (Period(first, months).last_day, Period(first, months).name) == (last, name)


@pytest.mark.parametrize("name", ["2026-13", "2026-00", "2026-Q5", "2026-S3", "0000", "26", "2026-1", "2026-10 ", "２０２６", ""])
def test_what_is_no_period_has_no_name(name) -> None:
    assert period_named(name) is None


DRAFT = """
code = "sikepo"
name = "Uji"
basis = "bali"

[[productivity]]
since = 2024-01-02
by = "activities"
day_min = 300
most = "100"
day_most_min = 720
within_days = 7
source = "uji"
quality = "C"
"""


@pytest.fixture
def by_activities(tmp_path):
    (tmp_path / "sikepo.toml").write_text(DRAFT.replace('basis = "bali"', 'basis = "indonesia"'))
    with in_use(tmp_path):
        yield decrees.on("sikepo", DAY)


def test_where_the_law_takes_productivity_from_activities_nobody_s_figure_stands_in(by_activities) -> None:
    late = [Charge("day_late", "x", "G", 1, Decimal(10))]
    judged = Assessment(1, None, Decimal(100), Decimal(90), False)
    assert rate(late, judged, by_activities, Seen(productivity_pct=Decimal(50))).tpp_pct == Decimal("66.000")
    unassessed = rate(late, None, by_activities, Seen(productivity_pct=Decimal(50)))
    assert (unassessed.productivity_pct, unassessed.tpp_pct, unassessed.score) == (Decimal(50), Decimal("66.000"), None)
    unknown = rate(late, judged, by_activities)
    assert (unknown.productivity_pct, unknown.tpp_pct, unknown.score) == (None, None, Decimal(97))
    assert "rating_no_productivity" in {line.code for line in unknown.breakdown}


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('code = "indonesia"', 'code = "indonesia"', None),
        ('    { work = "below", behaviour = "below", grade = "very_poor" },\n', "", "grid[0].cells"),
        ('{ work = "below", behaviour = "below"', '{ work = "below", behaviour = "above"', "grid[0].cells"),
        ('    { grade = "very_poor", pct = "25" },\n', "", "credit[0].grades"),
        ('{ grade = "very_poor", pct = "25" }', '{ grade = "poor", pct = "25" }', "credit[0].grades"),
        ('grade = "very_good", most = "0" }', 'grade = "very_good" }', "distribution[0].rows[8].grade"),
        ("day_most_min = 720", "day_most_min = 1441", "productivity[0].day_most_min"),
        ("day_min = 300", "day_min = 721", "productivity[0].day_min"),
    ],
    ids=str,
)
def test_a_clause_that_leaves_a_hole_never_becomes_law(tmp_path, old, new, path) -> None:
    file = tmp_path / "indonesia.toml"
    words = decrees.path_of("indonesia").read_text("utf-8")
    assert old in words
    file.write_text(words.replace(old, new, 1), "utf-8")
    found = {problem.path for problem in decrees.check(file)}
    assert (path in found) if path else found == set()


def test_the_nine_pairs_are_all_there() -> None:
    assert set(LAW.grid.cells) == set(product(STEPS, STEPS))
