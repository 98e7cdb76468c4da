"""Check-ins that are none, and answers that are not to be believed, for the protocol's vectors."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.jws import Keyring, b64, split, unb64
from tests.phone import example
from tests.phone.example import ANCHORED_AT, LOST, OTHERS, PHONE, STRANGE, WAITING, altered

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
FIX = example.fix(0)
PROBLEM = {"type": "urn:tapak:problem:x", "title": "", "status": 0, "detail": "", "code": "x"}


def refused(check_in: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and JWS of each, all made from a good one."""
    full, compact = json.loads(check_in["payload"]), check_in["jws"]
    head, _, signature = compact.rpartition(".")
    yield "base64url with padding", compact + "=="
    yield "base64url whose unused bits are not zero", compact[:-1] + LETTERS[LETTERS.index(compact[-1]) | 1]
    yield "base64 with the letters of the other alphabet", f"{head}.{signature.replace('-', '+').replace('_', '/')}"
    yield "two parts", head
    yield "JSON and not a compact JWS", json.dumps({"payload": "e30", "signature": signature})
    for name, header in (
        ("alg none", {"alg": "none"}),
        ("alg HS256", {"alg": "HS256"}),
        ("alg ES384", {"alg": "ES384"}),
        ("typ JWT", {"typ": "JWT"}),
        ("a kid that is no thumbprint", {"kid": "phone-1"}),
        ("a member more in the header", {"jku": "https://example.org/keys"}),
    ):
        yield name, example.signed(PHONE, full, header)
    for left_out in ("id", "nip", "direction", "fixes", "claimed_at", "seq", "platform", "app"):
        yield f"no {left_out}", example.signed(PHONE, {name: value for name, value in full.items() if name != left_out})
    for name, changes in (
        ("an id that is no UUID", {"id": "1"}),
        ("a NIP of 17 digits", {"nip": full["nip"][1:]}),
        ("a NIP as a number", {"nip": int(full["nip"])}),
        ("a direction nobody knows", {"direction": "IN"}),
        ("no fix", {"fixes": []}),
        ("eleven fixes", {"fixes": [FIX] * 11}),
        ("latitude 91", {"fixes": [{**FIX, "lat": 91}]}),
        ("longitude first", {"fixes": [{**FIX, "lat": FIX["lon"], "lon": FIX["lat"]}]}),
        ("longitude 180.5", {"fixes": [{**FIX, "lon": 180.5}]}),
        ("latitude in quotes", {"fixes": [{**FIX, "lat": "-8.6685123"}]}),
        ("accuracy below zero", {"fixes": [{**FIX, "accuracy_m": -1}]}),
        ("age with a fraction", {"fixes": [{**FIX, "age_ms": 0.5}]}),
        ("a fix without accuracy", {"fixes": [{name: value for name, value in FIX.items() if name != "accuracy_m"}]}),
        ("a member of a fix nobody knows", {"fixes": [{**FIX, "satellites": 7}]}),
        ("a time without offset", {"claimed_at": "2026-11-25T07:15:31.250"}),
        ("a number below zero", {"seq": -1}),
        ("a hash that is too short", {"prev": "AAAA"}),
        ("a platform nobody knows", {"platform": "windows"}),
        ("an app without a name", {"app": ""}),
        ("a member nobody knows", {"nonce": "1"}),
    ):
        yield name, example.signed(PHONE, {**full, **changes})
    text = json.dumps(full)
    for number in ("NaN", "Infinity", "1e400"):
        spelled = text.replace(f'"lat": {full["fixes"][0]["lat"]}', f'"lat": {number}', 1)
        yield f"latitude {number}", example.signed(PHONE, spelled)
    yield "a payload that is not JSON", example.signed(PHONE, "in")
    yield "a key that is not enrolled", example.signed(STRANGE, full)
    yield "another's signature", f"{head}.{example.signed(OTHERS, full, {'kid': PHONE.id}).rpartition('.')[2]}"
    yield "an altered signature", altered(compact)
    yield "a signature in DER", f"{head}.{b64(example.der_signature(PHONE, head))}"
    raw = unb64(signature)
    yield "a zero before s, which is the same number in 65 bytes", f"{head}.{b64(raw[:32] + bytes(1) + raw[32:])}"
    yield "another person's phone", example.signed(OTHERS, {**full, "id": str(example.id_of(ANCHORED_AT, 901))})
    for device in (WAITING, LOST):
        own = {**full, "nip": device.nip, "id": str(example.id_of(ANCHORED_AT, 902))}
        yield f"a phone that is {device.status}", example.signed(device, own)
    yield "an id of 2001", example.signed(PHONE, {**full, "id": str(example.id_of(datetime(2001, 1, 1, tzinfo=UTC), 903))})
    yield "an id of 2999", example.signed(PHONE, {**full, "id": str(example.id_of(datetime(2999, 1, 1, tzinfo=UTC), 904))})
    yield "an id that is a UUIDv4", example.signed(PHONE, {**full, "id": "2f1c5b1e-7d0b-4c53-9a43-5a2e9d0c6b77"})
    yield "the id of another check-in", example.signed(PHONE, {**full, "direction": "out"})


def answers(check_ins: Sequence[Mapping[str, Any]], keys: Keyring) -> Iterator[dict[str, Any]]:
    """What a server, or somebody else, may answer two reports; `waits` says of each whether it stays on the phone."""
    reports = [each["jws"] for each in check_ins]
    first, second = (dict(each["answer"]) for each in check_ins)
    for name, status, results, waits in (
        ("both stored", 200, [first, second], [False, False]),
        ("one refused", 200, [{"id": first["id"], "status": "refused", "problem": PROBLEM}, second], [False, False]),
        ("one refused as unreadable", 200, [{"id": None, "status": "refused", "problem": PROBLEM}, second], [False, False]),
        ("one to be sent again", 200, [{"id": first["id"], "status": "retry", "problem": PROBLEM}, second], [True, False]),
        ("another verdict than the receipt's", 200, [{**first, "verdict": "rejected"}, second], [True, False]),
        ("another arrival than the receipt's", 200, [first, {**second, "received_at": first["received_at"]}], [False, True]),
        (
            "the other's receipt",
            200,
            [{**first, "receipt": second["receipt"]}, {**second, "receipt": first["receipt"]}],
            [True, True],
        ),
        ("a receipt that is altered", 200, [first, {**second, "receipt": altered(second["receipt"])}], [False, True]),
        (
            "a receipt for other bytes",
            200,
            [first, {**second, "receipt": _for_others(second["receipt"], keys)}],
            [False, True],
        ),
        ("no receipt", 200, [{n: v for n, v in first.items() if n != "receipt"}, second], [True, False]),
        ("each other's answers", 200, [second, first], [True, True]),
        ("a refusal of the other", 200, [{"id": second["id"], "status": "refused", "problem": PROBLEM}, second], [True, True]),
        ("one result for two reports", 200, [first], [True, True]),
        ("a status nobody knows", 200, [{**first, "status": "kept"}, second], [True, True]),
        ("not now", 503, None, [True, True]),
        ("too many", 429, None, [True, True]),
        ("broken", 500, None, [True, True]),
    ):
        body = json.dumps(PROBLEM if results is None else {"results": results}, ensure_ascii=False, separators=(",", ":"))
        yield {"name": name, "reports": reports, "status": status, "body": body, "waits": waits}
    page = "<html>Welcome to our hotel. Please sign in.</html>"
    yield {"name": "a hotel", "reports": reports, "status": 200, "body": page, "waits": [True, True]}


def _for_others(receipt: str, keys: Keyring) -> str:
    """A good receipt of the same server, as it would give for this check-in signed anew."""
    header, payload, _, _ = split(receipt)
    return keys.sign(header["typ"], {**json.loads(payload), "payload_hash": b64(bytes(32))})
