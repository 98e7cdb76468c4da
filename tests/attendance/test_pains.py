"""What users of other systems suffer from, each pain a test named after it.

test_corrections has pains 20 and 21 over HTTP, test_reading has pain 17.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attendance.rules import Checkin, Correction, Evidence, Status, derive, fingerprint, inputs_of
from app.workdays.rules import Leave, LeaveKind, Part, RosterEntry, instance_holding, workday_on
from tests.attendance import worlds
from tests.attendance.worlds import CHRISTMAS, LAW, NIGHT_WATCH, TUESDAY, WITA, at, evidence

WEDNESDAY = TUESDAY + timedelta(days=1)


def test_pain_1_a_forgotten_check_out_does_not_turn_tomorrow_s_check_in_into_a_check_out() -> None:
    days = [evidence(day=day).workday.instances[0] for day in (TUESDAY, WEDNESDAY)]
    held = instance_holding(at("07:20:00", WEDNESDAY), "in", days)
    assert held is days[1]
    forgot = derive(evidence("in 07:20:00"), LAW)
    assert (forgot.status, [line.code for line in forgot.lines if line.pct]) == (Status.PRESENT, ["day_missing_out"])
    assert derive(evidence("in 07:20:00", "out 16:30:00", day=WEDNESDAY), LAW).deduction_pct == 0


def test_pain_2_valid_check_ins_of_an_overnight_shift_are_not_marked_absent() -> None:
    out = Checkin(UUID(int=9), "out", at("07:00:00", WEDNESDAY), counts=True)
    night = evidence("in 18:55:00", shift=NIGHT_WATCH)
    outcome = derive(replace(night, checkins=(*night.checkins, out)), LAW)
    assert (outcome.status, outcome.deduction_pct) == (Status.PRESENT, 0)


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/New_York"])
def test_pain_3_a_night_belongs_to_the_day_it_began_whatever_the_zone(zone: str) -> None:
    workday = workday_on(TUESDAY, zone, LAW, None, RosterEntry(TUESDAY, (NIGHT_WATCH,)))
    hours = (TUESDAY, time(18, 55), "in"), (WEDNESDAY, time(7), "out")
    made = tuple(
        Checkin(UUID(int=n), way, datetime.combine(day, clock, ZoneInfo(zone)), counts=True)
        for n, (day, clock, way) in enumerate(hours)
    )
    outcome = derive(Evidence(workday, made, None, closed=True), LAW)
    assert (outcome.status, outcome.late_min, outcome.early_min) == (Status.PRESENT, 0, 0)


def test_pain_4_each_zone_has_its_own_half_past_seven() -> None:
    starts = [workday_on(TUESDAY, zone, LAW, None, None).instances[0].start_at for zone in ("Asia/Jakarta", WITA, "Asia/Jayapura")]
    assert [start - starts[0] for start in starts] == [timedelta(0), timedelta(hours=-1), timedelta(hours=-2)]


def test_pain_19_leave_holiday_and_check_ins_do_not_contradict_each_other() -> None:
    made = ("in 08:10:00", "out 16:00:00")
    assert derive(evidence(*made, leave="annual"), LAW).deduction_pct == 0
    assert derive(evidence(*made, holiday=CHRISTMAS, leave="annual"), LAW).status is Status.HOLIDAY
    half = replace(evidence("in 12:00:00", "out 16:30:00"), leave=Leave(1, LeaveKind.ANNUAL, TUESDAY, TUESDAY, Part.MORNING))
    assert (derive(half, LAW).status, derive(half, LAW).deduction_pct) == (Status.PRESENT, 0)


def test_pain_20_a_correction_is_a_time_and_keeps_the_recorded_one() -> None:
    day = evidence("in 08:10:00", "out 16:30:00")
    outcome = derive(replace(day, corrections=(Correction(1, "in", at("07:45:00"), inputs_of(day, "in")),)), LAW)
    assert (outcome.late_min, outcome.lines[-1].params) == (15, {"at": "07:45", "recorded": "08:10"})


def test_pain_21_deriving_again_destroys_no_decision() -> None:
    day = evidence("in 08:10:00")
    decided = replace(day, corrections=(Correction(1, "in", at("07:20:00"), inputs_of(day, "in")),))
    later = replace(decided, checkins=(*decided.checkins, *evidence("in 09:00:00", "out 16:30:00").checkins[1:]))
    assert [derive(known, LAW).late_min for known in (decided, decided, later)] == [0, 0, 0]


@given(worlds.histories())
def test_pain_22_lateness_becomes_a_deduction_by_clauses_that_add_up_to_it(history: Evidence) -> None:
    outcome = derive(history, LAW)
    clauses = {clause.code: clause for clause in (LAW.lateness.clause, LAW.early.clause, LAW.absence.clause)}
    cited = [line for line in outcome.lines if line.pct]
    assert {line.clause.code for line in cited if line.clause} <= set(clauses) and all(line.clause for line in cited)
    priced = {band.pct for bands in (LAW.lateness, LAW.early) for band in bands.bands} | {
        LAW.lateness.missing_pct, LAW.early.missing_pct, LAW.absence.pct,
    }  # fmt: skip
    assert {line.pct for line in cited} <= priced
    assert outcome.deduction_pct == sum((line.pct for line in cited), Decimal(0))


@given(worlds.histories(closed=True), st.data())
def test_splitting_into_batches_changes_nothing(history: Evidence, data) -> None:
    """Whatever of the day was known and derived before, the day that knows everything comes out the same."""
    cut = data.draw(st.integers(0, len(history.checkins)))
    first, second = history.checkins[:cut], history.checkins[cut:]
    derive(replace(history, checkins=first), LAW)
    again = replace(history, checkins=second + first + second)
    assert (derive(again, LAW), fingerprint(again, LAW)) == (derive(history, LAW), fingerprint(history, LAW))
