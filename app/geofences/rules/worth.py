"""What a fence is worth: its size, and how much of it a phone's fix can prove."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import hypot, sqrt

import shapely

from app.geo import Outline, p_inside_heavy, sigma_m, tail_beyond

# The verdict's own threshold; a test holds the two together.
ACCEPT_P = 0.95
ACCURACIES_M = (20, 50, 65)
# Points looked at, and edges in all, about 5 µs each: the fence with the most corners still takes well under a second.
SAMPLES = 200
FEWEST = 8
EDGES = 8_000
# Far below what any fix can tell.
SIMPLIFIED_M = 0.5


@dataclass(frozen=True, slots=True)
class Worth:
    """Area, radius of the largest circle inside, and the share of the area that is accepted at 20, 50 and 65 m (Android)."""

    area_m2: float
    in_radius_m: float
    auto_accept_pct: Mapping[int, Decimal]


def worth_of(shape: shapely.MultiPolygon) -> Worth:
    """The worth of a valid fence, in metres.

    Source: docs/decisions.md "place: accept, doubt, reject".
    """
    simple = shapely.MultiPolygon(shapely.get_parts(shape.simplify(SIMPLIFIED_M)).tolist())
    # Finer than half a hundredth of the size, a comb of 2,000 corners would take a second.
    tolerance = max(SIMPLIFIED_M, sqrt(shape.area) / 200)
    in_radius_m = max(shapely.maximum_inscribed_circle(part, tolerance).length for part in simple.geoms)
    return Worth(round(shape.area, 1), round(in_radius_m, 1), _auto_accept(simple))


def _auto_accept(shape: shapely.MultiPolygon) -> dict[int, Decimal]:
    outline: Outline = tuple(
        tuple(ring.coords[:-1]) for part in shapely.orient_polygons(shape).geoms for ring in (part.exterior, *part.interiors)
    )
    edges = sum(len(ring) for ring in outline)
    points = list(samples(shape, max(FEWEST, min(SAMPLES, EDGES // edges))))
    depths = shapely.distance(shapely.points(points), shape.boundary)
    return {accuracy: _share(points, list(depths), outline, sigma_m("android", accuracy)) for accuracy in ACCURACIES_M}


def _share(points: list[tuple[float, float]], depths: list[float], outline: Outline, sigma: float) -> Decimal:
    """Per cent of the points that would be accepted at this sigma; the bound spares most integrals of a large fence."""
    accepted = 0
    for (east_m, north_m), depth_m in zip(points, depths, strict=True):
        if tail_beyond(depth_m, sigma) <= 1 - ACCEPT_P:
            accepted += 1
        else:
            around = tuple(tuple((x - east_m, y - north_m) for x, y in ring) for ring in outline)
            accepted += p_inside_heavy(around, sigma) >= ACCEPT_P
    return Decimal(round(100 * accepted / len(points)))


def samples(shape: shapely.MultiPolygon, count: int) -> Iterator[tuple[float, float]]:
    """About `count` points spread evenly over the area, the same ones every time, at least one in every part.

    Evenly along parallel cuts: unlike a grid it finds as many in a narrow slanting fence as in a square one.

    Source: systematic sampling (Cochran 1977, chapter 8).
    """
    for part in shape.geoms:
        share = max(1, int(count * part.area / shape.area))
        west, south, east, north = part.bounds
        rows = min(share, max(1, round(sqrt(share * (north - south) / (east - west)))))
        heights = [south + (row + 0.5) * (north - south) / rows for row in range(rows)]
        cuts = shapely.MultiLineString([[(west, y), (east, y)] for y in heights]).intersection(part)
        pieces = [(piece.coords[0], piece.coords[-1]) for piece in getattr(cuts, "geoms", [cuts]) if piece.length > 0]
        yield from _along(pieces, share)


def _along(pieces: list[tuple[tuple[float, float], tuple[float, float]]], count: int) -> Iterator[tuple[float, float]]:
    """So many points at equal steps along straight pieces laid end to end, the first half a step in."""
    step = sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pieces) / count
    ahead = step / 2
    for (x1, y1), (x2, y2) in pieces:
        length = hypot(x2 - x1, y2 - y1)
        while ahead < length:
            yield x1 + (x2 - x1) * ahead / length, y1 + (y2 - y1) * ahead / length
            ahead += step
        ahead -= length
