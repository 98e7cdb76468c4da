"""A receipt proves one report and one verdict, and nothing else."""

import pytest

from app import jws
from app.phone.receipt import is_proof
from app.phone.report import hash_of

COMPACT = "aa.bb.cc"


@pytest.fixture
def keyring(tmp_path):
    return jws.Keyring(tmp_path)


def answer(keyring, typ="receipt+jws", **changes):
    said = {"id": "1", "payload_hash": hash_of(COMPACT), "verdict": "accepted", "received_at": "T", "leaf_hash": "x", **changes}
    return {"id": "1", "verdict": "accepted", "received_at": "T", "receipt": keyring.sign(typ, said)}


def test_the_servers_own_receipt_is_proof(keyring):
    assert is_proof(answer(keyring), COMPACT, keyring.jwks())


def test_a_receipt_of_an_older_key_stays_proof(keyring):
    kept = answer(keyring)
    keyring.rotate()
    assert is_proof(kept, COMPACT, keyring.jwks())


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "2"},
        {"payload_hash": hash_of("aa.bb.dd")},
        {"verdict": "rejected"},
        {"received_at": "U"},
        {"typ": "time-anchor+jws"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_receipt_about_anything_else_is_not(keyring, changes):
    assert not is_proof(answer(keyring, **changes), COMPACT, keyring.jwks())


def test_another_servers_receipt_is_not(keyring, tmp_path):
    other = jws.Keyring(tmp_path / "other")
    assert not is_proof(answer(other), COMPACT, keyring.jwks())


def test_a_borrowed_key_name_does_not_help(keyring, tmp_path):
    forged = answer(jws.Keyring(tmp_path / "other"))
    (known,) = keyring.jwks()
    kid = jws.split(forged["receipt"])[0]["kid"]
    assert not is_proof(forged, COMPACT, [{**known, "kid": kid}])


@pytest.mark.parametrize("receipt", ["", "a.b", "a.b.c", "é.b.c", None], ids=repr)
def test_rubbish_is_not(keyring, receipt):
    assert not is_proof({"id": "1", "verdict": "accepted", "receipt": receipt}, COMPACT, keyring.jwks())
