"""Slots are instants in the installation's zone, and the night is about the days that had ended by then."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.jobs import schedule
from app.jobs.table import JOBS, Job, get_job

NIGHT = get_job("night")
MOMENTS = st.integers(0, 4 * 365 * 86_400).map(lambda second: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=second))


def utc(*words):
    return datetime(*words, tzinfo=UTC)


@pytest.mark.parametrize(
    "now, slot, days",
    [
        (utc(2026, 11, 23, 16, 9, 59), utc(2026, 11, 22, 16, 10), ["2026-11-20", "2026-11-21", "2026-11-22"]),
        (utc(2026, 11, 23, 16, 10), utc(2026, 11, 23, 16, 10), ["2026-11-21", "2026-11-22", "2026-11-23"]),
        (utc(2026, 3, 1, 3), utc(2026, 2, 28, 16, 10), ["2026-02-26", "2026-02-27", "2026-02-28"]),
    ],
    ids=["a second before", "when it is due", "over a month's end"],
)
def test_the_night_begins_at_ten_past_midnight_in_bali_and_is_about_three_days(now, slot, days):
    assert schedule.newest_slot(NIGHT, now) == slot
    assert [str(day) for day in schedule.turn_of(NIGHT, slot, now).days] == days


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_the_slot_after_a_day_has_it_as_its_last(day):
    slot = schedule.slot_after(NIGHT, day)
    assert schedule.turn_of(NIGHT, slot, slot).days[-1] == day


@given(st.sampled_from(JOBS), MOMENTS)
def test_the_newest_slot_is_past_and_the_next_one_is_the_very_next(job, now):
    newest, following = schedule.newest_slot(job, now), schedule.next_slot(job, now)
    assert newest <= now < following
    assert list(schedule.slots_between(job, newest, following)) == [following]


@given(MOMENTS, st.integers(0, 40))
def test_no_night_is_left_out_or_counted_twice(start, nights):
    slots = list(schedule.slots_between(NIGHT, start, start + timedelta(days=nights)))
    assert len(slots) == nights
    assert all(later - earlier == timedelta(days=1) for earlier, later in zip(slots, slots[1:], strict=False))


def test_a_cron_line_that_never_fires_is_an_error():
    with pytest.raises(ValueError):
        schedule.newest_slot(Job("never", "0 0 31 2 *"), utc(2026, 1, 1))


def test_months_are_those_a_late_check_in_may_reach():
    turn = schedule.turn_of(NIGHT, utc(2026, 3, 2, 16, 10), utc(2026, 3, 3))
    assert [str(month) for month in turn.months] == ["2026-01-01", "2026-02-01", "2026-03-01"]


def test_names_are_distinct_and_every_job_has_steps():
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.first or job.daily or job.monthly or job.last for job in JOBS)
    assert all(job.days or not (job.daily or job.monthly) for job in JOBS)
