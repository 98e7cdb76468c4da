"""What signing in promises: lock-out, activation, refresh that is good once, and an end that is one."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask_jwt_extended import decode_token
from sqlalchemy import text

from app import clock, db
from app.access import Actor, Role
from app.errors import Invalid, Unauthenticated
from app.people.actions import accounts
from app.people.actions.accounts import HASHER, NOBODY
from app.people.rules import lockout
from app.people.store import Account
from app.people.store import accounts as store
from tests import make

PASSWORD = "pohon beringin 7"


@pytest.fixture
def person(session):
    return make.person(session, password=PASSWORD)


def login(client, nip, password=PASSWORD):
    return client.post("/v1/auth/login", json={"nip": nip, "password": password})


def refresh(client, token):
    return client.post("/v1/auth/refresh", headers={"Authorization": f"Bearer {token}"})


def me(client, token):
    return client.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def code_of(answer):
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, answer.json["code"]


def test_login_gives_the_two_tokens_phones_know_and_nothing_else(client, app, person):
    answer = login(client, person.nip)
    assert (answer.status_code, set(answer.json)) == (200, {"access_token", "refresh_token", "expires_in"})
    assert answer.json["expires_in"] == 900
    with app.app_context():
        access, renewal = decode_token(answer.json["access_token"]), decode_token(answer.json["refresh_token"])
    assert (access["sub"], access["type"], renewal["type"], access["fam"]) == (str(person.id), "access", "refresh", renewal["fam"])
    assert access["exp"] - access["iat"] == 900
    assert renewal["exp"] - renewal["iat"] == 30 * 86400
    assert me(client, answer.json["access_token"]) == 200


def test_a_wrong_password_an_unknown_person_and_one_who_never_activated_are_told_the_same(client, session, person):
    silent = make.person(session)
    session.add(Account(person_id=silent.id))
    session.flush()
    answers = [login(client, person.nip, "salah sekali 1"), login(client, make.nip()), login(client, silent.nip)]
    assert [code_of(answer) for answer in answers] == [(401, "sign_in_refused")] * 3
    assert len({answer.get_data() for answer in answers}) == 1


def test_an_unknown_person_is_looked_at_as_long_as_a_known_one(person):
    """The hash nobody knows costs the same work by its parameters, and it is really compared."""
    assert not HASHER.check_needs_rehash(NOBODY)

    def took(password_hash):
        began = time.perf_counter()
        accounts.is_right(password_hash, "salah sekali 1")
        return time.perf_counter() - began

    known = accounts.hash_password(PASSWORD)
    pairs = [(took(known), took(NOBODY)) for _ in range(5)]
    assert min(nobody for _, nobody in pairs) > 0.5 * min(known for known, _ in pairs)


def test_a_sign_in_nobody_can_have_works_as_hard_as_a_wrong_one(session, person):
    """Counted in processor time of this thread, which a busy machine does not change."""
    today = date(2026, 11, 24)

    def worked(nip):
        attempt = accounts.count_attempt(session, nip, clock.now())
        began = time.thread_time()
        with pytest.raises(Unauthenticated):
            accounts.sign_in(session, attempt, "salah sekali 1", clock.now(), today)
        return time.thread_time() - began

    known, unknown = (min(worked(nip) for _ in range(3)) for nip in (person.nip, make.nip()))
    assert unknown > 0.5 * known


def test_a_password_proved_a_moment_ago_proves_nothing_once_it_was_changed(session, person):
    """What was compared with one hash may not act on another that was put there meanwhile."""
    kept = session.get(Account, person.id)
    now_there, failures = kept.password_hash, 4
    store.count_failure(session, person.id, failures, None)
    assert not store.replace_password(session, person.id, "seen before", accounts.hash_password("sandi milik maling"))
    assert not store.forgive(session, person.id, "seen before")
    session.expire_all()
    assert (kept.password_hash, kept.failures) == (now_there, failures)
    assert store.forgive(session, person.id, now_there)
    assert store.replace_password(session, person.id, now_there, accounts.hash_password("sandi baru pemilik 9"))


def test_one_persons_changed_password_ends_no_other_persons_sign_in(client, session, person, sign_in):
    other = make.person(session, password=PASSWORD)
    theirs = sign_in(other.id)
    mine = login(client, person.nip).json["access_token"]
    assert change(client, mine, PASSWORD, "gunung agung 9").status_code == 204
    assert client.get("/v1/me", headers=theirs).status_code == 200


def test_another_persons_password_changes_nothing(session, person):
    other = make.person(session, password="danau batur 88")
    attempt = accounts.count_attempt(session, other.nip, clock.now())
    by = Actor(person.id, person.nip, person.name, (), make.uuid4())
    with pytest.raises(Invalid):
        accounts.change_password(session, by, attempt, "danau batur 88", "gunung agung 3142", clock.now())


def test_failures_are_kept_though_the_answer_is_401(client, session, person):
    for _ in range(3):
        login(client, person.nip, "salah sekali 1")
    session.expire_all()
    assert session.get(Account, person.id).failures == 3


def test_the_sixth_failure_locks_and_the_right_password_is_told_the_same(client, session, person):
    answers = [login(client, person.nip, "salah sekali 1") for _ in range(6)]
    assert {code_of(answer) for answer in answers} == {(401, "sign_in_refused")}
    for password in ("salah sekali 1", PASSWORD):
        locked = login(client, person.nip, password)
        assert code_of(locked) == (429, "sign_in_locked")
        assert 0 < int(locked.headers["Retry-After"]) <= 30
    session.expire_all()
    assert session.get(Account, person.id).failures == 6


def test_five_failures_and_the_right_password_start_again(client, session, person):
    for _ in range(5):
        login(client, person.nip, "salah sekali 1")
    assert login(client, person.nip).status_code == 200
    session.expire_all()
    account = session.get(Account, person.id)
    assert (account.failures, account.locked_until) == (0, None)


def test_locking_somebody_out_ends_neither_his_session_nor_its_renewal(client, person):
    tokens = login(client, person.nip).json
    for _ in range(7):
        login(client, person.nip, "salah sekali 1")
    assert code_of(login(client, person.nip))[0] == 429
    assert me(client, tokens["access_token"]) == 200
    assert refresh(client, tokens["refresh_token"]).status_code == 200


def test_a_hundred_guesses_at_once_are_looked_at_six_times(app, database):
    with db.transaction() as session:
        nip = make.person(session, password=PASSWORD).nip
    gate = Barrier(20)

    def guess(number):
        if number < 20:
            gate.wait()
        return login(app.test_client(), nip, "salah sekali 1").status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(guess, range(100)))
    assert (answers.count(401), answers.count(429)) == (lockout.FREE + 1, 100 - lockout.FREE - 1)


def test_a_weaker_hash_is_replaced_at_the_next_sign_in(client, session, person):
    from argon2 import PasswordHasher

    account = session.get(Account, person.id)
    account.password_hash = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    session.flush()
    assert login(client, person.nip).status_code == 200
    session.expire_all()
    assert not HASHER.check_needs_rehash(session.get(Account, person.id).password_hash)
    assert login(client, person.nip).status_code == 200


def test_who_left_is_refused_and_his_tokens_stop_at_once(client, session, person):
    tokens = login(client, person.nip).json
    session.execute(text("UPDATE postings SET until = '2020-01-02' WHERE person_id = :id"), {"id": person.id})
    assert me(client, tokens["access_token"]) == 401
    assert refresh(client, tokens["refresh_token"]).status_code == 401
    assert code_of(login(client, person.nip)) == (401, "sign_in_refused")


@pytest.mark.parametrize(
    "body",
    [{}, {"nip": "1", "password": "x"}, {"nip": "198001012005011001"}, {"nip": "198001012005011001\n", "password": "x"},
     {"nip": "198001012005011001", "password": "x", "admin": True}, {"nip": "198001012005011001", "password": "x" * 1001},
     {"nip": 198001012005011001, "password": "x"}],
)  # fmt: skip
def test_a_malformed_login_is_422_with_pointers(client, body):
    answer = client.post("/v1/auth/login", json=body)
    assert code_of(answer) == (422, "invalid_input")
    assert all(pointer.startswith("/") for pointer in answer.json["errors"])


def test_refresh_renews_both_tokens_of_the_same_sign_in(client, person):
    first = login(client, person.nip).json
    second = refresh(client, first["refresh_token"])
    assert second.status_code == 200
    assert me(client, second.json["access_token"]) == me(client, first["access_token"]) == 200
    assert refresh(client, second.json["refresh_token"]).status_code == 200


def test_a_spent_refresh_token_ends_the_whole_sign_in_and_no_other(client, person):
    first, elsewhere = login(client, person.nip).json, login(client, person.nip).json
    second = refresh(client, first["refresh_token"]).json
    third = refresh(client, second["refresh_token"]).json
    assert code_of(refresh(client, first["refresh_token"])) == (401, "sign_in_ended")
    assert [me(client, tokens["access_token"]) for tokens in (first, second, third)] == [401, 401, 401]
    assert refresh(client, third["refresh_token"]).status_code == 401
    assert me(client, elsewhere["access_token"]) == 200
    assert refresh(client, elsewhere["refresh_token"]).status_code == 200


def spent_long_ago(session):
    """A minute has passed since any token was spent."""
    session.execute(text("UPDATE refresh_tokens SET spent_at = spent_at - interval '1 minute'"))


def test_the_last_spent_refresh_token_does_too_once_a_minute_has_passed(client, session, person):
    first = login(client, person.nip).json
    second = refresh(client, first["refresh_token"]).json
    spent_long_ago(session)
    assert code_of(refresh(client, first["refresh_token"])) == (401, "sign_in_ended")
    assert me(client, second["access_token"]) == 401


def test_who_lost_the_answer_gets_the_same_successor_again(client, app, person):
    first = login(client, person.nip).json
    second, again = (refresh(client, first["refresh_token"]).json for _ in range(2))
    assert me(client, second["access_token"]) == me(client, again["access_token"]) == 200
    with app.app_context():
        assert decode_token(second["refresh_token"])["jti"] == decode_token(again["refresh_token"])["jti"]


def test_a_thief_in_that_minute_is_found_when_the_second_of_the_two_renews(client, session, person):
    first = login(client, person.nip).json
    mine, stolen = (refresh(client, first["refresh_token"]).json for _ in range(2))
    assert refresh(client, stolen["refresh_token"]).status_code == 200
    spent_long_ago(session)
    assert code_of(refresh(client, mine["refresh_token"])) == (401, "sign_in_ended")
    assert me(client, stolen["access_token"]) == 401


def test_that_minute_brings_nobody_back_whose_post_has_ended_or_who_signed_out(client, session, person):
    first = login(client, person.nip).json
    second = refresh(client, first["refresh_token"]).json
    client.post("/v1/auth/logout", headers={"Authorization": f"Bearer {second['refresh_token']}"})
    assert refresh(client, first["refresh_token"]).status_code == 401


def test_a_long_sign_in_does_not_grow(client, session, person):
    tokens = login(client, person.nip).json
    for _ in range(5):
        tokens = refresh(client, tokens["refresh_token"]).json
    assert session.scalar(text("SELECT count(*) FROM refresh_tokens WHERE person_id = :id"), {"id": person.id}) == 2


def test_of_many_refreshes_at_once_all_go_on_with_one_token(app, database):
    with db.transaction() as session:
        nip = make.person(session, password=PASSWORD).nip
    token = login(app.test_client(), nip).json["refresh_token"]
    gate = Barrier(8)

    def renew(_):
        gate.wait()
        return refresh(app.test_client(), token).json["refresh_token"]

    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(renew, range(8)))
    with app.app_context():
        assert len({decode_token(token)["jti"] for token in tokens}) == 1
    assert refresh(app.test_client(), tokens[3]).status_code == 200


@pytest.mark.parametrize("path", ["/v1/auth/refresh", "/v1/auth/logout"])
def test_an_access_token_neither_renews_nor_signs_out(client, person, path):
    tokens = login(client, person.nip).json
    answer = client.post(path, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert code_of(answer) == (401, "sign_in_needed")
    assert me(client, tokens["refresh_token"]) == 401
    assert me(client, tokens["access_token"]) == 200


def test_an_expired_refresh_token_is_refused_by_the_table_too(client, session, person):
    tokens = login(client, person.nip).json
    session.execute(text("UPDATE refresh_tokens SET expires_at = :at"), {"at": clock.now() - timedelta(seconds=1)})
    assert refresh(client, tokens["refresh_token"]).status_code == 401


def test_signing_out_ends_this_sign_in_at_once_and_twice_is_the_same(client, person):
    tokens, elsewhere = login(client, person.nip).json, login(client, person.nip).json
    for _ in range(2):
        out = client.post("/v1/auth/logout", headers={"Authorization": f"Bearer {tokens['refresh_token']}"})
        assert (out.status_code, out.data) == (204, b"")
    assert me(client, tokens["access_token"]) == 401
    assert refresh(client, tokens["refresh_token"]).status_code == 401
    assert me(client, elsewhere["access_token"]) == 200


def activate(client, nip, code, password="sawah dan laut 3"):
    return client.post("/v1/auth/activate", json={"nip": nip, "code": code, "password": password})


def test_a_code_is_good_once_for_its_owner_and_signs_in(client, session):
    person, other = make.person(session), make.person(session)
    code = accounts.new_code(session, person.nip, clock.now())
    assert code_of(activate(client, other.nip, code)) == (401, "activation_refused")
    entered = activate(client, person.nip, code.lower().replace("-", " "))
    assert me(client, entered.json["access_token"]) == 200
    assert code_of(activate(client, person.nip, code)) == (401, "activation_refused")
    assert login(client, person.nip, "sawah dan laut 3").status_code == 200


def test_only_the_hash_of_a_code_is_kept(session):
    person = make.person(session)
    code = accounts.new_code(session, person.nip, clock.now())
    row = str(session.execute(text("SELECT * FROM accounts WHERE person_id = :id"), {"id": person.id}).one())
    assert code not in row and code.replace("-", "") not in row


def test_an_expired_or_replaced_code_is_refused(client, session):
    person = make.person(session)
    old = accounts.new_code(session, person.nip, clock.now())
    late = accounts.new_code(session, person.nip, clock.now() - timedelta(days=30, seconds=1))
    assert code_of(activate(client, person.nip, old)) == (401, "activation_refused")
    assert code_of(activate(client, person.nip, late)) == (401, "activation_refused")


def test_a_poor_password_does_not_use_the_code_up(client, session):
    person = make.person(session, name="Wayan Sudarsana")
    code = accounts.new_code(session, person.nip, clock.now())
    for poor in ("pendek", "sudarsana 1", "bismillah123", person.nip):
        answer = activate(client, person.nip, code, poor)
        assert (code_of(answer), list(answer.json["errors"])) == ((422, "invalid_input"), ["/password"])
    assert activate(client, person.nip, code).status_code == 200


def test_a_code_for_somebody_with_a_password_ends_his_sign_ins_when_used_and_not_before(client, session, person):
    tokens = login(client, person.nip).json
    code = accounts.new_code(session, person.nip, clock.now())
    assert login(client, person.nip).status_code == 200
    assert activate(client, person.nip, code).status_code == 200
    assert me(client, tokens["access_token"]) == 401
    assert code_of(login(client, person.nip))[0] == 401


def test_of_two_activations_at_once_one_wins(app, database):
    with db.transaction() as session:
        nip = make.person(session).nip
        code = accounts.new_code(session, nip, clock.now())
    gate = Barrier(4)

    def race(number):
        gate.wait()
        return activate(app.test_client(), nip, code, f"sawah dan laut {number}").status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(race, range(4))) == [200, 401, 401, 401]


def change(client, token, current, new):
    body = {"current_password": current, "new_password": new}
    return client.post("/v1/auth/password", json=body, headers={"Authorization": f"Bearer {token}"})


def test_a_changed_password_ends_every_other_sign_in(client, person):
    here, elsewhere = login(client, person.nip).json, login(client, person.nip).json
    assert change(client, here["access_token"], PASSWORD, "gunung agung 9").status_code == 204
    assert me(client, here["access_token"]) == 200
    assert me(client, elsewhere["access_token"]) == 401
    assert refresh(client, elsewhere["refresh_token"]).status_code == 401
    assert login(client, person.nip).status_code == 401
    assert login(client, person.nip, "gunung agung 9").status_code == 200


def test_guessing_the_current_password_is_counted_like_signing_in(client, person):
    token = login(client, person.nip).json["access_token"]
    answers = [change(client, token, "salah sekali 1", "gunung agung 9") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [422] * 6 + [429]
    assert list(answers[0].json["errors"]) == ["/current_password"]


def test_a_poor_new_password_is_refused(client, person):
    token = login(client, person.nip).json["access_token"]
    answer = change(client, token, PASSWORD, "pendek")
    assert list(answer.json["errors"]) == ["/new_password"]
    assert login(client, person.nip).status_code == 200


def test_me_says_who_where_and_what_one_may(client, session, sign_in):
    bali = make.unit(session, "BALI")
    person = make.person(session, make.unit(session, "DISHUB", bali), position="Kepala Dinas")
    make.grant(session, person, Role.SUPERVISOR, bali)
    answer = client.get("/v1/me", headers=sign_in(person.id))
    assert answer.json == {
        "nip": person.nip,
        "name": person.name,
        "position": "Kepala Dinas",
        "unit": {"code": "DISHUB", "name": "Unit DISHUB"},
        "grants": [{"role": "supervisor", "unit": "BALI"}],
    }


def test_me_needs_a_sign_in(client):
    assert code_of(client.get("/v1/me")) == (401, "sign_in_needed")
