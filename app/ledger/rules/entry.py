"""The words of an entry, always the same bytes for the same fact."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from types import NoneType

import orjson

_SAFE = 2**53 - 1  # beyond it a reader in JavaScript sees another number
PLAIN = frozenset((str, bool, NoneType))


def leaf_hash(entry: str) -> bytes:
    """Hash of one leaf of the tree.

    Source: RFC 9162 section 2.1.1.
    """
    return sha256(b"\x00" + entry.encode()).digest()


def commitment(salt: str, content: str) -> str:
    """What a leaf says of content that it does not hold: base64url SHA-256 of salt and content, which answers no guess.

    A salt is 22 characters long, so no other pair of the two gives the same bytes.

    Source: design "personal content enters as a salted commitment"; RFC 4648 section 5.
    """
    return urlsafe_b64encode(sha256((salt + content).encode()).digest()).rstrip(b"=").decode()


def words_of(kind: str, subject: str, at: datetime, salt: str, content: str, openly: Mapping[str, object] | None = None) -> str:
    """The words of a leaf: what kind of fact about what and when, what is said openly and for ever, and the commitment to the rest.

    Source: RFC 8785 section 3.2.
    """
    said = {"kind": kind, "subject": subject, "at": instant(at), "content": commitment(salt, content)}
    return canonical({**(openly or {}), **said})


@lru_cache(maxsize=256)  # a check-in writes each of its instants two or three times
def instant(at: datetime) -> str:
    """An instant in UTC to the millisecond, as every leaf writes it.

    Source: RFC 3339 section 5.6.
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def canonical(entry: Mapping[str, object]) -> str:
    """The entry as canonical JSON: keys in order, no spaces.

    Numbers are whole and keys ASCII, which is the part of JCS two languages cannot disagree about; write any other number as text.

    Raises: TypeError for a float, a whole number past 2^53 - 1, a key that is not ASCII text, or anything JSON has no word for.

    Source: RFC 8785 section 3.2.
    """
    _refuse_ambiguous(entry)
    return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode()


def _refuse_ambiguous(value: object) -> None:
    if isinstance(value, int) and abs(value) <= _SAFE:
        return
    if isinstance(value, Mapping):
        if not "".join(value).isascii():
            raise TypeError(f"the keys of a ledger entry must be ASCII, not {sorted(value)}")
        for inner in value.values():
            if type(inner) not in PLAIN:
                _refuse_ambiguous(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            if type(inner) not in PLAIN:
                _refuse_ambiguous(inner)
    elif not isinstance(value, str):  # such as an enumeration whose values are texts
        raise TypeError(f"a ledger entry cannot hold {value!r}: write it as text")
