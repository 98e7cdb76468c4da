"""Degrees become metres on the ellipsoid; accuracies become standard deviations."""

from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import geo
from tests import worlds

FLINDERS_PEAK = geo.Point(-(37 + 57 / 60 + 3.72030 / 3600), 144 + 25 / 60 + 29.52440 / 3600)
BUNINYONG = geo.Point(-(37 + 39 / 60 + 10.15610 / 3600), 143 + 55 / 60 + 35.38390 / 3600)


@pytest.mark.parametrize(
    "a, b, metres",
    [
        (FLINDERS_PEAK, BUNINYONG, 54_972.271),
        (geo.Point(0, 0), geo.Point(0, 1), 111_319.491),
        (geo.Point(-8.5, 115), geo.Point(-8.5, 115), 0.0),
        (geo.Point(0, 0), geo.Point(1, 0), 110_574.389),
        (geo.Point(0, 179.5), geo.Point(0, -179.5), 111_319.491),
    ],
    ids=["a surveyed line", "a degree of the equator", "nowhere", "a degree north", "over the date line"],
)
def test_a_distance_is_the_surveyors(a, b, metres):
    assert geo.distance_m(a, b) == pytest.approx(metres, rel=2e-6, abs=0.01)


@given(st.floats(-60, 60), st.floats(-179, 179), st.floats(-500, 500), st.floats(-500, 500))
def test_local_metres_and_distances_agree(lat, lon, east_m, north_m):
    here = geo.Point(lat, lon)
    there = worlds.at_metres(east_m, north_m, here)
    assert geo.distance_m(here, there) == pytest.approx((east_m**2 + north_m**2) ** 0.5, rel=1e-3, abs=0.01)


def test_opposite_points_are_half_a_meridian_apart_to_one_per_cent():
    assert geo.distance_m(geo.Point(0, 0), geo.Point(0, 180)) == pytest.approx(20_003_931, rel=0.01)


@pytest.mark.parametrize("backwards", [False, True])
def test_an_outline_has_shells_one_way_and_holes_the_other_however_they_were_drawn(backwards):
    shell, hole = worlds.disc(50), worlds.disc(20)
    rings = (shell[::-1], hole) if backwards else (shell, hole[::-1])
    outline = geo.outline_around(worlds.polygon(rings), worlds.RENON)
    assert geo.area_m2(outline[0]) == pytest.approx(geo.area_m2(shell), rel=1e-9)
    assert geo.area_m2(outline[1]) == pytest.approx(-geo.area_m2(hole), rel=1e-9)


def test_an_outline_is_in_metres_of_the_ellipsoid_not_of_a_sphere():
    geometry = {"type": "Polygon", "coordinates": [[[0, 0], [0.01, 0], [0.01, 0.01], [0, 0]]]}
    (ring,) = geo.outline_around(geometry, geo.Point(0, 0))
    assert max(x for x, _ in ring) == pytest.approx(1113.195, abs=0.01)
    assert max(y for _, y in ring) == pytest.approx(1105.743, abs=0.01)
    (north,) = geo.outline_around(geometry, geo.Point(60, 0))
    assert max(x for x, _ in north) == pytest.approx(1116.0 * cos(radians(60)), abs=0.5)


def test_a_multipolygon_gives_the_rings_of_all_its_parts():
    one, two = worlds.polygon((worlds.disc(10), worlds.disc(4))), worlds.polygon(worlds.moved((worlds.disc(10),), 50, 0))
    both = {"type": "MultiPolygon", "coordinates": [one["coordinates"], two["coordinates"]]}
    outline = geo.outline_around(both, worlds.RENON)
    assert [geo.area_m2(ring) > 0 for ring in outline] == [True, False, True]


@pytest.mark.parametrize(
    "platform, accuracy_m, sigma",
    [("android", 15.096, 10), ("web", 15.096, 10), ("ios", 14.142, 10), ("ios", 65, 45.962), ("android", 5, 3.3121)],
)
def test_sigma_is_the_platforms_own_meaning_of_accuracy(platform, accuracy_m, sigma):
    assert geo.sigma_m(platform, accuracy_m, fence_error_m=0) == pytest.approx(sigma, rel=1e-4)


def test_the_fences_own_error_adds_in_quadrature():
    assert geo.sigma_m("android", 1.5096 * 4) == pytest.approx(5)


@given(st.sampled_from(sorted(geo.ACCURACY_PER_SIGMA)), st.floats(0, 5), st.floats(5, 1e6), st.floats(0, 1e6))
def test_below_five_metres_accuracy_gains_nothing_and_above_it_costs(platform, vain_m, accuracy_m, more_m):
    assert geo.sigma_m(platform, vain_m) == geo.sigma_m(platform, 5)
    assert geo.sigma_m(platform, accuracy_m) <= geo.sigma_m(platform, accuracy_m + more_m)
