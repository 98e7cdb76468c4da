"""Positions are as wrong as real phones are, and as odd as real fakes are."""

from random import Random
from statistics import median

import pytest
from shapely.geometry import mapping
from shapely.geometry.polygon import Polygon

from app.demo import fixes
from app.demo.ground import ground_of, moved
from app.geo import ACCURACY_PER_SIGMA, Point, distance_m

DESK = Point(-8.6685, 115.2340)
OUTLINE = mapping(Polygon([(115.233, -8.669), (115.235, -8.669), (115.235, -8.668), (115.233, -8.668)]))


@pytest.mark.parametrize("platform, indoors, low, high", [
    ("android", False, 9, 13), ("android", True, 27, 37), ("ios", True, 35, 66), ("web", True, 27, 37),
], ids=str)  # fmt: skip
def test_accuracies_are_those_measured(platform, indoors, low, high):
    chance = Random(1)
    assert low < median(fixes.honest(DESK, platform, indoors, chance)["accuracy_m"] for _ in range(2_000)) < high


@pytest.mark.parametrize("platform", ["android", "ios", "web"])
def test_errors_are_as_large_as_claimed_and_one_in_twenty_three_times_larger(platform):
    chance = Random(2)
    found = [fixes.honest(DESK, platform, False, chance) for _ in range(4_000)]
    scaled = [distance_m(DESK, Point(fix["lat"], fix["lon"])) / (fix["accuracy_m"] / ACCURACY_PER_SIGMA[platform]) for fix in found]
    assert 1.1 < median(scaled) < 1.3
    # Beyond four sigma a Gaussian has 0.03 %, and 5 % three times as wide bring 2 %.
    assert 0.012 < sum(ratio > 4 for ratio in scaled) / len(scaled) < 0.033


def test_an_honest_fix_has_no_more_decimals_than_a_receiver_and_a_tap_on_a_map_has():
    chance = Random(3)
    assert all(len(str(fixes.honest(DESK, "android", False, chance)["lat"])) <= 11 for _ in range(50))
    tap = moved(DESK, 3.3, 1.7)
    assert len(str(fixes.faked(tap, 0, chance)["lat"])) > 13


@pytest.mark.parametrize("template", range(5), ids=["T1", "T2", "T3", "T4", "T5"])
def test_a_fake_stands_exactly_on_the_tap(template):
    fix = fixes.faked(DESK, template, Random(4))
    assert (fix["lat"], fix["lon"]) == (DESK.lat, DESK.lon)


def test_desks_are_inside_and_the_cafe_is_as_far_as_said():
    ground = ground_of(OUTLINE)
    chance = Random(5)
    for _ in range(100):
        desk = ground.desk(chance)
        near = ground.near(desk, chance)
        assert -8.669 < desk.lat < -8.668 and 115.233 < desk.lon < 115.235
        assert -8.669 < near.lat < -8.668 and 115.233 < near.lon < 115.235
    cafe = ground.outside(80, chance)
    # By PostGIS' measure the café would be within half a per cent of 80 m.
    corners = [Point(-8.669, 115.233), Point(-8.669, 115.235), Point(-8.668, 115.235), Point(-8.668, 115.233)]
    nearest = min(distance_m(cafe, Point(min(max(cafe.lat, -8.669), -8.668), min(max(cafe.lon, 115.233), 115.235))), 1e9)
    assert nearest == pytest.approx(80, rel=0.01)
    assert min(distance_m(cafe, corner) for corner in corners) >= 79
