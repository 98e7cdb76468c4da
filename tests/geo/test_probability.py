"""The probability inside an outline is exact, keeps its proven bounds and falls into no trap."""

from math import erf, exp, inf, pi, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import owens_t
from shapely import Point as Dot
from shapely import Polygon

from app import geo
from tests import worlds

SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
sigmas = st.floats(3.5, 400)


def by_owens_t(outline: geo.Outline, sigma: float) -> float:
    """The same probability by a formula of its own: two Owen's T for each edge."""
    total = 0.0
    for ring in outline:
        a = np.array(ring)
        b = np.roll(a, -1, axis=0)
        edge = b - a
        length = np.hypot(*edge.T)
        cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
        h = np.abs(cross) / length
        t1, t2 = ((end * edge).sum(axis=1) / length for end in (a, b))
        angles = np.arctan2(cross, (a * b).sum(axis=1)) / (2 * pi)
        total += np.sum(angles - np.sign(cross) * (owens_t(h / sigma, t2 / h) - owens_t(h / sigma, t1 / h)))
    return float(total)


def signed_distance_m(outline: geo.Outline) -> float:
    """Distance from the origin to the whole boundary by shapely, above 0 inside."""
    shape = Polygon(outline[0], outline[1:])
    assume(shape.is_valid and shape.area > 1)
    distance = shape.boundary.distance(Dot(0, 0))
    return distance if shape.covers(Dot(0, 0)) else -distance


def side(low: float, high: float, sigma: float) -> float:
    return (erf(high / sigma / sqrt(2)) - erf(low / sigma / sqrt(2))) / 2


def test_a_thousand_random_polygons_with_holes_agree_with_owens_t():
    random = Random(1980)
    worst = 0.0
    for _ in range(1000):
        outline = worlds.star_with_hole(random, random.randint(4, 24), 10, 10 ** random.uniform(1.1, 3))
        outline = worlds.moved(outline, random.uniform(-300, 300), random.uniform(-300, 300))
        sigma = random.uniform(4, 200)
        heavy = 0.95 * by_owens_t(outline, sigma) + 0.05 * by_owens_t(outline, 3 * sigma)
        worst = max(
            worst,
            abs(geo.p_inside(outline, sigma) - by_owens_t(outline, sigma)),
            abs(geo.p_inside_heavy(outline, sigma) - heavy),
        )
    assert worst < 1e-5


@pytest.mark.parametrize("off_m", [10.0**-e for e in range(12)])
def test_a_fix_however_near_an_edge_is_as_exact(off_m):
    ring = ((-40.0, -off_m), (60.0, -off_m), (60.0, 50.0), (-40.0, 50.0))
    expected = side(-40, 60, 12) * side(-off_m, 50, 12)
    assert geo.p_inside((ring,), 12) == pytest.approx(expected, abs=1e-6)


@given(st.floats(-200, 200), st.floats(-200, 200), st.floats(0.5, 300), st.floats(0.5, 300), sigmas)
def test_a_rectangle_has_its_closed_form(west, south, wide, high, sigma):
    ring = ((west, south), (west + wide, south), (west + wide, south + high), (west, south + high))
    expected = side(west, west + wide, sigma) * side(south, south + high, sigma)
    assert geo.p_inside((ring,), sigma) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    "east, north, p",
    [(-5, 0, 0.5), (0, -5, 0.5), (-10, -5, 0.5), (-5, -10, 0.5), (0, 0, 0.25), (-10, -10, 0.25), (-5, -5, 1.0), (10, 0, 0.0)],
    ids=["bottom", "left", "right", "top", "a corner", "the far corner", "the middle", "in line with a side"],
)
def test_a_fix_on_the_boundary_has_the_share_of_the_plane_it_sees(east, north, p):
    assert geo.p_inside(worlds.moved((SQUARE,), east, north), 0.5) == pytest.approx(p, abs=1e-6)


def test_repeated_corners_change_nothing():
    stuttering = tuple(corner for corner in SQUARE for _ in range(3))
    for east, north in [(-5, 0), (-3, -4), (0, 0), (7, 2)]:
        once, thrice = (geo.p_inside(worlds.moved((ring,), east, north), 4) for ring in (SQUARE, stuttering))
        assert once == pytest.approx(thrice, abs=1e-12)


def test_parts_of_a_multipolygon_add_up():
    parts = worlds.moved((SQUARE,), 20, 0) + worlds.moved((SQUARE,), -35, 4)
    assert geo.p_inside_heavy(parts, 15) == pytest.approx(sum(geo.p_inside_heavy((part,), 15) for part in parts), abs=1e-12)


@given(worlds.outlines(), sigmas)
def test_the_proven_bounds_hold_for_every_outline(outline, sigma):
    d = signed_distance_m(outline)
    slack = 2e-5
    for p, tail in (
        (geo.p_inside(outline, sigma), exp(-d * d / 2 / sigma**2)),
        (geo.p_inside_heavy(outline, sigma), geo.tail_beyond(abs(d), sigma)),
    ):
        assert (1 - tail - slack <= p <= 1) if d > 0 else (0 <= p <= tail + slack)


@given(worlds.convex_outlines(), sigmas)
def test_a_convex_outline_never_holds_more_than_its_half_plane(outline, sigma):
    d = signed_distance_m(outline)
    assert geo.p_inside(outline, sigma) <= (1 + erf(d / sigma / sqrt(2))) / 2 + 2e-5


@given(worlds.convex_outlines(), st.floats(0, 1e9))
def test_from_outside_a_convex_fence_no_accuracy_reaches_a_half(outline, accuracy_m):
    assume(signed_distance_m(outline) < 0)
    assert geo.p_inside_heavy(outline, geo.sigma_m("ios", accuracy_m)) <= 0.5 + 1e-5


def test_the_tail_is_the_chance_of_an_error_that_long():
    random = Random(7)
    draws = 40_000
    errors = [abs(complex(random.gauss(), random.gauss())) * (3 if random.random() < 0.05 else 1) * 20 for _ in range(draws)]
    for d in (10, 40, 82, 120):
        assert sum(error >= d for error in errors) / draws == pytest.approx(geo.tail_beyond(d, 20), abs=0.008)
    assert geo.tail_beyond(0, 20) == pytest.approx(1)
    assert geo.tail_beyond(inf, 20) == 0
