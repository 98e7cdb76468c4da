"""A check of docs/protocol-vectors.json by other code than made it: `python -m tests.phone.check_vectors`.

It needs the `cryptography` package and nothing of this program: with `check_signed` it is what the implementation of an app has to
do, read from docs/protocol.md alone.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from tests.phone.check_signed import Json, b64, digest, fault, instant, is_place, opened, unb64

FILE = Path(__file__).parents[2] / "docs" / "protocol-vectors.json"


class Wrong(Exception):
    """A vector does not hold."""


def check(vectors: Json) -> None:
    """Return if everything in the file holds.

    Raises: Wrong, naming the vector; KeyError, TypeError or ValueError where the file is not even readable.
    """
    for holds in PARTS.values():
        holds(vectors)


def sure(holds: bool, name: str) -> None:
    """Nothing, if it holds."""
    if not holds:
        raise Wrong(name)


def server_key(vectors: Json) -> None:
    """The private key has this public one, whose name is the thumbprint of RFC 7638."""
    jwk, seed = vectors["server_key"]["jwk"], bytes.fromhex(vectors["server_key"]["seed"])
    seed = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    members = {"kty": "OKP", "crv": "Ed25519", "x": b64(seed.public_key().public_bytes_raw())}
    kid = digest(json.dumps(members, sort_keys=True, separators=(",", ":")))
    sure(jwk == {**members, "kid": kid, "alg": "EdDSA", "use": "sig"}, "server key")


def devices(vectors: Json) -> None:
    """The same of every phone; one of each kind that the examples need."""
    for device in vectors["devices"]:
        id = device["id"]
        numbers = ec.derive_private_key(int(device["d"], 16), ec.SECP256R1()).public_key().public_numbers()
        members = {"kty": "EC", "crv": "P-256", "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
        sure(device["jwk"] == members, f"device {id}")
        sure(id == digest(json.dumps(members, sort_keys=True, separators=(",", ":"))), f"device {id}")
        sure(
            device["status"] in ("active", "pending", "revoked") and re.fullmatch(r"\d{18}", device["nip"]) is not None,
            f"device {id}",
        )


def signing(vectors: Json) -> None:
    """DER and r with s are one signature, and it is the one of a check-in below."""
    signing = vectors["signing"]
    sure(digest(signing["thumbprint_input"]) == vectors["devices"][0]["id"], "thumbprint input")
    r, s = utils.decode_dss_signature(bytes.fromhex(signing["signature_der"]))
    sure(b64(r.to_bytes(32, "big") + s.to_bytes(32, "big")) == signing["signature"], "DER to r and s")
    sure(utils.encode_dss_signature(r, s).hex() == signing["signature_der"], "r and s to DER")
    sure(f"{signing['signing_input']}.{signing['signature']}" in [item["jws"] for item in vectors["check_ins"]], "signing input")


def anchors(vectors: Json) -> None:
    """The good one is signed by the server as a time, and says what the answer says beside it; the others are not."""
    for anchor in vectors["anchors"]:
        answer = anchor["answer"]
        said = opened(answer["anchor"], vectors["server_key"]["jwk"], "time-anchor+jws")
        sure((said is not None) is anchor["is_good"], anchor["name"])
        sure(not anchor["is_good"] or said["now"] == answer["now"], anchor["name"])


def check_ins(vectors: Json) -> None:
    """Each is sound, in its place behind the one before, and answered by the rules."""
    for previous, item in pairwise([None, *vectors["check_ins"]]):
        _check_in(item, previous, vectors)


def refused(vectors: Json) -> None:
    """Each is refused for the reason named."""
    for item in vectors["refused"]:
        _refused(item, vectors)


def answers(vectors: Json) -> None:
    """After each, the right reports stay on the phone."""
    for item in vectors["answers"]:
        sure(what_waits(item, vectors["server_key"]["jwk"]) == item["waits"], item["name"])


def _check_in(item: Json, previous: Json | None, vectors: Json) -> None:
    """Well formed, signed, in its place in the chain, timed by the rules, answered about itself with a good receipt."""
    name, answer = item["name"], item["answer"]
    payload = json.loads(item["payload"])
    others = [other["answer"]["id"] for other in vectors["check_ins"] if other is not item]
    arrives_at = instant(item["arrives_at"])
    sure(fault(item["jws"], _by_id(vectors), others, arrives_at, vectors["bounds"]) is None, f"{name}: would be refused")
    sure(unb64(item["jws"].split(".")[1]) == item["payload"].encode(), f"{name}: payload")
    sure(item["payload_hash"] == digest(item["jws"]), f"{name}: hash")
    sure(payload.get("prev") == (previous and digest(previous["jws"])), f"{name}: prev")
    step = payload["seq"] - (json.loads(previous["payload"])["seq"] if previous else 0)
    sure(step == (2 if name == "one number left out" else 1), f"{name}: seq")
    sure(answer["id"] == payload["id"] and answer["received_at"] == item["arrives_at"], f"{name}: about another")
    sure(answer["status"] == "stored" and answer["counts"] is (answer["verdict"] != "rejected"), f"{name}: counts")
    sure(is_receipt(answer, item["jws"], vectors["server_key"]["jwk"]), f"{name}: receipt")
    _times(item, previous, vectors)


def _times(item: Json, previous: Json | None, vectors: Json) -> None:
    """The signed time and what was counted since, as wide as drift and the anchor's way; if that proves nothing, the arrival."""
    name, answer, payload, arrives_at = item["name"], item["answer"], json.loads(item["payload"]), instant(item["arrives_at"])
    found = [instant(answer[f"{which}_at"]) for which in ("earliest", "taken", "latest")]
    said = opened(payload["anchor"], vectors["server_key"]["jwk"], "time-anchor+jws") if "anchor" in payload else None
    anchored_at = instant(said["now"]) if said and instant(said["now"]) <= arrives_at else None
    after = [instant(previous["answer"]["earliest_at"])] if previous else []
    after += [anchored_at] if anchored_at else []
    counted = bracket(payload, said, anchored_at, after, arrives_at, vectors) if anchored_at else None
    enrolled_at = instant(vectors["devices"][0]["enrolled_at"])
    for at, computed in zip(found, counted or (max([*after, enrolled_at]), arrives_at, arrives_at), strict=True):
        sure(abs(at - computed) <= timedelta(milliseconds=1), f"{name}: time")
    is_narrow = found[2] - found[0] <= timedelta(milliseconds=vectors["bounds"]["online_ms"])
    grades = ["unverified"] if counted is None else ["verified"] if is_narrow else ["verified", "plausible"]
    sure(answer["time_grade"] in grades, f"{name}: grade")


def bracket(
    payload: Json, said: Json, anchored_at: datetime, after: Sequence[datetime], arrives_at: datetime, vectors: Json
) -> tuple[datetime, datetime, datetime] | None:
    """Earliest, likeliest and latest instant by the phone's count; None if the count proves nothing."""
    whose = {"device": vectors["devices"][0]["id"], "boot": payload["boot_id"]}
    if any(said.get(name, own) != own for name, own in whose.items()):
        return None
    counted, drift = timedelta(milliseconds=payload["elapsed_ms"]), vectors["bounds"]["drift_ppm"] / 1_000_000
    trip = timedelta(milliseconds=vectors["bounds"]["anchor_trip_ms"] + 2)
    earliest_at = max(*after, anchored_at + counted * (1 - drift) - timedelta(milliseconds=1))
    latest_at = min(arrives_at, anchored_at + counted / (1 - drift) + trip)
    if earliest_at > latest_at:
        return None
    return earliest_at, min(max(earliest_at, anchored_at + counted), latest_at), latest_at


def is_receipt(answer: Json, compact: str, jwk: Json) -> bool:
    """Whether the receipt is the server's, about this report and this answer."""
    try:
        said = opened(answer["receipt"], jwk, "receipt+jws")
    except (KeyError, ValueError):
        return False
    expected = {
        "id": answer["id"],
        "verdict": answer["verdict"],
        "received_at": answer["received_at"],
        "payload_hash": digest(compact),
    }
    return said is not None and {**said, **expected} == said and len(unb64(said["leaf_hash"])) == 32


def what_waits(item: Json, jwk: Json) -> list[bool]:
    """For each report whether it stays on the phone after this answer."""
    reports = item["reports"]
    keep_all = [True] * len(reports)
    try:
        results = json.loads(item["body"])["results"] if item["status"] == 200 else None
    except (ValueError, KeyError, TypeError):
        return keep_all
    if results is None or len(results) != len(reports):
        return keep_all
    for result, compact in zip(results, reports, strict=True):
        own = json.loads(unb64(compact.split(".")[1]))["id"]
        if result["status"] not in ("stored", "refused", "retry") or result["id"] not in (None, own):
            return keep_all
    return [
        result["status"] == "retry" or (result["status"] == "stored" and not is_receipt(result, compact, jwk))
        for result, compact in zip(results, reports, strict=True)
    ]


def _refused(item: Json, vectors: Json) -> None:
    """Refused for the reason named; of what cannot be read there is no id."""
    taken = [other["answer"]["id"] for other in vectors["check_ins"]]
    code = fault(item["jws"], _by_id(vectors), taken, instant(item["arrives_at"]), vectors["bounds"])
    problem, result = item["problem"], item["result"]
    sure(code == problem["code"], f"{item['name']}: {code}")
    sure(STATUS[code] == problem["status"] and result["status"] == "refused", f"{item['name']}: status")
    is_read = code != "malformed_checkin"
    sure((result["id"] is not None) is is_read and bool(problem["errors"]) is not is_read, f"{item['name']}: id or errors")
    if is_read:
        sure(result["id"] == json.loads(unb64(item["jws"].split(".")[1]))["id"], f"{item['name']}: id")
    sure(all(is_place(place, item["jws"]) for place in problem["errors"]), f"{item['name']}: pointer")


STATUS = {
    "malformed_checkin": 422, "device_not_enrolled": 404, "bad_signature": 401, "id_conflict": 409, "other_persons_device": 403,
    "revoked_device": 403, "device_not_active": 403, "id_out_of_window": 422,
}  # fmt: skip


def ledger(vectors: Json) -> None:
    """The receipts' leaves, in their order, have this root; the path leads one of them there; the log's key signed it."""
    ledger, jwk, check_ins = vectors["ledger"], vectors["server_key"]["jwk"], vectors["check_ins"]
    leaves, proof = [unb64(leaf) for leaf in ledger["leaves"]], ledger["proof"]
    receipts = [opened(item["answer"]["receipt"], jwk, "receipt+jws")["leaf_hash"] for item in check_ins]
    sure(receipts == ledger["leaves"], "leaves are those of the receipts")
    text, _, signature_line = proof["checkpoint"].partition("\n\n")
    origin, size, root = text.split("\n")
    sure(int(size) == proof["size"] == len(leaves), "size")
    sure(base64.b64decode(root) == merkle(leaves), "root")
    at = proof["leaf_index"]
    sure((proof["id"], proof["leaf_hash"]) == (check_ins[at]["answer"]["id"], ledger["leaves"][at]), "leaf")
    sure(climbed(leaves[at], at, len(leaves), [unb64(part) for part in proof["path"]]) == base64.b64decode(root), "path")
    name, key_hash, key = ledger["verifier_key"].split("+", 2)
    public = base64.b64decode(key)
    sure(public == b"\x01" + unb64(jwk["x"]), "verifier key")
    sure(hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex() == key_hash and name == origin, "verifier key")
    dash, signer, packed = signature_line.split(" ")
    raw = base64.b64decode(packed)
    sure((dash, signer, raw[:4].hex(), packed[-1]) == ("\N{EM DASH}", name, key_hash, "\n"), "signature line")
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public[1:]).verify(raw[4:], f"{text}\n".encode())
    except InvalidSignature:
        raise Wrong("checkpoint") from None


def merkle(leaves: Sequence[bytes]) -> bytes:
    """Root of RFC 9162, section 2.1.1."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + merkle(leaves[:split]) + merkle(leaves[split:])).digest()


def climbed(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Where a path leads from a leaf: the root, if it is a proof (RFC 9162, section 2.1.3)."""
    if size == 1:
        sure(not path, "a path that is too long")
        return leaf
    sure(bool(path), "a path that is too short")
    split = 1 << (size - 1).bit_length() - 1
    *below, sibling = path
    if index < split:
        return hashlib.sha256(b"\x01" + climbed(leaf, index, split, below) + sibling).digest()
    return hashlib.sha256(b"\x01" + sibling + climbed(leaf, index - split, size - split, below)).digest()


def _by_id(vectors: Json) -> Mapping[str, Json]:
    return {device["id"]: device for device in vectors["devices"]}


# What of the file each looks at.
PARTS = {
    "server_key": server_key, "devices": devices, "signing": signing, "anchors": anchors, "check_ins": check_ins,
    "refused": refused, "answers": answers, "ledger": ledger,
}  # fmt: skip


if __name__ == "__main__":
    check(json.loads(FILE.read_text("utf-8")))
    print("Every vector holds.")
