"""Which keys a device may have, and how a key names it."""

import re
from collections.abc import Mapping

from app import jws

DEVICE_ID = re.compile(r"[A-Za-z0-9_-]{43}")
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def is_device_id(text: str) -> bool:
    """Whether the text can be a thumbprint: 32 bytes in base64url.

    Source: RFC 7638 section 3.
    """
    return DEVICE_ID.fullmatch(text) is not None


def key_flaw(jwk: Mapping[str, object]) -> str | None:
    """The code of what is wrong with a device's key, None when it is the public half of a P-256 key.

    Coordinates must fill 32 bytes: another spelling of the same point would be another device.
    Source: RFC 7518 section 6.2.1; SEC 1 section 3.2.2.1 (the point must lie on the curve).
    """
    if PRIVATE_MEMBERS & jwk.keys():
        return "key_private"
    if jwk.get("alg", "ES256") != "ES256" or jwk.get("use", "sig") != "sig":
        return "key_not_es256"
    x, y = jwk.get("x"), jwk.get("y")
    if not (isinstance(x, str) and isinstance(y, str) and len(x) == len(y) == 43):
        return "key_not_es256"
    try:
        jws.public_es256({"kty": str(jwk.get("kty")), "crv": str(jwk.get("crv")), "x": x, "y": y})
    except jws.Malformed:
        return "key_not_es256"
    return None


def public_part(jwk: Mapping[str, object]) -> dict[str, str]:
    """The members of a key that name it, and no others.

    Source: RFC 7638 section 3.2.
    """
    return {member: str(jwk[member]) for member in ("kty", "crv", "x", "y")}
