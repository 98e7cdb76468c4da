"""The instant of a check-in: always in its bracket, out of reach of the phone's clock, and of whoever collects anchors."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checkins.rules.report import Direction, first_id, is_filed_in_time, made_at
from app.checkins.rules.timing import AHEAD, ANCHOR_TRIP, ONLINE, Anchor, Grade, graded, holds, timing_of
from app.checkins.rules.verdict import crosses_an_edge, instances_around
from tests.checkins.scenes import context, earlier, report
from tests.phones import uuid7_at

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = NOON - timedelta(days=35)

lengths = st.floats(0, 30 * 86400).map(lambda s: timedelta(seconds=s))


def counted(seconds: float, **changes):
    return report(elapsed_ms=round(seconds * 1000), **changes)


def before(at: datetime, **changes):
    """The report before it in the chain, made at that instant or a little later."""
    return earlier(earliest_at=at, taken_at=at, **changes)


@given(delay=lengths)
def test_without_an_anchor_only_the_arrival_and_the_enrolment_are_known(delay: timedelta) -> None:
    found = timing_of(report(), None, NOON + delay, None, LONG_AGO)
    assert found.taken_at == found.latest_at == NOON + delay
    assert (found.earliest_at, found.grade) == (LONG_AGO, Grade.UNVERIFIED)


def test_enrolment_bounds_only_what_is_not_proved_better() -> None:
    proved = timing_of(counted(60), Anchor(NOON - timedelta(minutes=5)), NOON)
    assert timing_of(counted(60), Anchor(NOON - timedelta(minutes=5)), NOON, None, NOON) == proved
    assert timing_of(report(), None, NOON, None, NOON + HOUR).earliest_at == NOON


def test_a_count_that_passes_the_arrival_proves_only_that_the_anchor_came_first() -> None:
    found = timing_of(counted(10**7), Anchor(NOON), NOON + HOUR)
    assert (found.taken_at, found.earliest_at, found.grade) == (NOON + HOUR, NOON, Grade.UNVERIFIED)


def test_nobody_counts_to_before_the_anchor() -> None:
    past = timing_of(counted(0), Anchor(NOON), NOON + HOUR)
    assert past.taken_at == past.earliest_at == NOON


def test_an_anchor_from_the_future_is_no_anchor_but_two_servers_may_differ_by_a_second() -> None:
    assert timing_of(counted(0), Anchor(NOON + AHEAD + timedelta(milliseconds=1)), NOON).grade is Grade.UNVERIFIED
    found = timing_of(counted(0), Anchor(NOON + AHEAD), NOON)
    assert (found.taken_at, found.latest_at, found.grade) == (NOON, NOON, Grade.VERIFIED)


def test_what_arrives_within_seconds_is_verified_and_what_waited_is_as_wide_as_the_drift() -> None:
    online = timing_of(counted(6 * 3600), Anchor(NOON), NOON + timedelta(hours=6, seconds=1))
    assert online.latest_at - online.earliest_at < ONLINE and online.grade is Grade.VERIFIED
    late = timing_of(counted(6 * 3600), Anchor(NOON), NOON + timedelta(days=2))
    assert ANCHOR_TRIP < late.latest_at - late.earliest_at < timedelta(seconds=20)
    assert late.grade is Grade.PLAUSIBLE
    week = timing_of(counted(7 * 86400), Anchor(NOON), NOON + timedelta(days=9))
    assert timedelta(minutes=4) < week.latest_at - week.earliest_at < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("anchor", "sent", "known", "is_held"),
    [
        pytest.param(Anchor(NOON), report(), None, True, id="made for nobody in particular"),
        pytest.param(Anchor(NOON, "phone", "boot"), report(), None, True, id="made for this phone and boot"),
        pytest.param(Anchor(NOON, "phone", "boot"), report(boot_id="next"), None, False, id="rebooted since"),
        pytest.param(Anchor(NOON, "other", "boot"), report(), None, False, id="another phone's"),
        pytest.param(Anchor(NOON), report(boot_id=None), None, True, id="no boot named, and none known"),
        pytest.param(Anchor(NOON, None, "boot"), report(boot_id=None), None, False, id="no boot named for an anchor of one"),
        pytest.param(Anchor(NOON), report(boot_id=None), before(NOON + HOUR), False, id="a boot no longer named"),
        pytest.param(Anchor(NOON), report(elapsed_ms=None), None, False, id="nothing counted"),
        pytest.param(Anchor(NOON), report(), before(NOON + HOUR), True, id="the same boot as the report before"),
        pytest.param(Anchor(NOON), report(), before(NOON + HOUR, boot_id="last"), False, id="the boot before's anchor"),
        pytest.param(Anchor(NOON), report(), before(NOON - HOUR, boot_id="last"), True, id="an anchor of the new boot"),
        pytest.param(Anchor(NOON), report(), before(NOON + HOUR, boot_id="last", seq=9), True, id="a later report came first"),
        pytest.param(Anchor(NOON), report(), before(NOON + HOUR, boot_id="last", device_id="old"), True, id="of the old phone"),
        pytest.param(Anchor(NOON), report(), before(NOON + HOUR, boot_id=None), True, id="the report before had no anchor"),
    ],
)
def test_an_anchor_holds_for_one_phone_and_one_boot(anchor, sent, known, is_held) -> None:
    assert holds(anchor, sent, known) is is_held
    grade = timing_of(sent, anchor, NOON + timedelta(minutes=2), known).grade
    if not is_held:
        assert grade is Grade.UNVERIFIED


def test_an_anchor_that_does_not_hold_is_still_older_than_the_report() -> None:
    found = timing_of(report(boot_id="next"), Anchor(NOON, "phone", "boot"), NOON + HOUR, None, LONG_AGO)
    assert (found.taken_at, found.earliest_at) == (NOON + HOUR, NOON)


def test_a_collected_anchor_is_worth_nothing_once_the_phone_has_reported_later() -> None:
    """Signed at noon, kept; the phone's next report, after one proved for 14:00, claims noon."""
    found = timing_of(counted(5), Anchor(NOON), NOON + 3 * HOUR, before(NOON + 2 * HOUR))
    assert (found.taken_at, found.earliest_at, found.grade) == (NOON + 3 * HOUR, NOON + 2 * HOUR, Grade.UNVERIFIED)


def test_the_report_before_narrows_the_bracket() -> None:
    alone = timing_of(counted(86400), Anchor(NOON), NOON + 48 * HOUR)
    known = timing_of(counted(86400), Anchor(NOON), NOON + 48 * HOUR, before(NOON + 24 * HOUR))
    assert alone.earliest_at < known.earliest_at == known.taken_at == NOON + 24 * HOUR
    assert alone.latest_at == known.latest_at


instants = st.integers(-40 * 86400, 86400).map(lambda s: NOON + timedelta(seconds=s))


@given(
    anchored=st.none() | st.builds(Anchor, instants, st.sampled_from([None, "phone", "x"]), st.sampled_from([None, "boot", "x"])),
    elapsed_s=st.none() | st.floats(0, 400 * 86400),
    boot=st.sampled_from([None, "boot", "next"]),
    known=st.none() | st.builds(before, instants, boot_id=st.sampled_from([None, "boot"]), seq=st.integers(6, 9)),
)
def test_whatever_the_phone_says_the_bracket_lies_between_what_it_signed_over_and_its_arrival(
    anchored, elapsed_s, boot, known
) -> None:
    sent = report(elapsed_ms=None if elapsed_s is None else int(elapsed_s * 1000), boot_id=boot)
    found = timing_of(sent, anchored, NOON, known, LONG_AGO)
    assert found.earliest_at <= found.taken_at <= found.latest_at <= NOON
    signed_over = [anchored.at] if anchored and anchored.at <= NOON + AHEAD else []
    signed_over += [known.earliest_at] if known and known.is_before_in_chain(sent) else []
    for instant in signed_over:
        assert found.earliest_at >= min(instant, NOON)


OFFICE = context(decree="bali", earlier=None)


@pytest.mark.parametrize(
    ("direction", "begins", "seconds", "crosses"),
    [
        pytest.param(Direction.IN, "07:30:55", 20, True, id="into the first band of lateness"),
        pytest.param(Direction.IN, "07:29:50", 20, False, id="over the start, in the minute that costs nothing"),
        pytest.param(Direction.IN, "07:31:00", 1799, False, id="all of one band"),
        pytest.param(Direction.IN, "07:31:00", 1800, True, id="into the next band"),
        pytest.param(Direction.OUT, "07:30:55", 20, False, id="an `out` is not late"),
        pytest.param(Direction.OUT, "16:28:55", 10, True, id="out of the last band of leaving early"),
        pytest.param(Direction.OUT, "16:29:30", 60, False, id="over the end"),
        pytest.param(Direction.OUT, "23:59:55", 86400, True, id="into another day"),
    ],
)
def test_a_bracket_crosses_an_edge_where_its_ends_mean_different_things(direction, begins, seconds, crosses) -> None:
    earliest = datetime.fromisoformat(f"2026-11-24T{begins}+08:00").astimezone(UTC)
    found = timing_of(report(), None, earliest + timedelta(seconds=seconds), None, earliest)
    workdays = instances_around(found.earliest_at, OFFICE)
    assert crosses_an_edge(found, direction, workdays, OFFICE) is crosses


@pytest.mark.parametrize(
    ("begins", "crosses"),
    [("07:30:55", False), ("08:59:50", False), ("09:00:55", True)],
    ids=["no lateness within flexible hours", "up to their end", "and lateness after it"],
)
def test_flexible_hours_move_the_edges_of_lateness(begins: str, crosses: bool) -> None:
    """PMK 221/PMK.01/2021: 90 minutes later is not late."""
    flexible = context(decree="kemenkeu-221-2021", earlier=None)
    earliest = datetime.fromisoformat(f"2026-11-24T{begins}+08:00").astimezone(UTC)
    found = timing_of(report(), None, earliest + timedelta(seconds=20), None, earliest)
    assert crosses_an_edge(found, Direction.IN, instances_around(found.earliest_at, flexible), flexible) is crosses


def test_an_interval_all_of_which_means_the_same_is_as_good_as_a_clock() -> None:
    week = timing_of(counted(7 * 86400), Anchor(NOON), NOON + timedelta(days=9))
    assert (week.grade, graded(week, True).grade, graded(week, False).grade) == (Grade.PLAUSIBLE, Grade.VERIFIED, Grade.PLAUSIBLE)
    assert graded(timing_of(report(), None, NOON), True).grade is Grade.UNVERIFIED


@given(st.floats(1.6e9, 3.8e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_an_ids_instant_is_the_one_it_was_made_at(at: datetime) -> None:
    assert abs(made_at(uuid7_at(at)) - at) <= timedelta(milliseconds=1)
    assert is_filed_in_time(uuid7_at(at), at)
    assert first_id(at) <= uuid7_at(at)


def test_an_id_from_the_end_of_time_is_just_out_of_its_window() -> None:
    assert not is_filed_in_time(UUID("ffffffff-ffff-7fff-bfff-ffffffffffff"), NOON)
