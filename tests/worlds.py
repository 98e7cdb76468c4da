"""Worlds to test in: Hypothesis strategies, and the helpers that turn metres into places."""

from math import cos, pi, radians, sin
from random import Random
from typing import Any

from hypothesis import strategies as st

from app.geo import Outline, Point, Ring, radii_m

RENON = Point(-8.6705, 115.2340)


def star(random: Random, corners: int, near_m: float, far_m: float) -> Ring:
    """A ring seen whole from (0, 0), its corners between two distances; rarely convex."""
    return tuple((r * cos(turn), r * sin(turn)) for turn, r in _rays(random, corners, near_m, far_m))


def star_with_hole(random: Random, corners: int, near_m: float, far_m: float) -> Outline:
    """A star and inside it, clockwise, a smaller one on the same rays."""
    rays = _rays(random, corners, near_m, far_m)
    hole = [(turn, r * random.uniform(0.1, 0.9)) for turn, r in rays]
    shell, inner = (tuple((r * cos(turn), r * sin(turn)) for turn, r in ring) for ring in (rays, hole))
    return shell, inner[::-1]


def _rays(random: Random, corners: int, near_m: float, far_m: float) -> list[tuple[float, float]]:
    """Rays less than half a turn apart, so that the ring goes once around."""
    return [(2 * pi * (at + random.uniform(0.05, 0.9)) / corners, random.uniform(near_m, far_m)) for at in range(corners)]


def disc(radius_m: float, corners: int = 12) -> Ring:
    """A regular ring around (0, 0)."""
    return tuple((radius_m * cos(2 * pi * at / corners), radius_m * sin(2 * pi * at / corners)) for at in range(corners))


def moved(outline: Outline, east_m: float, north_m: float) -> Outline:
    """The outline pushed aside."""
    return tuple(tuple((x + east_m, y + north_m) for x, y in ring) for ring in outline)


def at_metres(east_m: float, north_m: float, origin: Point = RENON) -> Point:
    """The point so many metres east and north of another."""
    meridian_m, transverse_m = radii_m(origin.lat)
    return Point(
        origin.lat + north_m / (radians(1) * meridian_m),
        origin.lon + east_m / (radians(1) * transverse_m * cos(radians(origin.lat))),
    )


def polygon(outline: Outline, origin: Point = RENON) -> dict[str, Any]:
    """A GeoJSON Polygon: the first ring is the shell, the others are holes."""

    def position(east_m: float, north_m: float) -> list[float]:
        point = at_metres(east_m, north_m, origin)
        return [point.lon, point.lat]

    return {"type": "Polygon", "coordinates": [[position(*corner) for corner in (*ring, ring[0])] for ring in outline]}


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    """Any fence around a fix anywhere near it: non-convex, with or without a hole, a few metres to a kilometre wide."""
    random = draw(st.randoms(use_true_random=False))
    scale = 10 ** draw(st.floats(0.7, 3.0))
    make = draw(st.sampled_from([lambda *given: (star(*given),), star_with_hole]))
    outline = make(random, draw(st.integers(5, 12)), scale * 0.3, scale)
    return moved(outline, random.uniform(-2, 2) * scale, random.uniform(-2, 2) * scale)


@st.composite
def convex_outlines(draw: st.DrawFn) -> Outline:
    """A convex fence whose nearest corner or side lies somewhere near the fix: corners in order on one stretched circle."""
    turns = sorted(draw(st.lists(st.floats(0, 2 * pi, exclude_max=True), min_size=3, max_size=12, unique=True)))
    wide_m, high_m = draw(st.floats(3, 500)), draw(st.floats(3, 500))
    ring = tuple((wide_m * cos(turn), high_m * sin(turn)) for turn in turns)
    return moved((ring,), draw(st.floats(-700, 700)), draw(st.floats(-700, 700)))
