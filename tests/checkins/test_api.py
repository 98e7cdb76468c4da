"""The promise of `POST /v1/checkins` over HTTP, with real commits where it matters."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app import clock, db, jws
from app.checkins import store
from app.checkins.rules import signals
from app.config import var
from tests import make
from tests.phones import Phone, enrolled


@pytest.fixture
def phone(session: Session) -> Phone:
    """The phone of somebody with an office."""
    make.site(session)
    return enrolled(session, make.person(session))


def post(client: FlaskClient, *checkins: str, language: str = "id") -> list[dict]:
    answer = client.post("/v1/checkins", json={"checkins": checkins}, headers={"Accept-Language": language})
    assert (answer.status_code, answer.mimetype) == (200, "application/json"), answer.text
    return answer.json["results"]


def test_a_check_in_needs_no_bearer_token_and_gets_a_receipt_anybody_can_verify(client: FlaskClient, phone: Phone) -> None:
    compact = phone.checkin(clock.now())
    [result] = post(client, compact)
    assert result["status"] == "stored" and result["counts"]
    assert set(result) == {
        "id", "status", "verdict", "counts", "reasons", "site", "p_inside", "distance_m", "taken_at", "earliest_at", "latest_at",
        "time_grade", "received_at", "work_date", "next", "receipt",
    }  # fmt: skip
    header, payload, signing_input, signature = jws.split(result["receipt"])
    [key] = [key for key in client.get("/.well-known/jwks.json").json["keys"] if key["kid"] == header["kid"]]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    Ed25519PublicKey.from_public_bytes(jws.unb64(key["x"])).verify(signature, signing_input)
    assert orjson.loads(payload)["id"] == result["id"]


def test_results_come_in_order_each_with_its_own_fate(client: FlaskClient, phone: Phone) -> None:
    now = clock.now()
    good, other = phone.checkin(now), phone.checkin(now, "out")
    results = post(client, "rubbish", good, Phone(phone.nip).checkin(now), other, good)
    assert [result["status"] for result in results] == ["refused", "stored", "refused", "stored", "stored"]
    assert results[0]["id"] is None and results[0]["problem"]["code"] == "malformed_checkin"
    assert results[2]["problem"]["code"] == "device_not_enrolled" and results[2]["problem"]["status"] == 404
    assert results[1] == results[4]


@pytest.mark.parametrize("poisoned_at", [0, 1, 49, 98, 99])
def test_a_poison_item_anywhere_in_a_full_batch_blocks_nobody(client: FlaskClient, phone: Phone, poisoned_at: int) -> None:
    now = clock.now()
    batch = [phone.checkin(now - timedelta(seconds=second)) for second in range(99)]
    batch.insert(poisoned_at, "poison")
    results = post(client, *batch)
    assert [result["status"] for result in results] == ["refused" if at == poisoned_at else "stored" for at in range(100)]


def test_the_answer_speaks_the_language_of_the_first_asker_for_ever(client: FlaskClient, phone: Phone) -> None:
    compact = phone.checkin(clock.now())
    first = post(client, compact, language="en")
    assert "You are at" in first[0]["reasons"][0]["message"]
    assert post(client, compact, language="id") == first


def test_fifty_posts_at_once_store_one_row_and_give_fifty_identical_answers(app: Flask, database: Engine) -> None:
    with db.transaction() as session:
        make.site(session)
        phone = enrolled(session, make.person(session))
    body = {"checkins": [phone.checkin(clock.now())]}
    gate = Barrier(50)

    def send(_: int) -> bytes:
        gate.wait()
        return app.test_client().post("/v1/checkins", json=body).data

    with ThreadPoolExecutor(50) as threads:
        answers = set(threads.map(send, range(50)))
    assert len(answers) == 1
    [answer] = answers
    assert orjson.loads(answer)["results"][0]["status"] == "stored"
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(store.Checkin)) == 1
        assert session.scalar(text("SELECT count(*) FROM ledger_leaves WHERE kind = 'checkin'")) == 1
        assert session.scalar(text("SELECT count(*) FROM checkin_reports")) == 1


def test_two_batches_with_the_same_check_ins_in_opposite_order_do_not_deadlock(app: Flask, database: Engine) -> None:
    with db.transaction() as session:
        make.site(session)
        phone = enrolled(session, make.person(session))
    now = clock.now()
    batch = [phone.checkin(now - timedelta(seconds=second)) for second in range(40)]
    gate = Barrier(8)

    def send(turn: int) -> list[dict]:
        gate.wait()
        mine = batch if turn % 2 else batch[::-1]
        results = app.test_client().post("/v1/checkins", json={"checkins": mine}).json["results"]
        return results if turn % 2 else results[::-1]

    with ThreadPoolExecutor(8) as threads:
        first, *others = threads.map(send, range(8))
    assert all(other == first for other in others)
    assert {result["status"] for result in first} == {"stored"}


def test_a_row_the_database_refuses_is_a_retry_and_the_others_are_stored(app: Flask, database: Engine, server) -> None:
    """A constraint that only one item breaks stands for anything nobody thought of."""
    with db.transaction() as session:
        make.site(session)
        phone = enrolled(session, make.person(session))
    server.sql("ALTER TABLE checkins ADD CHECK (app <> 'poison')", str(database.url.database))
    now = clock.now()
    batch = [phone.checkin(now), phone.checkin(now, app="poison"), phone.checkin(now)]
    results = app.test_client().post("/v1/checkins", json={"checkins": batch}).json["results"]
    assert [result["status"] for result in results] == ["stored", "retry", "stored"]
    assert results[1]["problem"]["code"] == "checkin_retry"
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(store.Checkin)) == 2


def test_a_check_that_fails_unexpectedly_never_accepts_silently(
    client: FlaskClient, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise ZeroDivisionError

    row = replace(signals.CHECKS[signals.Flag.MOCK_LOCATION], trips=broken)
    monkeypatch.setitem(signals.CHECKS, signals.Flag.MOCK_LOCATION, row)
    [result] = post(client, phone.checkin(clock.now()))
    assert (result["status"], result["problem"]["code"]) == ("retry", "checkin_retry")


def test_a_database_that_is_away_is_a_503_with_retry_after(app: Flask, database: Engine, server) -> None:
    with db.transaction() as session:
        make.site(session)
        phone = enrolled(session, make.person(session))
    compact = phone.checkin(clock.now())
    name = str(database.url.database)
    server.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    away = app.test_client().post("/v1/checkins", json={"checkins": [compact]})
    assert (away.status_code, away.json["code"]) == (503, "database_unavailable")
    assert int(away.headers["Retry-After"]) > 0
    server.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert app.test_client().post("/v1/checkins", json={"checkins": [compact]}).json["results"][0]["status"] == "stored"


def test_the_phones_day_shows_what_is_done_what_is_next_and_where(
    client: FlaskClient, session: Session, sign_in: Callable[..., dict[str, str]]
) -> None:
    make.site(session)
    person = make.person(session)
    phone = enrolled(session, person)
    headers = sign_in(person.id)
    day = client.get("/v1/me/today", headers=headers)
    assert day.json["done"] == [] and [site["code"] for site in day.json["sites"]] == ["KANTOR"]
    assert day.json["sites"][0]["outline"]["type"] in ("Polygon", "MultiPolygon")
    assert client.get("/v1/me/today", headers={**headers, "If-None-Match": day.headers["ETag"]}).status_code == 304
    [result] = post(client, phone.checkin(clock.now()))
    after = client.get("/v1/me/today", headers=headers).json
    if after["work_date"] == result["work_date"]:
        assert [done["id"] for done in after["done"]] == [result["id"]]
    month = result["work_date"][:7]
    mine = client.get(f"/v1/me/checkins?month={month}", headers=headers).json["items"]
    assert [item["id"] for item in mine] == [result["id"]] and mine[0]["counts"]


def test_another_persons_check_ins_are_not_mine(
    client: FlaskClient, session: Session, phone: Phone, sign_in: Callable[..., dict[str, str]]
) -> None:
    [result] = post(client, phone.checkin(clock.now()))
    stranger = sign_in(make.person(session).id)
    assert client.get(f"/v1/me/checkins?month={result['work_date'][:7]}", headers=stranger).json["items"] == []


def test_a_time_anchor_is_the_servers_time_signed(client: FlaskClient) -> None:
    answer = client.get("/v1/time").json
    assert jws.keyring(var("keys")).opened(answer["anchor"], "time-anchor+jws")["now"] == answer["now"]
