"""Whether the server's receipt proves what its answer says."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app import jws
from app.phone.report import hash_of

TYPE = "receipt+jws"


def key_named_in(item: Mapping[str, Any]) -> str | None:
    """The name of the key an answer's receipt says it is signed with."""
    try:
        kid = jws.split(str(item["receipt"]))[0].get("kid")
    except (jws.Malformed, KeyError):
        return None
    return kid if isinstance(kid, str) else None


def is_proof(item: Mapping[str, Any], compact: str, keys: Sequence[jws.Jwk]) -> bool:
    """The receipt is signed by one of the server's keys and is about this very report and this verdict."""
    try:
        header, payload, signing_input, signature = jws.split(str(item["receipt"]))
        key = next(key for key in keys if key["kid"] == header["kid"])
        if header.get("alg") != "EdDSA" or header.get("typ") != TYPE or key.get("crv") != "Ed25519":
            return False
        Ed25519PublicKey.from_public_bytes(jws.unb64(key["x"])).verify(signature, signing_input)
        said = orjson.loads(payload)
    except (jws.Malformed, InvalidSignature, StopIteration, KeyError, TypeError, ValueError):
        return False
    promised = (said.get("id"), said.get("payload_hash"), said.get("verdict"), said.get("received_at"))
    return promised == (item.get("id"), hash_of(compact), item.get("verdict"), item.get("received_at"))
