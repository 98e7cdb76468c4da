"""The calendar of a demo."""

from datetime import date

import pytest

from app.demo.plan import Plan, plan_of


@pytest.mark.parametrize(
    "until, months, first, full",
    [
        (date(2026, 11, 23), 2, date(2026, 9, 24), date(2026, 10, 1)),
        (date(2026, 3, 31), 1, date(2026, 3, 1), date(2026, 3, 1)),
        (date(2026, 11, 30), 2, date(2026, 10, 1), date(2026, 11, 1)),
        (date(2026, 2, 1), 1, date(2026, 1, 2), None),
        (date(2026, 1, 15), 2, date(2025, 11, 16), date(2025, 12, 1)),
    ],
    ids=["mid-month", "a whole month", "two whole months", "no whole month", "over new year"],
)
def test_the_story_is_so_many_months_up_to_its_last_day(until, months, first, full):
    plan = Plan(200, months, 1, 5, until)
    assert plan.first_day == first
    assert (next(plan.days()), list(plan.days())[-1]) == (first, until)
    assert plan.last_full_month() == full


def test_the_ledger_keeps_the_plan():
    plan = Plan(200, 2, 7, 5, date(2026, 11, 23))
    assert plan_of(plan.told()) == plan
