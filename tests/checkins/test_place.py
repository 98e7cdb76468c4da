"""The place of a check-in: who is accepted, who counts, who is refused, and the sentence that says why."""

from math import inf, nan, sqrt
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom
from shapely import Point as Dot
from shapely import Polygon

from app import geo
from app.checkins.rules import place
from app.checkins.rules.place import Fix, Measured, Outcome, Place
from app.texts import text
from tests import worlds

PLATFORMS = sorted(geo.ACCURACY_PER_SIGMA)
platforms = st.sampled_from(PLATFORMS)


def fix(accuracy_m: float = 10, age_ms: int = 500, at: geo.Point = worlds.RENON) -> Fix:
    return Fix(at, accuracy_m, age_ms)


def site(outline: geo.Outline, name: str = "Kantor Gubernur") -> Measured:
    """The site as PostGIS would measure it from a fix in the origin of its outline."""
    shape = Polygon(outline[0], outline[1:])
    distance = shape.boundary.distance(Dot(0, 0))
    signed = distance if shape.covers(Dot(0, 0)) else -distance
    return Measured(name.upper().replace(" ", "-"), name, 7, signed, worlds.polygon(outline))


def disc_at(east_m: float, radius_m: float = 100, name: str = "Kantor Gubernur") -> Measured:
    """A round site whose centre lies so far east of the fix."""
    return site(worlds.moved((worlds.disc(radius_m, 64),), east_m, 0), name)


def judged(measured: Measured, accuracy_m: float = 10, platform: str = "android") -> Place:
    return place.place_of(fix(accuracy_m), platform, [measured])


@pytest.mark.parametrize(
    "centre_m, accuracy_m, platform, verdict, reason",
    [
        (0, 10, "android", "accepted", "place_inside"),
        (0, 45, "ios", "accepted", "place_inside"),
        (0, 65, "ios", "doubtful", "place_unsure"),
        (95, 10, "android", "doubtful", "place_unsure"),
        (110, 10, "android", "doubtful", "place_near"),
        (128, 10, "android", "doubtful", "place_near"),
        (131, 10, "android", "rejected", "place_outside"),
        (300, 75, "android", "doubtful", "place_near"),
        (305, 75, "android", "rejected", "place_outside"),
        (305, 100, "android", "rejected", "place_too_coarse"),
        (5000, 1e9, "web", "rejected", "place_too_coarse"),
    ],
)
def test_a_round_office_of_a_hundred_metres(centre_m, accuracy_m, platform, verdict, reason):
    found = judged(disc_at(centre_m), accuracy_m, platform)
    assert (found.verdict, found.reason_code) == (verdict, reason)
    assert found.accuracy_m == accuracy_m
    assert found.distance_m == pytest.approx(max(0, centre_m - 100), abs=0.2)


def test_the_probability_shown_is_the_exact_one():
    found = judged(disc_at(80), 20)
    ring = worlds.moved((worlds.disc(100, 64),), 80, 0)
    assert found.p_inside == pytest.approx(geo.p_inside_heavy(ring, sqrt((20 / 1.5096) ** 2 + 9)), abs=1e-5)


@given(worlds.outlines(), st.floats(0.2, 0.999))
def test_where_no_outline_is_asked_for_the_bounds_pin_the_probability(outline, share):
    assume(Polygon(outline[0], outline[1:]).is_valid)
    measured = site(outline)
    sigma = share * abs(measured.signed_distance_m) / place.needs_outline_m(1)
    bare = Measured("A", "A", 1, measured.signed_distance_m)
    assert place.probability(bare, fix(), sigma) == pytest.approx(geo.p_inside_heavy(outline, sigma), abs=2e-5)


def test_a_site_too_close_to_call_without_its_outline_is_an_error_and_no_silent_verdict():
    with pytest.raises(ValueError, match="outline"):
        judged(Measured("A", "A", 1, 20.0))


@given(worlds.convex_outlines(), st.floats(0.001, 1e9), platforms)
def test_no_claimed_accuracy_is_accepted_from_outside_a_convex_fence(outline, accuracy_m, platform):
    measured = site(outline)
    assume(measured.signed_distance_m < 0)
    assert judged(measured, accuracy_m, platform).verdict != Outcome.ACCEPTED


@given(worlds.outlines(), st.floats(0.001, 1e9), platforms, st.floats(203.6, 5000))
def test_from_beyond_204_m_no_claimed_accuracy_counts(outline, accuracy_m, platform, away_m):
    west_m = min(x for x, _ in outline[0])
    assert judged(site(worlds.moved(outline, away_m - west_m, 0)), accuracy_m, platform).verdict == Outcome.REJECTED


@pytest.mark.parametrize("accuracy_m", [1e3, 1e5, 1e7])
def test_nor_from_the_middle_of_a_wide_courtyard(accuracy_m):
    courtyard = site((worlds.disc(5e6, 24), worlds.disc(250, 24)[::-1]))
    assert judged(courtyard, accuracy_m).verdict == Outcome.REJECTED


@given(st.floats(0.01, 5), platforms, st.floats(-150, 150))
def test_claiming_better_than_five_metres_changes_nothing(accuracy_m, platform, centre_m):
    claimed, floor = (judged(disc_at(centre_m), a, platform) for a in (accuracy_m, 5))
    assert (claimed.verdict, claimed.p_inside) == (floor.verdict, floor.p_inside)


@given(st.floats(0, 400), st.floats(0, 400), st.floats(5, 200), platforms)
def test_going_away_from_a_round_office_never_helps(near_m, farther_m, accuracy_m, platform):
    first, second = (judged(disc_at(d), accuracy_m, platform) for d in sorted((near_m, farther_m)))
    assert list(Outcome).index(first.verdict) <= list(Outcome).index(second.verdict)
    assert first.p_inside >= second.p_inside - 2e-5


@pytest.mark.parametrize("platform", ["android", "ios"])
@pytest.mark.parametrize("accuracy_m", [8, 15, 30, 65])
@pytest.mark.parametrize("radius_m", [0.5, 5, 20, 40, 60, 100])
def test_of_people_inside_at_most_two_in_a_hundred_are_refused(radius_m, accuracy_m, platform):
    random = Random(f"{radius_m} {accuracy_m} {platform}")
    ring = worlds.disc(radius_m)
    people = 600
    refused = 0
    for _ in range(people):
        true = complex(*_anywhere_in(random, radius_m))
        spread = geo.sigma_m(platform, accuracy_m) * (3 if random.random() < 0.05 else 1)
        seen = true + complex(random.gauss(0, spread), random.gauss(0, spread))
        refused += judged(site(worlds.moved((ring,), -seen.real, -seen.imag)), accuracy_m, platform).verdict == Outcome.REJECTED
    assert refused <= binom.ppf(0.99999, people, 0.02)


def _anywhere_in(random: Random, radius_m: float) -> tuple[float, float]:
    """A point uniform in the disc inside the regular ring of twelve corners."""
    while True:
        x, y = (random.uniform(-radius_m, radius_m) for _ in "xy")
        if x * x + y * y < (0.965 * radius_m) ** 2:
            return x, y


def test_the_best_of_several_sites_is_the_one_that_accepts():
    near, far, home = disc_at(130, name="Dekat"), disc_at(4000, name="Jauh"), disc_at(10, name="Kantor")
    for order in ([near, far, home], [home, far, near], [far, home, near]):
        assert place.place_of(fix(), "android", order).site.site_name == "Kantor"


def test_of_two_sites_that_hold_one_the_likelier_is_the_place_whatever_the_order():
    wide, narrow = disc_at(0, 100, "Luas"), disc_at(0, 55, "Sempit")
    assert {place.place_of(fix(), "android", order).site.site_name for order in ([wide, narrow], [narrow, wide])} == {"Luas"}


def test_of_two_sites_far_away_the_nearer_is_named():
    sites = [Measured("A", "Jauh", 1, -90_000), Measured("B", "Dekat", 2, -900)]
    found = place.place_of(fix(), "ios", sites)
    assert (found.site.site_name, found.distance_m, found.p_inside) == ("Dekat", 900, 0.0)


def test_without_a_site_nothing_counts_and_the_reason_says_so():
    found = place.place_of(fix(12), "web", [])
    assert (found.verdict, found.reason_code, found.site, found.accuracy_m) == ("rejected", "no_site", None, 12)


def test_without_a_usable_fix_nothing_counts_even_with_a_site():
    found = place.place_of(None, "web", [disc_at(0)])
    assert (found.verdict, found.reason_code, found.site, found.p_inside) == ("rejected", "stale_fix", None, None)


@pytest.mark.parametrize(
    "fixes, flaw",
    [([fix(8, age_ms=60_001)], "stale_fix"), ([fix(0)], "no_accuracy"), ([fix(8, age_ms=60_001), fix(0)], "no_accuracy")],
    ids=["old", "no accuracy", "the fresh one has none"],
)
def test_what_is_wrong_with_the_fixes_is_said(fixes, flaw):
    assert place.best_fix(fixes) is None
    assert place.flaw_of(fixes) == flaw


@pytest.mark.parametrize(
    "fixes, chosen",
    [
        ([fix(30), fix(8), fix(12)], 1),
        ([fix(8, age_ms=60_001), fix(30)], 1),
        ([fix(8, age_ms=60_000), fix(30)], 0),
        ([fix(8, age_ms=900), fix(8, age_ms=30)], 1),
        ([fix(0), fix(-1), fix(nan), fix(inf), fix(80)], 4),
        ([fix(8, age_ms=-1), fix(30)], 1),
        ([fix(8, age_ms=61_000)], None),
        ([fix(0)], None),
        ([], None),
    ],
    ids=["smallest", "stale", "just fresh", "freshest of equals", "no accuracy", "of the future", "all stale", "all bad", "none"],
)
def test_the_best_fix_is_the_fresh_one_with_the_smallest_valid_accuracy(fixes, chosen):
    assert place.best_fix(fixes) is (None if chosen is None else fixes[chosen])


@given(st.lists(st.floats(5, 200), min_size=1, max_size=10), st.floats(-200, 200))
def test_several_fixes_are_worth_no_more_than_the_best_of_them(accuracies, centre_m):
    best = place.best_fix([fix(a) for a in accuracies])
    assert place.place_of(best, "android", [disc_at(centre_m)]) == judged(disc_at(centre_m), min(accuracies))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "found",
    [judged(disc_at(0)), judged(disc_at(95)), judged(disc_at(110)), judged(disc_at(300)), judged(disc_at(400), 500)]
    + [place.place_of(None, "ios", []), place.place_of(fix(), "ios", [])],
    ids=lambda found: found.reason_code,
)
def test_every_reason_is_a_sentence_with_its_numbers(found, language):
    sentence = text(found.reason_code, language, **found.params)
    assert "{" not in sentence
    if found.site:
        assert "Kantor Gubernur" in sentence and f"{found.accuracy_m:.0f} m" in sentence
    if found.distance_m:
        assert f"{found.distance_m:.0f} m" in sentence
