"""A first try stands well inside the fence."""

import pytest
from shapely.geometry import Point, Polygon, mapping, shape

from app.phone.outline import spot_in

SQUARE = [(115.22, -8.65), (115.222, -8.65), (115.222, -8.648), (115.22, -8.648)]
HOLE = [(115.2205, -8.6495), (115.2215, -8.6495), (115.2215, -8.6485), (115.2205, -8.6485)]
ELL = [(0, 0), (0.002, 0), (0.002, 0.0006), (0.0006, 0.0006), (0.0006, 0.002), (0, 0.002)]


@pytest.mark.parametrize(
    "outline",
    [Polygon(SQUARE), Polygon(SQUARE, [HOLE]), Polygon(ELL), Polygon(ELL).union(Polygon(SQUARE))],
    ids=["square", "courtyard", "ell", "two campuses"],
)
def test_the_spot_is_inside_and_away_from_the_edge(outline):
    lat, lon = spot_in(mapping(outline))
    assert shape(mapping(outline)).contains(Point(lon, lat))
    assert outline.boundary.distance(Point(lon, lat)) > 0.0002
