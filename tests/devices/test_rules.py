"""What the rules about devices promise."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from app import jws
from app.devices.rules.keys import key_flaw, public_part
from app.devices.rules.use import Act, Status, Use, first_use, status_at, status_of_signer, use_after
from tests import make

NOW = datetime(2026, 11, 24, tzinfo=UTC)
JWK = jws.jwk_of(make.key().public_key())


def b64(number, size):
    return base64.urlsafe_b64encode(number.to_bytes(size, "big")).rstrip(b"=").decode()


def p384():
    numbers = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    return {"kty": "EC", "crv": "P-384", "x": b64(numbers.x, 48), "y": b64(numbers.y, 48)}


def test_the_public_half_of_a_p256_key_is_taken():
    assert key_flaw(JWK) is None
    assert key_flaw(JWK | {"alg": "ES256", "use": "sig", "kid": "x", "key_ops": ["verify"]}) is None


@pytest.mark.parametrize(
    "jwk, flaw",
    [
        (JWK | {"d": JWK["x"]}, "key_private"),
        (JWK | {"k": "AA"}, "key_private"),
        (JWK | {"alg": "ES384"}, "key_not_es256"),
        (JWK | {"use": "enc"}, "key_not_es256"),
        (JWK | {"kty": "OKP"}, "key_not_es256"),
        (JWK | {"crv": "secp256k1"}, "key_not_es256"),
        (JWK | {"x": JWK["y"], "y": JWK["x"]}, "key_not_es256"),
        (JWK | {"x": b64(0, 32), "y": b64(0, 32)}, "key_not_es256"),
        (JWK | {"x": JWK["x"] + "="}, "key_not_es256"),
        (JWK | {"x": " " + JWK["x"][1:]}, "key_not_es256"),
        (JWK | {"x": 7}, "key_not_es256"),
        (JWK | {"x": None}, "key_not_es256"),
        ({"kty": "EC", "crv": "P-256"}, "key_not_es256"),
        ({}, "key_not_es256"),
        (p384(), "key_not_es256"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value,
)
def test_no_other_key_is_taken(jwk, flaw):
    assert key_flaw(jwk) == flaw


def test_no_key_of_another_kind_is_taken():
    okp = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    modulus = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
    assert key_flaw({"kty": "OKP", "crv": "Ed25519", "x": jws.b64(okp)}) == "key_not_es256"
    assert key_flaw({"kty": "RSA", "n": b64(modulus, 256), "e": "AQAB"}) == "key_not_es256"


def test_one_point_has_one_spelling_so_one_key_is_one_device():
    """Every other spelling of the last base64 digit, and a coordinate with more or fewer zeros in front, is refused."""
    x = base64.urlsafe_b64decode(JWK["x"] + "=")
    for other in ("A" + JWK["x"], JWK["x"][:-1], base64.urlsafe_b64encode(b"\0" + x).decode().rstrip("=")):
        assert key_flaw(JWK | {"x": other}) == "key_not_es256"
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    digit = alphabet.index(JWK["x"][-1])
    for low in (1, 2, 3):
        assert key_flaw(JWK | {"x": JWK["x"][:-1] + alphabet[digit ^ low]}) == "key_not_es256"


def test_what_is_kept_of_a_key_is_what_names_it():
    assert public_part(JWK | {"kid": "x", "use": "sig"}) == JWK
    assert jws.thumbprint(JWK | {"kid": "x"}) == jws.thumbprint(JWK)
    assert len(jws.thumbprint(JWK)) == 43


@pytest.mark.parametrize("earlier", [["active"], ["pending"], ["revoked"], ["revoked", "active"]], ids=str)
def test_the_first_device_counts_at_once_and_every_other_waits(earlier):
    assert first_use([], NOW) == Use(Status.ACTIVE, NOW)
    assert first_use(earlier, NOW) == Use(Status.PENDING, None)


def test_an_approved_phone_waits_for_a_day_and_a_refused_one_is_spent():
    assert use_after(Act.APPROVE, NOW) == Use(Status.ACTIVE, NOW + timedelta(hours=24))
    assert use_after(Act.REFUSE, NOW) == Use(Status.REVOKED, None)


MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "use, at, status",
    [
        (Use(Status.PENDING, None), NOW, "pending"),
        (Use(Status.REVOKED, NOW), NOW, "revoked"),
        (Use(Status.REVOKED, NOW, NOW + DAY), NOW + DAY, "revoked"),
        (Use(Status.ACTIVE, NOW), NOW - MOMENT, "approved"),
        (Use(Status.ACTIVE, NOW), NOW, "active"),
        (Use(Status.ACTIVE, NOW), NOW + 9999 * DAY, "active"),
        (Use(Status.ACTIVE, NOW, NOW + DAY), NOW + DAY - MOMENT, "active"),
        (Use(Status.ACTIVE, NOW, NOW + DAY), NOW + DAY, "superseded"),
    ],
)
def test_where_a_phone_stands_follows_from_what_is_stored_and_the_instant(use, at, status):
    assert status_at(use, at) == status


@pytest.mark.parametrize(
    "taken, latest, status",
    [
        (-2, -1, "approved"),
        (-1, 0, "active"),
        (3, 4, "active"),
        (9, 11, "active"),
        (10, 11, "superseded"),
        (99, 99, "superseded"),
    ],
)
def test_a_report_is_of_the_phone_in_use_when_it_was_made_with_the_benefit_of_the_doubt(taken, latest, status):
    use = Use(Status.ACTIVE, NOW, NOW + timedelta(hours=10))
    assert status_of_signer(use, NOW + timedelta(hours=taken), NOW + timedelta(hours=latest)) == status
    assert status_of_signer(Use(Status.REVOKED, NOW), NOW + timedelta(hours=taken), NOW + timedelta(hours=latest)) == "revoked"


@given(st.lists(st.integers(0, 72), max_size=6), st.integers(0, 200))
def test_of_phones_that_follow_each_other_one_is_in_use_at_every_instant(approvals, hour):
    """However approvals follow each other: each ends the use of the one before at the moment its own begins, or takes its place."""
    uses, now = [Use(Status.ACTIVE, NOW)], NOW
    for hours in approvals:
        now += timedelta(hours=hours)
        following = use_after(Act.APPROVE, now)
        uses = [use for use in uses if status_at(use, now) is not Status.APPROVED]
        uses = [replace(use, until=following.since) if status_at(use, now) is Status.ACTIVE else use for use in uses]
        uses.append(following)
    assert [status_at(use, NOW + timedelta(hours=hour)) for use in uses].count(Status.ACTIVE) == 1
