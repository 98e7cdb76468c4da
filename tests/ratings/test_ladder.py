"""The ladder of PP 94/2021: how many days of absence lead where, one day before, on and after each step."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.attendance.rules import Status
from app.ratings.rules import Year, longest_run, reached
from app.ratings.rules.ladder import ABSENT, ENDS, PASSED_OVER

LADDER = decrees.on("bali", date(2026, 11, 24)).ladder
NEW_YEAR = date(2026, 1, 1)


def year(statuses: list[str], minutes: int = 0) -> Year:
    """A year that begins with these days."""
    return Year(1, tuple((NEW_YEAR + timedelta(days=number), status) for number, status in enumerate(statuses)), minutes)


def scattered(days: int) -> list[str]:
    """So many absent days, never two in a row."""
    return ["absent", "present"] * days


@pytest.mark.parametrize(
    ("days", "level", "sanction"),
    [
        pytest.param(0, None, None, id="no absence"),
        pytest.param(2, None, None, id="2 days, below the ladder"),
        pytest.param(3, "light", "oral_warning", id="PP 94/2021: 3 days"),
        pytest.param(4, "light", "written_warning", id="4 days"),
        pytest.param(6, "light", "written_warning", id="6 days"),
        pytest.param(7, "light", "statement", id="7 days"),
        pytest.param(10, "light", "statement", id="10 days, not in a row"),
        pytest.param(11, "medium", "cut_6_months", id="11 days"),
        pytest.param(13, "medium", "cut_6_months", id="13 days"),
        pytest.param(14, "medium", "cut_9_months", id="14 days"),
        pytest.param(16, "medium", "cut_9_months", id="16 days"),
        pytest.param(17, "medium", "cut_12_months", id="17 days"),
        pytest.param(20, "medium", "cut_12_months", id="20 days"),
        pytest.param(21, "heavy", "demotion", id="21 days"),
        pytest.param(24, "heavy", "demotion", id="24 days"),
        pytest.param(25, "heavy", "released", id="25 days"),
        pytest.param(27, "heavy", "released", id="27 days"),
        pytest.param(28, "heavy", "discharge", id="art. 11(2)d.3: 28 days"),
        pytest.param(100, "heavy", "discharge", id="and more"),
    ],
)
def test_pp_94_2021_days_of_a_year(days: int, level: str | None, sanction: str | None) -> None:
    found = reached(year(scattered(days)), LADDER)
    assert (found.days, found.level, found.sanction, found.run_until) == (days, level, sanction, None)


@pytest.mark.parametrize(
    ("statuses", "run", "sanction"),
    [
        pytest.param(["absent"] * 9, 9, "statement", id="nine in a row are nine days"),
        pytest.param(["absent"] * 10, 10, "discharge", id="art. 11(2)d.4: ten in a row"),
        pytest.param(["absent"] * 5 + ["off", "off"] + ["absent"] * 5, 10, "discharge", id="a weekend does not end a row"),
        pytest.param(["absent"] * 5 + ["holiday", "joint_leave"] + ["absent"] * 5, 10, "discharge", id="nor do holidays"),
        pytest.param(["absent"] * 9 + ["present"] + ["absent"], 9, "statement", id="a day present does"),
        pytest.param(["absent"] * 9 + ["leave"] + ["absent"], 9, "statement", id="and a day on leave"),
    ],
)
def test_pp_94_2021_days_in_a_row(statuses: list[str], run: int, sanction: str) -> None:
    found = reached(year(statuses), LADDER)
    assert (found.run, found.sanction, found.run_until is not None) == (run, sanction, run >= 10)


def test_the_day_on_which_the_row_was_full_is_named() -> None:
    assert reached(year(["absent"] * 12), LADDER).run_until == NEW_YEAR + timedelta(days=9)


@pytest.mark.parametrize(
    ("minutes", "days"), [(449, 0), (450, 1), (899, 1), (900, 2)], ids=["7 h 29", "7.5 hours", "14 h 59", "15 hours"]
)
def test_minutes_make_days_only_where_the_clause_says_so(minutes: int, days: int) -> None:
    """The 7.5 hours are read in the elucidation of the old PP 53/2010 only: an option, and not one of the shipped decrees."""
    assert reached(year([], minutes), LADDER).days == 0
    assert reached(year([], minutes), replace(LADDER, day_min=450, day_quality="G")).days == days
    assert all(decrees.on(code, date(2026, 11, 24)).ladder.day_min is None for code in decrees.codes())


def test_minutes_and_days_are_added() -> None:
    found = reached(year(scattered(2), 450), replace(LADDER, day_min=450))
    assert (found.absent_days, found.made_days, found.sanction) == (2, 1, "oral_warning")


def test_before_pp_94_2021_there_is_no_ladder() -> None:
    """The ladder of PP 53/2010 (5, 6-10, 11-15 …) is still quoted; it is not this one."""
    assert decrees.on("indonesia", date(2021, 8, 30)).ladder is None
    assert decrees.on("indonesia", date(2021, 8, 31)).ladder is not None


def test_of_every_status_it_is_said_whether_it_ends_a_row() -> None:
    assert set(Status) <= {ABSENT, *ENDS, *PASSED_OVER}
    with pytest.raises(ValueError, match="asleep"):
        longest_run(["asleep"])


@given(st.lists(st.sampled_from(["present", "absent", "off", "holiday", "leave"]), max_size=60))
def test_one_more_day_absent_never_lowers_what_is_reached(statuses: list[str]) -> None:
    order = [rung.sanction for rung in LADDER.rungs]

    def height(found) -> int:
        return -1 if found.sanction is None else order.index(found.sanction)

    assert height(reached(year([*statuses, "absent"]), LADDER)) >= height(reached(year(statuses), LADDER))
    assert longest_run(statuses) == reached(year(statuses), LADDER).run
