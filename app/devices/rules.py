"""Decisions about devices: which keys are taken, when a phone counts, and what may become of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app import jws

# Long enough that whoever holds a stolen sign-in has to wait where its owner and the supervisor can see it.
COOL_DOWN = timedelta(hours=24)

DEVICE_ID = re.compile(r"[A-Za-z0-9_-]{43}")
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class Status(StrEnum):
    """Where a device stands; a revoked one never returns."""

    ACTIVE = "active"
    PENDING = "pending"
    REVOKED = "revoked"


class Act(StrEnum):
    """What can be done to a device once enrolled."""

    APPROVE = "approve"
    REFUSE = "refuse"
    REVOKE = "revoke"


TRANSITIONS: dict[tuple[Status, Act], Status] = {
    (Status.PENDING, Act.APPROVE): Status.ACTIVE,
    (Status.PENDING, Act.REFUSE): Status.REVOKED,
    (Status.PENDING, Act.REVOKE): Status.REVOKED,
    (Status.ACTIVE, Act.REVOKE): Status.REVOKED,
    (Status.REVOKED, Act.REVOKE): Status.REVOKED,
}


@dataclass(frozen=True, slots=True)
class Enrolment:
    """How a new device begins: its status, and from when its check-ins may be taken."""

    status: Status
    usable_from: datetime


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


def enrolment(earlier: Sequence[Status], now: datetime) -> Enrolment:
    """How a device begins, given what the person enrolled before: the very first counts at once, any other waits.

    One that was revoked still makes the next one a replacement, else revoking would be the way round approval.
    Source: contract section 3; facts/location.md section 6.
    """
    if not earlier:
        return Enrolment(Status.ACTIVE, now)
    return Enrolment(Status.PENDING, now + COOL_DOWN)


def status_after(status: Status, act: Act) -> Status | None:
    """What a device becomes by an act; None when the act does not apply to it.

    Source: contract section 3.
    """
    return TRANSITIONS.get((status, act))


def usable_after(act: Act, now: datetime) -> datetime | None:
    """From when a device's check-ins may be taken after the act; None: the act does not change that.

    Source: contract section 3 (24 h cool-down for a replacement).
    """
    return now + COOL_DOWN if act is Act.APPROVE else None
