"""Where people stand: desks inside a site's outline, and a café outside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from random import Random
from typing import Any

from shapely import affinity
from shapely.geometry import Point as Dot
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from app.geo import Point

# Metres of one degree of latitude near Bali; a desk may be half a metre off, which no fix would tell.
DEGREE_M = 110_600.0
WALL_M = 4.0


@dataclass(frozen=True, slots=True)
class Ground:
    """A site in metres east and north of its own middle."""

    middle: Point
    outline: BaseGeometry

    def desk(self, chance: Random) -> Point:
        """A place inside, a few metres from the wall where the building is wide enough."""
        room = self.outline.buffer(-WALL_M)
        return self._somewhere_in(self.outline if room.is_empty else room, chance)

    def near(self, desk: Point, chance: Random, steps_m: float = 12.0) -> Point:
        """Where the phone comes out of the pocket: some steps from the desk and still inside."""
        for _ in range(8):
            spot = moved(desk, chance.gauss(0, steps_m), chance.gauss(0, steps_m))
            if self.outline.contains(self._dot(spot)):
                return spot
        return desk

    def outside(self, metres: float, chance: Random) -> Point:
        """A place exactly that far from the site."""
        dot = self.outline.buffer(metres).boundary.interpolate(chance.random(), normalized=True)
        return moved(self.middle, dot.x, dot.y)

    def _somewhere_in(self, room: BaseGeometry, chance: Random) -> Point:
        west, south, east, north = room.bounds
        while True:
            dot = Dot(chance.uniform(west, east), chance.uniform(south, north))
            if room.contains(dot):
                return moved(self.middle, dot.x, dot.y)

    def _dot(self, spot: Point) -> Dot:
        north = (spot.lat - self.middle.lat) * DEGREE_M
        return Dot((spot.lon - self.middle.lon) * DEGREE_M * cos(radians(self.middle.lat)), north)


def ground_of(outline: Mapping[str, Any]) -> Ground:
    """A site's GeoJSON outline in metres."""
    geometry = shape(outline)
    middle = Point(geometry.centroid.y, geometry.centroid.x)
    wide = DEGREE_M * cos(radians(middle.lat))
    moved_there = affinity.translate(geometry, -middle.lon, -middle.lat)
    return Ground(middle, affinity.scale(moved_there, wide, DEGREE_M, origin=(0, 0)))


def moved(spot: Point, east_m: float, north_m: float) -> Point:
    """The place that many metres away."""
    return Point(spot.lat + north_m / DEGREE_M, spot.lon + east_m / (DEGREE_M * cos(radians(spot.lat))))
