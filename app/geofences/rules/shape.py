"""The shape of a fence: whether it is one, and whether it is fit to stand in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot

import shapely

from app.geo import Outline, Point, outline_around
from app.geofences.rules.coordinates import Part
from app.geofences.rules.problems import Problem, Severity

MIN_AREA_M2 = 50
MAX_AREA_M2 = 100_000_000
# Two campuses, yes; two cities are two sites. Within it the flat metres of app.geo are good enough.
MAX_SPREAD_M = 50_000
# What no fix can tell from a drawing error.
MIN_WIDTH_M = 5
# How long a tip may be that is narrower than that: every corner ends in one, a corner of 12 degrees in one of 12 m.
MAX_TIP_M = 12
REASON = re.compile(r"(?P<what>[A-Za-z -]+)\[(?P<lon>[-0-9.e+]+) (?P<lat>[-0-9.e+]+)\]")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of degrees."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Whether the point lies in it."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


INDONESIA = Box(-11.5, 94.5, 6.5, 141.5)


def outline_of(parts: tuple[Part, ...]) -> shapely.MultiPolygon:
    """The fence in degrees, longitude first, shells counter-clockwise; valid only when `problems_of` refuses nothing.

    Source: RFC 7946 section 3.1.6.
    """
    return shapely.orient_polygons(shapely.MultiPolygon([(part[0], part[1:]) for part in parts]))


def in_metres(outline: shapely.MultiPolygon) -> tuple[shapely.MultiPolygon, Outline]:
    """The fence around the middle of its bounds in metres, as a shape and as rings.

    Source: `geo.outline_around`.
    """
    west, south, east, north = outline.bounds
    middle = Point((south + north) / 2, (west + east) / 2)
    parts = [outline_around(shapely.geometry.mapping(part), middle) for part in outline.geoms]
    return shapely.MultiPolygon([(part[0], part[1:]) for part in parts]), tuple(ring for part in parts for ring in part)


def problems_of(outline: shapely.MultiPolygon, home: Box = INDONESIA) -> Iterator[Problem]:
    """What is wrong with a fence, the first reason to refuse it alone; `home` is where its government lies.

    Source: OGC Simple Features 06-103r4 section 6.1.11; RFC 7946 section 3.1.9.
    """
    refused = _of_topology(outline) or _of_size(outline)
    if refused is not None:
        yield refused
        return
    middle = outline.centroid
    if home.holds(middle.y, middle.x):
        return
    is_swapped = home.holds(middle.x, middle.y)
    where: dict[str, str | int | float] = {"lat": round(middle.y, 5), "lon": round(middle.x, 5)}
    yield Problem("fence_maybe_swapped" if is_swapped else "fence_abroad", "/geometry", where, Severity.WARN)


def _of_topology(outline: shapely.MultiPolygon) -> Problem | None:
    """Crossing sides, holes that are not inside, parts that overlap; the place is named, nothing is repaired."""
    for at, part in enumerate(outline.geoms):
        if not part.is_valid:
            return _as_problem(shapely.is_valid_reason(part), "fence_crossing", at)
    if not outline.is_valid:
        return _as_problem(shapely.is_valid_reason(outline), "fence_parts_overlap", 0)
    return None


def _as_problem(reason: str, code: str, part: int) -> Problem:
    """The library's English reason, such as `Self-intersection[115.2 -8.6]`, as a problem."""
    found = REASON.fullmatch(reason)
    where: dict[str, str | int | float] = {"part": part + 1, "lat": "?", "lon": "?"}
    if found is not None:
        where |= {"lat": f"{float(found['lat']):.6f}", "lon": f"{float(found['lon']):.6f}"}
        code = "fence_hole_outside" if "ole" in found["what"] else code
    return Problem(code, "/geometry/coordinates", where)


def _of_size(outline: shapely.MultiPolygon) -> Problem | None:
    shape, _ = in_metres(outline)
    west, south, east, north = shape.bounds
    if max(east - west, north - south) > MAX_SPREAD_M:
        return Problem("fence_spread", "/geometry", {"limit_km": MAX_SPREAD_M // 1000})
    if shape.area < MIN_AREA_M2 or shape.area > MAX_AREA_M2:
        code = "fence_too_small" if shape.area < MIN_AREA_M2 else "fence_too_large"
        return Problem(code, "/geometry", {"area_m2": round(shape.area)})
    if not shape.is_valid:
        return Problem("fence_degenerate", "/geometry")
    for part, drawn in zip(shape.geoms, outline.geoms, strict=True):
        if is_thin(part):
            middle = drawn.representative_point()
            return Problem(
                "fence_thin", "/geometry", {"width_m": MIN_WIDTH_M, "lat": round(middle.y, 5), "lon": round(middle.x, 5)}
            )
    return None


def is_thin(part: shapely.Polygon) -> bool:
    """Somewhere narrower than 5 m: throughout, in a neck between two wider bodies, or in a spike longer than a sharp corner's.

    Shrunk by half the width and grown again (a little more, against rounding), it loses what is thin. `part` is in metres.

    Source: the morphological opening (Serra 1982), with straight corners.
    """
    body = part.buffer(-MIN_WIDTH_M / 2 + 0.001, join_style="mitre")
    if body.is_empty or body.geom_type != "Polygon":
        return True
    tips = shapely.get_parts(part.difference(body.buffer(MIN_WIDTH_M / 2 + 0.1, join_style="mitre")))
    return any(hypot(east - west, north - south) > MAX_TIP_M for west, south, east, north in shapely.bounds(tips).tolist())
