"""Signing one check-in, as docs/protocol.md says."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from app import jws
from app.phone.clocks import Anchor, Reading

APP = "tapak-phone/1"
TYPE = "checkin+jws"


@dataclass(frozen=True, slots=True)
class Link:
    """Where this phone's chain of reports stands: the last number given, and the hash of the report that has it."""

    seq: int
    prev: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A check-in before it is signed; `fixes` are as the contract spells them, latitude and longitude in degrees.

    `code` is what was scanned off the screen at the door, if there is one.
    """

    id: UUID
    nip: str
    direction: str
    fixes: Sequence[Mapping[str, Any]]
    claimed_at: datetime
    platform: str
    code: str | None = None


def id_at(at: datetime) -> UUID:
    """A new UUIDv7 of that instant; two of one millisecond are told apart by 74 random bits.

    Source: RFC 9562 section 5.7.
    """
    ms, chance = int(at.timestamp() * 1000), secrets.randbits(74)
    return UUID(int=ms << 80 | 0x7 << 76 | (chance >> 62) << 64 | 0b10 << 62 | chance & (1 << 62) - 1)


def id_of(compact: str) -> str | None:
    """The id inside a report; None if it cannot be read any more."""
    try:
        payload = orjson.loads(jws.split(compact)[1])
    except (jws.Malformed, orjson.JSONDecodeError):
        return None
    return str(payload.get("id"))


def payload_of(draft: Draft, link: Link, anchor: Anchor | None, now: Reading) -> dict[str, Any]:
    """What is signed: the draft, its place in the phone's chain, and the time since the anchor if there is one."""
    payload: dict[str, Any] = {
        "id": str(draft.id),
        "nip": draft.nip,
        "direction": draft.direction,
        "fixes": list(draft.fixes),
        "claimed_at": draft.claimed_at.isoformat(timespec="milliseconds"),
    }
    elapsed_ms = anchor.elapsed_ms(now) if anchor else None
    if anchor is not None and elapsed_ms is not None:
        payload |= {"anchor": anchor.signed, "elapsed_ms": elapsed_ms, "boot_id": now.boot_id}
    payload["seq"] = link.seq + 1
    if link.prev is not None:
        payload["prev"] = link.prev
    if draft.code is not None:
        payload["code"] = draft.code
    return payload | {"platform": draft.platform, "app": APP}


def signed(key: ec.EllipticCurvePrivateKey, payload: Mapping[str, Any]) -> str:
    """The compact JWS of a payload."""
    kid = jws.thumbprint(jws.jwk_of(key.public_key()))
    return jws.sign_es256(key, {"alg": "ES256", "typ": TYPE, "kid": kid}, payload)


def hash_of(compact: str) -> str:
    """What a receipt and the next report know a report by."""
    return jws.b64(hashlib.sha256(compact.encode("ascii")).digest())
