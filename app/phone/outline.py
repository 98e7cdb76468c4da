"""Where to stand for a first try: a place well inside an outline."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from math import cos, hypot, radians
from typing import Any

Corner = Sequence[float]

GRID = 24


def spot_in(outline: Mapping[str, Any]) -> tuple[float, float]:
    """Latitude and longitude of the point of a grid over each part of the outline that is inside and farthest from its edges.

    `outline`: GeoJSON Polygon or MultiPolygon, longitude first; courtyards are outside.
    """
    parts = [outline["coordinates"]] if outline["type"] == "Polygon" else outline["coordinates"]
    rooms = ((_room(spot, edges), spot) for edges in map(_edges, parts) for spot in _grid(edges))
    return max(rooms)[1]


def _edges(part: Sequence[Sequence[Corner]]) -> list[tuple[Corner, Corner]]:
    return [edge for ring in part for edge in pairwise(tuple(corner[:2]) for corner in ring)]


def _grid(edges: Sequence[tuple[Corner, Corner]]) -> Iterator[tuple[float, float]]:
    lons, lats = [lon for edge in edges for lon, _ in edge], [lat for edge in edges for _, lat in edge]
    steps = [(step + 0.5) / GRID for step in range(GRID)]
    for up, right in product(steps, steps):
        yield min(lats) + up * (max(lats) - min(lats)), min(lons) + right * (max(lons) - min(lons))


def _room(spot: tuple[float, float], edges: Sequence[tuple[Corner, Corner]]) -> float:
    """Distance to the nearest edge in degrees of latitude, negative outside."""
    lat, lon = spot
    squeeze = cos(radians(lat))
    is_inside, nearest = False, float("inf")
    for (lon1, lat1), (lon2, lat2) in edges:
        if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
            is_inside = not is_inside
        x1, y1, x2, y2 = (lon1 - lon) * squeeze, lat1 - lat, (lon2 - lon) * squeeze, lat2 - lat
        along = (x2 - x1) ** 2 + (y2 - y1) ** 2
        t = 0.0 if along == 0 else min(1.0, max(0.0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / along))
        nearest = min(nearest, hypot(x1 + t * (x2 - x1), y1 + t * (y2 - y1)))
    return nearest if is_inside else -nearest
