"""docs/protocol.md says what the phone does and what the server takes."""

import hashlib
import hmac
import json
import re
from datetime import datetime

import pytest

from app import jws
from app.checkins.api.signed import opened
from app.config import ROOT
from app.geofences.rules import door_code
from app.phone.receipt import is_proof
from app.phone.report import hash_of, signed
from tests.phone import vector

FENCED = re.compile(r"```(\w*)\n(.*?)\n```", re.DOTALL)
DOCUMENT = (ROOT / "docs" / "protocol.md").read_text("utf-8")


@pytest.fixture(scope="module")
def shown():
    """The check-in and the receipt of the worked example."""
    return ["".join(block.split()) for kind, block in FENCED.findall(DOCUMENT) if kind == ""]


def test_the_shown_check_in_is_what_the_phone_signs(shown):
    assert shown[0].rpartition(".")[0] == signed(vector.DEVICE_KEY, vector.payload()).rpartition(".")[0]


def test_the_server_takes_the_shown_check_in_and_its_signature(shown):
    report = opened(shown[0])
    _, _, signing_input, signature = jws.split(shown[0])
    assert jws.is_signed_by(vector.DEVICE_KEY.public_key(), signing_input, signature)
    assert report.device_id == jws.thumbprint(jws.jwk_of(vector.DEVICE_KEY.public_key()))
    assert (report.nip, report.direction, report.elapsed_ms, report.seq) == (vector.NIP, "in", 149_000, 42)
    assert (report.fixes[0].point.lat, report.fixes[0].point.lon) == (vector.FIX["lat"], vector.FIX["lon"])


def test_the_shown_receipt_proves_the_shown_check_in(shown):
    payload = vector.payload()
    answer = {"id": payload["id"], "verdict": "accepted", "received_at": "2026-11-24T23:12:31.900Z", "receipt": shown[1]}
    assert is_proof(answer, shown[0], [vector.server_jwk()])
    assert not is_proof({**answer, "verdict": "rejected"}, shown[0], [vector.server_jwk()])


def test_every_name_the_example_shows_is_the_one_it_computes(shown):
    jwk = jws.jwk_of(vector.DEVICE_KEY.public_key())
    for computed in (json.dumps(jwk), jws.thumbprint(jwk), hash_of(shown[0]), json.dumps(vector.server_jwk())):
        assert computed in DOCUMENT


def test_the_payload_shown_is_the_payload_signed(shown):
    _, payload, _, _ = jws.split(shown[0])
    blocks = [json.loads(block) for kind, block in FENCED.findall(DOCUMENT) if kind == "json"]
    assert json.loads(payload) in blocks


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def by_the_words_of_the_document(key: bytes, site: str, step: int) -> str:
    """A door code, made as section 7 says and with nothing of the program."""
    mac = hmac.new(key, f"tapak door code 1\n{site}\n{step}".encode("ascii"), hashlib.sha256).digest()
    bits = "".join(f"{byte:08b}" for byte in mac)
    return "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 40, 5))


@pytest.mark.parametrize("site", ["KANTOR", "CABANG"])
def test_the_shown_door_codes_are_those_the_screen_shows_and_the_words_make(site):
    step = door_code.step_at(datetime.fromisoformat("2026-11-24T23:12:31Z"))
    row = next(line for line in DOCUMENT.splitlines() if line.startswith(f"| `{site}` |"))
    shown = re.findall(r"`(\w{8})`", row)
    secret = bytes(range(32))
    assert f"s = {step}:" in DOCUMENT and len(shown) == 3
    for code, at in zip(shown, (step - 1, step, step + 1), strict=True):
        assert code == door_code.code_in(secret, site, at) == by_the_words_of_the_document(secret, site, at)
