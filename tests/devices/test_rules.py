"""What the rules about devices promise."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app import jws
from app.devices.rules import TRANSITIONS, Act, Enrolment, Status, enrolment, key_flaw, public_part, status_after, usable_after
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


@pytest.mark.parametrize("earlier", [[Status.ACTIVE], [Status.PENDING], [Status.REVOKED], [Status.REVOKED, Status.ACTIVE]], ids=str)
def test_the_first_device_counts_at_once_and_every_other_waits(earlier):
    assert enrolment([], NOW) == Enrolment(Status.ACTIVE, NOW)
    assert enrolment(earlier, NOW) == Enrolment(Status.PENDING, NOW + timedelta(hours=24))


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("act", Act)
def test_a_revoked_device_never_returns_and_only_a_waiting_one_is_decided(status, act):
    after = status_after(status, act)
    assert after == TRANSITIONS.get((status, act))
    if act is Act.REVOKE:
        assert after is Status.REVOKED
    elif status is Status.PENDING:
        assert after is (Status.ACTIVE if act is Act.APPROVE else Status.REVOKED)
    else:
        assert after is None


def test_only_an_approval_starts_the_day_of_waiting():
    assert usable_after(Act.APPROVE, NOW) == NOW + timedelta(hours=24)
    assert usable_after(Act.REFUSE, NOW) is usable_after(Act.REVOKE, NOW) is None
