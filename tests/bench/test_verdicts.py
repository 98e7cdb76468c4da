"""The bench of the place rule on fixes made up so that every count is known beforehand."""

import gzip
import json
import sys
from math import cos, radians

import pytest
from shapely import Point as Spot
from shapely.geometry import shape

from app.checkins.rules.place import Outcome
from app.geo import Point, radii_m
from bench import truth, verdicts
from bench.verdicts import OURS, PLAIN, inside_by, interval, lying, outside_by, touching

LENIENT = list(verdicts.RULES)[2]
MIDDLE = Point(-8.67, 115.23)
NORTH_M = radians(1) * radii_m(MIDDLE.lat)[0]
EAST_M = radians(1) * radii_m(MIDDLE.lat)[1] * cos(radians(MIDDLE.lat))

# Metres north of the middle of a place of 40 x 40 m, and the accuracy claimed; all of it during a stay from 1000 to 1200 s;
# a second person's two fixes in the middle come with them.
FIXES = [(0, 8), (0, 8), (30, 8), (69, 4), (75, 8), (130, 30), (130, 500), (3000, 8)]


def at(east_m, north_m):
    """Longitude and latitude so many metres from the middle of the place."""
    return MIDDLE.lon + east_m / EAST_M, MIDDLE.lat + north_m / NORTH_M


def row(north_m, accuracy_m, ts=1100, role="evaluation_0", timeline="day", phone="lab-android-1"):
    lon, lat = at(0, north_m)
    return f"{phone},{role},{timeline},{ts},{lat:.9f},{lon:.9f},{accuracy_m},x"


@pytest.fixture
def files(tmp_path):
    """The three files, with rows around them that must not be counted."""
    heading = "phone,role,timeline,ts,lat,lon,accuracy_m,ignored"
    extra = [
        row(0, 8, ts=1019),
        row(0, 8, ts=1181),
        row(0, 8, role="power_control"),
        row(0, 8, timeline="other"),
        row(0, 8, ts=1550),
    ]
    (tmp_path / "android.csv").write_text("\n".join([heading, *(row(*fix) for fix in FIXES), *extra]) + "\n")
    with gzip.open(tmp_path / "ios.csv.gz", "wt") as packed:
        packed.write("\n".join([heading, *(row(0, 8, ts=ts, timeline="evening", phone="lab-ios-1") for ts in (1020, 1180))]) + "\n")
    legs = [
        "timeline,type,start_ts,end_ts,stay_place_id",
        "day,WAITING,1000,1200,A",
        "day,TRAVEL,1500,1600,A",
        "evening,WAITING,1000,1200,A",
    ]
    (tmp_path / "legs.csv").write_text("\n".join(legs) + "\n")
    ring = [at(x, y) for x, y in [(-20, -20), (20, -20), (20, 20), (-20, 20), (-20, -20)]]
    place = {"type": "Feature", "id": "A", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "places.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [place]}))
    return tmp_path


@pytest.fixture
def read(files):
    """Fixes and places as the bench reads them."""
    stays = truth.stays(files / "legs.csv")
    return list(truth.seen_during(stays, [files / "android.csv", files / "ios.csv.gz"])), truth.grounds(files / "places.geojson")


def said(read, case):
    """Accepted, doubtful and rejected by each rule."""
    return {name: tuple(tally.said[outcome] for outcome in Outcome) for name, tally in verdicts.tallies(*read, case).items()}


def test_only_fixes_of_phones_that_were_on_and_of_people_who_certainly_stood_there_count(read):
    seen, _ = read
    assert len(seen) == len(FIXES) + 2
    assert [each.platform for each in seen] == ["android"] * len(FIXES) + ["ios"] * 2
    assert {each.stay.place for each in seen} == {"A"}


def test_inside_a_widened_place_the_counts_are_known(read):
    """The fence ends 70 m north: 0, 0, 30, 0 and 0 are certain, 69, 75 and both at 130 too close to call, 3000 is away."""
    assert said(read, inside_by(50)) == {OURS: (5, 4, 1), PLAIN: (6, 0, 4), LENIENT: (8, 0, 2)}
    assert said(read, inside_by(50, finest_m=8)) == {OURS: (5, 2, 1), PLAIN: (6, 0, 2), LENIENT: (7, 0, 1)}


def test_outside_beside_the_place_the_counts_are_known(read):
    """The fence in the north begins 28 m from the middle: 30, 69 and 75 are in it, the first of them too close to call."""
    counts = said(read, outside_by(0, finest_m=8))
    assert {name: sum(each) for name, each in counts.items()} == dict.fromkeys(counts, 4 * 8)
    assert (counts[PLAIN][0], counts[OURS][0]) == (3, 2)
    assert said(read, touching(finest_m=8))[PLAIN][0] == 3


def test_a_claimed_accuracy_replaces_the_phones_own(read):
    """Nine of ten fixes are less than a kilometre from each of the four fences."""
    assert said(read, lying(200, claimed_m=1000))[LENIENT][0] == 36
    assert said(read, lying(200, claimed_m=1000))[OURS][0] == 0
    assert said(read, lying(200, claimed_m=1))[LENIENT][0] == 0


def test_a_stay_is_wrong_once_and_only_where_a_fix_was(read):
    tally = verdicts.tallies(*read, inside_by(50))[PLAIN]
    assert (len(tally.wrong_stays), len(tally.stays), tally.n) == (1, 2, 10)


@pytest.mark.parametrize("way", verdicts.QUARTERS, ids=["north", "east", "south", "west"])
@pytest.mark.parametrize("gap_m", [0, 50], ids=str)
def test_fences_beside_a_place_lie_where_they_say(read, way, gap_m):
    ground = read[1]["A"]
    assert truth.measured("A", ground.beyond(gap_m, way), MIDDLE).outside_m == pytest.approx(20 * 2**0.5 + gap_m, abs=0.1)
    assert truth.measured("A", ground.touching(way), MIDDLE).outside_m == pytest.approx(20, abs=0.1)
    lon, lat = shape(ground.beyond(gap_m, way)).centroid.coords[0]
    steps = (round((lat - MIDDLE.lat) * NORTH_M / 100), round((lon - MIDDLE.lon) * EAST_M / 100))
    away = round((20 * 2**0.5 + gap_m + 100) / 100)
    assert steps == {0: (away, 0), 1: (0, away), 2: (-away, 0), 3: (0, -away)}[verdicts.QUARTERS.index(way)]


def test_a_widened_fence_is_as_much_wider_on_every_side(read):
    ground = read[1]["A"]
    assert truth.measured("A", ground.around(50), MIDDLE).signed_distance_m == pytest.approx(70, abs=0.1)
    assert ground.shape.covers(Spot(0, 19)) and not ground.shape.covers(Spot(0, 21))


@pytest.mark.parametrize(
    "k, n, low, high",
    [(0, 100, 0.0, 0.0370), (3, 2336, 0.00044, 0.00377), (50, 100, 0.4038, 0.5962), (100, 100, 0.9630, 1.0), (0, 0, 0.0, 1.0)],
    ids=str,
)
def test_intervals_are_wilsons(k, n, low, high):
    assert interval(k, n) == pytest.approx((low, high), abs=1e-4)


def test_the_command_prints_every_case_and_what_became_of_each_promise(files, capsys, monkeypatch):
    names = {"--fixes": ["android.csv", "ios.csv.gz"], "--legs": ["legs.csv"], "--places": ["places.geojson"]}
    arguments = [part for name, read in names.items() for part in (name, *(str(files / file) for file in read))]
    monkeypatch.setattr(sys, "argv", ["bench.verdicts", *arguments])
    verdicts.main()
    printed = capsys.readouterr().out
    assert all(f"| {case.title} |" in printed for case in verdicts.CASES)
    assert "rejected: at most 0.60%; 1 of 9 = 11.11%" in printed and "**MISSED**" in printed
    assert "2 phones" in printed and "2 times at 1 places" in printed
