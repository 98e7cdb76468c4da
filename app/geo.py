"""Points, outlines in local metres, and the probability that a phone stands inside one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import acosh, asin, asinh, atan, atan2, cos, cosh, exp, hypot, pi, radians, sin, sqrt, tan
from typing import Any

from numpy.polynomial.legendre import leggauss

Ring = tuple[tuple[float, float], ...]
Outline = tuple[Ring, ...]

# WGS84: equatorial radius and flattening.
EQUATOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)

# Claimed accuracy over the standard deviation per axis: Android says the 68 % radius, and browsers on Android pass that number on
# although the W3C says 95 %; iOS says the root mean square of both axes together.
ACCURACY_PER_SIGMA = {"android": 1.5096, "web": 1.5096, "ios": 1.4142}
# No phone in an office is better than this, whatever it claims: a smaller number can only be meant to deceive.
ACCURACY_FLOOR_M = 5.0
# A fence drawn on imagery is itself this wrong.
FENCE_ERROR_M = 3.0

# Share of fixes whose error is three times what the phone says, measured on phones carried together (0.04), rounded up.
TAIL_SHARE = 0.05
TAIL_WIDTH = 3.0

# Beyond six standard deviations a millionth of a per cent is left; beyond cosh(14) the angle is.
REACH = 6.0
LAST_U = 14.0
# Up to this width 16 nodes need no cut at the peak.
LONG_U = 2.5
# Nearer to the line of an edge than this is on it.
ON_EDGE_M = 1e-9

# Gauss-Legendre on [-1, 1]: nodes with their weights. As many as an interval of that width needs to err below 2e-7; most edges of
# a fence are short as seen from the fix, and take a quarter of the time.
_SHORT, _MIDDLE, _LONG = (tuple(zip(*(side.tolist() for side in leggauss(nodes)), strict=True)) for nodes in (4, 8, 16))
SHORT_U = 0.75
MIDDLE_U = 2.0


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the WGS84 ellipsoid, in degrees."""

    lat: float
    lon: float


def radii_m(lat: float) -> tuple[float, float]:
    """Radii of curvature at a latitude: along the meridian (north) and across it (east).

    Source: NIMA TR8350.2, third edition (WGS84).
    """
    root = sqrt(1 - ECCENTRICITY_2 * sin(radians(lat)) ** 2)
    return EQUATOR_M * (1 - ECCENTRICITY_2) / root**3, EQUATOR_M / root


def outline_around(geometry: Mapping[str, Any], origin: Point) -> Outline:
    """The rings of a GeoJSON Polygon or MultiPolygon in metres (east, north) of a point, shells counter-clockwise, holes clockwise.

    Flat: over a fence of 2 km the error is below 0.1 m.

    Source: RFC 7946 section 3.1.6; NIMA TR8350.2.
    """
    meridian_m, transverse_m = radii_m(origin.lat)
    north_m = radians(1) * meridian_m
    east_m = radians(1) * transverse_m * cos(radians(origin.lat))
    lat, lon = origin.lat, origin.lon
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]

    def local(positions: Sequence[Sequence[float]]) -> Ring:
        return tuple([((p[0] - lon) * east_m, (p[1] - lat) * north_m) for p in positions[:-1]])

    return tuple([_turned(local(ring), is_hole=at > 0) for part in parts for at, ring in enumerate(part)])


def metres_from(origin: Point, point: Point) -> tuple[float, float]:
    """A point in metres (east, north) of another that is near, as `outline_around` measures them.

    Source: NIMA TR8350.2.
    """
    meridian_m, transverse_m = radii_m(origin.lat)
    east_m = radians(1) * transverse_m * cos(radians(origin.lat))
    return (point.lon - origin.lon) * east_m, (point.lat - origin.lat) * radians(1) * meridian_m


def _turned(ring: Ring, is_hole: bool) -> Ring:
    """The ring in the orientation its role asks for."""
    return ring[::-1] if (area_m2(ring) < 0) != is_hole else ring


def area_m2(ring: Ring) -> float:
    """Area enclosed by a ring, negative when it runs clockwise.

    Source: the shoelace formula (Meister 1769).
    """
    before = zip(ring[-1:] + ring[:-1], ring, strict=True)
    return sum([x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in before]) / 2


def distance_m(a: Point, b: Point) -> float:
    """Length of the shortest way over the ellipsoid, right to about ten metres in thousands of kilometres.

    Source: Lambert 1942, "The distance between two widely separated points on the surface of the earth".
    """
    north_a, north_b = (atan((1 - FLATTENING) * tan(radians(point.lat))) for point in (a, b))
    half_north, half_east = (north_b - north_a) / 2, radians(b.lon - a.lon) / 2
    chord = sqrt(sin(half_north) ** 2 + cos(north_a) * cos(north_b) * sin(half_east) ** 2)
    angle = 2 * asin(min(1.0, chord))
    if not 0 < angle < pi:
        return EQUATOR_M * angle
    middle = (north_a + north_b) / 2
    away = (angle - sin(angle)) * (sin(middle) * cos(half_north) / cos(angle / 2)) ** 2
    along = (angle + sin(angle)) * (cos(middle) * sin(half_north) / sin(angle / 2)) ** 2
    return EQUATOR_M * (angle - FLATTENING / 2 * (away + along))


def sigma_m(platform: str, accuracy_m: float, fence_error_m: float = FENCE_ERROR_M) -> float:
    """Standard deviation per axis of a fix against a fence: what the phone claims, at least 5 m, and the fence's own error.

    Source: Android Location.getAccuracy; Apple developer forums 699996; Chromium LocationProviderAdapter; RFC 7459 section 3.
    """
    return hypot(max(accuracy_m, ACCURACY_FLOOR_M) / ACCURACY_PER_SIGMA[platform], fence_error_m)


def p_inside(outline: Outline, sigma: float) -> float:
    """Probability that the true position lies inside the outline, when the fix is its origin and the error is normal.

    Source: DiDonato and Hageman 1980 (DTIC ADA102466); RFC 7459 section 5.
    """
    return _mass(outline, sigma, narrow=0.0)


def p_inside_heavy(outline: Outline, sigma: float) -> float:
    """The same with the tails that real phones have: one fix in twenty errs three times as far as it says.

    Source: DiDonato and Hageman 1980; docs/decisions.md "errors have heavy tails".
    """
    return _mass(outline, TAIL_WIDTH * sigma, narrow=1 - TAIL_SHARE)


def tail_beyond(outside_m: float, sigma: float) -> float:
    """Chance that an error at least this long occurs at all, in any direction.

    Source: Rayleigh 1880, with the mixture of `p_inside_heavy`.
    """
    wide = exp(-((outside_m / (TAIL_WIDTH * sigma)) ** 2) / 2)
    return (1 - TAIL_SHARE) * wide**9 + TAIL_SHARE * wide


def _mass(outline: Outline, sigma: float, narrow: float) -> float:
    """Mass inside the outline of a normal of this sigma; a share `narrow` of it has a third of the sigma.

    Every edge is seen from the fix under an angle; its mass is that angle less the integral over it of exp(-r²/2σ²), r the way to
    the edge. The integral runs over u with tan(angle) = sinh(u), where it stays smooth as the fix nears the edge: the nodes err
    below 1e-6 an edge at every distance, over the angle itself up to 3e-4. A fix on an edge leaves the edge out, angle and
    integral both: with the angle alone it would be wrong by a half.
    """
    total = 0.0
    reach = REACH * sigma
    for ring in outline:
        x1, y1 = ring[-1]
        for x2, y2 in ring:
            dx, dy = x2 - x1, y2 - y1
            length = hypot(dx, dy)
            cross = x1 * y2 - x2 * y1
            if length > 0 and (h := abs(cross) / length) > ON_EDGE_M:
                seen = abs(atan2(cross, x1 * x2 + y1 * y2))
                if h < reach:
                    end = acosh(reach / h)
                    if end > LAST_U:
                        end = LAST_U
                    start_u = asinh((x1 * dx + y1 * dy) / length / h)
                    end_u = asinh((x2 * dx + y2 * dy) / length / h)
                    if start_u < -end:
                        start_u = -end
                    if end_u > end:
                        end_u = end
                    if start_u < end_u:
                        seen -= _beyond(h / sigma, start_u, end_u, narrow)
                total += seen if cross > 0 else -seen
            x1, y1 = x2, y2
    return min(max(total / (2 * pi), 0.0), 1.0)


def _beyond(h: float, start_u: float, end_u: float, narrow: float) -> float:
    """Integral of exp(-r²/2) over the angle of one edge at distance `h` (in sigmas); a long one is cut at its nearest point."""
    if start_u < 0 < end_u and end_u - start_u > LONG_U:
        return _beyond(h, start_u, 0.0, narrow) + _beyond(h, 0.0, end_u, narrow)
    width = end_u - start_u
    half, middle = width / 2, (end_u + start_u) / 2
    rate, rest = -h * h / 2, 1 - narrow
    total = 0.0
    for node, weight in _SHORT if width <= SHORT_U else _MIDDLE if width <= MIDDLE_U else _LONG:
        c = cosh(middle + half * node)
        wide = exp(rate * c * c)
        cube = wide * wide * wide
        total += weight * (narrow * cube * cube * cube + rest * wide) / c
    return half * total
