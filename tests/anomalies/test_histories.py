"""What is found over many days, and where chance or an honest habit is left alone."""

from datetime import date, timedelta
from random import Random

import pytest

from app.anomalies import rules
from app.anomalies.rules import Kind, Meeting, Night, Track
from app.anomalies.rules.histories import chance_of
from app.geo import Point

from . import desks
from .seen import DESK, MORNING, seen

DAY = MORNING.date()
FAR = Point(-8.1, 115.2)


def kinds(sightings, **more):
    return {(one.kind, one.person_id) for one in rules.findings_in(Night(DAY, sightings, **more))}


def days(*back):
    return [DAY - timedelta(days=n) for n in back]


@pytest.mark.parametrize(
    "both, shared, is_found",
    [
        (range(10), range(3), True),
        (range(10), range(2), False),
        (range(1), range(1), False),
        (range(250), range(0, 250, 25), True),
        (range(250), range(0, 250, 50), False),
    ],
    ids=["three days of two weeks", "two days", "one day together", "ten days of a year", "five days of a year"],
)
def test_two_who_share_coordinates_on_more_days_than_chance_are_found(both, shared, is_found):
    meeting = Meeting((1, 2), sorted(days(*both)), sorted(days(*shared)))
    found = rules.findings_in(Night(DAY, [seen(1), seen(2, 60), seen(3, 60, FAR)], meetings=[meeting]))
    assert {one.person_id for one in found if one.kind is Kind.SHARED_HISTORY} == ({1, 2} if is_found else set())
    assert len({one.groups for one in found}) <= 1


def test_the_chance_is_that_of_the_binomial_distribution():
    assert chance_of(0, 10) == 1 and chance_of(1, 1) == pytest.approx(0.0088)
    assert chance_of(2, 3) == pytest.approx(3 * 0.0088**2 * (1 - 0.0088) + 0.0088**3)


def test_a_meeting_is_the_common_days_and_those_with_a_common_place():
    one, two, three = days(0, 1, 2)
    places = {1: {one: {DESK}, two: {DESK}, three: {FAR}}, 2: {one: {DESK, FAR}, three: {DESK}}}
    meeting = rules.meeting_of((1, 2), places)
    assert (meeting.both, meeting.shared) == ([three, one], [one])


@pytest.mark.parametrize(
    "sightings, expected",
    [
        ([seen(1, owners=3)], {(Kind.PHONE_OF_SEVERAL, 1)}),
        ([seen(1, owners=2)], set()),
        ([seen(1, days_gapped=3)], {(Kind.MISSING_REPORTS, 1)}),
        ([seen(1, days_gapped=2)], set()),
        ([seen(1, days_on_edge=4)], {(Kind.LIMIT_CLUSTER, 1)}),
        ([seen(1, days_on_edge=3)], set()),
        ([seen(1, is_on_leave=True)], {(Kind.PRESENT_ON_LEAVE, 1)}),
        ([seen(1, is_on_leave=True, verdict="rejected"), seen(1, 5)], set()),
        ([seen(1), seen(1, 15, FAR, accuracy_m=50)], {(Kind.IMPOSSIBLE_TRAVEL, 1)}),
        ([seen(1, 15, FAR), seen(1)], {(Kind.IMPOSSIBLE_TRAVEL, 1)}),
        ([seen(1), seen(1, 15, FAR, accuracy_m=51)], set()),
        ([seen(1), seen(1, 25, FAR)], set()),
        ([seen(1), seen(1, 0.9, FAR)], set()),
        ([seen(1), seen(1, 15, FAR, latest_at=MORNING + timedelta(minutes=25))], set()),
        ([seen(1), seen(2, 15, FAR)], set()),
    ],
    ids=[
        "three people's phone", "two people's", "gaps on three days", "on two", "four days on the edge", "three", "on leave",
        "rejected on leave", "nobody travels so fast", "in whatever order it came", "a coarse fix", "a fast road", "in a minute",
        "a bracket that is long enough", "two people",
    ],
)  # fmt: skip
def test_a_history_is_found_where_chance_ends(sightings, expected):
    assert kinds(sightings) == expected


def test_travel_that_was_a_signal_on_arrival_is_not_found_twice():
    pair = [seen(1), seen(1, 15, FAR, flags=("impossible_travel",))]
    assert {kind for kind, _ in kinds(pair)} == {Kind.SUSPECT_SIGNALS}


def test_whoever_checks_in_from_one_place_outside_is_found_with_those_check_ins_and_an_honest_one_is_not():
    size = (80.0, 60.0)
    outline = desks.office(*size)
    cheat, honest = (desks.weeks(Random(4), spot, size, desks.satellite, days=8) for spot in ((110, 0), (38, 0)))
    tracks = [Track(1, 7, "Kantor", outline, cheat), Track(2, 7, "Kantor", outline, honest)]
    [found] = rules.findings_in(Night(date(2026, 1, 12), [], tracks))
    assert (found.kind, found.person_id, found.words["site"]) == (Kind.CONSTANT_OFFSET, 1, "Kantor")
    assert set(found.checkins) == {spot.checkin_id for spot in cheat if spot.outside_m > 0}
    assert 50 <= found.words["metres"] <= 90 and found.words["days"] == 8
