"""The instant of a check-in: always in its bracket, and out of reach of the phone's clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from app.checkins.rules.report import is_filed_in_time, made_at
from app.checkins.rules.timing import ANCHOR_TRIP, DRIFT, Grade, since, timing_of
from tests.phones import uuid7_at

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=35)

seconds = st.floats(0, 30 * 86400).map(lambda s: timedelta(seconds=s))
trips = st.floats(0, ANCHOR_TRIP.total_seconds()).map(lambda s: timedelta(seconds=s))


@given(waited=seconds, trip=trips, delay=seconds, drift=st.floats(-DRIFT, DRIFT))
@example(timedelta(0), timedelta(0), timedelta(0), 0.0)
def test_the_bracket_contains_the_truth(waited: timedelta, trip: timedelta, delay: timedelta, drift: float) -> None:
    """Signed at NOON, in the phone `trip` later, pressed after `waited`, arrived after `delay`."""
    truth = NOON + trip + waited
    received_at = truth + delay
    elapsed_ms = round(waited.total_seconds() * 1000 / (1 + drift))
    found = timing_of(received_at, NOON, elapsed_ms)
    slack = timedelta(milliseconds=1)
    assert found.earliest_at - slack <= truth <= found.latest_at + slack
    assert found.earliest_at <= found.taken_at <= found.latest_at <= received_at


@given(delay=seconds)
def test_without_an_anchor_only_the_arrival_is_known(delay: timedelta) -> None:
    found = since(timing_of(NOON + delay, None, None), LONG_AGO)
    assert found.taken_at == found.latest_at == NOON + delay
    assert (found.earliest_at, found.grade) == (LONG_AGO, Grade.UNVERIFIED)


def test_enrolment_bounds_only_what_is_not_proved_better() -> None:
    proved = timing_of(NOON, NOON - timedelta(minutes=5), 60_000)
    assert since(proved, LONG_AGO) == proved
    assert since(timing_of(NOON, None, None), NOON + timedelta(days=1)).earliest_at == NOON


def test_a_phone_cannot_claim_to_have_counted_past_its_arrival_or_before_its_anchor() -> None:
    future = timing_of(NOON + timedelta(hours=1), NOON, 10**10)
    assert future.taken_at == future.latest_at == NOON + timedelta(hours=1)
    past = timing_of(NOON + timedelta(hours=1), NOON, 0)
    assert past.taken_at == past.earliest_at == NOON


def test_an_anchor_from_the_future_is_no_anchor() -> None:
    assert timing_of(NOON, NOON + timedelta(seconds=1), 0).grade is Grade.UNVERIFIED


def test_a_day_offline_is_still_known_to_the_minute() -> None:
    found = timing_of(NOON + timedelta(days=2), NOON, 86_400_000)
    assert found.latest_at - found.earliest_at < timedelta(minutes=1)
    assert found.grade is Grade.VERIFIED
    week = timing_of(NOON + timedelta(days=9), NOON, 7 * 86_400_000)
    assert week.grade is Grade.PLAUSIBLE


@given(st.floats(1.6e9, 3.8e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_an_ids_instant_is_the_one_it_was_made_at(at: datetime) -> None:
    assert abs(made_at(uuid7_at(at)) - at) <= timedelta(milliseconds=1)
    assert is_filed_in_time(uuid7_at(at), at)


def test_an_id_from_the_end_of_time_is_just_out_of_its_window() -> None:
    from uuid import UUID

    assert not is_filed_in_time(UUID("ffffffff-ffff-7fff-bfff-ffffffffffff"), NOON)
