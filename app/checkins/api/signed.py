"""Opening a signed check-in: what must be right in it before anybody looks at who sent it."""

import hashlib
import math
from typing import Any

import marshmallow
import orjson
from marshmallow import fields, validate

from app import errors, jws
from app.checkins.rules.place import Fix
from app.checkins.rules.report import Direction, Report
from app.geo import ACCURACY_PER_SIGMA, Point
from app.http import Instant, Schema
from app.http.parsing import pointers

JWS_TYPE = "checkin+jws"

# Ten fixes with every field are under 3 kB; nobody's check-in is eight times that.
LONGEST_JWS = 24_000

# A day of a monotonic clock is 86 million milliseconds; a year of it is a mistake.
LONGEST_ELAPSED_MS = 366 * 86_400_000


def number(least: float, most: float, **options: Any) -> fields.Float:
    """A finite JSON number in a range; a string or a boolean is none."""
    return StrictFloat(allow_nan=False, validate=validate.Range(least, most), **options)


class StrictFloat(fields.Float):
    """A JSON number."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, bool | str) or not math.isfinite(float(value)):
            raise self.make_error("invalid", input=value)
        return float(value)


class FixSchema(Schema):
    """One position, WGS84 degrees."""

    lat = number(-90, 90, required=True)
    lon = number(-180, 180, required=True)
    accuracy_m = number(0, 1e7, required=True)
    age_ms = fields.Integer(strict=True, required=True, validate=validate.Range(0, LONGEST_ELAPSED_MS))
    altitude_m = number(-1e5, 1e6, allow_none=True)
    speed_mps = number(-1, 1e5, allow_none=True)
    bearing_deg = number(-1, 360, allow_none=True)
    provider = fields.String(allow_none=True, validate=validate.Length(max=40))
    is_mock = fields.Boolean(allow_none=True, truthy={True}, falsy={False})

    @marshmallow.post_load
    def to_fix(self, found: dict[str, Any], **_: Any) -> Fix:
        return Fix(Point(found.pop("lat"), found.pop("lon")), **found)


class ReportSchema(Schema):
    """What a phone signs."""

    id = fields.UUID(required=True)
    nip = fields.String(required=True, validate=validate.Regexp(r"[0-9]{18}\Z"))
    direction = fields.Enum(Direction, by_value=True, required=True)
    fixes = fields.List(fields.Nested(FixSchema), required=True, validate=validate.Length(1, 10))
    claimed_at = Instant(required=True)
    anchor = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=1000))
    elapsed_ms = fields.Integer(strict=True, allow_none=True, load_default=None, validate=validate.Range(0, LONGEST_ELAPSED_MS))
    boot_id = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=100))
    seq = fields.Integer(strict=True, required=True, validate=validate.Range(0, 2**62))
    prev = fields.String(allow_none=True, load_default=None, validate=validate.Length(equal=43))
    platform = fields.String(required=True, validate=validate.OneOf(sorted(ACCURACY_PER_SIGMA)))
    app = fields.String(required=True, validate=validate.Length(1, 100))
    code = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=100))


REPORT = ReportSchema()


def opened(compact: str) -> Report:
    """The report inside a compact JWS; its signature is not looked at yet, because only the database knows the key.

    Raises: Invalid when any part of it is not as the contract says.
    """
    if len(compact) > LONGEST_JWS:
        raise errors.Invalid("malformed_checkin", {"": ("jws_too_long", {"most": LONGEST_JWS})})
    try:
        header, payload, _, _ = jws.split(compact)
        if header.get("alg") != "ES256" or header.get("typ") != JWS_TYPE or not isinstance(header.get("kid"), str):
            raise errors.Invalid("malformed_checkin", {"/header": "jws_header"})
        if set(header) - {"alg", "typ", "kid"}:
            raise errors.Invalid("malformed_checkin", {"/header": "jws_header"})
        found = REPORT.load(orjson.loads(payload))
    except (jws.Malformed, orjson.JSONDecodeError) as error:
        raise errors.Invalid("malformed_checkin", {"": "not_a_jws"}) from error
    except marshmallow.ValidationError as error:
        raise errors.Invalid("malformed_checkin", dict(pointers(error.messages))) from error
    return Report(
        **found,
        device_id=header["kid"],
        payload_hash=hashlib.sha256(compact.encode("ascii")).digest(),
        jws=compact,
    )
