"""The coordinates of a GeoJSON geometry: their nesting, number and range, before any geometry is made of them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any

from app.geofences.rules.problems import Problem

Position = tuple[float, float]
Part = tuple[tuple[Position, ...], ...]

MAX_VERTICES = 2000
MAX_RINGS = 20
DECIMALS = 7
# Where metres of longitude shrink to nothing; no office lies there.
POLE_LAT = 85
# More would only repeat the same mistake.
MAX_PROBLEMS = 20
PLACE = "/geometry/coordinates"


def read(geometry: object) -> tuple[tuple[Part, ...], list[Problem]]:
    """Parts of a Polygon or MultiPolygon, each a shell and its holes, closed, longitude first; or none and what is wrong.

    Source: RFC 7946 sections 3.1 and 4.
    """
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return (), [Problem("fence_geometry_type", "/geometry/type")]
    is_single = geometry["type"] == "Polygon"
    coordinates: Any = geometry.get("coordinates")
    if unreadable := _excess(coordinates, depth=2 if is_single else 3):
        return (), [unreadable]
    parts = [coordinates] if is_single else coordinates
    places = [PLACE] if is_single else [f"{PLACE}/{at}" for at in range(len(parts))]
    found = list(islice((p for part, place in zip(parts, places, strict=True) for p in _of_part(part, place)), MAX_PROBLEMS))
    if found:
        return (), found
    return tuple(tuple(tuple(_rounded(position) for position in ring) for ring in part) for part in parts), []


def _excess(coordinates: object, depth: int) -> Problem | None:
    """The problem of coordinates that are not lists to their depth, or too many to look at one by one."""
    levels: list[Any] = [coordinates]
    for _ in range(depth - 1):
        if not all(isinstance(level, list | tuple) and level for level in levels):
            return Problem("fence_nesting", PLACE)
        levels = [inner for level in levels for inner in level]
    if len(levels) > MAX_RINGS:
        return Problem("fence_rings", PLACE, {"count": len(levels), "limit": MAX_RINGS})
    if not all(isinstance(ring, list | tuple) for ring in levels):
        return Problem("fence_nesting", PLACE)
    vertices = sum(len(ring) for ring in levels)
    if vertices > MAX_VERTICES:
        return Problem("fence_vertices", PLACE, {"count": vertices, "limit": MAX_VERTICES})
    return None


def _of_part(part: Sequence[Sequence[Any]], place: str) -> Iterator[Problem]:
    for at, ring in enumerate(part):
        here = f"{place}/{at}"
        first = next((problem for i, position in enumerate(ring) for problem in _of_position(position, f"{here}/{i}")), None)
        if first is not None:
            yield first
        else:
            yield from _of_ring([_rounded(position) for position in ring], here)


def _of_position(position: object, place: str) -> Iterator[Problem]:
    """What is wrong with one position; longitude and latitude in the wrong order are told apart from mere nonsense."""
    if not isinstance(position, list | tuple) or len(position) < 2 or any(isinstance(number, list | tuple) for number in position):
        yield Problem("fence_nesting", place)
    elif not all(_is_number(number) for number in position):
        yield Problem("fence_not_a_number", place)
    elif len(position) > 2:
        yield Problem("fence_three_dimensional", place)
    elif abs(position[1]) > 90 and abs(position[1]) <= 180 and abs(position[0]) <= 90:
        yield Problem("fence_swapped", place, {"lat": round(position[1], 5), "lon": round(position[0], 5)})
    elif abs(position[1]) > 90 or abs(position[0]) > 180:
        yield Problem("fence_out_of_range", place)
    elif abs(position[1]) > POLE_LAT:
        yield Problem("fence_at_pole", place)


def _is_number(value: object) -> bool:
    """A finite number: not NaN, not 1e400, not true, not text."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e9 < value < 1e9


def _rounded(position: Sequence[float]) -> Position:
    """The position to a centimetre, so that a fence read back and sent again is the same."""
    return round(float(position[0]), DECIMALS), round(float(position[1]), DECIMALS)


def _of_ring(ring: list[Position], place: str) -> Iterator[Problem]:
    if len(ring) < 4:
        yield Problem("fence_ring_short", place)
        return
    if ring[0] != ring[-1]:
        yield Problem("fence_unclosed", place)
    for at, (before, after) in enumerate(pairwise(ring), start=1):
        if before == after:
            yield Problem("fence_duplicate_point", f"{place}/{at}")
        if abs(before[0] - after[0]) > 180:
            yield Problem("fence_antimeridian", f"{place}/{at}")
