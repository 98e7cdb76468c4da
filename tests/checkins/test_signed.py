"""Opening a signed check-in: what is malformed is refused with its place, and nothing else is looked at."""

import base64
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import errors, jws
from app.checkins.rules.signed import opened
from tests import make
from tests.phones import Phone

NOW = datetime(2026, 3, 9, 23, 25, tzinfo=UTC)
PHONE = Phone("197001012005011001")


def problem_with(**changes: Any) -> list[str]:
    """Pointers at what is wrong."""
    with pytest.raises(errors.Invalid) as refused:
        opened(PHONE.checkin(NOW, **changes))
    return sorted(refused.value.errors)


def test_a_well_formed_check_in_opens_to_what_was_signed() -> None:
    report = opened(PHONE.checkin(NOW, "out", fix={"speed_mps": -1, "provider": "gps", "is_mock": False}, prev="x" * 43))
    assert (report.nip, report.direction, report.device_id) == (PHONE.nip, "out", PHONE.device_id)
    assert report.fixes[0].provider == "gps" and report.claimed_at == NOW


@pytest.mark.parametrize(
    "changes, place",
    [
        ({"id": "x"}, "/id"),
        ({"nip": "123"}, "/nip"),
        ({"nip": 197001012005011001}, "/nip"),
        ({"nip": "١" * 18}, "/nip"),
        ({"direction": "sideways"}, "/direction"),
        ({"fixes": []}, "/fixes"),
        ({"fixes": [{"lat": 0, "lon": 0, "accuracy_m": 9, "age_ms": 0}] * 11}, "/fixes"),
        ({"place": (91, 115)}, "/fixes/0/lat"),
        ({"place": (115.22, -8.65)}, "/fixes/0/lat"),
        ({"place": (-8.65, 181)}, "/fixes/0/lon"),
        ({"accuracy_m": -1}, "/fixes/0/accuracy_m"),
        ({"fix": {"lat": "-8.65"}}, "/fixes/0/lat"),
        ({"fix": {"lat": True}}, "/fixes/0/lat"),
        ({"fix": {"age_ms": 1.5}}, "/fixes/0/age_ms"),
        ({"fix": {"is_mock": "yes"}}, "/fixes/0/is_mock"),
        ({"fix": {"extra": 1}}, "/fixes/0/extra"),
        ({"claimed_at": "2026-03-09T23:25:00"}, "/claimed_at"),
        ({"claimed_at": "0001-01-01T00:00:00+23:59"}, "/claimed_at"),
        ({"claimed_at": "yesterday"}, "/claimed_at"),
        ({"elapsed_ms": -1}, "/elapsed_ms"),
        ({"elapsed_ms": 10**18}, "/elapsed_ms"),
        ({"seq": -1}, "/seq"),
        ({"prev": "short"}, "/prev"),
        ({"platform": "symbian"}, "/platform"),
        ({"app": ""}, "/app"),
        ({"app": "tapak\x00/1"}, "/app"),
        ({"app": "tapak\n/1"}, "/app"),
        ({"surprise": 1}, "/surprise"),
        ({"header": {"alg": "none"}}, "/header"),
        ({"header": {"alg": "HS256"}}, "/header"),
        ({"header": {"typ": "JWT"}}, "/header"),
        ({"header": {"kid": None}}, "/header"),
        ({"header": {"kid": "\x00" * 43}}, "/header"),
        ({"header": {"kid": "short"}}, "/header"),
        ({"header": {"jku": "https://evil.example"}}, "/header"),
        ({"header": {"crit": ["exp"]}}, "/header"),
    ],
    ids=str,
)
def test_what_is_wrong_is_pointed_at(changes: dict[str, Any], place: str) -> None:
    assert place in problem_with(**changes)


@pytest.mark.parametrize("compact", ["", ".", "..", "a.b.c", "é.é.é", "x" * 30_000, "....", "e30.e30.e30"], ids=str)
def test_what_is_no_jws_is_refused(compact: str) -> None:
    with pytest.raises(errors.Invalid):
        opened(compact)


def test_nan_and_infinity_in_a_signed_payload_are_refused() -> None:
    for number in (b"NaN", b"Infinity", b"1e400", b"-Infinity"):
        payload = b'{"id":' + number + b"}"
        header = jws.b64(orjson.dumps({"alg": "ES256", "typ": "checkin+jws", "kid": "k" * 43}))
        with pytest.raises(errors.Invalid):
            opened(f"{header}.{jws.b64(payload)}.{jws.b64(bytes(64))}")


def test_the_same_signature_has_only_one_spelling() -> None:
    """A second spelling would be a second hash, and so a conflict with oneself."""
    compact = PHONE.checkin(NOW)
    signature = compact.rpartition(".")[2]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = signature[:-1] + letters[letters.index(signature[-1]) ^ 1]
    assert base64.urlsafe_b64decode(twin + "==") == base64.urlsafe_b64decode(signature + "==")
    for other in (compact + "=", compact + "\n", " " + compact, compact.removesuffix(signature) + twin):
        with pytest.raises(errors.Invalid):
            opened(other)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: ".".join(jws.b64(raw[i::3]) for i in range(3))))
def test_no_text_at_all_does_more_than_be_refused(compact: str) -> None:
    with pytest.raises(errors.Invalid):
        opened(compact)


def test_a_signature_of_another_key_is_not_this_keys() -> None:
    compact = PHONE.checkin(NOW)
    _, _, signing_input, signature = jws.split(compact)
    assert jws.is_signed_by(PHONE.key.public_key(), signing_input, signature)
    assert not jws.is_signed_by(make.key().public_key(), signing_input, signature)
    assert not jws.is_signed_by(PHONE.key.public_key(), signing_input + b"x", signature)
    assert not jws.is_signed_by(PHONE.key.public_key(), signing_input, bytes(64))
    assert not jws.is_signed_by(PHONE.key.public_key(), signing_input, signature[:63])
