"""One-time activation codes: 128 random bits in letters that survive paper and telephone."""

import hashlib
from datetime import timedelta

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
LIFETIME = timedelta(days=30)
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def code_of(entropy: bytes) -> str:
    """The code of 16 random bytes, in groups: `3X9QZ0-7KM4T-…`.

    Source: Crockford, Base 32 (crockford.com/base32.html); ASVS 5.0 6.4.1.
    """
    if len(entropy) != 16:
        raise ValueError("an activation code is made of 16 bytes")
    number = int.from_bytes(entropy, "big")
    letters = "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(LENGTH)))
    return "-".join([letters[:6], *(letters[start : start + 5] for start in range(6, LENGTH, 5))])


def fingerprint(code: str) -> str:
    """What is kept of a code: SHA-256 of its letters as read, in hex. Fast on purpose: 128 bits are not guessed.

    Source: Crockford, Base 32: O reads as 0, I and L as 1, dashes and case do not matter.
    """
    return hashlib.sha256(code.upper().translate(READ_AS).encode("utf-8")).hexdigest()
