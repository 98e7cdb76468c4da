"""Where people really stood while phones reported fixes: the reference files of `bench.verdicts`, and fences drawn around them."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sin
from pathlib import Path
from typing import Any

from shapely import Point as Spot
from shapely import Polygon

from app.checkins.rules.place import Fix, Measured
from app.geo import Outline, Point, outline_around, radii_m

# People walk in at the beginning of a stay and out at its end; the label may be that late.
TRIM_S = 20.0
# Phones that were told not to measure.
OFF = "power_control"
PLATFORMS = ("android", "ios")
# Of the fences that are drawn here: round ones have this radius, and rounded corners as many edges to a full turn.
RADIUS_M, CORNERS = 100.0, 64

# GeoJSON of a polygon, longitude first.
Fence = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stay:
    """One visit of one person to one place, in seconds since 1970; `number` tells visits apart."""

    number: int
    timeline: str
    place: str
    start_s: float
    end_s: float

    def holds(self, timeline: str, at_s: float) -> bool:
        """Whether the person certainly stood there then."""
        return timeline == self.timeline and self.start_s + TRIM_S <= at_s <= self.end_s - TRIM_S


@dataclass(frozen=True, slots=True)
class Seen:
    """What a phone reported during a stay."""

    fix: Fix
    phone: str
    platform: str
    stay: Stay


@dataclass(frozen=True, slots=True)
class Ground:
    """A place in metres (east, north) of a point in it, so that fences can be drawn around and beside it."""

    origin: Point
    shape: Polygon

    def around(self, by_m: float) -> Fence:
        """A fence whose every edge is that far outside the place: who stands in the place is inside by at least as much."""
        return self._geojson(self.shape.buffer(by_m, quad_segs=CORNERS // 4))

    def beyond(self, gap_m: float, bearing: float) -> Fence:
        """A round fence in that direction (radians), a gap away from the circle around the place."""
        return self._round(max(hypot(x, y) for x, y in self.shape.exterior.coords) + gap_m + RADIUS_M, bearing)

    def touching(self, bearing: float) -> Fence:
        """A round fence in that direction that touches the outline of the place: the hardest question there is."""
        near_m, far_m = 0.0, 10_000.0
        while far_m - near_m > 0.001:
            middle_m = (near_m + far_m) / 2
            is_too_near = self.shape.distance(_spot(middle_m, bearing)) < RADIUS_M
            near_m, far_m = (middle_m, far_m) if is_too_near else (near_m, middle_m)
        return self._round(far_m, bearing)

    def _round(self, away_m: float, bearing: float) -> Fence:
        return self._geojson(_spot(away_m, bearing).buffer(RADIUS_M, quad_segs=CORNERS // 4))

    def _geojson(self, drawn: Polygon) -> Fence:
        east_m, north_m = _metres_per_degree(self.origin)
        ring = [[self.origin.lon + x / east_m, self.origin.lat + y / north_m] for x, y in drawn.exterior.coords]
        return {"type": "Polygon", "coordinates": [ring]}


def measured(name: str, fence: Fence, fix: Point) -> Measured:
    """The fence as PostGIS would measure it from the fix; flat, which is within 0.1 m for fences of this size."""
    drawn = _drawn(outline_around(fence, fix))
    distance_m = drawn.exterior.distance(Spot(0, 0))
    return Measured(name, name, 1, distance_m if drawn.covers(Spot(0, 0)) else -distance_m, fence)


def grounds(file: Path) -> dict[str, Ground]:
    """The places of a GeoJSON file of polygons without holes, by the `id` of their feature."""
    features = json.loads(file.read_text("utf-8"))["features"]
    return {feature["id"]: _ground(feature["geometry"]) for feature in features}


def stays(file: Path) -> list[Stay]:
    """The stays of a file of legs: those of type WAITING."""
    return [
        Stay(number, leg["timeline"], leg["stay_place_id"], float(leg["start_ts"]), float(leg["end_ts"]))
        for number, leg in enumerate(_rows(file))
        if leg["type"] == "WAITING"
    ]


def seen_during(stays: Sequence[Stay], files: Sequence[Path]) -> Iterator[Seen]:
    """Every fix that a phone which was on reported during a stay."""
    for file in files:
        for row in _rows(file):
            if row["role"] == OFF:
                continue
            at_s, timeline = float(row["ts"]), row["timeline"]
            for stay in stays:
                if stay.holds(timeline, at_s):
                    fix = Fix(Point(float(row["lat"]), float(row["lon"])), float(row["accuracy_m"]), age_ms=0)
                    yield Seen(fix, row["phone"], _platform(row["phone"]), stay)


def _platform(phone: str) -> str:
    return next(platform for platform in PLATFORMS if platform in phone)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _ground(geometry: Mapping[str, Any]) -> Ground:
    middle = Polygon(geometry["coordinates"][0]).centroid
    origin = Point(middle.y, middle.x)
    return Ground(origin, _drawn(outline_around(geometry, origin)))


def _drawn(outline: Outline) -> Polygon:
    (ring,) = outline
    return Polygon(ring)


def _metres_per_degree(at: Point) -> tuple[float, float]:
    """East and north."""
    meridian_m, transverse_m = radii_m(at.lat)
    return radians(1) * transverse_m * cos(radians(at.lat)), radians(1) * meridian_m


def _spot(away_m: float, bearing: float) -> Spot:
    return Spot(away_m * sin(bearing), away_m * cos(bearing))
