"""How much, how long, how deep: what is too much is refused with its reason, and whatever is not refused can be kept."""

import gzip
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import clock, errors, jws
from app.checkins.actions import ANCHOR_TYPE
from app.checkins.rules.signed import LONGEST_JWS, LONGEST_MS, opened
from app.config import int_setting, var
from tests import make
from tests.phones import Phone, enrolled

JSON = {"Content-Type": "application/json"}
DEEP = 200_000
NOW = datetime(2026, 3, 9, 23, 25, tzinfo=UTC)


@pytest.fixture
def phone(session: Session) -> Phone:
    """The phone of somebody with an office."""
    make.site(session)
    return enrolled(session, make.person(session))


@pytest.mark.parametrize(
    "body, headers, status, code, place",
    [
        (b'{"checkins":["' + b"x" * 2_000_000 + b'"]}', JSON, 413, "body_too_large", None),
        (b'{"checkins":[]}', JSON, 422, "invalid_input", "/checkins"),
        (orjson.dumps({"checkins": ["x"] * 101}), JSON, 422, "invalid_input", "/checkins"),
        (b'{"checkins":["x",7]}', JSON, 422, "invalid_input", "/checkins/1"),
        (b'{"checkins":{"0":"x"}}', JSON, 422, "invalid_input", "/checkins"),
        (b'{"checkins":["x"],"more":1}', JSON, 422, "invalid_input", "/more"),
        (b"[]", JSON, 422, "invalid_input", ""),
        (b"null", JSON, 422, "invalid_input", ""),
        (b"", JSON, 400, "not_json", None),
        (b'{"checkins":[NaN]}', JSON, 400, "not_json", None),
        (b'{"checkins":[Infinity]}', JSON, 400, "not_json", None),
        (b'{"checkins":["\xff"]}', JSON, 400, "not_json", None),
        (b'{"checkins":["\\ud800"]}', JSON, 400, "not_json", None),
        (b'{"checkins":' + b"[" * DEEP + b"]" * DEEP + b"}", JSON, 400, "not_json", None),
        (b'{"a":' * DEEP + b"1" + b"}" * DEEP, JSON, 400, "not_json", None),
        (b'{"checkins":["x"]}', {"Content-Type": "text/plain"}, 400, "not_json", None),
        (gzip.compress(b" " * 1_000_000), {**JSON, "Content-Encoding": "gzip"}, 400, "encoded_body", None),
        (b'{"checkins":["x"]}', {**JSON, "Content-Encoding": "br, gzip"}, 400, "encoded_body", None),
    ],
    ids=[
        "too many bytes", "no item", "101 items", "a number for an item", "an object for the list", "a member nobody knows",
        "a list for the object", "null", "nothing", "NaN", "Infinity", "broken UTF-8", "half a surrogate", "too deep a list",
        "too deep an object", "not announced as JSON", "a gzip bomb", "another encoding",
    ],
)  # fmt: skip
def test_a_body_that_is_too_much_is_refused_with_its_reason(
    client: FlaskClient, body: bytes, headers: dict[str, str], status: int, code: str, place: str | None
) -> None:
    answer = client.post("/v1/checkins", data=body, headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["code"] == code
    assert place is None or place in answer.json["errors"]


def test_a_body_of_unknown_length_is_read_no_further_than_allowed(client: FlaskClient) -> None:
    endless = io.BytesIO(b" " * (int_setting("body_limit_bytes") + 1))
    answer = client.post("/v1/checkins", input_stream=endless, headers=JSON, environ_overrides={"wsgi.input_terminated": True})
    assert (answer.status_code, answer.json["code"]) == (413, "body_too_large")


def test_a_hundred_check_ins_with_everything_in_them_fit(client: FlaskClient, phone: Phone) -> None:
    fix = {
        "lat": -8.6500001, "lon": 115.2200001, "accuracy_m": 12.345, "age_ms": 12_345, "altitude_m": 1234.567, "speed_mps": 1.234,
        "bearing_deg": 123.456, "provider": "x" * 100, "is_mock": False,
    }  # fmt: skip
    everything = {"fixes": [fix] * 10, "app": "x" * 100, "boot_id": "x" * 100, "code": "x" * 100, "prev": "x" * 43}
    batch = [phone.checkin(clock.now(), **everything) for _ in range(100)]
    answer = client.post("/v1/checkins", json={"checkins": batch})
    assert {result["status"] for result in answer.json["results"]} == {"stored"}


def refusal_of(compact: str) -> errors.Invalid:
    with pytest.raises(errors.Invalid) as refused:
        opened(compact)
    assert refused.value.code == "malformed_checkin"
    return refused.value


def signed(payload: bytes) -> str:
    """A JWS about that payload; nobody looks at its signature before it is read."""
    header = jws.b64(orjson.dumps({"alg": "ES256", "typ": "checkin+jws", "kid": "k" * 43}))
    return f"{header}.{jws.b64(payload)}.{jws.b64(bytes(64))}"


@pytest.mark.parametrize(
    "changes, place",
    [
        ({"fixes": [{"lat": 0, "lon": 0, "accuracy_m": 9, "age_ms": 0}] * 11}, "/fixes"),
        ({"claimed_at": "9999-12-31T23:59:59-23:59"}, "/claimed_at"),
        ({"claimed_at": "0001-01-01T00:00:00+00:01"}, "/claimed_at"),
        ({"claimed_at": "10000-01-01T00:00:00Z"}, "/claimed_at"),
        ({"claimed_at": 0}, "/claimed_at"),
        ({"elapsed_ms": LONGEST_MS + 1}, "/elapsed_ms"),
        ({"elapsed_ms": -1}, "/elapsed_ms"),
        ({"elapsed_ms": 1.5}, "/elapsed_ms"),
        ({"fix": {"age_ms": LONGEST_MS + 1}}, "/fixes/0/age_ms"),
        ({"fix": {"age_ms": -1}}, "/fixes/0/age_ms"),
        ({"fix": {"altitude_m": 1e300}}, "/fixes/0/altitude_m"),
        ({"fix": {"speed_mps": 1e300}}, "/fixes/0/speed_mps"),
        ({"fix": {"bearing_deg": 361}}, "/fixes/0/bearing_deg"),
        ({"fix": {"provider": "x" * 101}}, "/fixes/0/provider"),
        ({"fix": {"provider": "gps\x00"}}, "/fixes/0/provider"),
        ({"accuracy_m": 1e300}, "/fixes/0/accuracy_m"),
        ({"seq": 2**63}, "/seq"),
        ({"prev": "é" * 43}, "/prev"),
        ({"prev": "x" * 42 + "\x00"}, "/prev"),
        ({"anchor": "x" * 1001}, "/anchor"),
        ({"boot_id": "x" * 101}, "/boot_id"),
        ({"boot_id": "\x00"}, "/boot_id"),
        ({"boot_id": ""}, "/boot_id"),
        ({"code": "x" * 101}, "/code"),
        ({"app": "x" * 101}, "/app"),
        ({"header": {"kid": "k" * 10_000}}, "/header"),
    ],
    ids=str,
)
def test_a_member_beyond_its_bound_is_pointed_at(changes: dict[str, Any], place: str) -> None:
    assert place in refusal_of(Phone("1" * 18).checkin(NOW, **changes)).errors


@pytest.mark.parametrize(
    "payload",
    [
        b"[" * DEEP, b'{"fixes":' + b"[" * DEEP, b'{"id":' + b'{"a":' * DEEP, b'{"seq":' + b"9" * 400_000 + b"}", b"\xff", b"null",
        b'{"app":"\\ud800"}', b'{"app":"\xed\xa0\x80"}', b"",
    ],
    ids=["deep", "deep fixes", "deep id", "endless digits", "no UTF-8", "null", "half a surrogate", "a raw surrogate", "empty"],
)  # fmt: skip
def test_a_payload_that_is_hardly_json_is_refused(payload: bytes) -> None:
    with pytest.raises(errors.Invalid):
        opened(signed(payload))


def test_a_check_in_of_the_longest_length_is_read_and_one_letter_more_is_not() -> None:
    longest = signed(b" " * ((LONGEST_JWS - 300) * 3 // 4))
    assert "jws_too_long" not in str(refusal_of(longest).errors)
    assert "jws_too_long" in str(refusal_of(longest + "x" * (LONGEST_JWS + 1 - len(longest))).errors)


@pytest.mark.parametrize("member", [b'"nip":"222222222222222222"', b'"n\\u0069p":"222222222222222222"', b'"seq":1'], ids=repr)
def test_a_member_that_stands_twice_is_refused_because_two_readers_could_read_two_things(member: bytes) -> None:
    payload = jws.split(Phone("1" * 18).checkin(NOW))[1]
    assert refusal_of(signed(payload[:-1] + b"," + member + b"}")).errors == {"": "member_twice"}
    inside = payload.replace(b'"age_ms":', b'"age_ms":1,"age_ms":')
    assert refusal_of(signed(inside)).errors == {"": "member_twice"}


@pytest.mark.parametrize(
    "changes",
    [
        {"claimed_at": "0001-01-01T00:00:00Z"},
        {"claimed_at": "9999-12-31T23:59:59.999999Z"},
        {"claimed_at": "9999-12-31T00:00:00+23:59"},
        {"seq": 0},
        {"seq": 2**62},
        {"fix": {"age_ms": LONGEST_MS}},
        {"place": (90.0, 180.0)},
        {"place": (-90.0, -180.0)},
        {"place": (0.0, 0.0), "accuracy_m": 1e7},
        {"accuracy_m": 0},
        {"accuracy_m": 5e-324},
        {"place": (-8.65 + 5e-324, 115.22)},
        {"fix": {"altitude_m": -1e5, "speed_mps": 1e5, "bearing_deg": 360}},
        {"app": "😀" * 100, "boot_id": "\u2028", "code": "\x00"},
        {"prev": "_" * 43},
        {"anchor": "x" * 1000, "elapsed_ms": 0, "boot_id": "b"},
        {"anchor": "é.é.é", "elapsed_ms": 0, "boot_id": "b"},
        {"elapsed_ms": LONGEST_MS},
        {"boot_id": "x"},
    ],
    ids=str,
)
def test_whatever_is_within_its_bounds_can_be_kept(client: FlaskClient, phone: Phone, changes: dict[str, Any]) -> None:
    """One that is taken and then refused by the database would be asked for again for ever."""
    [result] = client.post("/v1/checkins", json={"checkins": [phone.checkin(clock.now(), **changes)]}).json["results"]
    assert result["status"] == "stored"


@pytest.mark.parametrize("elapsed_ms", [0, 1, 86_400_000, LONGEST_MS])
@pytest.mark.parametrize("anchored", [timedelta(0), timedelta(days=-30), timedelta(days=365), timedelta(days=-365)], ids=str)
def test_an_anchor_with_any_time_since_can_be_kept(client: FlaskClient, phone: Phone, anchored: timedelta, elapsed_ms: int) -> None:
    now = (clock.now() + anchored).isoformat()
    anchor = jws.keyring(var("keys")).sign(ANCHOR_TYPE, {"now": now, "nonce": "x"})
    compact = phone.checkin(clock.now(), anchor=anchor, elapsed_ms=elapsed_ms, boot_id="b")
    [result] = client.post("/v1/checkins", json={"checkins": [compact]}).json["results"]
    assert result["status"] == "stored" or result["problem"]["code"] in ("device_not_active", "superseded_device")


@given(st.binary(max_size=300))
def test_no_payload_at_all_does_more_than_be_refused(payload: bytes) -> None:
    with pytest.raises(errors.Invalid):
        opened(signed(payload))
