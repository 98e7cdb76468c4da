"""Shift instances: which one a check-in belongs to, what a flexible one owes, and clocks that jump or differ."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.workdays.rules import (
    Break,
    Kind,
    RosterEntry,
    Shift,
    ShiftKind,
    days_near,
    flaw_of,
    hours_for,
    instance_holding,
    workday_on,
)

WITA, BERLIN, NEW_YORK = "Asia/Makassar", "Europe/Berlin", "America/New_York"
MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
LAW = decrees.on("bali", MONDAY)
HOUR = timedelta(hours=1)

MORNING = Shift("PAGI", time(8), time(12))
AFTERNOON = Shift("SORE", time(14), time(18))
NIGHT = Shift("MALAM", time(22), time(6))
STANDBY = Shift("SIAGA", time(18), time(6), ShiftKind.ON_CALL)
FLEXIBLE = Shift(
    "LUWES", time(7), time(18), ShiftKind.FLEXIBLE, (Break(time(12), time(13)),), time(10), time(15), owed_min=450
)  # fmt: skip


def local(day: date, clock: str, zone: str = WITA) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)


def clock(at: datetime, zone: str = WITA) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def rostered(day: date, *shifts: Shift, zone: str = WITA, elsewhere: str | None = None):
    return workday_on(day, zone, decrees.on("bali", day), None, RosterEntry(day, shifts, elsewhere))


def held(at: datetime, direction: str, *workdays) -> tuple[date, str] | None:
    found = instance_holding(at, direction, [instance for day in workdays for instance in day.instances])
    return found and (found.day, found.shift)


# Several a day


def test_two_shifts_of_a_day_are_two_instances_in_order_of_time():
    day = rostered(MONDAY, AFTERNOON, MORNING)
    assert [instance.shift for instance in day.instances] == ["PAGI", "SORE"] and day.shift == "PAGI+SORE"
    assert (clock(day.start_at), clock(day.end_at), clock(day.opens_at)) == ("08:00", "18:00", "05:00")


@pytest.mark.parametrize(
    ("at", "direction", "shift"),
    [
        ("07:40", "in", "PAGI"), ("10:59", "in", "PAGI"), ("11:01", "in", "SORE"), ("13:50", "in", "SORE"), ("15:30", "in", "SORE"),
        ("11:30", "out", "PAGI"), ("12:05", "out", "PAGI"), ("14:59", "out", "PAGI"),
        ("15:01", "out", "SORE"), ("18:20", "out", "SORE"),
    ],
    ids=str,
)  # fmt: skip
def test_a_check_in_belongs_to_the_shift_of_the_day_whose_edge_is_nearest(at, direction, shift):
    assert held(local(MONDAY, at), direction, rostered(MONDAY, MORNING, AFTERNOON)) == (MONDAY, shift)


anyhow = st.lists(
    st.sampled_from([(), (MORNING,), (AFTERNOON,), (NIGHT,), (MORNING, AFTERNOON), (STANDBY,), (FLEXIBLE,), (MORNING, NIGHT)]),
    min_size=6, max_size=6,
).map(lambda week: [rostered(MONDAY + timedelta(days=n), *shifts) for n, shifts in enumerate(week)])  # fmt: skip
instants = st.integers(-1440, 7 * 1440).map(lambda minute: local(MONDAY, "00:00") + timedelta(minutes=minute))


@given(anyhow, instants, st.sampled_from(["in", "out"]), st.randoms())
def test_at_most_one_instance_holds_an_instant_in_whatever_order_they_come(week, at, direction, random):
    instances = [instance for day in week for instance in day.instances]
    found = instance_holding(at, direction, instances)
    assert (found is None) == (not any(own.opens_at <= at < own.closes_at for own in instances))
    assert found is None or found.opens_at <= at < found.closes_at
    random.shuffle(instances)
    assert instance_holding(at, direction, instances) == found


@given(anyhow, instants, st.sampled_from(["in", "out"]))
def test_the_days_near_an_instant_hold_every_instance_that_can_hold_it(week, at, direction):
    near = [day for day in week if day.day in days_near(at, WITA)]
    assert held(at, direction, *near) == held(at, direction, *week)


def test_a_shift_of_a_whole_day_still_holds_the_check_out_on_the_second_morning():
    whole = rostered(MONDAY, Shift("PENUH", time(23), time(23)))
    late = local(MONDAY + timedelta(days=2), "05:30")
    assert MONDAY in days_near(late, WITA) and held(late, "out", whole) == (MONDAY, "PENUH")


@given(anyhow, st.data())
def test_a_forgotten_check_out_never_flips_a_later_shift(week, data):
    """Pain 1 (hrms#3353, odoo#29645): whichever check-outs are forgotten, every check-in made is in the shift it was made for."""
    instances = [instance for day in week for instance in day.instances if instance.is_owed]
    came = [(own, "in", own.start_at + timedelta(minutes=data.draw(st.integers(-60, 30)))) for own in instances]
    left = [
        (own, "out", own.end_at + timedelta(minutes=data.draw(st.integers(0, 60)))) for own in instances if data.draw(st.booleans())
    ]
    assert [held(at, direction, *week) for _, direction, at in (*came, *left)] == [
        (own.day, own.shift) for own, *_ in (*came, *left)
    ]


@pytest.mark.parametrize("shifts", [(MORNING,), (NIGHT,), (MORNING, AFTERNOON), (FLEXIBLE,)], ids=lambda shifts: shifts[0].code)
@given(early_min=st.integers(0, 89))
def test_who_comes_in_time_the_next_day_is_in_the_next_days_shift(shifts, early_min):
    week = [rostered(MONDAY + timedelta(days=n), *shifts) for n in range(4)]
    for day in week[1:]:
        for instance in day.instances:
            at = instance.start_at - timedelta(minutes=early_min)
            assert held(at, "in", *week) == (day.day, instance.shift)


# On call


def test_standby_owes_nothing_and_opens_when_it_begins():
    day = rostered(MONDAY, STANDBY)
    (instance,) = day.instances
    assert (day.kind, instance.is_owed, instance.opens_at) == (Kind.ON_CALL, False, instance.start_at)
    assert rostered(MONDAY, MORNING, STANDBY).kind == Kind.WORK


@pytest.mark.parametrize(
    ("at", "direction", "expected"),
    [
        ((MONDAY, "21:00"), "in", (MONDAY, "SIAGA")), ((TUESDAY, "02:00"), "in", (MONDAY, "SIAGA")),
        ((TUESDAY, "03:30"), "out", (MONDAY, "SIAGA")), ((TUESDAY, "07:45"), "in", (TUESDAY, "PAGI")),
    ],
    ids=str,
)  # fmt: skip
def test_a_call_out_belongs_to_the_standby_and_the_morning_after_to_its_shift(at, direction, expected):
    days = rostered(MONDAY, MORNING, STANDBY), rostered(TUESDAY, MORNING)
    assert held(local(*at), direction, *days) == expected


# Flexible


@pytest.mark.parametrize(
    ("came", "latest", "ends"),
    [
        ("06:40", "09:30", "15:30"), ("07:00", "09:30", "15:30"), ("08:00", "09:30", "16:30"), ("09:30", "09:30", "18:00"),
        ("11:00", "09:30", "18:00"), (None, "09:30", "15:30"),
    ],
    ids=str,
)  # fmt: skip
def test_a_flexible_shift_ends_when_its_minutes_are_worked(came, latest, ends):
    (instance,) = rostered(MONDAY, FLEXIBLE).instances
    owed = hours_for(instance, came and local(MONDAY, came), LAW)
    assert (clock(owed.start_at), clock(owed.end_at)) == (latest, ends)
    assert (owed.opens_at, owed.closes_at) == (instance.opens_at, instance.closes_at)


@pytest.mark.parametrize(("came", "latest", "ends"), [("07:00", "10:00", "15:00"), ("10:30", "10:00", "15:00")], ids=str)
def test_everybody_is_there_in_the_core_however_few_minutes_he_owes(came, latest, ends):
    (instance,) = rostered(MONDAY, replace(FLEXIBLE, owed_min=180)).instances
    owed = hours_for(instance, local(MONDAY, came), LAW)
    assert (clock(owed.start_at), clock(owed.end_at)) == (latest, ends)


@given(st.integers(420, 570))
def test_who_comes_in_time_works_the_owed_minutes_and_the_core(minute):
    (instance,) = rostered(MONDAY, FLEXIBLE).instances
    came = local(MONDAY, f"{minute // 60:02}:{minute % 60:02}")
    owed = hours_for(instance, came, LAW)
    pause_s = sum(max(0.0, (min(ends, owed.end_at) - max(begins, came)).total_seconds()) for begins, ends in instance.breaks)
    assert (owed.end_at - came).total_seconds() - pause_s >= 450 * 60
    assert owed.end_at >= local(MONDAY, "15:00") and owed.start_at >= came


@pytest.mark.parametrize(
    ("shift", "flaw"),
    [
        (FLEXIBLE, None), (NIGHT, None), (STANDBY, None),
        (Shift("A", time(22), time(6), breaks=(Break(time(2), time(2, 30)),)), None),
        (Shift("A", time(8), time(16), breaks=(Break(time(15, 30), time(16, 30)),)), "shift_break_outside"),
        (Shift("A", time(8), time(16), breaks=(Break(time(12), time(13)), Break(time(12, 30), time(14)))), "shift_breaks_overlap"),
        (Shift("A", time(8), time(16), owed_min=60), "shift_only_flexible"),
        (Shift("A", time(8), time(16), ShiftKind.ON_CALL, (Break(time(12), time(13)),)), "shift_standby_break"),
        (Shift("A", time(7), time(18), ShiftKind.FLEXIBLE, owed_min=450), "shift_needs_core"),
        (Shift("A", time(7), time(18), ShiftKind.FLEXIBLE, (), time(10), time(19), 450), "shift_core_outside"),
        (replace(FLEXIBLE, owed_min=601), "shift_owes_too_much"), (replace(FLEXIBLE, owed_min=600), None),
    ],
    ids=lambda value: str(value) if isinstance(value, str | None) else value.code,
)  # fmt: skip
def test_hours_that_nobody_could_work_are_named(shift, flaw):
    assert flaw_of(shift) == flaw


# Zones and clocks that jump


@pytest.mark.parametrize(
    ("unit", "elsewhere", "utc"),
    [
        ("Asia/Jakarta", None, "00:30"), ("Asia/Makassar", None, "23:30"), ("Asia/Jayapura", None, "22:30"),
        ("Asia/Jakarta", "Asia/Jayapura", "22:30"), ("Asia/Jayapura", "Asia/Jakarta", "00:30"),
    ],
    ids=["WIB", "WITA", "WIT", "from WIB to WIT", "from WIT to WIB"],
)  # fmt: skip
def test_a_person_who_travels_is_judged_by_the_wall_clock_his_roster_names(unit, elsewhere, utc):
    """Pain 4 (hrms#4198): people in several zones are not judged by the clock of one system."""
    entry = RosterEntry(MONDAY, None, elsewhere) if elsewhere else None
    day = workday_on(MONDAY, unit, LAW, None, entry)
    assert (f"{day.start_at:%H:%M}", day.zone, day.shift) == (utc, elsewhere or unit, "OFFICE")


JUMPS = {
    BERLIN: (date(2026, 3, 29), date(2026, 10, 25)),  # 02:00 to 03:00, and 03:00 to 02:00
    NEW_YORK: (date(2026, 3, 8), date(2026, 11, 1)),  # 02:00 to 03:00, and 02:00 to 01:00
}


@pytest.mark.parametrize("zone", JUMPS)
def test_the_night_of_the_gap_is_an_hour_shorter_and_that_of_the_overlap_an_hour_longer(zone):
    """Pain 3 (odoo#253006, #249410): overnight and a zone must make neither another day nor another length."""
    for day, hours in zip(JUMPS[zone], (7, 9), strict=True):
        (instance,) = rostered(day - timedelta(days=1), NIGHT, zone=zone).instances
        assert instance.end_at - instance.start_at == hours * HOUR


@pytest.mark.parametrize(
    ("zone", "place", "starts", "ends", "minutes"),
    [
        (BERLIN, 0, time(2, 15), time(2, 45), 0), (BERLIN, 0, time(1, 30), time(3, 30), 60), (BERLIN, 1, time(2), time(3), 120),
        (NEW_YORK, 0, time(2, 15), time(2, 45), 0), (NEW_YORK, 0, time(1, 30), time(3, 30), 60),
        (NEW_YORK, 1, time(1), time(2), 120),
    ],
    ids=str,
)  # fmt: skip
def test_hours_inside_a_gap_are_no_time_and_a_doubled_hour_counts_twice(zone, place, starts, ends, minutes):
    (instance,) = rostered(JUMPS[zone][place], Shift("A", starts, ends), zone=zone).instances
    assert (instance.end_at - instance.start_at) // timedelta(minutes=1) == minutes
    assert instance.opens_at < instance.start_at <= instance.end_at < instance.closes_at


@given(
    st.sampled_from([(zone, day) for zone, days in JUMPS.items() for day in days]),
    st.integers(-1, 1), st.integers(0, 47), st.integers(1, 47), st.integers(-120, 180),
)  # fmt: skip
def test_a_break_and_the_core_stay_inside_their_shift_whatever_the_clocks_do(jump, offset, start, length, minute):
    zone, day = jump
    day += timedelta(days=offset)
    starts = time(start // 2, start % 2 * 30)
    ends_at = (start + length) % 48
    shift = Shift("A", starts, time(ends_at // 2, ends_at % 2 * 30), breaks=(Break(starts, time(ends_at // 2, ends_at % 2 * 30)),))
    (instance,) = rostered(day, shift, zone=zone).instances
    ((begins, ends),) = instance.breaks
    assert instance.start_at <= begins <= ends <= instance.end_at
    at = instance.start_at + timedelta(minutes=minute)
    assert (held(at, "in", rostered(day, shift, zone=zone)) is not None) == (instance.opens_at <= at < instance.closes_at)


@pytest.mark.parametrize("zone", JUMPS)
@given(half_hours=st.integers(0, 12))
def test_on_the_day_the_clocks_change_one_guard_leaves_when_the_next_one_comes(zone, half_hours):
    clock = time(half_hours // 2, half_hours % 2 * 30)
    for day in JUMPS[zone]:
        leaving = rostered(day - timedelta(days=1), Shift("A", time(20), clock), zone=zone)
        coming = rostered(day, Shift("B", clock, time(12)), zone=zone)
        assert leaving.end_at == coming.start_at
