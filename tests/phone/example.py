"""The made-up phones, server and people of the protocol's vectors: fixed keys and instants, signatures that come out the same."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from app import jws
from app.phone.clocks import Anchor, Reading
from app.phone.report import Draft, Link, hash_of, payload_of

SERVER_SEED = bytes(range(32))
NIP, OTHER_NIP = "199001012015011001", "198505052010012002"
BOOT = "6f1d1a52-0d6a-4a7e-9c7f-2f0a4f3b5c11"
OFFICE = (-8.6685123, 115.2340456)
ANCHORED_AT = datetime(2026, 11, 24, 23, 10, 2, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
BALI = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Device:
    """A phone: its private number, whose it is, and how it stands with the server."""

    d: int
    nip: str
    status: str

    @property
    def key(self) -> ec.EllipticCurvePrivateKey:
        """Its key."""
        return ec.derive_private_key(self.d, ec.SECP256R1())

    @property
    def jwk(self) -> dict[str, str]:
        """Its public key."""
        return jws.jwk_of(self.key.public_key())

    @property
    def id(self) -> str:
        """Its name."""
        return jws.thumbprint(self.jwk)


# As good a private key for an example as any: the SHA-256 of nothing.
PHONE = Device(0xE3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855, NIP, "active")
OTHERS = Device(1001, OTHER_NIP, "active")
WAITING = Device(1002, OTHER_NIP, "pending")
LOST = Device(1003, OTHER_NIP, "revoked")
STRANGE = Device(1004, NIP, "unknown")


def signed(device: Device, payload: str | Mapping[str, Any], header: Mapping[str, Any] | None = None) -> str:
    """A compact JWS whose signature is the same each time; `payload` may be text, to choose its very spelling."""
    protected = {"alg": "ES256", "typ": "checkin+jws", "kid": device.id, **(header or {})}
    body = payload.encode() if isinstance(payload, str) else orjson.dumps(payload)
    signing_input = f"{jws.b64(orjson.dumps(protected))}.{jws.b64(body)}"
    r, s = utils.decode_dss_signature(der_signature(device, signing_input))
    return f"{signing_input}.{jws.b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def altered(compact: str) -> str:
    """The same with another first letter in its signature."""
    head, _, signature = compact.rpartition(".")
    return f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def der_signature(device: Device, signing_input: str) -> bytes:
    """The signature as the interfaces of Android and iOS give it, with the random number of RFC 6979."""
    return device.key.sign(signing_input.encode("ascii"), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def keyring(seed: bytes = SERVER_SEED) -> jws.Keyring:
    """A server's keys; the folder lives as long as the process."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    folder = Path(tempfile.mkdtemp(prefix="tapak-example-"))
    (folder / "ed25519-0000-example.pem").write_bytes(pem)
    return jws.Keyring(folder)


def id_of(at: datetime, number: int) -> UUID:
    """A UUIDv7 of that instant with a plain rest."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7A11 << 64 | 0x8C02 << 48 | number)


def fix(number: int, **changes: Any) -> dict[str, Any]:
    """A fix at the office, each a little elsewhere, as satellites have it."""
    lat, lon = round(OFFICE[0] + number * 3.1e-6, 7), round(OFFICE[1] - number * 2.3e-6, 7)
    return {"lat": lat, "lon": lon, "accuracy_m": 8.0, "age_ms": 750, "provider": "gps", "is_mock": False, **changes}


def reading(ms: int) -> Reading:
    """The example phone's monotonic clock so long after the first anchor arrived."""
    return Reading(BOOT, 1_000_000 + ms)


def anchor(keys: jws.Keyring, at: datetime = ANCHORED_AT, typ: str = "time-anchor+jws", **named: str | None) -> Anchor:
    """A signed time, for the example's phone and boot unless others are named."""
    whose = {"device": PHONE.id, "boot": BOOT} | named
    signed = keys.sign(typ, {"now": instant(at), "nonce": "c29tZW5vbmNl", **{name: told for name, told in whose.items() if told}})
    return Anchor(signed, at, reading(int((at - ANCHORED_AT) / MILLISECOND)))


def foreign() -> Anchor:
    """A signed time of another server."""
    return anchor(keyring(bytes(32)))


def instant(at: datetime) -> str:
    """An instant as the server writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class Chain:
    """The example phone's reports so far, each naming the one before."""

    def __init__(self) -> None:
        self.link = Link(0, None)

    def payload(
        self, at: datetime, direction: str, anchor: Anchor | None, fixes: Sequence[Mapping[str, Any]], platform: str = "android"
    ) -> dict[str, Any]:
        """What the reference phone signs at that instant, its monotonic clock having counted right."""
        ms = int((at - ANCHORED_AT) / MILLISECOND)
        draft = Draft(id_of(at, self.link.seq + 1), NIP, direction, fixes, at.astimezone(BALI), platform)
        return payload_of(draft, self.link, anchor, reading(ms))

    def follow(self, compact: str, seq: int) -> None:
        """Go on from this report."""
        self.link = Link(seq, hash_of(compact))
