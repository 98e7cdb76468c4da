"""The worked example of docs/protocol.md, made from fixed keys: `python -m tests.phone.vector` prints it.

An ES256 signature is random, so the one in the document is one of many good ones; everything else comes out the same.
"""

import json
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from app import jws
from app.phone.clocks import Anchor, Reading
from app.phone.report import Draft, Link, hash_of, payload_of, signed

# SHA-256 of nothing, as good a private key for an example as any.
DEVICE_KEY = ec.derive_private_key(0xE3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855, ec.SECP256R1())
SERVER_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

NIP = "199001012015011001"
ANCHORED_AT = "2026-11-24T23:10:02.000Z"
BOOT = "6f1d1a52-0d6a-4a7e-9c7f-2f0a4f3b5c11"
FIX = {"lat": -8.6685123, "lon": 115.2340456, "accuracy_m": 8.0, "age_ms": 750, "provider": "gps", "is_mock": False}


def server_jwk() -> dict[str, str]:
    """The example server's public key as /.well-known/jwks.json would serve it."""
    x = jws.b64(SERVER_KEY.public_key().public_bytes_raw())
    bare = {"kty": "OKP", "crv": "Ed25519", "x": x}
    return {**bare, "kid": jws.thumbprint(bare), "alg": "EdDSA", "use": "sig"}


def by_server(typ: str, payload: dict[str, object]) -> str:
    """A JWS of the example server."""
    header = {"alg": "EdDSA", "typ": typ, "kid": server_jwk()["kid"]}
    signing_input = ".".join(jws.b64(json.dumps(part, separators=(",", ":")).encode()) for part in (header, payload))
    return f"{signing_input}.{jws.b64(SERVER_KEY.sign(signing_input.encode()))}"


def payload() -> dict[str, object]:
    """What the example phone signs."""
    anchor = Anchor(
        by_server("time-anchor+jws", {"now": ANCHORED_AT, "nonce": "c29tZW5vbmNl"}),
        datetime.fromisoformat(ANCHORED_AT),
        Reading(BOOT, 1_000_000),
    )
    draft = Draft(
        id=UUID("01a20fd5-1012-7a11-8c02-5d6f7a8b9c0d"),
        nip=NIP,
        direction="in",
        fixes=[FIX],
        claimed_at=datetime.fromisoformat("2026-11-25T07:12:31.250+08:00"),
        platform="android",
    )
    return payload_of(draft, Link(41, jws.b64(bytes(32))), anchor, Reading(BOOT, 1_149_000))


def receipt(compact: str) -> str:
    """The receipt the example server would give for the report."""
    said = {
        "id": payload()["id"],
        "payload_hash": hash_of(compact),
        "verdict": "accepted",
        "received_at": "2026-11-24T23:12:31.900Z",
        "leaf_hash": jws.b64(bytes(32)),
    }
    return by_server("receipt+jws", said)


if __name__ == "__main__":
    compact = signed(DEVICE_KEY, payload())
    print(jws.jwk_of(DEVICE_KEY.public_key()), server_jwk(), compact, hash_of(compact), receipt(compact), sep="\n\n")
