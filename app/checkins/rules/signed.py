"""Opening a signed check-in: what must be right in it before anybody looks at who sent it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import orjson
from msgspec import Meta, Struct

from app import errors, jws
from app.checkins.rules.place import Fix
from app.checkins.rules.report import Direction, Report
from app.geo import Point

JWS_TYPE = "checkin+jws"
HEADER = {"alg", "typ", "kid"}

# RFC 7638: a SHA-256 in base64url.
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")

# Ten fixes with every field are under 3 kB; nobody's check-in is eight times that.
LONGEST_JWS = 24_000

# A year of a monotonic clock; more is a mistake.
LONGEST_MS = 366 * 86_400_000

Milliseconds = Annotated[int, Meta(ge=0, le=LONGEST_MS)]

# No control characters: PostgreSQL keeps no NUL, and a check-in it cannot keep would be asked for again for ever.
Words = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+\Z")]


class FixPayload(Struct, forbid_unknown_fields=True):
    """One position, WGS84 degrees. Speeds and bearings below zero are how phones say that they do not know."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    accuracy_m: Annotated[float, Meta(ge=0, le=1e7)]
    age_ms: Milliseconds
    altitude_m: Annotated[float, Meta(ge=-1e5, le=1e6)] | None = None
    speed_mps: Annotated[float, Meta(ge=-1, le=1e5)] | None = None
    bearing_deg: Annotated[float, Meta(ge=-1, le=360)] | None = None
    provider: Words | None = None
    is_mock: bool | None = None


class Payload(Struct, forbid_unknown_fields=True):
    """What a phone signs: the contract's table as types. Strict: a number in quotes is not a number, NaN is not JSON."""

    id: UUID
    nip: Annotated[str, Meta(pattern=r"^[0-9]{18}\Z")]
    direction: Literal["in", "out"]
    fixes: Annotated[list[FixPayload], Meta(min_length=1, max_length=10)]
    claimed_at: Annotated[datetime, Meta(tz=True)]
    seq: Annotated[int, Meta(ge=0, le=2**62)]
    platform: Literal["android", "ios", "web"]
    app: Words
    prev: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")] | None = None
    anchor: Annotated[str, Meta(max_length=1000)] | None = None
    elapsed_ms: Milliseconds | None = None
    boot_id: Words | None = None
    code: Annotated[str, Meta(max_length=100)] | None = None  # typed by a person, and kept nowhere


# Ten times as fast as the schemas of the other endpoints, and there may be a hundred of these in a request.
PAYLOAD = msgspec.json.Decoder(Payload)


class MemberTwice(ValueError):
    """A member stands twice in an object: which of the two counts is up to whoever reads it."""


def _once(pairs: Sequence[tuple[str, object]]) -> Mapping[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise MemberTwice
    return members


ONCE = json.JSONDecoder(object_pairs_hook=_once)


def _comes_out_again(payload: bytes) -> bool:
    """Whether it is written as it would be here, and so has each member once; most phones write as compactly, and ONCE is slow."""
    try:
        return orjson.dumps(orjson.loads(payload)) == payload
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False


def opened(compact: str) -> Report:
    """The report inside a compact JWS; its signature is not looked at yet, because only the database knows the key.

    Raises: Invalid when any part of it is not as the contract says.

    Source: design contract section 3; RFC 7515 section 3.1.
    """
    if len(compact) > LONGEST_JWS:
        raise errors.Invalid("malformed_checkin", {"": ("jws_too_long", {"most": LONGEST_JWS})})
    try:
        header, payload, signing_input, signature = jws.split(compact)
        if not is_header(header):
            raise errors.Invalid("malformed_checkin", {"/header": "jws_header"})
        found = PAYLOAD.decode(payload)
        if not _comes_out_again(payload):
            ONCE.decode(payload.decode())
        claimed_at = found.claimed_at.astimezone(UTC)
    except msgspec.ValidationError as error:
        raise errors.Invalid("malformed_checkin", dict([pointed(str(error))])) from error
    except (jws.Malformed, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise errors.Invalid("malformed_checkin", {"": "not_a_jws"}) from error
    except MemberTwice as error:
        raise errors.Invalid("malformed_checkin", {"": "member_twice"}) from error
    except OverflowError as error:
        raise errors.Invalid("malformed_checkin", {"/claimed_at": "Not a valid datetime."}) from error
    return Report(
        id=found.id,
        nip=found.nip,
        direction=Direction(found.direction),
        fixes=[_fix(fix) for fix in found.fixes],
        claimed_at=claimed_at,
        anchor=found.anchor,
        elapsed_ms=found.elapsed_ms,
        boot_id=found.boot_id,
        seq=found.seq,
        prev=found.prev,
        platform=found.platform,
        app=found.app,
        code=found.code,
        device_id=header["kid"],
        payload_hash=hashlib.sha256(compact.encode("ascii")).digest(),
        jws=compact,
        signing_input=signing_input,
        signature=signature,
    )


def is_header(header: Mapping[str, object]) -> bool:
    """Whether the protected header is the contract's, with nothing more in it.

    Source: design contract section 3; RFC 7515 section 4.
    """
    kid = header.get("kid")
    is_ours = set(header) == HEADER and header["alg"] == "ES256" and header["typ"] == JWS_TYPE
    return is_ours and isinstance(kid, str) and THUMBPRINT.fullmatch(kid) is not None


def pointed(message: str) -> tuple[str, str]:
    """The JSON pointer and the words of what msgspec says, such as "Expected `float` <= 90.0 - at `$.fixes[0].lat`".

    Source: RFC 6901 section 3.
    """
    words, _, place = message.partition(" - at ")
    pointer = "".join(f"/{step}" for step in re.findall(r"[^.\[\]`$]+", place))
    field = re.search(r"field `(.*)`", words)
    return pointer + (f"/{field[1]}" if field else ""), words


def _fix(fix: FixPayload) -> Fix:
    return Fix(
        Point(fix.lat, fix.lon),
        fix.accuracy_m,
        fix.age_ms,
        fix.is_mock,
        fix.provider,
        fix.altitude_m,
        fix.speed_mps,
        fix.bearing_deg,
    )
