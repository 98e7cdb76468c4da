"""The thirteen deduction tables of facts/law.md section 2.1, and the other published figures of sections 1 to 3, as cases.

Rules that are not shipped stand as small decrees in `laws/`, used like an agency's own folder.
"""

import importlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app import decrees
from app.attendance.rules import Charge, Outcome, derive, fingerprint
from app.ratings.rules import Assessment, Seen, rate
from tests import laws
from tests.attendance.worlds import evidence

LAWS = Path(__file__).parent / "laws"
TUESDAY = date(2026, 11, 24)
A_TUESDAY_OF_2013 = date(2013, 3, 5)

# Which published table is tested where: module and the beginning of the names of its tests.
WHERE = {
    "1 Permentan 68/2012": ("test_packs", "test_permentan_68_2012"),
    "2 a ministry's rule of 2013, art. 10": ("test_tables", "test_table_2"),
    "3 PMK 221/2021": ("test_packs", "test_pmk_221_2021"),
    "4 Perban BKN 10/2022 art. 13": ("test_packs", "test_bkn_10_2022_article_13"),
    "4 ITM and IPC": ("test_tables", "test_table_4"),
    "5 Perban BP2MI 2/2024 art. 28": ("test_tables", "test_table_5"),
    "6 Permendikdasmen 14/2025 art. 19, a day": ("test_packs", "test_permendikdasmen_14_2025_article_19"),
    "6 ten days in a row": ("tests.ratings.test_allowance", "test_permendikdasmen_14_2025_article_19"),
    "7 Perban BGN 4/2025 art. 15": ("test_tables", "test_table_7"),
    "8 Permenko Infra 10/2025 art. 22": ("test_tables", "test_table_8"),
    "9 Bapanas 23/2023 art. 10": ("test_tables", "test_table_9"),
    "10 Perbup Tebo 1/2022": ("test_packs", "test_tebo_1_2022"),
    "11 Samarinda": ("test_tables", "test_table_11"),
    "12 Sragen 2021": ("test_tables", "test_table_12"),
    "13 DKI 2015": ("test_tables", "test_table_13"),
    "1.1 Perpres 21/2023, 1.3 other agencies": ("test_packs", "test_hours_of_each_agency"),
    "1.2 Pergub Bali 58/2023": ("tests.decrees.test_bali", "test_hours_by_weekday_and_season"),
    "1.2 breaks with clock times": ("tests.decrees.test_bali", "test_breaks_by_the_clock"),
    "1.2 FWA 24-27 March 2025": ("tests.decrees.test_bali", "test_flexible_work_for_muslim_employees"),
    "1.3 PermenPANRB 6/2018": ("test_tables", "test_menpanrb_6_2018"),
    "2.2 TPP of Badung and DKI": ("tests.ratings.test_allowance", "test_d_badung"),
    "2.3 Permendikdasmen 14/2025 art. 29": ("test_tables", "test_permendikdasmen_14_2025_article_29"),
    "2.3 ESDM 21/2014 art. 17": ("test_tables", "test_esdm_21_2014_article_17"),
    "3 PP 94/2021": ("tests.ratings.test_ladder", "test_pp_94_2021"),
}


@pytest.fixture(autouse=True)
def rules_that_are_not_shipped() -> Iterator[None]:
    with laws.in_use(LAWS):
        yield


def judged(decree: str, *said: str, day: date = TUESDAY) -> Outcome:
    return derive(evidence(*said, day=day, decree=decree), decrees.on(decree, day))


def late(decree: str, arrived: str, day: date = TUESDAY) -> Decimal:
    """What arriving then costs somebody who stays to the end."""
    return judged(decree, f"in {arrived}", "out 17:30:00", day=day).deduction_pct


@pytest.mark.parametrize("table", WHERE)
def test_every_published_table_has_its_cases(table: str) -> None:
    module, begins = WHERE[table]
    found = importlib.import_module(module if "." in module else f"tests.attendance.{module}")
    assert [name for name in vars(found) if name.startswith(begins)] != []


@pytest.mark.parametrize("path", sorted(LAWS.glob("*.toml")), ids=lambda path: path.stem)
def test_each_may_become_law(path: Path) -> None:
    assert decrees.check(path) == []


@pytest.mark.parametrize(
    ("arrived", "pct"),
    [("07:30:00", "0"), ("07:30:59", "0"), ("07:31:00", "0.5"), ("08:00:59", "0.5"), ("08:01:00", "1"), ("08:30:59", "1"),
     ("08:31:00", "1.25"), ("09:00:59", "1.25"), ("09:01:00", "1.5"), ("12:00:00", "1.5")],
    ids=str,
)  # fmt: skip
def test_table_2_late(arrived: str, pct: str) -> None:
    assert late("ministry-2013", arrived, A_TUESDAY_OF_2013) == Decimal(pct)


@pytest.mark.parametrize(
    ("left", "pct"),
    [("16:00:00", "0"), ("15:59:01", "0"), ("15:59:00", "0.5"), ("15:29:01", "0.5"), ("15:29:00", "1"), ("14:59:01", "1"),
     ("14:59:00", "1.25"), ("14:29:01", "1.25"), ("14:29:00", "1.5")],
    ids=str,
)  # fmt: skip
def test_table_2_early(left: str, pct: str) -> None:
    outcome = judged("ministry-2013", "in 07:30:00", f"out {left}", day=A_TUESDAY_OF_2013)
    assert outcome.deduction_pct == Decimal(pct)


def test_table_2_missing_punches_and_absence() -> None:
    day = A_TUESDAY_OF_2013
    assert judged("ministry-2013", "out 16:00:00", day=day).deduction_pct == Decimal("1.5")
    assert judged("ministry-2013", "in 07:30:00", day=day).deduction_pct == Decimal("1.5")
    assert judged("ministry-2013", day=day).deduction_pct == 5


@pytest.mark.parametrize(("days", "paid"), [(19, "5"), (20, "0"), (21, "0")], ids=["95 %", "100 %", "105 %"])
def test_table_2_at_most_100_a_month(days: int, paid: str) -> None:
    absent = Charge("day_absent", "ministry-2013.absence.2013-01-01", "S", days, Decimal(5 * days))
    rating = rate([absent], Assessment(1, Decimal(0), Decimal(100), Decimal(100), False), decrees.on("ministry-2013", TUESDAY))
    assert rating.discipline_pct == rating.tpp_pct == Decimal(paid)


@pytest.mark.parametrize(("kind", "start"), [("late", "07:30"), ("early", "16:30")], ids=["ITM", "IPC"])
@pytest.mark.parametrize(("minutes", "pct"), [(0, "0"), (1, "0.5"), (30, "0.5"), (31, "1"), (91, "1.5"), (600, "1.5")], ids=str)
def test_table_4_with_permission(kind: str, start: str, minutes: int, pct: str) -> None:
    """BKN 10/2022 art. 13: ITM and IPC 0.5 to 1.5 each; the minutes are in an annex that was not found."""
    law = decrees.on("bkn-10-2022", TUESDAY)
    bands = law.lateness_for(True) if kind == "late" else law.early_for(True)
    assert bands.pct(minutes) == Decimal(pct)
    assert bands.clause.code == f"bkn-10-2022.permitted_{kind}.2023-01-01"


@pytest.mark.parametrize(
    ("itm", "ipc", "pct"), [("0.5", "0.5", "1"), ("0.5", "1.5", "2"), ("1.5", "1.5", "3")], ids=["least", "sum", "most"]
)
def test_table_4_both_with_permission_cost_1_to_3(itm: str, ipc: str, pct: str) -> None:
    assert decrees.on("bkn-10-2022", TUESDAY).together.pct(Decimal(itm), Decimal(ipc)) == Decimal(pct)


def test_table_4_where_no_rule_is_known_permission_changes_nothing() -> None:
    law = decrees.on("bali", TUESDAY)
    assert (law.lateness_for(True), law.early_for(True)) == (law.lateness, law.early)


def test_table_5_absence() -> None:
    assert judged("bp2mi-2-2024").deduction_pct == 4


@pytest.mark.parametrize(
    ("arrived", "pct"),
    [("07:30:59", "0"), ("07:31:00", "0.5"), ("08:30:59", "0.5"), ("08:31:00", "1"), ("12:00:00", "1")],
    ids=["59 seconds", "1 minute", "60 minutes and 59 seconds, which the print leaves open", "61 minutes", "much later"],
)
def test_table_7_late(arrived: str, pct: str) -> None:
    assert late("bgn-4-2025", arrived) == Decimal(pct)


def test_table_8_a_missing_punch_is_as_more_than_90_minutes() -> None:
    law = decrees.on("infra-10-2025", TUESDAY)
    no_in, no_out = judged("infra-10-2025", "out 16:30:00"), judged("infra-10-2025", "in 07:30:00")
    assert no_in.deduction_pct == law.lateness.pct(91) == late("infra-10-2025", "09:01:00") != law.lateness.pct(90)
    assert no_out.deduction_pct == law.early.pct(91) != law.early.pct(90)


@pytest.mark.parametrize(("pct", "left"), [("99.5", "0.5"), ("100", "0"), ("100.5", "0"), ("300", "0")], ids=str)
def test_table_9_reductions_add_up_to_at_most_100(pct: str, left: str) -> None:
    half = Decimal(pct) / 2
    charges = [Charge("day_late", "x", "G", 9, half), Charge("day_absent", "y", "G", 9, half)]
    law = decrees.on("bapanas-23-2023", TUESDAY)
    rating = rate(charges, None, law)
    assert rating.discipline_pct == Decimal(left)
    cited = [line.clause for line in rating.breakdown if line.code == "rating_cap"]
    assert cited == ([law.cap.clause.code] if Decimal(pct) > 100 else [])


@pytest.mark.parametrize(
    ("said", "pct"),
    [
        pytest.param(("in 07:30:59", "out 16:30:00"), "0", id="on time"),
        pytest.param(("in 07:31:00", "out 16:30:00"), "4", id="late"),
        pytest.param(("in 07:30:00", "out 16:29:00"), "4", id="left early"),
        pytest.param(("in 07:30:00",), "4", id="one punch missing"),
        pytest.param(("in 07:31:00", "out 16:29:00"), "8", id="both"),
    ],
)
def test_table_11(said: tuple[str, ...], pct: str) -> None:
    assert judged("samarinda", *said).deduction_pct == Decimal(pct)


@pytest.mark.parametrize(("arrived", "pct"), [("07:59:59", "0"), ("08:00:00", "1"), ("08:01:00", "1")], ids=str)
def test_table_12(arrived: str, pct: str) -> None:
    assert late("sragen-2021", arrived) == Decimal(pct)


@pytest.mark.parametrize(("arrived", "pct"), [("07:30:59", "0"), ("07:31:00", "2.5"), ("11:00:00", "2.5")], ids=str)
def test_table_13(arrived: str, pct: str) -> None:
    assert late("dki", arrived) == Decimal(pct)


def test_table_13_and_the_formula_of_2020() -> None:
    assert [decrees.on("dki", day).tpp.variant for day in (date(2019, 12, 31), date(2020, 1, 1))] == ["C", "E"]


@pytest.mark.parametrize(("arrived", "pct"), [("07:30:59", "0"), ("07:31:00", "0.5"), ("08:00:59", "0.5")], ids=str)
def test_serang_half_a_per_cent_for_1_to_30_minutes(arrived: str, pct: str) -> None:
    assert late("serang", arrived) == Decimal(pct)


@pytest.mark.parametrize(
    ("arrived", "left", "late_min", "early_min"),
    [
        pytest.param("07:30:00", "16:30:00", 0, 0, id="on time"),
        pytest.param("07:55:00", "16:55:00", 0, 0, id="25 minutes, repaid the same day"),
        pytest.param("07:55:00", "16:54:00", 0, 1, id="not wholly repaid"),
        pytest.param("08:00:00", "17:00:00", 0, 0, id="the whole allowance of 30 minutes"),
        pytest.param("08:00:01", "17:00:00", 1, 0, id="a few seconds late count as late"),
        pytest.param("07:00:00", "16:00:00", 0, 30, id="coming earlier moves nothing"),
    ],
)
def test_menpanrb_6_2018(arrived: str, left: str, late_min: int, early_min: int) -> None:
    outcome = judged("menpanrb-6-2018", f"in {arrived}", f"out {left}")
    assert (outcome.late_min, outcome.early_min) == (late_min, early_min)


@pytest.mark.parametrize(
    ("cause", "day", "time", "paid"),
    [
        pytest.param("illness_or_death", 14, 1, "100", id="illness or death, day 14"),
        pytest.param("illness_or_death", 15, 1, "75", id="day 15"),
        pytest.param("illness_or_death", 16, 1, "75", id="day 16"),
        pytest.param("inheritance", 7, 1, "100", id="heirs' rights, day 7"),
        pytest.param("inheritance", 8, 1, "50", id="day 8"),
        pytest.param("marriage", 14, 1, "100", id="marriage, day 14"),
        pytest.param("marriage", 15, 1, "50", id="marriage, day 15"),
        pytest.param("birth", 10, 1, "100", id="wife's birth, day 10"),
        pytest.param("birth", 11, 1, "50", id="wife's birth, day 11"),
        pytest.param("nursing", 1, 2, "100", id="nursing, 2nd time"),
        pytest.param("nursing", 1, 3, "50", id="nursing, 3rd time"),
        pytest.param("nursing", 1, 4, "25", id="nursing, 4th time"),
        pytest.param("nursing", 1, 5, "25", id="and the 5th"),
        pytest.param(None, 30, 9, "100", id="a cause that the article does not name"),
    ],
)
def test_permendikdasmen_14_2025_article_29(cause: str | None, day: int, time: int, paid: str) -> None:
    """What is not paid is taken from 5 % a working day, which is this program's way to spread a month."""
    effect = decrees.on("dikdasmen-14-2025", TUESDAY).leave["important"]
    assert effect.pct_on(day, cause, time) == 5 * (100 - Decimal(paid)) / 100


@pytest.mark.parametrize(
    ("begun", "cause", "pct"),
    [
        pytest.param(date(2026, 11, 11), "illness_or_death", "0", id="the 14th calendar day"),
        pytest.param(date(2026, 11, 10), "illness_or_death", "1.25", id="the 15th: 25 % of 5"),
        pytest.param(date(2026, 11, 10), "marriage", "2.5", id="the 15th of a marriage: 50 % of 5"),
        pytest.param(date(2026, 11, 10), None, "0", id="no cause that the article names"),
    ],
)
def test_a_day_of_leave_costs_what_its_length_and_cause_say(begun: date, cause: str | None, pct: str) -> None:
    day = evidence(day=TUESDAY, decree="dikdasmen-14-2025", leave="important")
    asked = replace(day, leave=replace(day.leave, first_day=begun, cause=cause))
    law = decrees.on("dikdasmen-14-2025", TUESDAY)
    outcome = derive(asked, law)
    assert outcome.deduction_pct == Decimal(pct)
    assert outcome.lines[-1].clause.code == "dikdasmen-14-2025.leave.important.2025-01-01"
    assert fingerprint(asked, law) != fingerprint(replace(asked, leave=replace(asked.leave, time_of_year=2)), law)


def test_pain_22_late_and_early_rules_become_deductions_without_a_line_of_code(tmp_path: Path) -> None:
    """hrms#391, #675, #2858, #642, horilla#169: a new regulation is a clause in a file, and the day cites it."""
    words = (
        'code = "desa"\nname = "Desa"\nbasis = "indonesia"\n[[lateness]]\nsince = 2026-01-01\nrounding = "ceil"\n'
        'bands = [{ from_min = 1, to_min = 11, pct = "0.2" }, { from_min = 11, pct = "0.7" }]\nmissing = "1"\n'
        'source = "Perdes 1/2026 pasal 4"\nquality = "S"\n'
    )
    (tmp_path / "desa.toml").write_text(words, "utf-8")
    with laws.in_use(tmp_path):
        for arrived, pct in (("07:30:00", "0"), ("07:30:01", "0.2"), ("07:40:00", "0.2"), ("07:40:01", "0.7")):
            outcome = judged("desa", f"in {arrived}", "out 16:30:00")
            assert outcome.deduction_pct == Decimal(pct)
            cited = [(line.clause.code, line.clause.source) for line in outcome.lines if line.pct]
            assert cited == ([("desa.lateness.2026-01-01", "Perdes 1/2026 pasal 4")] if Decimal(pct) else [])
        assert judged("desa", "out 16:30:00").deduction_pct == 1


@pytest.mark.parametrize(("leaves", "pct"), [((), "100"), (("annual",), "100"), (("long",), "70")], ids=str)
def test_esdm_21_2014_article_17(leaves: tuple[str, ...], pct: str) -> None:
    """Long leave costs 30 % a month; annual leave is paid in full."""
    law = decrees.on("esdm-21-2014", TUESDAY)
    rating = rate([], None, law, Seen(leaves=frozenset(leaves)))
    assert rating.discipline_pct == Decimal(pct)
