"""Which hours are owed on a day, and which day a check-in belongs to."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.workdays.rules import (
    OFFICE,
    Holiday,
    HolidayKind,
    Kind,
    RosterEntry,
    Shift,
    Workday,
    days_near,
    holiday_on,
    instance_holding,
    instant_of,
    workday_on,
)

BALI = "Asia/Makassar"
MONDAY = date(2026, 11, 23)
NIGHT = Shift("MALAM", time(22), time(6))
MORNING = Shift("PAGI", time(6), time(14))
EVENING = Shift("SORE", time(14), time(22))

# facts: SKB 1017/2024 for 2025 and SKB 1497/2025 for 2026; * = joint leave
PUBLISHED = {
    2025: """01-01 01-27 01-28* 01-29 03-28* 03-29 03-31 04-01 04-02* 04-03* 04-04* 04-07* 04-18 04-20 05-01 05-12 05-13*
             05-29 05-30* 06-01 06-06 06-09* 06-27 08-17 08-18* 09-05 12-25 12-26*""",
    2026: """01-01 01-16 02-16* 02-17 03-18* 03-19 03-20* 03-21 03-22 03-23* 03-24* 04-03 04-05 05-01 05-14 05-15* 05-27 05-28*
             05-31 06-01 06-16 08-17 08-25 12-24* 12-25""",
}


def owed(day: date, roster: RosterEntry | None = None, zone: str = BALI, holiday: Holiday | None = None) -> Workday:
    """The workday under the law of Bali on a day it covers."""
    return workday_on(day, zone, decrees.on("bali", day), holiday, roster)


def guard(day: date, *shifts: Shift | None, zone: str = BALI) -> Workday:
    """The workday of somebody on a roster, at night unless told otherwise; None is rest."""
    return owed(day, RosterEntry(day, tuple(shift for shift in shifts or (NIGHT,) if shift)), zone)


def day_holding(at: datetime, direction: str, workdays) -> Workday | None:
    """The workday of the shift that holds the instant."""
    found = instance_holding(at, direction, [instance for day in workdays for instance in day.instances])
    return found and next(day for day in workdays if found in day.instances)


def local(day: date, clock: str, zone: str = BALI) -> datetime:
    """An instant written as wall clock."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)


# Calendars


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_day_of_the_joint_decree_and_no_other_is_a_holiday(year):
    printed = {}
    for word in PUBLISHED[year].split():
        kind = HolidayKind.JOINT_LEAVE if word.endswith("*") else HolidayKind.NATIONAL
        printed[date.fromisoformat(f"{year}-{word.rstrip('*')}")] = kind
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    computed = {day: found.kind for day in days if (found := holiday_on(day, {}))}
    assert computed == printed


def test_a_holiday_says_its_name_and_who_declared_it():
    found = holiday_on(date(2026, 3, 18), {})
    assert "Nyepi" in found.name and found.name.startswith("Cuti Bersama") and "SKB 3 Menteri 2026" in found.source


def test_the_table_wins_over_the_library_and_can_cancel_it():
    day = date(2026, 8, 17)
    local_day = Holiday(day, HolidayKind.JOINT_LEAVE, "Pilkada", "Keputusan Gubernur")
    cancelled = Holiday(day, HolidayKind.WORKDAY, "Tetap masuk", "SE Gubernur")
    assert holiday_on(day, {day: local_day}) == local_day
    assert holiday_on(day, {day: cancelled}) is None
    assert holiday_on(MONDAY, {MONDAY: replace(local_day, day=MONDAY)}).name == "Pilkada"


def test_a_year_without_a_joint_decree_still_has_its_fixed_holidays():
    assert holiday_on(date(2031, 8, 17), {}).kind == HolidayKind.NATIONAL


# What is owed


@pytest.mark.parametrize(
    ("day", "starts", "ends"),
    [(MONDAY, "07:30", "16:30"), (date(2026, 11, 27), "07:30", "14:30"), (date(2025, 3, 10), "08:00", "15:30")],
    ids=["art. 3 Monday", "art. 3 Friday", "art. 3(3) Ramadan"],
)
def test_office_hours_are_those_of_pergub_58_2023(day, starts, ends):
    found = owed(day)
    assert (found.kind, found.shift, found.start_at, found.end_at) == (Kind.WORK, OFFICE, local(day, starts), local(day, ends))
    assert found.instances[0].clause == decrees.on("bali", day).hours.clause.code


def test_the_window_opens_and_closes_as_the_decree_says():
    decree = decrees.on("bali", MONDAY)
    found = owed(MONDAY)
    assert found.start_at - found.opens_at == timedelta(minutes=decree.opens_before_min)
    assert found.closes_at - found.end_at == timedelta(minutes=decree.closes_after_min)


@pytest.mark.parametrize("zone, utc", [("Asia/Jakarta", "00:30"), ("Asia/Makassar", "23:30"), ("Asia/Jayapura", "22:30")])
def test_half_past_seven_is_local_in_all_three_zones(zone, utc):
    assert owed(MONDAY, zone=zone).start_at.strftime("%H:%M") == utc


def test_nothing_is_owed_on_weekends_holidays_joint_leave_and_rest_days():
    holiday = Holiday(MONDAY, HolidayKind.NATIONAL, "Nyepi", "SKB")
    joint = replace(holiday, kind=HolidayKind.JOINT_LEAVE)
    found = [
        owed(date(2026, 11, 28)),
        owed(MONDAY, holiday=holiday),
        owed(MONDAY, holiday=joint),
        guard(MONDAY, None),
    ]
    assert [day.kind for day in found] == [Kind.OFF, Kind.HOLIDAY, Kind.JOINT_LEAVE, Kind.OFF]
    assert {value for day in found for value in (day.shift, day.start_at, day.end_at, day.opens_at, day.closes_at)} == {None}
    assert found[1].note == "Nyepi"


def test_a_guard_on_the_roster_works_on_a_holiday_and_on_a_sunday():
    holiday = Holiday(date(2026, 11, 22), HolidayKind.NATIONAL, "Nyepi", "SKB")
    found = owed(holiday.day, RosterEntry(holiday.day, (NIGHT,)), holiday=holiday)
    assert (found.kind, found.shift, found.note, found.instances[0].clause) == (Kind.WORK, "MALAM", "Nyepi", None)


@pytest.mark.parametrize(
    ("shift", "hours"),
    [(NIGHT, 8), (Shift("PENUH", time(7), time(7)), 24), (MORNING, 8), (Shift("X", time(0), time(0)), 24)],
    ids=str,
)
def test_a_shift_that_ends_at_or_before_its_start_ends_the_next_day(shift, hours):
    found = guard(MONDAY, shift)
    assert found.end_at - found.start_at == timedelta(hours=hours)


# Clocks that jump

GAP, OVERLAP = date(2026, 3, 29), date(2026, 10, 25)  # Europe/Berlin: 02:00 -> 03:00, and 03:00 -> 02:00


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (GAP, "01:59", "00:59"), (GAP, "02:00", "01:00"), (GAP, "02:30", "01:00"), (GAP, "02:59:59", "01:00"),
        (GAP, "03:00", "01:00"), (GAP, "03:01", "01:01"), (OVERLAP, "01:59", "23:59"), (OVERLAP, "02:00", "00:00"),
        (OVERLAP, "02:30", "00:30"), (OVERLAP, "03:00", "02:00"),
    ],
    ids=str,
)  # fmt: skip
def test_a_skipped_hour_is_the_skip_and_a_doubled_hour_its_first_time(day, clock, utc):
    assert instant_of(day, time.fromisoformat(clock), "Europe/Berlin").strftime("%H:%M:%S") == f"{utc}:00"


@pytest.mark.parametrize(("day", "hours"), [(GAP, 7), (OVERLAP, 9)], ids=["spring", "autumn"])
def test_the_night_the_clock_changes_is_an_hour_shorter_or_longer(day, hours):
    found = guard(day - timedelta(days=1), zone="Europe/Berlin")
    assert found.end_at - found.start_at == timedelta(hours=hours)


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", BALI]),
    st.dates(date(2025, 1, 1), date(2027, 12, 30)),
    st.times(), st.times(),
)  # fmt: skip
def test_a_later_wall_time_is_never_an_earlier_instant(zone, day, one, other):
    early, late = sorted((one.replace(microsecond=0), other.replace(microsecond=0)))
    assert instant_of(day, early, zone) <= instant_of(day, late, zone) < instant_of(day + timedelta(days=1), late, zone)


@given(st.sampled_from([GAP, OVERLAP]), st.times(time(0), time(5)))
def test_a_guard_is_relieved_at_the_instant_the_next_one_begins(day, clock):
    clock = clock.replace(microsecond=0)
    leaving = guard(day - timedelta(days=1), Shift("A", time(20), clock), zone="Europe/Berlin")
    coming = guard(day, Shift("B", clock, time(12)), zone="Europe/Berlin")
    assert leaving.end_at == coming.start_at


# The day an instant belongs to

shifts = st.one_of(
    st.none(),
    st.sampled_from([NIGHT, MORNING, EVENING, Shift("PENUH", time(7), time(7))]),
    st.builds(lambda starts, ends: Shift("ACAK", starts, ends), *(st.integers(0, 23).map(time) for _ in range(2))),
)
rosters = st.lists(shifts, min_size=5, max_size=5).map(
    lambda week: [guard(MONDAY + timedelta(days=n), s) for n, s in enumerate(week)]
)
minutes = st.integers(-1440, 6 * 1440).map(lambda minute: local(MONDAY, "00:00") + timedelta(minutes=minute))
directions = st.sampled_from(["in", "out"])


@given(rosters, minutes, directions, st.randoms())
def test_at_most_one_day_holds_an_instant_and_its_window_is_open(workdays, at, direction, random):
    found = day_holding(at, direction, workdays)
    open_ones = [day for day in workdays if day.kind == Kind.WORK and day.opens_at <= at < day.closes_at]
    assert (found is None) == (not open_ones)
    assert found is None or found in open_ones
    shuffled = list(workdays)
    random.shuffle(shuffled)
    assert day_holding(at, direction, shuffled) == found


@given(rosters, minutes, directions)
def test_the_days_near_an_instant_are_all_that_can_hold_it(workdays, at, direction):
    near = [day for day in workdays if day.day in days_near(at, BALI)]
    assert day_holding(at, direction, near) == day_holding(at, direction, workdays)


def test_who_comes_before_midnight_for_a_shift_after_it_belongs_to_the_coming_day():
    after_midnight = Shift("DINI", time(0, 30), time(8))
    at = local(MONDAY, "23:50")
    near = [guard(day, after_midnight) for day in days_near(at, BALI)]
    assert day_holding(at, "in", near).day == MONDAY + timedelta(days=1)


@given(rosters, minutes)
def test_no_other_open_shift_starts_nearer_to_an_in_or_ends_nearer_to_an_out(workdays, at):
    open_ones = [day for day in workdays if day.kind == Kind.WORK and day.opens_at <= at < day.closes_at]
    for direction, edge in (("in", "start_at"), ("out", "end_at")):
        found = day_holding(at, direction, workdays)
        assert all(abs(at - getattr(found, edge)) <= abs(at - getattr(other, edge)) for other in open_ones)


def test_the_window_is_half_open():
    found = owed(MONDAY)
    second = timedelta(seconds=1)
    edges = [(found.opens_at - second, None), (found.opens_at, found), (found.closes_at - second, found), (found.closes_at, None)]
    for direction in ("in", "out"):
        assert [day_holding(at, direction, [found]) for at, _ in edges] == [held for _, held in edges]


@given(st.integers(0, 90))
def test_a_forgotten_check_out_never_moves_the_next_days_check_in(early_min):
    """The rival's bug: the morning's `in` closes yesterday's open record, and the person is flipped for days."""
    week = [owed(MONDAY + timedelta(days=n)) for n in range(5)]
    for today in week[1:]:
        assert day_holding(today.start_at - timedelta(minutes=early_min), "in", week) == today


def test_an_overnight_guards_check_out_at_six_belongs_to_yesterdays_shift():
    week = [guard(MONDAY + timedelta(days=n)) for n in range(4)]
    tuesday = MONDAY + timedelta(days=1)
    assert day_holding(local(tuesday, "06:00"), "out", week).day == MONDAY
    assert day_holding(local(tuesday, "06:20"), "out", week).day == MONDAY
    assert day_holding(local(tuesday, "21:50"), "in", week).day == tuesday
    assert day_holding(local(tuesday, "00:10"), "in", week).day == MONDAY


def test_a_double_shift_gives_each_direction_its_own_shift():
    night, morning = guard(MONDAY, NIGHT), guard(MONDAY + timedelta(days=1), MORNING)
    six = local(MONDAY + timedelta(days=1), "06:00")
    assert day_holding(six, "out", [night, morning]) == night
    assert day_holding(six, "in", [night, morning]) == morning


def test_at_equal_distance_people_are_taken_to_come_early_and_to_leave_late():
    day = guard(MONDAY, Shift("A", time(6), time(10)), Shift("B", time(10), time(14)))
    wide = {"opens_at": local(MONDAY, "05:00"), "closes_at": local(MONDAY, "20:00")}
    first, second = (replace(instance, **wide) for instance in day.instances)
    for instances in ([first, second], [second, first]):
        assert instance_holding(local(MONDAY, "08:00"), "in", instances) == second
        assert instance_holding(local(MONDAY, "12:00"), "out", instances) == first


def test_an_instant_on_a_day_without_hours_belongs_to_no_day():
    sunday = owed(date(2026, 11, 22))
    assert day_holding(local(sunday.day, "09:00"), "in", [sunday]) is None
