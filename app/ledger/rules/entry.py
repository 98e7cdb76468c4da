"""The words of an entry, always the same bytes for the same fact."""

from collections.abc import Mapping
from hashlib import sha256

import orjson

_SAFE = 2**53 - 1  # beyond it a reader in JavaScript sees another number


def leaf_hash(entry: str) -> bytes:
    """Hash of one leaf of the tree.

    Source: RFC 9162 section 2.1.1.
    """
    return sha256(b"\x00" + entry.encode()).digest()


def canonical(entry: Mapping[str, object]) -> str:
    """The entry as canonical JSON: keys in order, no spaces.

    Numbers are whole and keys ASCII, which is the part of JCS two languages cannot disagree about; write any other number as text.

    Raises: TypeError for a float, a whole number past 2^53 - 1, a key that is not ASCII text, or anything JSON has no word for.

    Source: RFC 8785 section 3.2.
    """
    _refuse_ambiguous(entry)
    return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode()


def _refuse_ambiguous(value: object) -> None:
    match value:
        case None | str() | bool():
            return
        case int() if abs(value) <= _SAFE:
            return
        case Mapping():
            for key, inner in value.items():
                if not (isinstance(key, str) and key.isascii()):
                    raise TypeError(f"a ledger key must be ASCII text, not {key!r}")
                _refuse_ambiguous(inner)
        case list() | tuple():
            for inner in value:
                _refuse_ambiguous(inner)
        case _:
            raise TypeError(f"a ledger entry cannot hold {value!r}: write it as text")
