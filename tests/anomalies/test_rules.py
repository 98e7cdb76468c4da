"""What each detector finds, what it leaves alone, and that nobody's name or place is kept in the evidence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.anomalies import rules
from app.anomalies.rules import Kind
from app.geo import Point
from app.texts import text

from .seen import DESK, MORNING, seen

ELSEWHERE = Point(-8.7, 115.3)


def kinds(sightings):
    return {(found.kind, found.person_id) for found in findings_in(sightings)}


def findings_in(sightings):
    return rules.findings_in(rules.Night(MORNING.date(), sightings))


def shared(sightings):
    return {found.person_id: found.words["others"] for found in rules.shared_coordinates(sightings)}


@pytest.mark.parametrize(
    "sightings, expected",
    [
        ([seen(1), seen(2, 1)], {}),
        ([seen(1), seen(2, 5), seen(3, 10)], {1: 2, 2: 2, 3: 2}),
        ([seen(1), seen(2, 5), seen(3, 10.01)], {}),
        ([seen(1), seen(2, 5), seen(3, 9, Point(DESK.lat, DESK.lon + 1e-7))], {}),
        ([seen(1), seen(1, 1), seen(1, 2), seen(2, 3)], {}),
        ([seen(1), seen(2, 5), seen(3, 10), seen(4, 15)], {1: 3, 2: 3, 3: 3, 4: 3}),
        ([seen(1), seen(2, 1), seen(3, 2), seen(4, 60), seen(5, 61)], {1: 2, 2: 2, 3: 2}),
        ([seen(n, 0) for n in (1, 2, 3)] + [seen(n, 500) for n in (3, 4, 5)], {1: 2, 2: 2, 3: 4, 4: 2, 5: 2}),
        ([seen(n, 0) for n in (1, 2, 3)] + [seen(n, 0, ELSEWHERE) for n in (4, 5)], {1: 2, 2: 2, 3: 2}),
    ],
    ids=[
        "two prove nothing",
        "three within ten minutes",
        "the third a moment late",
        "the third a centimetre away",
        "one person's own phone",
        "a chain of overlapping crowds",
        "two later ones are no crowd",
        "two crowds of one day are one finding",
        "two elsewhere",
    ],
)
def test_people_at_one_coordinate_within_ten_minutes_are_found(sightings, expected):
    assert shared(sightings) == expected


@pytest.mark.parametrize(
    "flags, expected",
    [
        ((), set()),
        (("clock_skew",), set()),
        (("mock_location",), set()),
        (("clock_skew", "mock_location", "chain_gap"), set()),
        (("fake_template",), {(Kind.SUSPECT_SIGNALS, 1)}),
        (("mock_location", "too_many_decimals"), {(Kind.SUSPECT_SIGNALS, 1)}),
        (("too_many_decimals", "repeated_fix"), {(Kind.SUSPECT_SIGNALS, 1)}),
        (("mock_location", "clock_moved"), set()),
    ],
    ids=["clean", "a note", "a weak one", "notes beside it", "a strong one", "two families", "two more", "two light families"],
)
def test_a_strong_signal_is_found_and_a_weak_one_only_with_others(flags, expected):
    assert kinds([seen(1, flags=flags)]) == expected


@pytest.mark.parametrize(
    "sightings, expected",
    [
        ([seen(1, installation_id="a"), seen(2, 10, ELSEWHERE, installation_id="a")], {1, 2}),
        ([seen(1, installation_id="a"), seen(2, 10.1, ELSEWHERE, installation_id="a")], set()),
        ([seen(1, installation_id="a"), seen(2, 1, ELSEWHERE, installation_id="b")], set()),
        ([seen(1, installation_id="a"), seen(1, 1, ELSEWHERE, installation_id="a")], set()),
        ([seen(n, 8 * n, installation_id="a", point=Point(n, n)) for n in (1, 2, 3)], {1, 2, 3}),
    ],
    ids=["within ten minutes", "a moment later", "two installations", "one person", "one after the other"],
)
def test_people_who_check_in_with_one_phone_within_minutes_are_found(sightings, expected):
    assert {one for kind, one in kinds(sightings) if kind is Kind.SHARED_PHONE} == expected


def test_whoever_shares_a_phone_is_told_how_many_others_and_not_who():
    found = [one for one in findings_in([seen(n, n, installation_id="a", point=Point(n, n)) for n in (1, 2, 3)])]
    assert [one.words["others"] for one in found] == [2, 2, 2]
    assert len({one.groups for one in found}) == 1 and "a" not in found[0].groups


def test_a_number_used_twice_is_found_for_the_phones_owner():
    twice = [seen(1, is_numbered_twice=True), seen(1, 500, is_numbered_twice=True, direction="out"), seen(2, 3, ELSEWHERE)]
    assert kinds(twice) == {(Kind.FORKED_CHAIN, 1)}
    (found,) = findings_in(twice)
    assert found.words == {"times": 2}


@pytest.mark.parametrize(
    "flags, days, expected",
    [
        (("replayed_fix",), 4, {(Kind.REPEATED_POSITION, 1)}),
        (("replayed_fix",), 3, set()),
        (("clock_moved",), 4, set()),
    ],
    ids=["again and again", "three days may be chance", "nothing alike in it"],
)
def test_a_position_that_repeats_on_four_days_is_found(flags, days, expected):
    assert kinds([seen(1, flags=flags, days_alike=days)]) == expected


STAKES = (Decimal("0"), Decimal("0.5"))


@pytest.mark.parametrize(
    "known, expected",
    [
        ({"grade": "plausible", "stakes": STAKES}, {(Kind.TIME_UNCERTAIN, 1)}),
        ({"grade": "unverified", "stakes": STAKES}, {(Kind.TIME_UNCERTAIN, 1)}),
        ({"grade": "plausible"}, set()),
        ({"grade": "verified", "stakes": STAKES}, set()),
    ],
    ids=["counted", "not counted", "nothing depends on it", "the other check-in of that day"],
)
def test_an_uncertain_time_is_found_where_the_day_depends_on_it(known, expected):
    assert kinds([seen(1, **known)]) == expected
    assert kinds([seen(1, verdict="rejected", **known), seen(1, 5)]) == set()


@pytest.mark.parametrize(
    "sightings, expected",
    [
        ([seen(1, verdict="rejected")], {(Kind.REJECTED_PLACE, 1)}),
        ([seen(1, verdict="rejected"), seen(1, 5, verdict="doubtful")], set()),
        ([seen(1, verdict="rejected"), seen(1, 500, direction="out")], {(Kind.REJECTED_PLACE, 1)}),
        ([seen(1, verdict="rejected"), seen(2, 5, ELSEWHERE)], {(Kind.REJECTED_PLACE, 1)}),
        ([seen(1, verdict="doubtful")], set()),
    ],
    ids=["nothing else", "came in after all", "only the other direction counts", "somebody else counts", "doubtful counts"],
)
def test_a_rejection_that_leaves_a_direction_empty_can_be_answered(sightings, expected):
    assert kinds(sightings) == expected


def histories():
    points = st.sampled_from([DESK, ELSEWHERE])
    flags = st.lists(st.sampled_from(["mock_location", "clock_skew", "too_many_decimals", "repeated_fix"]), unique=True)
    one = st.builds(
        seen,
        st.integers(1, 6),
        st.integers(0, 60),
        points,
        flags,
        st.sampled_from(["accepted", "doubtful", "rejected"]),
        st.sampled_from(["in", "out"]),
    )
    return st.lists(one, max_size=25)


@given(st.data(), histories())
def test_the_order_of_arrival_changes_nothing(data, history):
    shuffled = data.draw(st.permutations(history))
    of = lambda sightings: {(f.kind, f.person_id): f.evidence_hash for f in findings_in(sightings)}  # noqa: E731
    assert of(history) == of(shuffled)


@given(histories())
def test_crowds_are_exactly_those_who_share_a_stretch_of_ten_minutes_with_two_others(history):
    def is_crowded(own):
        for begins in history:
            near = [s for s in history if s.point == own.point and 0 <= (s.taken_at - begins.taken_at).total_seconds() <= 600]
            if own in near and len({s.person_id for s in near}) >= 3:
                return True
        return False

    assert set(shared(history)) == {own.person_id for own in history if is_crowded(own)}


@given(histories())
def test_a_person_has_at_most_one_finding_of_a_kind_a_day(history):
    found = [(one.kind, one.person_id) for one in findings_in(history)]
    assert len(found) == len(set(found))


@given(histories())
def test_evidence_names_ones_own_check_ins_and_nobody_else(history):
    owner = {str(s.checkin_id): s.person_id for s in history}
    for found in findings_in(history):
        assert {owner[checkin] for checkin in found.evidence["checkins"]} == {found.person_id}
        assert "lat" not in repr(found.evidence) and str(DESK.lat) not in repr(found.evidence)


def test_every_detector_has_its_sentence_in_both_languages():
    words = dict.fromkeys(("others", "minutes", "times", "signals", "days", "least", "most", "site", "metres", "kilometres"), 1)
    assert set(rules.DETECTORS) == set(Kind)
    for kind in Kind:
        assert len({text(f"finding_{kind}", language, **words) for language in ("id", "en")}) == 2
