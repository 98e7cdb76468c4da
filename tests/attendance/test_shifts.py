"""Days of several shifts, of flexible ones, of standby, and elsewhere: one record a day, with lines for each instance."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attendance.rules import Checkin, Status, derive, fingerprint
from app.texts import text
from app.workdays.rules import Break, RosterEntry, Shift, ShiftKind, workday_on
from tests.attendance.worlds import LAW, TUESDAY, WITA, at, evidence

MORNING, AFTERNOON = Shift("PAGI", time(8), time(12)), Shift("SORE", time(14), time(18))
STANDBY = Shift("SIAGA", time(18), time(6), ShiftKind.ON_CALL)
FLEXIBLE = Shift("LUWES", time(7), time(18), ShiftKind.FLEXIBLE, (Break(time(12), time(13)),), time(10), time(15), 450)
NEXT = TUESDAY + timedelta(days=1)


def day_of(*said: str, shifts=(MORNING, AFTERNOON), zone: str | None = None, closed: bool = True, unit_zone: str = WITA):
    known = evidence(*said, closed=closed)
    workday = workday_on(TUESDAY, unit_zone, LAW, None, RosterEntry(TUESDAY, shifts, zone))
    return replace(known, workday=workday)


def told(outcome) -> list[str]:
    return [line.code for line in outcome.lines]


@pytest.mark.parametrize(
    ("said", "late_min", "early_min", "pct", "lines"),
    [
        (
            ("in 07:55:00", "out 12:01:00", "in 13:58:00", "out 18:03:00"), 0, 0, "0",
            ["day_shift", "day_in", "day_out", "day_shift", "day_in", "day_out"],
        ),
        (
            ("in 08:10:00", "out 12:01:00", "in 14:40:00", "out 17:50:00"), 50, 10, "2",
            ["day_shift", "day_late", "day_out", "day_shift", "day_late", "day_early"],
        ),
        (
            ("in 07:55:00", "in 13:58:00", "out 18:03:00"), 0, 0, "1.5",
            ["day_shift", "day_in", "day_missing_out", "day_shift", "day_in", "day_out"],
        ),
        (
            ("in 07:55:00", "out 12:01:00"), 0, 0, "3.0",
            ["day_shift", "day_in", "day_out", "day_shift", "day_missing_in", "day_missing_out"],
        ),
        ((), 0, 0, "3", ["day_shift", "day_shift", "day_absent"]),
    ],
    ids=["both kept", "late twice, early once", "one check-out forgotten", "only the first", "absent is charged once"],
)  # fmt: skip
def test_each_shift_of_a_day_is_judged_by_its_own_hours(said, late_min, early_min, pct, lines):
    outcome = derive(day_of(*said), LAW)
    assert (outcome.late_min, outcome.early_min, outcome.deduction_pct) == (late_min, early_min, Decimal(pct))
    assert told(outcome) == lines


def test_a_day_of_two_shifts_runs_from_the_first_in_to_the_last_out():
    outcome = derive(day_of("in 07:55:00", "out 12:01:00", "in 13:58:00", "out 18:03:00"), LAW)
    assert (outcome.in_at, outcome.out_at, outcome.status) == (at("07:55:00"), at("18:03:00"), Status.PRESENT)


shifts_of_a_day = st.sampled_from(
    [(MORNING, AFTERNOON), (MORNING, STANDBY), (STANDBY,), (FLEXIBLE,), (MORNING, AFTERNOON, STANDBY)]
)
made = st.lists(
    st.builds(
        Checkin, st.uuids(), st.sampled_from(["in", "out"]),
        st.integers(-200, 2000).map(lambda minute: at("05:00:00") + timedelta(minutes=minute)), st.booleans(),
    ),
    max_size=8, unique_by=lambda found: found.checkin_id,
)  # fmt: skip


@given(shifts_of_a_day, made, st.randoms(), st.booleans())
def test_the_order_of_arrival_changes_nothing_and_the_per_cent_is_the_sum_of_its_lines(shifts, checkins, random, closed):
    known = replace(day_of(shifts=shifts, closed=closed), checkins=tuple(checkins))
    outcome = derive(known, LAW)
    shuffled = [*checkins, *checkins[:2]]
    random.shuffle(shuffled)
    again = replace(known, checkins=tuple(shuffled))
    assert derive(again, LAW) == outcome and fingerprint(again, LAW) == fingerprint(known, LAW)
    assert outcome.deduction_pct == sum((line.pct for line in outcome.lines), Decimal(0))
    assert all(line.clause is not None for line in outcome.lines if line.pct)


@given(shifts_of_a_day, made)
def test_every_check_in_of_a_working_day_is_reckoned_or_mentioned(shifts, checkins):
    """Nothing vanishes: what no shift takes and what does not count has a sentence of its own."""
    outcome = derive(replace(day_of(shifts=shifts), checkins=tuple(checkins)), LAW)
    mentioned = sum(line.code.startswith(("day_rejected", "day_outside")) for line in outcome.lines)
    assert mentioned >= sum(not found.counts for found in checkins)


@given(shifts_of_a_day, made)
def test_standby_alone_costs_nothing(shifts, checkins):
    owed = tuple(shift for shift in shifts if shift.kind is not ShiftKind.ON_CALL)
    outcome = derive(replace(day_of(shifts=shifts), checkins=tuple(checkins)), LAW)
    if not owed:
        assert (outcome.deduction_pct, outcome.late_min, outcome.early_min) == (0, 0, 0)
        assert outcome.status in (Status.OFF, Status.PRESENT)


def out(day, clock: str, number: int, direction: str = "out") -> Checkin:
    return Checkin(UUID(int=number), direction, at(clock, day), counts=True)


def test_a_call_out_is_counted_and_standby_without_one_is_a_day_off():
    quiet = derive(day_of(shifts=(STANDBY,)), LAW)
    assert (quiet.status, quiet.deduction_pct, told(quiet)) == (Status.OFF, 0, ["day_on_call", "day_off"])
    calls = (
        out(TUESDAY, "20:00:00", 50, "in"),
        out(TUESDAY, "21:30:00", 51),
        out(NEXT, "03:00:00", 52, "in"),
        out(NEXT, "04:10:00", 53),
    )
    called = derive(replace(day_of(shifts=(STANDBY,)), checkins=calls), LAW)
    assert (called.status, told(called)) == (Status.PRESENT, ["day_on_call", "day_call_out", "day_call_out"])
    assert [line.params["minutes"] for line in called.lines[1:]] == [90, 70]
    assert text("day_call_out", "id", **called.lines[1].params) == "Dipanggil bertugas pukul 20:00 sampai 21:30, 90 menit."


def test_a_call_out_without_check_out_is_said_and_costs_nothing():
    called = derive(replace(day_of(shifts=(STANDBY,)), checkins=(out(TUESDAY, "20:00:00", 50, "in"),)), LAW)
    assert told(called) == ["day_on_call", "day_call_out_open"] and called.deduction_pct == 0


def test_a_call_out_does_not_excuse_the_shift_one_owes():
    calls = (out(TUESDAY, "20:00:00", 50, "in"), out(TUESDAY, "21:30:00", 51))
    outcome = derive(replace(day_of(shifts=(MORNING, STANDBY)), checkins=calls), LAW)
    assert told(outcome)[:3] == ["day_shift", "day_missing_in", "day_missing_out"] and outcome.deduction_pct == Decimal("3.0")


@pytest.mark.parametrize(
    ("came", "left", "late_min", "early_min"),
    [
        ("07:00:00", "15:30:00", 0, 0), ("09:30:00", "18:00:00", 0, 0), ("09:31:00", "18:00:00", 1, 0),
        ("08:00:00", "16:29:00", 0, 1),
        ("07:00:00", "14:59:00", 0, 31), ("08:00:00", "16:30:00", 0, 0), ("11:00:00", "18:00:00", 90, 0),
    ],
    ids=str,
)  # fmt: skip
def test_a_flexible_shift_is_late_after_its_last_moment_and_early_before_its_minutes_are_worked(came, left, late_min, early_min):
    outcome = derive(day_of(f"in {came}", f"out {left}", shifts=(FLEXIBLE,)), LAW)
    assert (outcome.late_min, outcome.early_min) == (late_min, early_min)
    assert told(outcome)[:4] == ["day_shift", "day_core", "day_break", "day_flexi"]


def test_the_explanation_says_whose_wall_clock_judges():
    """A person of a WITA unit at work in WIB for a day: 07:55 on the clock there is in time."""
    outcome = derive(day_of("in 08:55:00", "out 19:00:00", shifts=(MORNING, AFTERNOON), zone="Asia/Jakarta"), LAW)
    assert (outcome.lines[0].code, outcome.lines[0].params) == ("day_elsewhere", {"zone": "WIB", "usual": "WITA"})
    assert outcome.lines[1].params == {"shift": "PAGI", "start": "08:00", "end": "12:00", "zone": "WIB"}
    assert outcome.lines[2].params == {"at": "07:55"} and outcome.late_min == 0
    at_home = derive(day_of("in 08:55:00", "out 19:00:00", shifts=(MORNING, AFTERNOON)), LAW)
    assert at_home.late_min == 55 and at_home.lines[0].params["zone"] == "WITA"


def test_the_fingerprint_knows_breaks_core_and_zone():
    plain = replace(FLEXIBLE, breaks=())
    found = {
        fingerprint(day_of(shifts=(shift,), zone=zone), LAW)
        for shift in (FLEXIBLE, plain, replace(FLEXIBLE, core_ends=time(14)), replace(FLEXIBLE, owed_min=440))
        for zone in (None, "Asia/Jakarta")
    }
    assert len(found) == 8


@pytest.mark.parametrize(
    ("site_zone", "roster_zone", "lines"),
    [
        (None, None, []),
        (WITA, None, []),
        ("Asia/Singapore", None, []),
        ("Asia/Jakarta", None, [("day_clock_there_in", "07:55", "06:55", "WIB"), ("day_clock_there_out", "12:01", "11:01", "WIB")]),
        ("Asia/Jakarta", "Asia/Jakarta", []),
    ],
    ids=["the site names none", "the same zone", "the same clocks", "an hour behind", "the roster names it"],
)
def test_a_check_in_made_where_the_clocks_differ_says_so_and_moves_no_hours(site_zone, roster_zone, lines):
    """Who travels without a roster that says so sees which zone judged him."""
    said = ("in 07:55:00", "out 12:01:00") if roster_zone is None else ("in 08:55:00", "out 13:01:00")
    known = day_of(*said, shifts=(MORNING,), zone=roster_zone)
    there = replace(known, checkins=tuple(replace(found, site_zone=site_zone) for found in known.checkins))
    outcome = derive(there, LAW)
    assert (outcome.late_min, outcome.early_min) == (0, 0)
    told_there = [line for line in outcome.lines if line.code.startswith("day_clock_there")]
    assert [(line.code, line.params["at"], line.params["there"], line.params["zone"]) for line in told_there] == lines
    assert (fingerprint(there, LAW) == fingerprint(known, LAW)) == (site_zone is None)
