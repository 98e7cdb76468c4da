"""Sites are kept as versions: what was drawn once stays, and everybody who may use a site is a sealed fact."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from shapely import Point, Polygon
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app import errors, geo
from app.access import Actor, Grant, Role
from app.db import transaction
from app.geofences import actions, store
from tests import make, worlds

NOW = datetime(2026, 7, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def feature(radius_m=60, **properties):
    """A round site that is right but for what the case changes."""
    right = {"code": "DISHUB", "name": "Kantor Dishub", "agency": "BALI", "units": ["DISHUB"]}
    return {"type": "Feature", "properties": right | properties, "geometry": worlds.polygon((worlds.disc(radius_m, 12),))}


@pytest.fixture
def tree(session):
    """An agency with two offices, one with a section, and another agency."""
    bali = make.unit(session)
    dishub = make.unit(session, "DISHUB", bali)
    make.unit(session, "TERMINAL", dishub)
    make.unit(session, "DISKES", bali)
    make.unit(session, "JABAR")
    return bali


def holder(session, role, path="BALI"):
    person = make.person(session)
    return Actor(person.id, person.nip, person.name, (Grant(role, path),), uuid4())


def leaves(session):
    return make.told(session, "site_version")


def codes(session, path, at=LATER):
    return [site.code for site in store.sites_of(session, path, at)]


def test_a_site_loaded_again_unchanged_keeps_its_version_and_adds_no_fact(session, tree):
    first, again = (actions.load(session, [feature()], None, at)[0] for at in (NOW, LATER))
    assert (first.version, first.is_new, again.version, again.is_new) == (1, True, 1, False)
    assert len(leaves(session)) == 1


def test_a_changed_outline_is_a_new_version_and_the_old_one_still_holds_for_its_time(session, tree):
    actions.load(session, [feature(60)], None, NOW)
    assert actions.load(session, [feature(70)], None, LATER)[0].version == 2
    assert store.find_site(session, "DISHUB", LATER - timedelta(seconds=1)).version == 1
    assert store.find_site(session, "DISHUB", LATER).version == 2
    assert [version for version, *_ in store.list_versions(session, store.find_site(session, "DISHUB").id)] == [2, 1]


def test_before_its_first_version_a_site_is_not_there(session, tree):
    actions.load(session, [feature()], None, NOW)
    assert store.find_site(session, "DISHUB", NOW - timedelta(seconds=1)) is None
    assert codes(session, "BALI.DISHUB", NOW - timedelta(seconds=1)) == []


@pytest.mark.parametrize("change", ["UPDATE site_versions SET version = 9", "DELETE FROM site_versions"])
def test_nobody_overwrites_a_version(session, tree, change):
    actions.load(session, [feature()], None, NOW)
    with pytest.raises(ProgrammingError):
        session.execute(text(change))


def test_new_units_are_a_fact_and_no_new_version(session, tree):
    actions.load(session, [feature()], None, NOW)
    assert actions.load(session, [feature(units=["DISKES"])], None, LATER)[0].is_new is False
    assert [leaf["units"] for leaf in leaves(session)] == [["DISHUB"], ["DISKES"]]
    assert (codes(session, "BALI.DISKES"), codes(session, "BALI.DISHUB")) == (["DISHUB"], [])


def test_a_site_is_for_its_units_and_those_below_them_only(session, tree):
    actions.load(session, [feature(), feature(code="PUSAT", units=["BALI"])], None, NOW)
    assert codes(session, "BALI.DISHUB.TERMINAL") == ["DISHUB", "PUSAT"]
    assert codes(session, "BALI.DISKES") == ["PUSAT"]
    assert codes(session, "BALI") == ["PUSAT"]
    assert codes(session, "JABAR") == []


def test_what_is_kept_is_what_was_drawn_to_a_centimetre(session, tree):
    drawn = feature()
    actions.load(session, [drawn], None, NOW)
    kept = store.find_site(session, "DISHUB").outline
    assert kept["type"] == "MultiPolygon"
    corners = {tuple(corner) for corner in kept["coordinates"][0][0]}
    assert corners == {(round(lon, 7), round(lat, 7)) for lon, lat in drawn["geometry"]["coordinates"][0]}


def test_postgis_and_the_flat_metres_of_the_verdict_measure_alike(session, tree):
    """The signed distance is PostGIS's, the probability is computed in our metres: they must be the same metres."""
    actions.load(session, [feature(200)], None, NOW)
    for east_m in (0, 150, 260, 400):
        fix = worlds.at_metres(east_m, 40)
        metres = session.scalar(
            text(
                "SELECT ST_Distance(ST_Boundary(outline)::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography)"
                " FROM site_versions"
            ),
            {"lon": fix.lon, "lat": fix.lat},
        )
        ours = flat_distance_m(store.find_site(session, "DISHUB").outline, fix)
        assert metres == pytest.approx(ours, abs=0.02)


def flat_distance_m(geometry, fix):
    """Distance from a fix to the boundary in the local metres of app.geo."""
    return Polygon(geo.outline_around(geometry, fix)[0]).boundary.distance(Point(0, 0))


@pytest.mark.parametrize(
    "changed, error, code",
    [
        ({"agency": "NIX"}, errors.NotFound, "site_unknown_agency"),
        ({"agency": "DISHUB"}, errors.NotFound, "site_unknown_agency"),
        ({"units": ["JABAR"]}, errors.Invalid, "fence_refused"),
        ({"units": ["NIX"]}, errors.Invalid, "fence_refused"),
        ({"name": ""}, errors.Invalid, "fence_refused"),
    ],
    ids=["no agency", "a unit for an agency", "another agency's unit", "no unit", "no name"],
)
def test_a_site_is_not_kept_for(session, tree, changed, error, code):
    with pytest.raises(error) as refused:
        actions.load(session, [feature(**changed)], None, NOW)
    assert refused.value.code == code
    assert store.find_site(session, "DISHUB") is None


def test_a_site_does_not_move_to_another_agency(session, tree):
    actions.load(session, [feature()], None, NOW)
    with pytest.raises(errors.Conflict, match="site_of_another_agency"):
        actions.load(session, [feature(agency="JABAR", units=["JABAR"])], None, LATER)


@pytest.mark.parametrize(
    "role, path, may",
    [
        (Role.ADMIN, "BALI", True),
        (Role.HR, "BALI", True),
        (Role.SUPERVISOR, "BALI", False),
        (Role.AUDITOR, "BALI", False),
        (Role.ADMIN, "BALI.DISHUB", False),
        (Role.ADMIN, "JABAR", False),
    ],
)
def test_only_who_sets_up_the_agency_draws_its_sites(session, tree, role, path, may):
    by = holder(session, role, path)
    if may:
        assert actions.load(session, [feature()], by, NOW)[0].is_new
        assert [leaf["by"] for leaf in leaves(session)] == [by.person_id]
    else:
        with pytest.raises(errors.NotFound):
            actions.load(session, [feature()], by, NOW)


def test_of_two_who_draw_the_same_new_site_at_once_one_is_told_it_exists(database):
    with transaction() as session:
        make.unit(session, "DISHUB", make.unit(session))
        by = holder(session, Role.ADMIN)

    def draw(late_s):
        try:
            with transaction() as session:
                # The clock of the one who waits may well be the earlier.
                return actions.create(session, feature(60 + late_s), by, NOW - timedelta(seconds=late_s)).version
        except errors.Conflict as told:
            return told.code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(map(str, pool.map(draw, range(8)))) == ["1"] + ["site_exists"] * 7


def test_many_who_load_changes_at_once_get_versions_in_a_row(database):
    with transaction() as session:
        make.unit(session, "DISHUB", make.unit(session))

    def load(more_m):
        with transaction() as session:
            return actions.load(session, [feature(60 + more_m)], None, NOW - timedelta(seconds=more_m))[0].version

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(load, range(8))) == [1, 2, 3, 4, 5, 6, 7, 8]
