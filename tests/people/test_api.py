"""What the routes of units, people and grants promise: who sees what, and that a stranger sees nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.access import Role
from app.people import store
from app.people.actions.days import day_of
from tests import make

# Two agencies, three levels, and a code that begins like another.
TREE = {"BALI": None, "SETDA": "BALI", "SETDA_X": "BALI", "UMUM": "SETDA", "KOTA": None, "DINAS": "KOTA", "SUB": "DINAS"}
ROLES = [None, Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR]
READERS = {Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR}


def covers(unit, held_at):
    """The oracle: whether `unit` is `held_at` or below it, by walking up the tree."""
    while unit is not None:
        if unit == held_at:
            return True
        unit = TREE[unit]
    return False


def expected(role, held_at, allowed, *units):
    """The oracle: what somebody with that role there is answered about things in those units."""
    if role not in allowed:
        return 403
    return 200 if all(covers(unit, held_at) for unit in units) else 404


@pytest.fixture
def world(session):
    """One person in every unit; answers units and people by code."""
    units = {}
    for code, parent in TREE.items():
        units[code] = make.unit(session, code, units.get(parent))
    return units, {code: make.person(session, unit) for code, unit in units.items()}


@pytest.fixture
def asker(session, world, sign_in):
    """Headers of somebody new who holds that role there; he works in KOTA, so that scope comes from the grant alone."""

    def sign(role, held_at):
        person = make.person(session, world[0]["KOTA"], nip=None)
        if role is not None:
            make.grant(session, person, role, world[0][held_at])
        return sign_in(person.id)

    return sign


def code_of(answer):
    assert answer.mimetype == "application/problem+json", answer.data
    return answer.status_code, answer.json["code"]


@pytest.mark.parametrize("held_at", TREE)
@pytest.mark.parametrize("role", ROLES)
def test_everybody_reads_his_own_subtree_and_nothing_else(client, session, world, asker, role, held_at):
    units, people = world
    headers = asker(role, held_at)
    for code in TREE:
        wanted = expected(role, held_at, READERS, code)
        assert client.get(f"/v1/units/{code}", headers=headers).status_code == wanted
        assert client.get(f"/v1/people/{people[code].nip}", headers=headers).status_code == wanted
        assert client.get(f"/v1/people?unit={code}", headers=headers).status_code == wanted
    seen = [code for code in TREE if expected(role, held_at, READERS, code) == 200]
    listed = client.get("/v1/units", headers=headers)
    assert listed.status_code == (200 if seen else 403)
    if seen:
        assert [unit["code"] for unit in listed.json["items"]] == sorted(seen)
        found = {person["nip"] for person in client.get("/v1/people", headers=headers).json["items"]}
        assert found & {person.nip for person in people.values()} == {people[code].nip for code in seen}


@pytest.mark.parametrize("held_at", ["BALI", "SETDA"])
@pytest.mark.parametrize("role", ROLES)
def test_only_an_admin_adds_units_below_his_own(client, world, asker, role, held_at):
    headers = asker(role, held_at)
    for number, parent in enumerate(TREE):
        body = {"code": f"BARU_{number}", "name": "Unit baru", "parent": parent}
        wanted = expected(role, held_at, {Role.ADMIN}, parent)
        assert client.post("/v1/units", json=body, headers=headers).status_code == (201 if wanted == 200 else wanted)


@pytest.mark.parametrize("held_at", ["BALI", "SETDA", "DINAS"])
@pytest.mark.parametrize("role", ROLES)
def test_roles_are_given_and_ended_within_ones_own_subtree(client, session, world, asker, role, held_at):
    headers = asker(role, held_at)
    today = day_of(clock.now()).isoformat()
    for given in (Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR):
        for unit in ("SETDA", "UMUM", "SETDA_X", "SUB"):
            wanted = expected(role, held_at, {Role.ADMIN, Role.HR}, unit, "UMUM")
            if wanted == 200:
                wanted = 201 if role is Role.ADMIN or given is Role.SUPERVISOR else 403
            body = {"nip": world[1]["UMUM"].nip, "role": given, "unit": unit, "since": today}
            assert client.post("/v1/grants", json=body, headers=headers).status_code == wanted, (given, unit)
            grant = make.grant(session, world[1]["SUB"], given, world[0][unit])
            wanted = expected(role, held_at, {Role.ADMIN, Role.HR}, unit)
            if wanted == 200 and role is Role.HR and given is not Role.SUPERVISOR:
                wanted = 403
            assert client.post(f"/v1/grants/{grant.id}/end", headers=headers).status_code == wanted, (given, unit)
    listed = client.get("/v1/grants?limit=200", headers=headers)
    assert listed.status_code == (200 if role in {Role.ADMIN, Role.HR, Role.AUDITOR} else 403)
    if listed.status_code == 200:
        assert all(covers(grant["unit"], held_at) for grant in listed.json["items"])


def test_out_of_scope_reads_exactly_like_not_there(client, world, asker):
    headers = asker(Role.HR, "BALI")

    def refusal(path, named):
        answer = client.get(path, headers=headers)
        return answer.status_code, answer.get_data(as_text=True).replace(named, "…")

    stranger, nobody = world[1]["SUB"].nip, make.nip()
    assert refusal(f"/v1/people/{stranger}", stranger) == refusal(f"/v1/people/{nobody}", nobody)
    assert refusal("/v1/units/DINAS", "DINAS") == refusal("/v1/units/TIDAKADA", "TIDAKADA")
    assert refusal("/v1/people?unit=DINAS", "DINAS") == refusal("/v1/people?unit=TIDAKADA", "TIDAKADA")


@pytest.mark.parametrize("path", ["/v1/units", "/v1/units/BALI", "/v1/people", "/v1/people/1", "/v1/grants", "/v1/me"])
def test_nobody_reads_without_signing_in(client, path):
    assert code_of(client.get(path)) == (401, "sign_in_needed")


def test_nobody_gives_or_ends_his_own_role(client, session, world, sign_in):
    admin = make.person(session, world[0]["SETDA"])
    own = make.grant(session, admin, Role.ADMIN, world[0]["BALI"])
    headers = sign_in(admin.id)
    body = {"nip": admin.nip, "role": "hr", "unit": "SETDA", "since": "2026-01-01"}
    assert code_of(client.post("/v1/grants", json=body, headers=headers)) == (403, "own_grant")
    assert code_of(client.post(f"/v1/grants/{own.id}/end", headers=headers)) == (403, "own_grant")


def test_an_ended_grant_stops_at_the_next_request_and_an_acting_officials_by_itself(client, session, world, asker, sign_in):
    admin, person = asker(Role.ADMIN, "BALI"), world[1]["UMUM"]
    theirs = sign_in(person.id)
    today = day_of(clock.now())
    body = {"nip": person.nip, "role": "supervisor", "unit": "SETDA", "since": today.isoformat()}
    body["until"] = (today + timedelta(days=30)).isoformat()
    given = client.post("/v1/grants", json=body, headers=admin)
    assert given.json == {"id": given.json["id"], "nip": person.nip, "name": person.name} | {
        "role": "supervisor", "unit": "SETDA", "since": body["since"], "until": body["until"]
    }  # fmt: skip
    assert client.get("/v1/units/SETDA", headers=theirs).status_code == 200
    assert store.actor_for(session, person.id, family_of(session, person), today + timedelta(days=30)).grants == ()
    ended = client.post(f"/v1/grants/{given.json['id']}/end", headers=admin)
    assert ended.json["until"] == today.isoformat()
    assert client.get("/v1/units/SETDA", headers=theirs).status_code == 403
    assert code_of(client.post(f"/v1/grants/{given.json['id']}/end", headers=admin)) == (409, "grant_ended")


def family_of(session, person):
    return session.scalar(text("SELECT family FROM refresh_tokens WHERE person_id = :id"), {"id": person.id})


def test_a_grant_that_has_not_begun_can_be_withdrawn(client, session, world, asker):
    tomorrow = (day_of(clock.now()) + timedelta(days=1)).isoformat()
    body = {"nip": world[1]["UMUM"].nip, "role": "hr", "unit": "SETDA", "since": tomorrow}
    admin = asker(Role.ADMIN, "BALI")
    given = client.post("/v1/grants", json=body, headers=admin).json
    assert client.post(f"/v1/grants/{given['id']}/end", headers=admin).json["until"] == tomorrow


def test_the_same_role_twice_in_one_time_is_a_conflict(client, world, asker):
    body = {"nip": world[1]["UMUM"].nip, "role": "hr", "unit": "SETDA", "since": "2026-01-01", "until": "2026-02-01"}
    admin = asker(Role.ADMIN, "BALI")
    assert client.post("/v1/grants", json=body, headers=admin).status_code == 201
    assert code_of(client.post("/v1/grants", json=body, headers=admin)) == (409, "grant_exists")
    assert client.post("/v1/grants", json=body | {"since": "2026-02-01", "until": None}, headers=admin).status_code == 201


def test_every_grant_given_and_ended_leaves_a_leaf(client, session, world, asker):
    body = {"nip": world[1]["UMUM"].nip, "role": "hr", "unit": "SETDA", "since": "2026-01-01"}
    admin = asker(Role.ADMIN, "BALI")
    given = client.post("/v1/grants", json=body, headers=admin).json
    client.post(f"/v1/grants/{given['id']}/end", headers=admin)
    entries = [told for told in make.told(session, "grant") if told["subject"] == f"grant:{given['id']}"]
    assert [(entry["act"], entry["nip"], entry["role"], entry["unit_code"]) for entry in entries] == [
        ("give", body["nip"], "hr", "SETDA"),
        ("end", body["nip"], "hr", "SETDA"),
    ]


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"role": "employee"}, "/role"),
        ({"role": "root"}, "/role"),
        ({"nip": "1"}, "/nip"),
        ({"unit": "setda"}, "/unit"),
        ({"since": "01/01/2026"}, "/since"),
        ({"until": "2026-01-01"}, "/until"),
        ({"granted_by": 1}, "/granted_by"),
    ],
)
def test_a_malformed_grant_points_at_its_fault(client, world, asker, change, pointer):
    body = {"nip": world[1]["UMUM"].nip, "role": "hr", "unit": "SETDA", "since": "2026-01-01"} | change
    answer = client.post("/v1/grants", json=body, headers=asker(Role.ADMIN, "BALI"))
    assert (code_of(answer), list(answer.json["errors"])) == ((422, "invalid_input"), [pointer])


def test_a_new_unit_takes_zone_and_decree_from_its_parent_unless_told(client, world, asker):
    admin = asker(Role.ADMIN, "BALI")
    made = client.post("/v1/units", json={"code": "BARU", "name": "Unit Baru", "parent": "UMUM"}, headers=admin)
    assert made.json == {"code": "BARU", "name": "Unit Baru", "parent": "UMUM", "path": "BALI.SETDA.UMUM.BARU"} | {
        "zone": "Asia/Makassar",
        "decree": "bali",
    }
    body = {"code": "PAPUA", "name": "Perwakilan", "parent": "BALI", "zone": "Asia/Jayapura"}
    assert client.post("/v1/units", json=body, headers=admin).json["zone"] == "Asia/Jayapura"
    assert client.get("/v1/units/BARU", headers=admin).json == made.json


@pytest.mark.parametrize(
    "change, code",
    [
        ({"code": "SETDA"}, (409, "unit_exists")),
        ({"code": "SUB"}, (409, "unit_exists")),
        ({"code": "setda"}, (422, "invalid_input")),
        ({"name": "a\u0000b"}, (422, "invalid_input")),
        ({"zone": "Bali"}, (422, "invalid_input")),
        ({"decree": "jakarta"}, (422, "invalid_input")),
        ({"parent": "KOTA"}, (404, "unknown_unit")),
    ],
)
def test_a_unit_that_cannot_be_is_refused(client, world, asker, change, code):
    body = {"code": "BARU", "name": "Unit Baru", "parent": "SETDA"} | change
    assert code_of(client.post("/v1/units", json=body, headers=asker(Role.ADMIN, "BALI"))) == code


def test_people_are_found_by_part_of_a_name_or_beginning_of_a_number(client, session, world, asker):
    made = make.person(session, world[0]["UMUM"], name="Ni Luh 100%_Asli", nip="199912312020121999")
    headers = asker(Role.HR, "BALI")

    def found(words):
        return [person["nip"] for person in client.get("/v1/people", query_string={"q": words}, headers=headers).json["items"]]

    assert found("luh 100%_a") == found(made.nip[:6]) == found("%_") == [made.nip]
    assert found("\\") == found("' OR 1=1 --") == []
    assert client.get("/v1/people?q=%00", headers=headers).status_code == 422


def test_pages_hold_everybody_once(client, session, world, asker):
    for _ in range(7):
        make.person(session, world[0]["SETDA"])
    headers, seen, after = asker(Role.SUPERVISOR, "SETDA"), [], None
    while True:
        page = client.get("/v1/people", query_string={"limit": 3} | ({"after": after} if after else {}), headers=headers).json
        seen += [person["nip"] for person in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 9
    assert seen == sorted(seen)


@pytest.mark.parametrize("after", ["x", "-1", "1e3", str(2**63), "١", ""])
def test_a_page_mark_nobody_gave_is_422(client, world, asker, after):
    assert code_of(client.get("/v1/grants", query_string={"after": after}, headers=asker(Role.HR, "BALI"))) == (
        422,
        "invalid_input",
    )


def test_a_person_shows_postings_newest_first(client, session, world, asker):
    person = world[1]["UMUM"]
    session.execute(text("UPDATE postings SET until = '2025-01-01' WHERE person_id = :id"), {"id": person.id})
    session.add(
        store.Posting(person_id=person.id, unit_id=world[0]["SETDA"].id, position="Kabag", kind="primary", since=day_of(make.THEN))
    )
    session.flush()
    shown = client.get(f"/v1/people/{person.nip}", headers=asker(Role.HR, "BALI")).json
    assert (shown["position"], shown["unit"]["code"]) == ("Kabag", "SETDA")
    assert [(held["unit"]["code"], held["until"]) for held in shown["postings"]] == [("SETDA", None), ("UMUM", "2025-01-01")]
    assert client.get(f"/v1/people/{person.nip}", headers=asker(Role.SUPERVISOR, "UMUM")).status_code == 404


def test_a_transfer_takes_a_person_out_of_sight_on_its_day(session, world):
    person, day = world[1]["UMUM"], day_of(make.THEN)
    session.execute(text("UPDATE postings SET until = :day WHERE person_id = :id"), {"id": person.id, "day": day})
    session.add(store.Posting(person_id=person.id, unit_id=world[0]["SUB"].id, position="Staf", kind="primary", since=day))
    session.flush()
    before = day - timedelta(days=1)
    assert [posted.nip for posted in store.list_posted(session, before, ["BALI.SETDA.UMUM"], None, None, 9)] == [person.nip]
    assert store.list_posted(session, day, ["BALI.SETDA.UMUM"], None, None, 9) == []
    assert person.nip in [posted.nip for posted in store.list_posted(session, day, ["KOTA.DINAS.SUB"], None, None, 9)]
