"""The published tables of other agencies, minute by minute: what a day costs under each shipped decree."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from app import decrees
from app.attendance.rules import Outcome, Status, derive
from tests.attendance import worlds
from tests.attendance.worlds import evidence

MONDAY_2013 = date(2013, 3, 4)
TUESDAY = date(2026, 11, 24)
FRIDAY = date(2026, 11, 27)


def judged(decree: str, *said: str, day: date = TUESDAY, **known) -> Outcome:
    return derive(evidence(*said, day=day, decree=decree, **known), decrees.on(decree, day))


@pytest.mark.parametrize(
    ("decree", "day", "start", "end", "break_min"),
    [
        pytest.param("indonesia", TUESDAY, "07:30", "16:30", 60, id="Perpres 21/2023 art. 4(3) and 4(5), Tuesday"),
        pytest.param("indonesia", FRIDAY, "07:30", "14:30", 90, id="Perpres 21/2023 art. 4(5), Friday"),
        pytest.param("indonesia", date(2025, 3, 3), "08:00", "15:30", 30, id="Perpres 21/2023 art. 4(2), 4(4), 4(6), Ramadan"),
        pytest.param("denpasar", date(2024, 1, 31), "07:30", "15:30", 0, id="Denpasar, the last day of the old hours"),
        pytest.param("denpasar", date(2024, 1, 26), "07:30", "13:00", 0, id="Denpasar, an old Friday"),
        pytest.param("denpasar", date(2024, 2, 1), "07:30", "16:30", 60, id="SE Walikota 129/2024, the first day, a Thursday"),
        pytest.param("denpasar", date(2024, 2, 2), "07:30", "14:30", 90, id="SE Walikota 129/2024, Friday"),
        pytest.param("badung", TUESDAY, "08:00", "16:00", 0, id="Keputusan Bupati 1627/053/HK/2022, Tuesday"),
        pytest.param("badung", FRIDAY, "06:30", "12:00", 0, id="Keputusan Bupati 1627/053/HK/2022, Friday"),
        pytest.param("buleleng", date(2026, 3, 23), "07:30", "16:00", 45, id="Perbup 56/2025, Monday"),
        pytest.param("buleleng", date(2026, 3, 27), "07:00", "14:00", 30, id="Perbup 56/2025, Friday"),
        pytest.param("kemenkeu-221-2021", FRIDAY, "07:30", "17:00", 57, id="PMK 221/2021, every day the same"),
    ],
)
def test_hours_of_each_agency(decree: str, day: date, start: str, end: str, break_min: int) -> None:
    found = decrees.on(decree, day).hours
    assert found is not None
    assert (f"{found.start:%H:%M}", f"{found.end:%H:%M}", found.break_min) == (start, end, break_min)


@pytest.mark.parametrize(
    ("decree", "day"),
    [
        pytest.param("buleleng", date(2026, 2, 28), id="the day before Perbup 56/2025"),
        pytest.param("badung", date(2022, 9, 30), id="the day before Keputusan Bupati 1627/053/HK/2022"),
        pytest.param("kemenkeu-221-2021", date(2022, 2, 28), id="the day before PMK 221/2021"),
    ],
)
def test_a_day_before_a_rule_is_not_lent_hours_by_the_basis(decree: str, day: date) -> None:
    with pytest.raises(decrees.UncoveredDay):
        decrees.on(decree, day)


@pytest.mark.parametrize(
    ("arrived", "pct"),
    [("06:59:59", "0"), ("07:30:59", "0"), ("07:31:00", "0.5"), ("08:00:59", "0.5"), ("08:01:00", "1"), ("08:30:59", "1"),
     ("08:31:00", "1.5"), ("09:00:59", "1.5"), ("09:01:00", "2")],
    ids=str,
)  # fmt: skip
def test_permentan_68_2012_late(arrived: str, pct: str) -> None:
    outcome = judged("kementan-68-2012", f"in {arrived}", "out 16:00:00", day=MONDAY_2013)
    assert outcome.deduction_pct == Decimal(pct)


@pytest.mark.parametrize(
    ("left", "pct"),
    [("16:00:00", "0"), ("15:59:01", "0"), ("15:59:00", "0.5"), ("15:29:01", "0.5"), ("15:29:00", "1"), ("14:59:00", "1.5"),
     ("14:29:00", "2")],
    ids=str,
)  # fmt: skip
def test_permentan_68_2012_early(left: str, pct: str) -> None:
    outcome = judged("kementan-68-2012", "in 07:30:00", f"out {left}", day=MONDAY_2013)
    assert outcome.deduction_pct == Decimal(pct)


def test_permentan_68_2012_absence_and_missing_punches() -> None:
    assert judged("kementan-68-2012", day=MONDAY_2013).deduction_pct == 4
    assert judged("kementan-68-2012", "out 16:00:00", day=MONDAY_2013).deduction_pct == 2
    assert judged("kementan-68-2012", "in 07:30:00", day=MONDAY_2013).deduction_pct == 2


@pytest.mark.parametrize(
    ("arrived", "owed_until", "late_min", "pct"),
    [
        pytest.param("05:00:00", "15:30", 0, "0", id="05.00, two and a half hours early: 90 minutes of it move the day"),
        pytest.param("06:00:00", "15:30", 0, "0", id="06.00, the earliest that moves the day"),
        pytest.param("07:00:00", "16:30", 0, "0", id="07.00"),
        pytest.param("07:30:00", "17:00", 0, "0", id="07.30"),
        pytest.param("08:15:00", "17:45", 0, "0", id="08.15 is not late"),
        pytest.param("09:00:00", "18:30", 0, "0", id="09.00 is the last that is not late"),
        pytest.param("09:00:59", "18:30", 0, "0", id="09.00.59: seconds are not counted"),
        pytest.param("09:01:00", "18:30", 1, "1", id="PMK 221/2021: 09.01"),
        pytest.param("09:30:59", "18:30", 30, "1", id="PMK 221/2021: 09.30"),
        pytest.param("09:31:00", "18:30", 31, "1.25", id="PMK 221/2021: 09.31"),
        pytest.param("10:00:59", "18:30", 60, "1.25", id="PMK 221/2021: 10.00"),
        pytest.param("10:01:00", "18:30", 61, "2.5", id="PMK 221/2021: 10.01"),
    ],
)
def test_pmk_221_2021_flexi(arrived: str, owed_until: str, late_min: int, pct: str) -> None:
    outcome = judged("kemenkeu-221-2021", f"in {arrived}", f"out {owed_until}:00")
    assert (outcome.late_min, outcome.early_min, outcome.deduction_pct) == (late_min, 0, Decimal(pct))
    hour, minute = map(int, owed_until.split(":"))
    before = f"{hour - (minute == 0):02}:{(minute - 1) % 60:02}:00"
    sooner = judged("kemenkeu-221-2021", f"in {arrived}", f"out {before}")
    assert (sooner.early_min, sooner.deduction_pct) == (1, Decimal(pct) + Decimal("0.5"))


def test_flexible_hours_never_move_a_rosters_shift() -> None:
    outcome = judged("kemenkeu-221-2021", "in 19:45:00", "out 23:00:00", shift=worlds.NIGHT_WATCH)
    assert (outcome.late_min, outcome.deduction_pct) == (45, Decimal("1.25") + Decimal("2.5"))


@pytest.mark.parametrize(
    ("said", "status", "pct"),
    [
        pytest.param(("in 04:59:59", "out 17:00:00"), Status.PRESENT, "2.5", id="04.59 is no record of coming"),
        pytest.param(("in 07:30:00", "out 23:59:59"), Status.PRESENT, "0", id="23.59 is one of going"),
        pytest.param(("out 17:00:00",), Status.PRESENT, "2.5", id="no record of coming"),
        pytest.param((), Status.ABSENT, "5", id="absent"),
    ],
)
def test_pmk_221_2021_window_and_missing(said: tuple[str, ...], status: Status, pct: str) -> None:
    outcome = judged("kemenkeu-221-2021", *said)
    assert (outcome.status, outcome.deduction_pct) == (status, Decimal(pct))


@pytest.mark.parametrize(
    ("said", "pct"),
    [
        pytest.param(("in 07:31:00", "out 16:30:00"), "0.5", id="late alone"),
        pytest.param(("in 07:31:00", "out 16:29:00"), "1", id="TM 0.5 + PC 0.5"),
        pytest.param(("in 08:31:00", "out 15:00:00"), "2.5", id="TM 1.25 + PC 1.25"),
        pytest.param(("in 09:01:00", "out 14:00:00"), "3", id="TM 1.5 + PC 1.5, at most 3"),
        pytest.param(("in 07:31:00",), "2", id="TM 0.5 + no record of going 1.5"),
    ],
)
def test_bkn_10_2022_article_13_adds_within_bounds(said: tuple[str, ...], pct: str) -> None:
    assert judged("bkn-10-2022", *said).deduction_pct == Decimal(pct)


def test_a_bound_is_a_line_of_its_own_and_names_its_clause() -> None:
    clause = decrees.Clause("x.together", "x", "C", date(2026, 1, 1))
    rule = decrees.Together(Decimal(1), Decimal("2.5"), clause)
    assert [rule.pct(*map(Decimal, pair)) for pair in (("0.25", "0.5"), ("1", "1"), ("1.5", "1.5"))] == [1, 2, Decimal("2.5")]
    law = replace(decrees.on("bkn-10-2022", TUESDAY), together=rule)
    outcome = derive(evidence("in 09:01:00", "out 14:00:00", decree="bkn-10-2022"), law)
    assert outcome.deduction_pct == Decimal("2.5")
    assert [(line.pct, line.clause) for line in outcome.lines if line.code == "day_together"] == [(Decimal("-0.5"), clause)]


def test_permendikdasmen_14_2025_article_19_a_day() -> None:
    assert judged("dikdasmen-14-2025").deduction_pct == Decimal("2.5")


@pytest.mark.parametrize(("arrived", "pct"), [("07:31:00", "0.5"), ("09:01:00", "1.5")], ids=["TL1", "TL4"])
def test_tebo_1_2022_the_two_bands_that_were_read(arrived: str, pct: str) -> None:
    assert judged("tebo-1-2022", f"in {arrived}", "out 16:30:00").deduction_pct == Decimal(pct)


@pytest.mark.parametrize("decree", decrees.codes())
@given(history=worlds.histories())
def test_under_every_decree_a_day_costs_what_its_lines_cost_and_each_cites_its_clause(decree: str, history) -> None:
    outcome = derive(history, decrees.on(decree, history.workday.day))
    assert outcome.deduction_pct == sum((line.pct for line in outcome.lines), Decimal(0)) >= 0
    assert all(line.clause is not None for line in outcome.lines if line.pct)
