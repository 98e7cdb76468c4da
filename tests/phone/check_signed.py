"""Signatures and well-formed check-ins as docs/protocol.md has them, by code that shares nothing with the program."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256

Json = Mapping[str, Any]

NEEDED = {"id", "nip", "direction", "fixes", "claimed_at", "seq", "platform", "app"}
MAYBE = {"prev", "anchor", "elapsed_ms", "boot_id", "code"}
FIX_NEEDED, FIX_MAYBE = {"lat", "lon", "accuracy_m", "age_ms"}, {"altitude_m", "speed_mps", "bearing_deg", "provider", "is_mock"}
LEAST_MOST = {"lat": (-90, 90), "lon": (-180, 180), "accuracy_m": (0, 1e7), "age_ms": (0, 366 * 86_400_000)}
OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def unb64(text: str) -> bytes:
    """The bytes of base64url in its one spelling: no padding, unused bits zero."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("not base64url")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(raw) != text:
        raise ValueError("not the one spelling")
    return raw


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def digest(text: str) -> str:
    """What the protocol calls the hash of a text."""
    return b64(hashlib.sha256(text.encode()).digest())


def is_es256(signing_input: str, signature: str, jwk: Json) -> bool:
    """Whether r and s are the key's signature."""
    raw = unb64(signature)
    if len(raw) != 64:
        return False
    point = (int.from_bytes(unb64(jwk[axis]), "big") for axis in ("x", "y"))
    key = ec.EllipticCurvePublicNumbers(*point, ec.SECP256R1()).public_key()
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        key.verify(der, signing_input.encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def opened(compact: str, jwk: Json, typ: str) -> Any:
    """The payload of a JWS that the server signed as this type; None if it did not."""
    signing_input, _, signature = compact.rpartition(".")
    header, payload = (json.loads(unb64(part)) for part in signing_input.split("."))
    if header != {"alg": "EdDSA", "typ": typ, "kid": jwk["kid"]}:
        return None
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(unb64(jwk["x"])).verify(unb64(signature), signing_input.encode())
    except InvalidSignature:
        return None
    return payload


def instant(text: str) -> datetime:
    """An instant of RFC 3339."""
    return datetime.fromisoformat(text).astimezone(UTC)


def is_place(pointer: str, compact: str) -> bool:
    """Whether a JSON pointer names the header, the whole, or something that is wrong in the payload."""
    if pointer in ("", "/header"):
        return (wrong_members(compact) is None) is (pointer == "/header" or not is_readable(compact))
    return pointer == wrong_members(compact)


def is_readable(compact: str) -> bool:
    """Whether it is three parts of which two are JSON objects."""
    try:
        header, payload, _ = (unb64(part) for part in compact.split("."))
        return all(isinstance(json.loads(part, parse_constant=_no_number), dict) for part in (header, payload))
    except ValueError:
        return False


def fault(compact: str, devices: Mapping[str, Json], taken: Sequence[str], arrives_at: datetime, bounds: Json) -> str | None:
    """The code of the problem with a check-in; None if there is none."""
    if not is_readable(compact):
        return "malformed_checkin"
    head, body, signature = compact.split(".")
    header, payload = json.loads(unb64(head)), json.loads(unb64(body))
    kid = header.get("kid")
    is_header = header == {"alg": "ES256", "typ": "checkin+jws", "kid": kid} and isinstance(kid, str) and len(kid) == 43
    if not is_header or wrong_members(compact) is not None:
        return "malformed_checkin"
    device = devices.get(kid)
    if device is None:
        return "device_not_enrolled"
    if not is_es256(f"{head}.{body}", signature, device["jwk"]):
        return "bad_signature"
    if payload["id"] in taken:
        return "id_conflict"
    if payload["nip"] != device["nip"]:
        return "other_persons_device"
    id = UUID(payload["id"])
    made_ms, arrives_ms = id.int >> 80, arrives_at.timestamp() * 1000
    if id.version != 7 or not arrives_ms - bounds["oldest_id_ms"] <= made_ms <= arrives_ms + bounds["newest_id_ms"]:
        return "id_out_of_window"
    return {"active": None, "revoked": "revoked_device"}.get(device["status"], "device_not_active")


def wrong_members(compact: str) -> str | None:
    """A JSON pointer to what is wrong in a payload; None if it is as it should be, or cannot be read at all."""
    if not is_readable(compact):
        return None
    payload = json.loads(unb64(compact.split(".")[1]))
    found = _members(payload, NEEDED, MAYBE)
    if found is not None:
        return f"/{found}"
    if not isinstance(payload["fixes"], list) or not 1 <= len(payload["fixes"]) <= 10:
        return "/fixes"
    for at, fix in enumerate(payload["fixes"]):
        found = _members(fix, FIX_NEEDED, FIX_MAYBE) or _out_of_range(fix)
        if found is not None:
            return f"/fixes/{at}/{found}"
    return next((f"/{name}" for name, holds in SHAPES.items() if name in payload and not holds(payload[name])), None)


SHAPES = {
    "id": lambda id: isinstance(id, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", id) is not None,
    "nip": lambda nip: isinstance(nip, str) and re.fullmatch(r"[0-9]{18}", nip) is not None,
    "direction": lambda direction: direction in ("in", "out"),
    "claimed_at": lambda at: isinstance(at, str) and OFFSET.fullmatch(at) is not None,
    "seq": lambda seq: type(seq) is int and seq >= 0,
    "prev": lambda prev: isinstance(prev, str) and len(prev) == 43,
    "platform": lambda platform: platform in ("android", "ios", "web"),
    "app": lambda app: isinstance(app, str) and 1 <= len(app) <= 100,
    "elapsed_ms": lambda elapsed_ms: type(elapsed_ms) is int and elapsed_ms >= 0,
}


def _members(found: Json, needed: set[str], maybe: set[str]) -> str | None:
    """A member that is missing, or that nobody knows."""
    return next(iter(sorted(needed - found.keys()) + sorted(found.keys() - needed - maybe)), None)


def _out_of_range(fix: Json) -> str | None:
    """A number of a fix that is none, or that no place on earth has."""
    for name, (least, most) in LEAST_MOST.items():
        number = fix[name]
        if type(number) not in ((int,) if name == "age_ms" else (int, float)) or not least <= number <= most:
            return name
    return None


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
