"""Reading DER, as much of it as an attestation needs: tags, lengths and what is inside."""

from collections.abc import Iterator
from dataclasses import dataclass

UNIVERSAL, CONTEXT = 0, 2
BOOLEAN, INTEGER, OCTETS, ENUMERATED, SEQUENCE, SET = 1, 2, 4, 10, 16, 17


class BadDer(ValueError):
    """The bytes are not DER, or not of the shape they should be."""


@dataclass(frozen=True, slots=True)
class Element:
    """One value with the class and number of its tag."""

    kind: int
    tag: int
    value: bytes

    def of(self, tag: int) -> bytes:
        """The value, which must be of that universal type.

        Raises: BadDer.
        """
        if (self.kind, self.tag) != (UNIVERSAL, tag):
            raise BadDer(f"type {tag} expected")
        return self.value

    def number(self, tag: int = INTEGER) -> int:
        """The value as a whole number.

        Raises: BadDer.
        """
        return int.from_bytes(self.of(tag), "big", signed=True)


def elements(der: bytes) -> list[Element]:
    """The elements that stand one after the other.

    Raises: BadDer.

    Source: ITU-T X.690 section 8.1 (lengths are definite in DER, section 10.1).
    """
    return list(_elements(der))


def only(der: bytes) -> Element:
    """The one element that the bytes are.

    Raises: BadDer.

    Source: ITU-T X.690 section 8.1.
    """
    found = elements(der)
    if len(found) != 1:
        raise BadDer("one element expected")
    return found[0]


def _elements(der: bytes) -> Iterator[Element]:
    at = 0
    while at < len(der):
        first = der[at]
        tag, at = (first & 0x1F, at + 1) if first & 0x1F != 0x1F else _long_tag(der, at + 1)
        length, at = _length(der, at)
        if at + length > len(der):
            raise BadDer("cut short")
        yield Element(first >> 6, tag, der[at : at + length])
        at += length


def _long_tag(der: bytes, at: int) -> tuple[int, int]:
    """A tag of more than 30, and where it ends."""
    tag = 0
    for end in range(at, min(at + 4, len(der))):
        tag = tag << 7 | der[end] & 0x7F
        if not der[end] & 0x80:
            return tag, end + 1
    raise BadDer("tag")


def _length(der: bytes, at: int) -> tuple[int, int]:
    """A length, and where it ends."""
    if at >= len(der):
        raise BadDer("cut short")
    if der[at] < 0x80:
        return der[at], at + 1
    size = der[at] & 0x7F
    if not 1 <= size <= 3 or at + 1 + size > len(der):
        raise BadDer("length")
    return int.from_bytes(der[at + 1 : at + 1 + size], "big"), at + 1 + size
