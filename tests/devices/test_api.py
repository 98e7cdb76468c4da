"""What enrolling, deciding and revoking promise over HTTP."""

import shutil
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import text

from app import clock, jws
from app.access import Role
from app.config import var
from app.devices.rules.use import status_at
from app.devices.store import Device
from tests import make
from tests.devices import chains
from tests.devices.chains import as_sent, description, maker

ROLES = [None, Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR]


@pytest.fixture
def units(session):
    bali, kota = make.unit(session, "BALI"), make.unit(session, "KOTA")
    return {"BALI": bali, "KOTA": kota, "SETDA": make.unit(session, "SETDA", bali), "DISHUB": make.unit(session, "DISHUB", bali)}


@pytest.fixture
def person(session, units):
    return make.person(session, units["SETDA"])


@pytest.fixture
def boss(session, units, sign_in):
    """Headers of the supervisor of SETDA."""
    made = make.person(session, units["BALI"])
    make.grant(session, made, Role.SUPERVISOR, units["SETDA"])
    return sign_in(made.id)


def body(key=None, **change):
    jwk = jws.jwk_of((key or make.key()).public_key())
    return {"jwk": jwk, "name": "Redmi 12", "platform": "android", "installation_id": "b1946ac9"} | change


def enrol(client, headers, key=None, **change):
    return client.post("/v1/devices", json=body(key, **change), headers=headers)


def decide(client, headers, device_id, decision="approve", reason="Ponsel baru, sudah dicek"):
    return client.post(f"/v1/devices/{device_id}/decision", json={"decision": decision, "reason": reason}, headers=headers)


def code_of(answer):
    assert answer.mimetype == "application/problem+json", answer.data
    return answer.status_code, answer.json["code"]


def statuses(session, person):
    query = text("SELECT id, status FROM devices WHERE person_id = :id")
    return {row.id: row.status for row in session.execute(query, {"id": person.id})}


def standing(session, at, *ids):
    """Where the devices stand at that instant, in their order."""
    return [str(status_at(session.get(Device, id, populate_existing=True).use, at)) for id in ids]


def acts(session):
    """What the ledger says was done to devices, in order."""
    return [(told["subject"].removeprefix("device:"), told["act"]) for told in make.told(session, "device")]


def test_the_first_phone_is_active_and_named_by_its_thumbprint(client, sign_in, person):
    key = make.key()
    answer = enrol(client, sign_in(person.id), key)
    assert answer.status_code == 201
    assert answer.json == {"id": jws.thumbprint(jws.jwk_of(key.public_key())), "status": "active"}


def test_the_same_key_again_is_the_same_device(client, session, sign_in, person):
    key, headers = make.key(), sign_in(person.id)
    first = enrol(client, headers, key)
    again = enrol(client, headers, key, name="Nama lain")
    assert (again.status_code, again.json) == (200, first.json)
    assert len(statuses(session, person)) == 1


def test_another_persons_key_is_a_conflict(client, session, sign_in, units, person):
    key = make.key()
    enrol(client, sign_in(person.id), key)
    other = make.person(session, units["KOTA"])
    assert code_of(enrol(client, sign_in(other.id), key)) == (409, "device_of_another")
    assert statuses(session, other) == {}


def test_a_second_phone_waits_and_the_first_goes_on(client, session, sign_in, person):
    headers = sign_in(person.id)
    first, second = enrol(client, headers), enrol(client, headers)
    assert (second.status_code, second.json["status"]) == (201, "pending")
    assert statuses(session, person) == {first.json["id"]: "active", second.json["id"]: "pending"}


def test_a_newer_request_withdraws_the_one_still_waiting(client, session, sign_in, person):
    headers = sign_in(person.id)
    first, second, third = (enrol(client, headers).json["id"] for _ in range(3))
    assert statuses(session, person) == {first: "active", second: "revoked", third: "pending"}


def test_revoking_is_no_way_round_approval(client, session, sign_in, person):
    headers = sign_in(person.id)
    first = enrol(client, headers).json["id"]
    assert client.delete(f"/v1/devices/{first}", headers=headers).status_code == 204
    assert enrol(client, headers).json["status"] == "pending"


def test_a_revoked_key_does_not_come_back(client, sign_in, person):
    key, headers = make.key(), sign_in(person.id)
    first = enrol(client, headers, key).json["id"]
    for _ in range(2):
        assert client.delete(f"/v1/devices/{first}", headers=headers).status_code == 204
    assert code_of(enrol(client, headers, key)) == (409, "device_revoked")


def test_an_approved_phone_counts_after_a_day_and_until_then_the_old_one_goes_on(client, session, sign_in, person, boss):
    headers = sign_in(person.id)
    first, second = enrol(client, headers).json["id"], enrol(client, headers).json["id"]
    approved = decide(client, boss, second)
    assert (approved.status_code, approved.json["status"]) == (200, "approved")
    assert approved.json["owner"] == {"nip": person.nip, "name": person.name, "unit": "SETDA"}
    begins = datetime.fromisoformat(approved.json["usable_from"])
    assert timedelta(hours=23, minutes=59) < begins - clock.now() <= timedelta(hours=24)
    moment = timedelta(microseconds=1)
    for at, stands in [(clock.now(), ["active", "approved"]), (begins - moment, ["active", "approved"])]:
        assert standing(session, at, first, second) == stands
    assert standing(session, begins + moment * 1000, first, second) == ["superseded", "active"]
    assert code_of(decide(client, boss, second)) == (409, "device_not_pending")


def test_each_status_is_listed_as_it_stands_now(client, session, sign_in, units):
    now, day, person = clock.now(), timedelta(days=1), make.person(session, units["SETDA"])
    made = {
        "superseded": make.device(session, person, usable_until=now - day),
        "active": make.device(session, person, usable_from=now - day, usable_until=now + day),
        "approved": make.device(session, person, usable_from=now + day),
        "pending": make.device(session, person, status="pending"),
        "revoked": make.device(session, person, status="revoked"),
    }
    headers = sign_in(person.id)
    for status, device in made.items():
        items = client.get(f"/v1/devices?status={status}", headers=headers).json["items"]
        assert [(item["id"], item["status"]) for item in items] == [(device.id, status)]
    assert {item["status"] for item in client.get("/v1/devices", headers=headers).json["items"]} == set(made)


def test_the_owner_sees_a_phone_that_wants_to_take_over_and_can_say_it_is_not_his(client, session, sign_in, person, boss):
    headers = sign_in(person.id)
    first = enrol(client, headers).json["id"]
    before = client.get("/v1/me/today", headers=headers)
    assert before.json["replacements"] == []
    second = enrol(client, headers, name="Ponsel asing").json["id"]
    seen = client.get("/v1/me/today", headers=headers | {"If-None-Match": before.headers["ETag"]})
    assert seen.status_code == 200
    [notice] = seen.json["replacements"]
    assert (notice["id"], notice["name"], notice["usable_from"]) == (second, "Ponsel asing", None)
    approved = decide(client, boss, second).json
    [notice] = client.get("/v1/me/today", headers=headers).json["replacements"]
    assert (notice["id"], notice["usable_from"]) == (second, approved["usable_from"])
    assert client.delete(f"/v1/devices/{second}", headers=headers).status_code == 204
    assert client.get("/v1/me/today", headers=headers).json["replacements"] == []
    assert standing(session, clock.now() + timedelta(days=365), first, second) == ["active", "revoked"]


def test_another_persons_waiting_phone_is_no_notice_of_mine(client, session, sign_in, units, person):
    other = make.person(session, units["SETDA"])
    make.device(session, other, status="pending")
    assert client.get("/v1/me/today", headers=sign_in(person.id)).json["replacements"] == []


def test_a_second_approval_takes_the_place_of_the_first_and_the_old_phone_goes_on_longer(client, session, sign_in, person, boss):
    headers = sign_in(person.id)
    first, second = enrol(client, headers).json["id"], enrol(client, headers).json["id"]
    decide(client, boss, second)
    third = enrol(client, headers).json["id"]
    assert standing(session, clock.now(), first, second, third) == ["active", "approved", "pending"]
    begins = datetime.fromisoformat(decide(client, boss, third).json["usable_from"])
    assert standing(session, begins - timedelta(seconds=1), first, second, third) == ["active", "revoked", "approved"]
    assert standing(session, begins + timedelta(seconds=1), first, second, third) == ["superseded", "revoked", "active"]


def test_revoking_a_phone_that_has_taken_over_does_not_bring_the_old_one_back(client, session, sign_in, person):
    changed_at = clock.now() - timedelta(hours=1)
    old = make.device(session, person, usable_until=changed_at)
    new = make.device(session, person, usable_from=changed_at)
    assert client.delete(f"/v1/devices/{new.id}", headers=sign_in(person.id)).status_code == 204
    assert standing(session, clock.now(), old.id, new.id) == ["superseded", "revoked"]


def test_a_replaced_key_does_not_come_back(client, session, sign_in, person):
    key = make.key()
    make.device(session, person, key=key, usable_until=clock.now() - timedelta(hours=1))
    assert code_of(enrol(client, sign_in(person.id), key)) == (409, "device_revoked")


@pytest.fixture
def officers(session, units, sign_in):
    """Headers of two personnel officers of the agency."""
    made = [make.person(session, units["BALI"]) for _ in range(2)]
    for one in made:
        make.grant(session, one, Role.HR, units["BALI"])
    return [sign_in(one.id) for one in made]


def waive(client, headers, device_id, reason="Ponsel lama hilang"):
    return client.post(f"/v1/devices/{device_id}/waiver", json={"reason": reason}, headers=headers)


def test_who_lost_the_phone_need_not_wait_if_two_people_say_so(client, session, sign_in, person, officers):
    headers = sign_in(person.id)
    lost, new = enrol(client, headers).json["id"], enrol(client, headers).json["id"]
    assert code_of(waive(client, officers[1], new)) == (409, "device_not_cooling")
    decide(client, officers[0], new)
    assert code_of(waive(client, officers[1], new)) == (409, "device_still_in_use")
    client.delete(f"/v1/devices/{lost}", headers=headers)
    assert standing(session, clock.now(), lost, new) == ["revoked", "approved"]
    assert code_of(waive(client, officers[0], new)) == (403, "second_person_needed")
    assert standing(session, clock.now(), lost, new) == ["revoked", "approved"]
    waived = waive(client, officers[1], new)
    assert (waived.status_code, waived.json["status"]) == (200, "active")
    assert standing(session, clock.now(), lost, new) == ["revoked", "active"]
    assert code_of(waive(client, officers[1], new)) == (409, "device_not_cooling")
    assert acts(session)[-1] == (new, "waive")


def test_nobody_waives_for_himself_nor_without_being_personnel_of_the_unit(client, session, sign_in, units, person, boss):
    head = make.person(session, units["SETDA"])
    make.grant(session, head, Role.HR, units["BALI"])
    later = clock.now() + timedelta(hours=5)
    own, theirs = (make.device(session, owner, usable_from=later) for owner in (head, person))
    elsewhere = make.device(session, make.person(session, units["KOTA"]), usable_from=later)
    both = make.person(session, units["KOTA"])
    make.grant(session, both, Role.HR, units["KOTA"])
    make.grant(session, both, Role.SUPERVISOR, units["SETDA"])
    assert code_of(waive(client, sign_in(head.id), own.id)) == (403, "own_decision")
    assert code_of(waive(client, boss, theirs.id))[0] == 403
    assert code_of(waive(client, sign_in(both.id), theirs.id)) == (404, "unknown_device")
    assert code_of(waive(client, sign_in(head.id), elsewhere.id)) == (404, "unknown_device")
    assert code_of(waive(client, sign_in(head.id), theirs.id, reason="")) == (422, "invalid_input")
    assert standing(session, clock.now(), own.id, theirs.id, elsewhere.id) == ["approved"] * 3


def test_refusal_leaves_the_old_phone(client, session, sign_in, person, boss):
    headers = sign_in(person.id)
    first, second = enrol(client, headers).json["id"], enrol(client, headers).json["id"]
    assert decide(client, boss, second, "refuse").json["status"] == "revoked"
    assert statuses(session, person) == {first: "active", second: "revoked"}
    assert code_of(decide(client, boss, second)) == (409, "device_not_pending")


def test_nobody_decides_about_his_own_phone(client, session, sign_in, units):
    head = make.person(session, units["SETDA"])
    make.grant(session, head, Role.SUPERVISOR, units["SETDA"])
    make.grant(session, head, Role.HR, units["BALI"])
    make.device(session, head)
    waiting = make.device(session, head, status="pending")
    for decision in ("approve", "refuse"):
        assert code_of(decide(client, sign_in(head.id), waiting.id, decision)) == (403, "own_decision")
    assert statuses(session, head)[waiting.id] == "pending"


@pytest.mark.parametrize("held_at", ["BALI", "SETDA", "DISHUB", "KOTA"])
@pytest.mark.parametrize("role", ROLES)
def test_only_supervisors_and_personnel_of_the_unit_decide_and_revoke(client, session, sign_in, units, person, role, held_at):
    asker = make.person(session, units["KOTA"])
    if role is not None:
        make.grant(session, asker, role, units[held_at])
    headers = sign_in(asker.id)
    make.device(session, person)
    waiting = make.device(session, person, status="pending")
    covers = held_at in ("BALI", "SETDA")
    decides = role in (Role.SUPERVISOR, Role.HR)
    reads = decides or role is Role.AUDITOR
    assert client.get("/v1/devices?unit=SETDA", headers=headers).status_code == (200 if reads and covers else 404)
    assert client.get("/v1/devices", headers=headers).json["items"] == []
    decided = decide(client, headers, waiting.id, "refuse").status_code
    assert decided == (403 if not decides else 200 if covers else 404)
    revoked = client.delete(f"/v1/devices/{waiting.id}", headers=headers).status_code
    assert revoked == (204 if decides and covers else 404)
    assert statuses(session, person)[waiting.id] == ("revoked" if decides and covers else "pending")


def test_out_of_scope_reads_exactly_like_not_there(client, session, sign_in, units, boss):
    theirs = make.device(session, make.person(session, units["DISHUB"]), status="pending")
    unknown = jws.thumbprint(jws.jwk_of(make.key().public_key()))
    for method, path in (("post", "/v1/devices/{}/decision"), ("delete", "/v1/devices/{}")):
        answers = [
            getattr(client, method)(path.format(name), json={"decision": "approve", "reason": "x"}, headers=boss)
            for name in (theirs.id, unknown, "%01", "x' OR ''='")
        ]
        assert {(answer.status_code, answer.get_data()) for answer in answers} == {(404, answers[0].get_data())}


def test_waiting_phones_of_a_unit_are_listed_with_their_owners_in_pages(client, session, sign_in, units, boss):
    waiting = {make.device(session, make.person(session, units["SETDA"]), status="pending").id for _ in range(5)}
    make.device(session, make.person(session, units["SETDA"]))
    make.device(session, make.person(session, units["DISHUB"]), status="pending")
    seen, after = [], ""
    while after is not None:
        page = client.get(f"/v1/devices?unit=SETDA&status=pending&limit=2&after={after}", headers=boss).json
        seen += page["items"]
        after = page["next"]
    assert {item["id"] for item in seen} == waiting
    assert len(seen) == 5
    assert {item["owner"]["unit"] for item in seen} == {"SETDA"}


def test_one_sees_ones_own_phones_without_their_keys(client, session, sign_in, person):
    mine = make.device(session, person)
    (item,) = client.get("/v1/devices?status=active", headers=sign_in(person.id)).json["items"]
    then = "2026-01-05T00:00:00.000Z"
    named = {"id": mine.id, "status": "active", "name": "Ponsel uji", "platform": "android"}
    times = {"enrolled_at": then, "usable_from": then, "usable_until": None, "decided_at": None}
    unproved = {"tier": "none", "flaw": None, "message": None}
    assert item == named | times | {"owner": {"nip": person.nip, "name": person.name, "unit": None}, "attestation": unproved}


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}}, "/jwk/crv"),
        ({"jwk": "kunci"}, "/jwk"),
        ({"jwk": body()["jwk"] | {"d": "AA"}}, "/jwk"),
        ({"jwk": body()["jwk"] | {"x": body()["jwk"]["x"]}}, "/jwk"),
        ({"platform": "symbian"}, "/platform"),
        ({"name": "a\u0000b"}, "/name"),
        ({"name": ""}, "/name"),
        ({"installation_id": "x" * 201}, "/installation_id"),
        ({"attestation": {"x5c": "x" * 64_000}}, "/attestation"),
        ({"attestation": {"x": "a\u0000b"}}, "/attestation/x"),
        ({"status": "active"}, "/status"),
        ({"person_id": 1}, "/person_id"),
    ],
    ids=["rsa", "text", "private", "off the curve", "platform", "nul", "no name", "long", "big", "nul inside", "status", "owner"],
)
def test_a_malformed_enrolment_points_at_its_fault(client, session, sign_in, person, change, pointer):
    answer = enrol(client, sign_in(person.id), **change)
    assert code_of(answer) == (422, "invalid_input")
    assert pointer in answer.json["errors"]
    assert statuses(session, person) == {}


def test_only_the_members_that_name_the_key_are_kept(client, session, sign_in, person):
    sent = body()
    sent["jwk"] |= {"kid": "x", "use": "sig"}
    made = client.post("/v1/devices", json=sent, headers=sign_in(person.id)).json["id"]
    assert set(session.get(Device, made).jwk) == {"kty", "crv", "x", "y"}


@pytest.fixture
def google():
    """A maker this installation trusts, with a list of nothing taken back."""
    folder, trusted = var("attestation"), maker()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "uji.pem").write_bytes(trusted.chain[-1].public_bytes(Encoding.PEM))
    (folder / "status.json").write_text('{"entries": {}}')
    yield trusted
    shutil.rmtree(folder)


def attest(client, headers, by, key, **words):
    """The evidence for a new key, made with a challenge asked for as a phone does."""
    challenge = jws.unb64(client.get("/v1/devices/challenge", headers=headers).json["challenge"])
    chain = by.certify(key.public_key(), description(challenge, **words), since=chains.NOW - timedelta(days=3650))
    return {"kind": "android-key", "x5c": as_sent(chain)}


def seen(client, headers, device_id):
    return next(one for one in client.get("/v1/devices", headers=headers).json["items"] if one["id"] == device_id)


def test_evidence_is_weighed_kept_as_sent_and_shown_with_its_reason(client, session, sign_in, person, google):
    headers, key, other = sign_in(person.id), make.key(), make.key()
    evidence = attest(client, headers, google, key)
    first = enrol(client, headers, key, attestation=evidence).json["id"]
    assert session.get(Device, first).attestation == evidence
    assert seen(client, headers, first)["attestation"] == {"tier": "hardware", "flaw": None, "message": None}
    unlocked = enrol(client, headers, other, attestation=attest(client, headers, google, other, locked=False)).json["id"]
    found = seen(client, headers, unlocked)["attestation"]
    assert (found["tier"], found["flaw"]) == ("software", "attestation_unlocked")
    assert found["message"] == "Sistem ponsel tidak terbukti asli, atau bootloader-nya terbuka."


def test_a_challenge_is_good_for_the_person_who_asked_only(client, session, sign_in, units, person, google):
    key, thief = make.key(), make.person(session, units["SETDA"])
    evidence = attest(client, sign_in(person.id), google, key)
    stolen = enrol(client, sign_in(thief.id), key, attestation=evidence).json["id"]
    assert seen(client, sign_in(thief.id), stolen)["attestation"]["flaw"] == "attestation_challenge"


@pytest.mark.parametrize(
    "evidence, pointer, said",
    [
        ({"kind": "play-integrity", "token": "x"}, "/attestation/kind", "android-key"),
        ({"kind": "app-attest"}, "/attestation/kind", "android-key"),
        ({}, "/attestation/kind", "android-key"),
        ({"kind": "android-key"}, "/attestation/x5c", "base64"),
        ({"kind": "android-key", "x5c": "MIIB"}, "/attestation/x5c", "base64"),
        ({"kind": "android-key", "x5c": ["MIIB", "MIIC"]}, "/attestation/x5c", "base64"),
        ({"kind": "android-key", "x5c": [1, None]}, "/attestation/x5c", "base64"),
    ],
    ids=str,
)
def test_evidence_that_cannot_be_examined_is_refused_in_words(client, session, sign_in, person, evidence, pointer, said):
    answer = enrol(client, sign_in(person.id), attestation=evidence)
    assert code_of(answer) == (422, "invalid_input")
    assert said in str(answer.json["errors"][pointer])
    assert statuses(session, person) == {}


def ask_for(client, headers, policy, agency="BALI"):
    return client.put(f"/v1/attestation-policies/{agency}", json={"policy": policy}, headers=headers)


@pytest.fixture
def admin(session, units, sign_in):
    """Headers of the administrator of the agency BALI."""
    made = make.person(session, units["BALI"])
    make.grant(session, made, Role.ADMIN, units["BALI"])
    return sign_in(made.id)


def test_an_agency_may_ask_for_proof_of_new_phones_and_old_ones_go_on(client, session, sign_in, units, person, boss, admin, google):
    mine, theirs = sign_in(person.id), sign_in(make.person(session, units["KOTA"]).id)
    first, waiting = enrol(client, mine).json["id"], enrol(client, mine).json["id"]
    assert ask_for(client, admin, "required").json == {"policy": "required"}
    assert client.get("/v1/attestation-policies/BALI", headers=boss).status_code == 404
    assert client.get("/v1/attestation-policies/SETDA", headers=boss).json == {"policy": "required"}
    assert code_of(decide(client, boss, waiting)) == (403, "attestation_required")
    assert standing(session, clock.now(), first, waiting) == ["active", "pending"]
    assert code_of(enrol(client, mine)) == (403, "attestation_required")
    key, weak = make.key(), make.key()
    evidence = attest(client, mine, google, weak, level=0)
    assert code_of(enrol(client, mine, weak, attestation=evidence)) == (403, "attestation_required")
    proved = enrol(client, mine, key, attestation=attest(client, mine, google, key)).json["id"]
    assert decide(client, boss, proved).json["status"] == "approved"
    assert enrol(client, theirs).status_code == 201
    assert ask_for(client, admin, "ignore").status_code == 200
    assert enrol(client, mine).status_code == 201


def test_only_the_agencys_administrator_says_what_it_asks_for(client, session, sign_in, units, boss, admin, officers):
    for headers, agency, code in [
        (boss, "BALI", (403, "role_missing")),
        (officers[0], "BALI", (403, "role_missing")),
        (admin, "KOTA", (404, "unknown_unit")),
        (admin, "SETDA", (404, "unknown_unit")),
    ]:
        assert code_of(ask_for(client, headers, "required", agency)) == code
    assert code_of(ask_for(client, admin, "vielleicht")) == (422, "invalid_input")
    assert client.get("/v1/attestation-policies/BALI", headers=admin).json == {"policy": "ignore"}


@pytest.mark.parametrize("change", [{"decision": "maybe"}, {"reason": ""}, {"reason": "a\u0000b"}, {"reason": "x" * 1001}])
def test_a_decision_has_a_reason(client, session, boss, person, change):
    waiting = make.device(session, person, status="pending")
    answer = client.post(f"/v1/devices/{waiting.id}/decision", json={"decision": "approve", "reason": "x"} | change, headers=boss)
    assert code_of(answer) == (422, "invalid_input")


def test_every_binding_leaves_a_leaf(client, session, sign_in, person, boss):
    headers = sign_in(person.id)
    first, second = enrol(client, headers).json["id"], enrol(client, headers).json["id"]
    decide(client, boss, second)
    client.delete(f"/v1/devices/{second}", headers=headers)
    assert acts(session) == [
        (first, "enrol"),
        (second, "enrol"),
        (first, "supersede"),
        (second, "approve"),
        (second, "revoke"),
        (first, "resume"),
    ]


@pytest.mark.parametrize("method, path", [("get", "/v1/devices"), ("post", "/v1/devices"), ("delete", "/v1/devices/x")])
def test_nobody_touches_devices_without_signing_in(client, method, path):
    assert code_of(getattr(client, method)(path)) == (401, "sign_in_needed")
