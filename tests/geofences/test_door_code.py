"""The rotating code at a door: made by one site's secret for one step, read as it was typed, and shown to its own tablet only."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import zxingcpp
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app import errors
from app.access import Role
from app.db import transaction
from app.geofences import actions, render, store
from app.geofences.rules import door_code
from tests import make
from tests.geofences.test_actions import NOW, feature, holder
from tests.geofences.test_api import headers, people

__all__ = ["headers", "people"]

SECRET = bytes(range(32))
STEP_S = door_code.STEP.total_seconds()

secrets = st.binary(min_size=32, max_size=32)
site_codes = st.from_regex(r"[A-Z0-9][A-Z0-9-]{1,39}", fullmatch=True)
instants = st.floats(1.7e9, 2.8e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
lengths = st.floats(0, 300).map(lambda seconds: timedelta(seconds=seconds))


def code_at(instant, secret=SECRET, site="KANTOR"):
    return door_code.code_in(secret, site, door_code.step_at(instant))


@given(secrets, site_codes, instants, lengths, st.floats(-1, 1))
def test_a_code_counts_from_a_step_before_it_is_shown_until_a_step_after(secret, site, shown_at, length, share):
    code = code_at(shown_at, secret, site)
    begins = door_code.begins_at(door_code.step_at(shown_at))
    assert begins <= shown_at < begins + door_code.STEP
    around = begins + door_code.STEP / 2 + share * 1.4 * door_code.STEP
    assert door_code.was_shown(code, secret, site, around, around + length)
    assert door_code.was_shown(code, secret, site, around - length, around)
    for far in (begins - 1.001 * door_code.STEP, begins + 2.001 * door_code.STEP):
        assert not door_code.was_shown(code, secret, site, far, far)


@given(secrets, secrets, site_codes, site_codes, instants, lengths)
def test_a_code_says_nothing_of_another_site_not_even_one_with_the_same_secret(mine, theirs, here, there, at, length):
    assume(here != there and mine != theirs)
    code = code_at(at, mine, here)
    assert not door_code.was_shown(code, mine, there, at - length, at + length)
    assert not door_code.was_shown(code, theirs, here, at - length, at + length)
    assert door_code.screen_key(mine, here) not in (door_code.screen_key(mine, there), door_code.screen_key(theirs, here))


@given(secrets, instants)
def test_however_it_is_typed_it_is_read_as_it_was_shown(secret, at):
    code = code_at(at, secret)
    assert len(code) == 8 and not set(code) & set("ILOU")
    for typed in (code, code.lower(), f" {code[:4]}-{code[4:]} ", code.replace("0", "o").replace("1", "l"), code.replace("1", "I")):
        assert door_code.read(typed) == code


@given(st.text(max_size=100))
def test_whatever_is_typed_is_eight_letters_or_nothing(typed):
    read = door_code.read(typed)
    assert read is None or (len(read) == 8 and set(read) <= set(door_code.ALPHABET))
    assert read is None or not door_code.was_shown(read, SECRET, "KANTOR", NOW, NOW + timedelta(minutes=5))


def test_codes_are_spread_over_all_their_letters():
    """A code that used fewer bits than it shows would be guessed sooner than docs/decisions.md says."""
    codes = [door_code.code_in(SECRET, "KANTOR", step) for step in range(3200)]
    assert len(set(codes)) == len(codes)
    for place in range(8):
        counts = [sum(code[place] == letter for code in codes) for letter in door_code.ALPHABET]
        assert min(counts) > 50 and max(counts) < 160, f"place {place}"


@pytest.mark.parametrize("code", ["K7PM3XQ2", "00000000", "ZZZZZZZZ", "1A2B3C4D"])
def test_a_drawn_code_is_read_by_a_decoder(code):
    rows = np.array([[int(module) for module in row] for row in render.qr_of(code)], dtype=np.uint8)
    assert rows.shape == (21, 21)
    drawn = np.kron(np.pad(1 - rows, 4, constant_values=1), np.full((6, 6), 255, np.uint8))
    (found,) = zxingcpp.read_barcodes(drawn)
    assert found.text == code


def test_a_new_code_ends_the_one_before_and_old_secrets_stay_for_check_ins_made_under_them(session):
    make.site(session)
    first = actions.renew_door_code(session, "KANTOR", None, NOW)
    second = actions.renew_door_code(session, "KANTOR", None, NOW + timedelta(hours=1))
    assert first.key != second.key == actions.get_screen(session, "KANTOR", None).key
    before = store.find_door(session, "KANTOR", NOW + timedelta(minutes=59))
    after = store.find_door(session, "KANTOR", NOW + timedelta(hours=1))
    assert (before.since, after.since) == (NOW, NOW + timedelta(hours=1))
    assert before.secret != after.secret and len(after.secret) == 32
    assert store.find_door(session, "KANTOR", NOW - timedelta(seconds=1)) is None
    actions.end_door_code(session, "KANTOR", None, NOW + timedelta(hours=2))
    assert store.find_door(session, "KANTOR") is None
    with pytest.raises(errors.NotFound, match="no_door_code"):
        actions.get_screen(session, "KANTOR", None)


def test_whoever_writes_last_is_in_force_although_his_clock_was_read_first(session):
    make.site(session)
    actions.renew_door_code(session, "KANTOR", None, NOW)
    last = actions.renew_door_code(session, "KANTOR", None, NOW - timedelta(seconds=5))
    assert last.since > NOW and actions.get_screen(session, "KANTOR", None).key == last.key


def test_renewals_at_the_same_instant_wait_for_each_other(database):
    with transaction() as session:
        make.site(session)

    def renew(_):
        with transaction() as session:
            return actions.renew_door_code(session, "KANTOR", None, NOW)

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(renew, range(8)))
    assert len({screen.since for screen in made}) == 8


def test_the_ledger_knows_that_and_by_whom_and_nobody_is_told_the_secret(session):
    make.site(session)
    hr = holder(session, Role.HR)
    screen = actions.renew_door_code(session, "KANTOR", hr, NOW)
    actions.end_door_code(session, "KANTOR", hr, NOW + timedelta(hours=1))
    told = make.told(session, "door_code")
    assert [(entry["site"], entry["door_code"], entry["by"]) for entry in told] == [
        ("KANTOR", "renewed", hr.person_id), ("KANTOR", "ended", hr.person_id),
    ]  # fmt: skip
    ((secret,),) = session.execute(text("SELECT secret FROM door_codes WHERE secret IS NOT NULL"))
    assert all(bytes(secret).hex() not in str(entry) and screen.key not in str(entry) for entry in told)
    door = store.find_door(session, "KANTOR", NOW)
    assert repr(door.secret) not in repr(door) and screen.key not in repr(screen)


@pytest.mark.parametrize("change", ["UPDATE door_codes SET secret = NULL", "DELETE FROM door_codes"])
def test_nobody_overwrites_a_secret(session, change):
    make.site(session)
    actions.renew_door_code(session, "KANTOR", None, NOW)
    with pytest.raises(ProgrammingError):
        session.execute(text(change))


@pytest.fixture
def site(client, headers):
    client.post("/v1/sites", json=feature(), headers=headers[Role.ADMIN])
    return "/v1/sites/DISHUB"


def codes_for(client, screen, **given):
    path, _, key = screen.partition("#")
    return client.get(f"{path}/codes", headers={"Screen-Key": key, **given})


@pytest.mark.parametrize("who", [Role.ADMIN, Role.HR])
def test_who_keeps_the_sites_puts_up_the_screen_and_takes_it_down(client, headers, site, who):
    mine = headers[who]
    assert client.get(f"{site}/door-code", headers=mine).get_json()["code"] == "no_door_code"
    made = client.post(f"{site}/door-code", headers=mine)
    assert made.status_code == 201
    assert client.get(f"{site}/door-code", headers=mine).get_json() == made.get_json()
    shown = codes_for(client, made.get_json()["screen"]).get_json()
    assert (shown["site"], shown["zone"], shown["step_s"], len(shown["codes"])) == ("Kantor Dishub", "Asia/Makassar", 10, 12)
    begins = [datetime.fromisoformat(one["begins_at"]) for one in shown["codes"]]
    now = datetime.fromisoformat(shown["now"])
    assert begins[0] <= now < begins[1]
    assert {(later - one).total_seconds() for one, later in zip(begins, begins[1:], strict=False)} == {STEP_S}
    assert client.delete(f"{site}/door-code", headers=mine).status_code == 204
    assert codes_for(client, made.get_json()["screen"]).status_code == 404
    assert client.delete(f"{site}/door-code", headers=mine).status_code == 404


def test_a_renewed_code_ends_the_old_link_and_a_key_opens_its_own_site_only(client, headers, site):
    mine = headers[Role.ADMIN]
    client.post("/v1/sites", json=feature(code="LAIN"), headers=mine)
    old = client.post(f"{site}/door-code", headers=mine).get_json()["screen"]
    other = client.post("/v1/sites/LAIN/door-code", headers=mine).get_json()["screen"]
    new = client.post(f"{site}/door-code", headers=mine).get_json()["screen"]
    assert [codes_for(client, screen).status_code for screen in (old, new, other)] == [404, 200, 200]
    assert codes_for(client, old.partition("#")[0] + "#" + other.partition("#")[2]).status_code == 404


@pytest.mark.parametrize("who", ["employee", Role.SUPERVISOR, Role.AUDITOR, "stranger"])
@pytest.mark.parametrize("verb", ["get", "post", "delete"])
def test_nobody_else_gets_a_link(client, headers, site, who, verb):
    client.post(f"{site}/door-code", headers=headers[Role.ADMIN])
    assert getattr(client, verb)(f"{site}/door-code", headers=headers[who]).status_code == 403
    assert getattr(client, verb)(f"{site}/door-code").status_code == 401


@pytest.mark.parametrize("verb", ["get", "post", "delete"])
def test_the_hr_of_another_agency_finds_no_such_site(client, session, headers, people, site, verb):
    make.grant(session, session.get_one(make.Person, people["stranger"]), Role.HR, make.unit(session, "JABAR"))
    answer = getattr(client, verb)(f"{site}/door-code", headers=headers["stranger"])
    assert (answer.status_code, answer.get_json()["code"]) == (404, "unknown_site")
    assert store.find_door(session, "DISHUB") is None


@pytest.mark.parametrize("key", [None, "", "x", "kunci pintu é", "A" * 43])
def test_without_its_key_a_screen_is_one_that_does_not_exist(client, headers, site, key):
    client.post(f"{site}/door-code", headers=headers[Role.ADMIN])
    given = {} if key is None else {"Screen-Key": key}
    answers = [client.get(f"/v1/sites/{code}/screen/codes", headers=given) for code in ("DISHUB", "NONE")]
    assert {(answer.status_code, answer.get_json()["code"]) for answer in answers} == {(404, "unknown_screen")}
    assert len({answer.data for answer in answers}) == 1


def test_the_secret_is_in_no_answer_about_the_site(client, session, headers, site):
    mine = headers[Role.ADMIN]
    screen = client.post(f"{site}/door-code", headers=mine)
    ((secret,),) = session.execute(text("SELECT secret FROM door_codes"))
    told = [screen.text, codes_for(client, screen.get_json()["screen"]).text]
    told += [client.get(path, headers=mine).text for path in ("/v1/sites", site, f"{site}/versions", f"{site}/door-code")]
    forms = (bytes(secret).hex(), repr(bytes(secret)), door_code.b64(bytes(secret)))
    assert not any(form in answer for form in forms for answer in told)
    assert client.get(site, headers=mine).get_json()["has_code"]


def test_a_phone_is_told_which_sites_have_a_code(client, session, sign_in):
    make.site(session)
    make.site(session, code="TANPA")
    person = make.person(session)
    actions.renew_door_code(session, "KANTOR", None, NOW)
    day = client.get("/v1/me/today", headers=sign_in(person.id)).get_json()
    assert {found["code"]: found["has_code"] for found in day["sites"]} == {"KANTOR": True, "TANPA": False}


def test_the_operator_prints_a_link_that_opens_the_screen_renews_and_ends_it(app, client, session):
    make.site(session)

    def operate(*options):
        done = app.test_cli_runner().invoke(args=["geofences", "screen", "KANTOR", *options])
        assert done.exit_code == 0, done.output
        return done.output.strip()

    first = operate()
    assert operate() == first and first.startswith("http://127.0.0.1:")
    assert codes_for(client, first).status_code == 200
    second = operate("--renew")
    assert [codes_for(client, link).status_code for link in (first, second)] == [404, 200]
    assert operate("--end") == "" and codes_for(client, second).status_code == 404
    unknown = app.test_cli_runner().invoke(args=["geofences", "screen", "NONE"])
    assert unknown.exit_code == 1 and "No such site" in unknown.output
