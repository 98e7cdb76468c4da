"""The rotating code on a screen at a site's door: how it is made, read and checked, and the key to its screen."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from app.jws import b64

# Long enough to be scanned, short enough that a picture sent to a friend is old when it arrives.
STEP = timedelta(seconds=10)
# Crockford's base 32: nobody can mistake a letter for a digit, because of each look-alike only one is there.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("OIL", "011", " -")
LENGTH = 8
SECRET_BYTES = 32
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def step_at(instant: datetime) -> int:
    """The number of the step an instant lies in.

    Source: RFC 6238 section 4.2 (T0 = 0, X = 10).
    """
    return (instant - EPOCH) // STEP


def begins_at(step: int) -> datetime:
    """The instant a step begins.

    Source: RFC 6238 section 4.2.
    """
    return EPOCH + step * STEP


def code_in(secret: bytes, site_code: str, step: int) -> str:
    """The code of a site in a step: the first 40 bits of a MAC under the site's own secret, as eight letters and digits.

    Source: RFC 6238 (HMAC-SHA-256 over the step), RFC 2104 section 5 (truncation to the leftmost bits).
    """
    mac = hmac.digest(secret, b"tapak door code 1\n%s\n%d" % (site_code.encode("ascii"), step), hashlib.sha256)
    bits = int.from_bytes(mac[:5], "big")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def read(typed: str) -> str | None:
    """The code that was scanned or typed, in its one spelling; none when it cannot be a code.

    Source: Crockford, "Base 32" (O is read as 0, I and L as 1, case and hyphens do not matter).
    """
    code = typed.upper().translate(READ_AS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def was_shown(code: str, secret: bytes, site_code: str, earliest_at: datetime, latest_at: datetime) -> bool:
    """Whether the site's screen showed the code in the bracket, or one step before or after it.

    Every step is compared, each in constant time, so that an answer takes as long for a near miss as for a wild guess.

    Source: RFC 6238 section 5.2 (a window of steps).
    """
    steps = range(step_at(earliest_at) - 1, step_at(latest_at) + 2)
    return any([hmac.compare_digest(code, code_in(secret, site_code, step)) for step in steps])


def screen_key(secret: bytes, site_code: str) -> str:
    """What opens the site's screen and nothing else; it follows from the secret, so a new secret ends it.

    Source: W3C TAG, "Good Practices for Capability URLs" (2014); docs/decisions.md "a code at the door".
    """
    return b64(hmac.digest(secret, b"tapak screen 1\n%s" % site_code.encode("ascii"), hashlib.sha256))
