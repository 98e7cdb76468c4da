"""One rule of the law as people read it."""

from dataclasses import dataclass
from decimal import Decimal

from app import decrees as law


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it is about, what it says, and the clause that says so."""

    title: str
    says: tuple[str, ...]
    clause: law.Clause | None


def plain(number: Decimal) -> str:
    """The number without an exponent or idle zeros."""
    return f"{number.normalize():f}"
