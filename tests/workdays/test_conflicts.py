"""Shifts that one person cannot or may not work both."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.workdays.rules import RestRule, RosterEntry, Shift, ShiftKind, conflicts_of, rest_rule_at, workday_on

MONDAY = date(2026, 11, 23)
ELEVEN_HOURS = RestRule(660, "Instruksi kepala rumah sakit")
MORNING, EVENING, NIGHT = Shift("PAGI", time(6), time(14)), Shift("SORE", time(14), time(22)), Shift("MALAM", time(22), time(6))
LATE, STANDBY = Shift("LARUT", time(13), time(21)), Shift("SIAGA", time(18), time(6), ShiftKind.ON_CALL)
OFFICE = Shift("KANTOR", time(5, 30), time(16))


def instances(*week: tuple[Shift, ...]):
    days = [
        workday_on(day, "Asia/Makassar", decrees.on("bali", day), None, RosterEntry(day, shifts))
        for day, shifts in ((MONDAY + timedelta(days=n), shifts) for n, shifts in enumerate(week))
    ]
    return [instance for day in days for instance in day.instances]


@pytest.mark.parametrize(
    ("week", "rule", "found"),
    [
        (((MORNING,), (MORNING,)), ELEVEN_HOURS, []),
        (((EVENING,), (MORNING,)), ELEVEN_HOURS, [("SORE", "PAGI", 480)]),
        (((EVENING,), (MORNING,)), RestRule(480, "x"), []),
        (((EVENING,), (MORNING,)), RestRule(481, "x"), [("SORE", "PAGI", 480)]),
        (((EVENING,), (MORNING,)), None, []),
        (((NIGHT,), (MORNING,)), None, []),
        (((NIGHT,), (OFFICE,)), None, [("MALAM", "KANTOR", -30)]),
        (((MORNING, LATE),), None, [("PAGI", "LARUT", -60)]),
        (((MORNING, EVENING),), ELEVEN_HOURS, []),
        (((EVENING, STANDBY),), None, [("SORE", "SIAGA", -240)]),
        (((STANDBY,), (MORNING,)), ELEVEN_HOURS, []),
        (((EVENING,), (STANDBY,), (MORNING,)), ELEVEN_HOURS, []),
    ],
    ids=["16 hours", "8 of 11 hours", "just enough", "a minute too little", "no rule, no rest", "the night before a morning",
         "half an hour of both", "two at once", "a split shift needs no rest", "nobody is on call while on duty", "standby is rest",
         "standby between"],
)  # fmt: skip
def test_two_shifts_conflict(week, rule, found):
    assert [(one.before.shift, one.after.shift, one.rest_min) for one in conflicts_of(instances(*week), rule)] == found


shifts = st.lists(st.sampled_from([MORNING, EVENING, NIGHT, LATE, STANDBY, OFFICE]), max_size=2, unique=True).map(tuple)
weeks = st.lists(shifts, min_size=3, max_size=5)
rest = st.one_of(st.none(), st.integers(0, 1440).map(lambda minutes: RestRule(minutes, "x")))


@given(weeks, rest, st.randoms())
def test_every_pair_is_looked_at_in_whatever_order_they_come(week, rule, random):
    owned = instances(*week)
    expected = set()
    for one in owned:
        for other in owned:
            if one is not other and (one.start_at, one.end_at, one.shift) < (other.start_at, other.end_at, other.shift):
                gap_min = (other.start_at - one.end_at) // timedelta(minutes=1)
                needs_rest = rule and one.is_owed and other.is_owed and one.day != other.day
                if gap_min < 0 or (needs_rest and gap_min < rule.min_rest_min):
                    expected.add((one, other))
    random.shuffle(owned)
    assert {(found.before, found.after) for found in conflicts_of(owned, rule)} == expected


@given(weeks, st.integers(0, 1439))
def test_more_rest_never_removes_a_conflict(week, minutes):
    owned = instances(*week)
    less, more = (
        {(found.before, found.after) for found in conflicts_of(owned, RestRule(demanded, "x"))}
        for demanded in (minutes, minutes + 1)
    )
    assert less <= more


def test_the_nearest_unit_above_says_how_much_rest():
    own, above = RestRule(480, "RSUD"), RestRule(660, "Provinsi")
    known = {"BALI": above, "BALI.RSUD": own}
    assert rest_rule_at("BALI.RSUD.UGD", known) == own and rest_rule_at("BALI.DISHUB", known) == above
    assert rest_rule_at("BADUNG.RSUD", known) is None
