"""Sites over HTTP: who reads, who draws, and how a refusal points at its place."""

import pytest

from app.access import Role
from tests import make
from tests.geofences.test_actions import feature


@pytest.fixture
def people(session):
    """Somebody of each role in BALI, and a stranger of another agency."""
    bali = make.unit(session)
    dishub = make.unit(session, "DISHUB", bali)
    found = {"employee": make.person(session, dishub), "stranger": make.person(session, make.unit(session, "JABAR"))}
    for role in (Role.ADMIN, Role.HR, Role.SUPERVISOR, Role.AUDITOR):
        found[role] = make.person(session, bali)
        make.grant(session, found[role], role, bali)
    return {name: person.id for name, person in found.items()}


@pytest.fixture
def headers(people, sign_in):
    return {name: sign_in(person_id) for name, person_id in people.items()}


def test_a_drawn_site_is_answered_with_what_it_is_worth(client, headers):
    answer = client.post("/v1/sites", json=feature(), headers=headers[Role.ADMIN])
    assert answer.status_code == 201
    site = answer.get_json()
    assert (site["code"], site["version"], site["units"]) == ("DISHUB", 1, ["DISHUB"])
    assert site["outline"]["type"] == "MultiPolygon"
    assert set(site["lint"]["auto_accept_pct"]) == {"20", "50", "65"}


def test_a_site_has_the_clocks_of_its_units_unless_it_says_otherwise(client, headers):
    site = client.post("/v1/sites", json=feature(), headers=headers[Role.ADMIN])
    assert site.get_json()["zone"] == "Asia/Makassar"
    tag = client.get("/v1/sites/DISHUB", headers=headers[Role.ADMIN]).headers["ETag"]
    edit = {**headers[Role.ADMIN], "If-Match": tag}
    moved = client.put("/v1/sites/DISHUB", json=feature(zone="Asia/Jakarta"), headers=edit)
    assert (moved.get_json()["zone"], moved.get_json()["version"]) == ("Asia/Jakarta", 1)
    wrong = client.post("/v1/sites", json=feature(code="LAIN", zone="Mars/Olympus"), headers=headers[Role.ADMIN])
    assert wrong.status_code == 422 and list(wrong.get_json()["errors"]) == ["/properties/zone"]


def test_a_small_site_is_kept_with_a_sentence_of_warning(client, headers):
    lint = client.post("/v1/sites", json=feature(30), headers=headers[Role.HR]).get_json()["lint"]
    assert [(p["code"], p["severity"]) for p in lint["problems"]] == [("fence_narrow", "warn")]
    assert "50 m" in lint["problems"][0]["message"]


@pytest.mark.parametrize("who", ["employee", Role.SUPERVISOR, Role.AUDITOR, "stranger"])
@pytest.mark.parametrize("verb, address", [("post", "/v1/sites"), ("put", "/v1/sites/DISHUB"), ("post", "/v1/sites/lint")])
def test_who_sets_nothing_up_draws_nothing(client, headers, who, verb, address):
    assert getattr(client, verb)(address, json=feature(), headers={**headers[who], "If-Match": '"x"'}).status_code == 403


def test_everybody_of_the_agency_reads_its_sites_and_a_stranger_sees_nothing(client, headers):
    client.post("/v1/sites", json=feature(), headers=headers[Role.ADMIN])
    for who, seen in headers.items():
        there = who != "stranger"
        assert len(client.get("/v1/sites", headers=seen).get_json()["items"]) == there
        for address in ("/v1/sites/DISHUB", "/v1/sites/DISHUB/versions"):
            answer = client.get(address, headers=seen)
            assert answer.status_code == (200 if there else 404)
            assert there or answer.get_json()["code"] == client.get("/v1/sites/NONE", headers=seen).get_json()["code"]


def test_an_admin_of_another_agency_can_neither_read_nor_change_it(client, session, headers, people):
    make.grant(session, session.get_one(make.Person, people["stranger"]), Role.ADMIN, make.unit(session, "JABAR"))
    client.post("/v1/sites", json=feature(), headers=headers[Role.ADMIN])
    answer = client.put("/v1/sites/DISHUB", json=feature(90), headers={**headers["stranger"], "If-Match": '"x"'})
    assert answer.status_code == 404


def test_an_edit_needs_the_version_that_was_read(client, headers):
    mine = headers[Role.ADMIN]
    client.post("/v1/sites", json=feature(), headers=mine)
    read = client.get("/v1/sites/DISHUB", headers=mine).headers["ETag"]
    assert client.put("/v1/sites/DISHUB", json=feature(70), headers=mine).status_code == 428
    first = client.put("/v1/sites/DISHUB", json=feature(70), headers={**mine, "If-Match": read})
    assert (first.status_code, first.get_json()["version"]) == (200, 2)
    assert client.put("/v1/sites/DISHUB", json=feature(80), headers={**mine, "If-Match": read}).status_code == 412
    next_one = {**mine, "If-Match": first.headers["ETag"]}
    assert client.put("/v1/sites/DISHUB", json=feature(80), headers=next_one).get_json()["version"] == 3


def test_a_site_read_and_sent_back_is_the_same_version(client, headers):
    mine = headers[Role.ADMIN]
    client.post("/v1/sites", json=feature(), headers=mine)
    read = client.get("/v1/sites/DISHUB", headers=mine)
    same = {**feature(), "geometry": read.get_json()["outline"]}
    answer = client.put("/v1/sites/DISHUB", json=same, headers={**mine, "If-Match": read.headers["ETag"]})
    assert answer.get_json()["version"] == 1


def test_a_code_is_drawn_once_and_does_not_change(client, headers):
    mine = headers[Role.ADMIN]
    client.post("/v1/sites", json=feature(), headers=mine)
    assert client.post("/v1/sites", json=feature(), headers=mine).get_json()["code"] == "site_exists"
    read = client.get("/v1/sites/DISHUB", headers=mine).headers["ETag"]
    answer = client.put("/v1/sites/DISHUB", json=feature(code="LAIN"), headers={**mine, "If-Match": read})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["/properties/code"])


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"geometry": {"type": "Point", "coordinates": [115, -8]}}, "/geometry/type"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[-8.67, 115.2]] * 4]}}, "/geometry/coordinates/0/0"),
        ({"geometry": None}, "/geometry"),
        ({"crs": {"type": "name", "properties": {"name": "EPSG:32750"}}}, "/crs"),
        ({"properties": {"code": "A\0", "name": "A", "agency": "BALI", "units": []}}, "/properties/code"),
        ({"properties": {"code": "AA", "name": "A\0", "agency": "BALI", "units": []}}, "/properties/name"),
        ({"properties": {"code": "AA", "name": "A", "agency": "BALI", "units": ["NIX"]}}, "/properties/units"),
        ({"properties": {"name": "A", "agency": "BALI", "units": []}}, "/properties/code"),
    ],
    ids=["a point", "swapped", "no geometry", "another system", "nul code", "nul name", "no such unit", "no code"],
)
def test_a_refusal_points_at_its_place(client, headers, change, pointer):
    answer = client.post("/v1/sites", json={**feature(), **change}, headers=headers[Role.ADMIN])
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [pointer]


def test_json_that_is_none_is_refused(client, headers):
    body = b'{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[NaN,1]]]}}'
    answer = client.post("/v1/sites", data=body, content_type="application/json", headers=headers[Role.ADMIN])
    assert answer.status_code == 400


@pytest.mark.parametrize("address", ["/v1/sites/%00", "/v1/sites/%00/versions", "/v1/sites/" + "X" * 3000, "/v1/sites/;drop"])
def test_an_impossible_code_is_a_site_that_does_not_exist(client, headers, address):
    assert client.get(address, headers=headers[Role.ADMIN]).status_code == 404


def test_an_examination_keeps_nothing_and_says_everything(client, headers):
    mine = headers[Role.ADMIN]
    bad = {**feature(), "geometry": {"type": "Point", "coordinates": [115, -8]}}
    for body, severities in ((feature(30), ["warn"]), (bad, ["refuse"])):
        answer = client.post("/v1/sites/lint", json=body, headers=mine)
        assert (answer.status_code, [p["severity"] for p in answer.get_json()["problems"]]) == (200, severities)
    assert client.get("/v1/sites", headers=mine).get_json()["items"] == []


def test_sites_come_in_pages(client, headers):
    mine = headers[Role.ADMIN]
    for number in range(3):
        client.post("/v1/sites", json=feature(code=f"S{number}"), headers=mine)
    first = client.get("/v1/sites?limit=2", headers=mine).get_json()
    rest = client.get(f"/v1/sites?limit=2&after={first['next']}", headers=mine).get_json()
    assert [site["code"] for site in first["items"] + rest["items"]] == ["S0", "S1", "S2"]
    assert rest["next"] is None
