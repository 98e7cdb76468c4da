"""A drawn site is examined whole: every mistake named with its place, nothing repaired, nothing crashes."""

from decimal import Decimal
from math import cos, inf, nan, pi, radians, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import geo
from app.checkins.rules import place
from app.geofences.rules import shape, worth
from app.geofences.rules.lint import is_same_outline, lint
from app.geofences.rules.problems import Severity
from app.texts import text
from tests import worlds

OFFICE = worlds.polygon((worlds.disc(110, 12),))
SQUARE = [[115.234, -8.67], [115.236, -8.67], [115.236, -8.668], [115.234, -8.668], [115.234, -8.67]]


def feature(geometry, **properties):
    """A site that is right but for what the case changes."""
    right = {"code": "BALI-GUBERNUR", "name": "Kantor Gubernur", "agency": "BALI", "units": ["SETDA"]}
    return {"type": "Feature", "properties": right | properties, "geometry": geometry}


def ring(*positions):
    return {"type": "Polygon", "coordinates": [list(positions)]}


def metres(*corners):
    return worlds.polygon((tuple((float(x), float(y)) for x, y in corners),))


def changed(at, position):
    return ring(*[position if i == at else corner for i, corner in enumerate(SQUARE)])


def both(*polygons):
    return {"type": "MultiPolygon", "coordinates": [one["coordinates"] for one in polygons]}


def moved(east_m, north_m, radius_m=40):
    return worlds.polygon(worlds.moved((worlds.disc(radius_m),), east_m, north_m))


HOLED = [SQUARE, *([[115.2345, -8.6695], [115.2345, -8.669], [115.235, -8.669], [115.2345, -8.6695]] for _ in range(20))]
REFUSED = {
    "nothing": (None, "fence_geometry_type", "/geometry/type"),
    "a point": ({"type": "Point", "coordinates": [115, -8]}, "fence_geometry_type", "/geometry/type"),
    "no coordinates": ({"type": "Polygon"}, "fence_nesting", "/geometry/coordinates"),
    "empty": ({"type": "Polygon", "coordinates": []}, "fence_nesting", "/geometry/coordinates"),
    "too shallow": ({"type": "Polygon", "coordinates": SQUARE}, "fence_nesting", "/geometry/coordinates/0/0"),
    "too deep": ({"type": "Polygon", "coordinates": [[SQUARE]]}, "fence_nesting", "/geometry/coordinates/0/0"),
    "endless": ({"type": "Polygon", "coordinates": [[[[[[[[[]]]]]]]]]}, "fence_nesting", "/geometry/coordinates/0/0"),
    "text": (changed(1, ["115.236", -8.67]), "fence_not_a_number", "/geometry/coordinates/0/1"),
    "a truth": (changed(1, [True, -8.67]), "fence_not_a_number", "/geometry/coordinates/0/1"),
    "nan": (changed(2, [115.236, nan]), "fence_not_a_number", "/geometry/coordinates/0/2"),
    "infinity": (changed(2, [inf, -8.668]), "fence_not_a_number", "/geometry/coordinates/0/2"),
    "1e400 as a whole number": (changed(2, [10**400, -8.668]), "fence_not_a_number", "/geometry/coordinates/0/2"),
    "three dimensions": (changed(1, [115.236, -8.67, 30.0]), "fence_three_dimensional", "/geometry/coordinates/0/1"),
    "too many rings": ({"type": "Polygon", "coordinates": HOLED}, "fence_rings", "/geometry/coordinates"),
    "too many positions": (worlds.polygon((worlds.disc(100, 2000),)), "fence_vertices", "/geometry/coordinates"),
    "Bali read as latitude 115": (ring(*[p[::-1] for p in SQUARE]), "fence_swapped", "/geometry/coordinates/0/0"),
    "beyond the world": (changed(1, [181.0, -8.67]), "fence_out_of_range", "/geometry/coordinates/0/1"),
    "a pole": (changed(1, [115.2, 89.9]), "fence_at_pole", "/geometry/coordinates/0/1"),
    "around the earth": (ring([179.9, 0], [-179.9, 0], [-179.9, 1], [179.9, 0]), "fence_antimeridian", "/geometry/coordinates/0/1"),
    "two corners": (ring(SQUARE[0], SQUARE[1], SQUARE[0]), "fence_ring_short", "/geometry/coordinates/0"),
    "open": (ring(*SQUARE[:-1]), "fence_unclosed", "/geometry/coordinates/0"),
    "a corner twice": (ring(SQUARE[0], *SQUARE), "fence_duplicate_point", "/geometry/coordinates/0/1"),
    "a bow tie": (metres((0, 0), (100, 100), (100, 0), (0, 100)), "fence_crossing", "/geometry/coordinates"),
    "a hole outside": (worlds.polygon((worlds.disc(50), worlds.moved((worlds.disc(10),), 90, 0)[0])), "fence_hole_outside", None),
    "a hole in a hole": (worlds.polygon((worlds.disc(90), worlds.disc(60), worlds.disc(20))), "fence_hole_outside", None),
    "overlapping parts": (both(moved(0, 0), moved(50, 0)), "fence_parts_overlap", "/geometry/coordinates"),
    "the same part twice": (both(moved(0, 0), moved(0, 0)), "fence_parts_overlap", "/geometry/coordinates"),
    "two cities": (both(moved(0, 0), moved(60_000, 0)), "fence_spread", "/geometry"),
    "49 m²": (metres((0, 0), (7, 0), (7, 7), (0, 7)), "fence_too_small", "/geometry"),
    "a regency": (metres((0, 0), (10_100, 0), (10_100, 10_100), (0, 10_100)), "fence_too_large", "/geometry"),
    "a wall": (metres((0, 0), (60, 0), (60, 4.8), (0, 4.8)), "fence_thin", "/geometry"),
    "a spike": (metres((0, 0), (80, 0), (80, 80), (42, 80), (40, 110), (38, 80), (0, 80)), "fence_thin", "/geometry"),
    "a short neck": (
        metres(*[(0, 0), (40, 0), (40, 18), (46, 18), (46, 0), (90, 0), (90, 40), (46, 40), (46, 22), (40, 22), (40, 40), (0, 40)]),
        "fence_thin",
        "/geometry",
    ),
    "a courtyard behind a thin wall": (
        worlds.polygon((((0, 0), (90, 0), (90, 90), (0, 90)), ((4, 20), (4, 70), (60, 70), (60, 20)))),
        "fence_thin",
        "/geometry",
    ),
}  # fmt: skip


@pytest.mark.parametrize("geometry, code, pointer", REFUSED.values(), ids=REFUSED)
def test_a_fence_is_refused_for(geometry, code, pointer):
    found = lint(feature(geometry))
    assert {problem.code for problem in found.refusals} == {code}
    assert found.refusals[0].pointer == (pointer or "/geometry/coordinates")
    assert found.outline is None and found.worth is None


ACCEPTED = {
    "a round office": OFFICE,
    "two campuses": both(moved(0, 0), moved(300, 40)),
    "a courtyard": worlds.polygon((worlds.disc(90), worlds.disc(30))),
    "backwards": worlds.polygon((worlds.disc(90)[::-1],)),
    "an L": metres((0, 0), (90, 0), (90, 30), (30, 30), (30, 80), (0, 80)),
    "6 m wide": metres((0, 0), (60, 0), (60, 6), (0, 6)),
    "a corner of 15 degrees": metres((0, 0), (120, 0), (120 * cos(pi / 12), 120 * sin(pi / 12))),
    "fifty square metres": metres((0, 0), (7.2, 0), (7.2, 7.2), (0, 7.2)),
    "10 km wide": metres((0, 0), (9_900, 0), (9_900, 9_900), (0, 9_900)),
    "1,999 corners": worlds.polygon((worlds.disc(400, 1999),)),
}


@pytest.mark.parametrize("geometry", ACCEPTED.values(), ids=ACCEPTED)
def test_a_fence_is_kept_that_is(geometry):
    found = lint(feature(geometry))
    assert found.refusals == ()
    assert found.outline.is_valid and found.outline.geom_type == "MultiPolygon"
    assert all(part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors) for part in found.outline.geoms)


def test_a_crossing_is_named_with_its_place():
    (problem,) = lint(feature(metres((0, 0), (100, 100), (100, 0), (0, 100)))).refusals
    middle = worlds.at_metres(50, 50)
    assert (float(problem.params["lat"]), float(problem.params["lon"])) == pytest.approx((middle.lat, middle.lon), abs=2e-6)


def test_swapped_coordinates_are_told_what_they_read_as():
    (problem,) = lint(feature(ring(*[p[::-1] for p in SQUARE]))).refusals
    assert problem.params == {"lat": 115.234, "lon": -8.67}


@pytest.mark.parametrize(
    "document, code",
    [
        (None, "fence_not_a_feature"),
        ([], "fence_not_a_feature"),
        ({"type": "FeatureCollection", "features": []}, "fence_not_a_feature"),
        ({"type": "Feature", "properties": None, "geometry": OFFICE}, "site_without_properties"),
        (feature(OFFICE, code="bali gubernur"), "site_code"),
        (feature(OFFICE, code=7), "site_code"),
        (feature(OFFICE, name=" "), "site_name"),
        (feature(OFFICE, name="x" * 121), "site_name"),
        (feature(OFFICE, name="nul\0"), "site_name"),
        (feature(OFFICE, name="half \ud800"), "site_name"),
        (feature(OFFICE, agency=None), "site_agency"),
        (feature(OFFICE, units="SETDA"), "site_units"),
        (feature(OFFICE, units=[["SETDA"]]), "site_units"),
        (feature(OFFICE, units=["SETDA", "SETDA"]), "site_units_repeated"),
        ({**feature(OFFICE), "crs": {"type": "name", "properties": {"name": "EPSG:32750"}}}, "fence_crs"),
        ({**feature(OFFICE), "crs": 4326}, "fence_crs"),
        (feature({**OFFICE, "crs": {"type": "name", "properties": {"name": ["EPSG:4326"]}}}), "fence_crs"),
    ],
)
def test_a_document_is_refused_for(document, code):
    assert [problem.code for problem in lint(document).refusals] == [code]


def test_the_one_right_reference_system_may_be_named():
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert lint({**feature(OFFICE), "crs": named}).refusals == ()


def test_all_mistakes_are_told_at_once():
    drawn = {"type": "Polygon", "coordinates": [SQUARE[:-1], [*SQUARE[:2], SQUARE[1], *SQUARE[2:]]]}
    found = {problem.code for problem in lint(feature(drawn, name="", units=None)).refusals}
    assert found == {"site_name", "site_units", "fence_unclosed", "fence_duplicate_point"}


def test_a_site_without_units_is_kept_with_a_warning():
    found = lint(feature(OFFICE, units=[]))
    assert found.refusals == () and "site_without_units" in {problem.code for problem in found.problems}


@pytest.mark.parametrize(
    "lat, lon, warning",
    [(-8.67, 115.23, None), (5.55, 95.32, None), (52.0, 5.0, "fence_abroad"), (0.0, 0.0, "fence_abroad")],
    ids=["Denpasar", "Banda Aceh", "Utrecht", "the origin"],
)
def test_a_fence_outside_the_country_is_kept_with_a_warning(lat, lon, warning):
    found = lint(feature(worlds.polygon((worlds.disc(90),), geo.Point(lat, lon))))
    assert [problem.code for problem in found.problems] == ([warning] if warning else [])


def test_where_both_orders_are_possible_the_likelier_one_is_pointed_out():
    netherlands = shape.Box(50.7, 3.3, 53.6, 7.3)
    found = lint(feature(worlds.polygon((worlds.disc(90),), geo.Point(5.1, 52.1))), home=netherlands)
    assert [(p.code, p.severity) for p in found.problems] == [("fence_maybe_swapped", Severity.WARN)]


def test_a_small_office_is_kept_with_a_warning_and_its_radius():
    (problem,) = lint(feature(worlds.polygon((worlds.disc(40, 64),)))).problems
    assert (problem.code, problem.severity) == ("fence_narrow", Severity.WARN)
    assert problem.params["in_radius_m"] == pytest.approx(40, abs=0.8)


def test_area_and_radius_are_those_of_the_ground():
    found = lint(feature(metres((0, 0), (200, 0), (200, 150), (0, 150)))).worth
    assert found.area_m2 == pytest.approx(30_000, rel=1e-4)
    assert found.in_radius_m == pytest.approx(75, abs=1)


def test_the_share_that_accepts_is_the_verdicts_own():
    """Within r - margin of the middle of a disc a fix is accepted; the share is the square of that."""
    assert worth.ACCEPT_P == place.ACCEPT_P
    radius_m = 150
    ring_ = worlds.disc(radius_m, 64)
    for accuracy, pct in lint(feature(worlds.polygon((ring_,)))).worth.auto_accept_pct.items():
        sigma = geo.sigma_m("android", accuracy)
        reach = max((r for r in range(radius_m) if geo.p_inside_heavy(worlds.moved((ring_,), r, 0), sigma) >= 0.95), default=0)
        assert pct == pytest.approx(Decimal(100 * reach**2 / radius_m**2), abs=Decimal(4))


def test_samples_lie_inside_and_spread_over_every_part():
    outline = lint(feature(both(moved(0, 0, 20), moved(5_000, 0, 200)))).outline
    drawn, _ = shape.in_metres(outline)
    points = list(worth.samples(drawn, 200))
    assert 195 <= len(points) <= 205
    assert all(drawn.buffer(0.01).contains(shape.shapely.Point(point)) for point in points)
    assert sum(drawn.geoms[0].buffer(0.01).contains(shape.shapely.Point(point)) for point in points) == 1


@pytest.mark.parametrize("turned", range(0, 180, 15))
def test_samples_do_not_depend_on_how_a_strip_lies(turned):
    angle = radians(turned)
    corners = [(0, 0), (900, 0), (900, 8), (0, 8)]
    strip = shape.shapely.Polygon([(x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)) for x, y in corners])
    along = [x * cos(angle) + y * sin(angle) for x, y in worth.samples(shape.shapely.MultiPolygon([strip]), 60)]
    assert 58 <= len(along) <= 62
    assert sum(along) / len(along) == pytest.approx(450, abs=30)


def test_an_outline_begun_elsewhere_is_the_same_and_a_moved_corner_is_not():
    one = lint(feature(OFFICE)).outline
    begun = OFFICE["coordinates"][0][:-1]
    turned = [*begun[5:], *begun[:5], begun[5]]
    other = lint(feature({"type": "Polygon", "coordinates": [turned]})).outline
    assert is_same_outline(one, other)
    assert not is_same_outline(one, lint(feature(worlds.polygon((worlds.disc(110.1, 12),)))).outline)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([115.2, -8.6, 10**400]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["type", "crs", "name", "x"]), inner, max_size=3),
    max_leaves=30,
)
positions = st.lists(
    st.tuples(st.floats(115.23, 115.24), st.floats(-8.68, -8.66)) | st.tuples(anything, anything), min_size=0, max_size=12
)
rings = st.lists(positions.map(lambda ps: ps + ps[:1]), max_size=4)
geometries = (
    anything
    | st.fixed_dictionaries({"type": st.just("Polygon"), "coordinates": rings | anything})
    | st.fixed_dictionaries({"type": st.just("MultiPolygon"), "coordinates": st.lists(rings, max_size=4) | anything})
)
documents = anything | st.builds(feature, geometries) | st.builds(feature, geometries, code=anything, name=anything, units=anything)


@settings(max_examples=200, deadline=None)
@given(documents)
def test_no_document_crashes_the_lint_and_every_problem_has_its_words(document):
    found = lint(document)
    assert (found.outline is None) == bool(found.refusals)
    for problem in found.problems:
        for language in ("id", "en"):
            assert "{" not in text(problem.code, language, **problem.params)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=12), st.floats(0.001, 500))
def test_rings_that_touch_cross_and_fold_back_on_a_grid_never_crash_it(corners, scale_m):
    found = lint(feature(metres(*[(x * scale_m, y * scale_m) for x, y in corners])))
    assert (found.worth is None) == bool(found.refusals)


@settings(max_examples=100, deadline=None)
@given(worlds.outlines())
def test_a_fence_that_is_kept_accepts_less_the_worse_the_fix(outline):
    found = lint(feature(worlds.polygon(outline)))
    if found.worth is not None:
        shares = [found.worth.auto_accept_pct[accuracy] for accuracy in worth.ACCURACIES_M]
        assert all(0 <= share <= 100 for share in shares)
        assert shares[0] >= shares[1] - 2 and shares[1] >= shares[2] - 2
