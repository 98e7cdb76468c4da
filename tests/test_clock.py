"""The server's clock, which may be set back without anybody's times changing their order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app import clock

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


@given(st.lists(st.tuples(st.floats(0, 3600), st.floats(-90_000, 90_000)), min_size=1, max_size=30))
def test_no_instant_is_told_before_an_earlier_one_however_the_clock_is_set(steps):
    told = wall = NOON
    for passed_s, set_by_s in steps:
        wall += timedelta(seconds=passed_s + set_by_s)
        following = clock.following(told, passed_s, wall)
        assert following >= told
        assert following == wall or told <= following <= told + timedelta(seconds=passed_s)
        told = following


def test_a_clock_set_back_by_a_second_is_met_again_after_two():
    told, wall = NOON, NOON - timedelta(seconds=1)
    seconds = 0.0
    while told != wall:
        wall += timedelta(milliseconds=100)
        seconds += 0.1
        told = clock.following(told, 0.1, wall)
    assert 1.9 < seconds < 2.2


def test_the_present_only_grows_and_is_the_machine_s():
    told = [clock.now() for _ in range(1_000)]
    assert told == sorted(told)
    assert abs(told[-1] - datetime.now(UTC)) < timedelta(seconds=5)  # noqa: TID251
