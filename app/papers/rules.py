"""What a paper is: its kinds, and its number."""

from enum import StrEnum


class Kind(StrEnum):
    """What papers are issued; each is numbered for itself. The value is public and stands in addresses and leaves."""

    RECAP = "recap"
    AMENDMENT = "amendment"


MARKS = {Kind.RECAP: "REKAP", Kind.AMENDMENT: "REKAP-SUSULAN"}


def number_of(kind: Kind, unit: str, year: int, sequence: int) -> str:
    """The number as it is printed: `0001/REKAP/DISHUB/2026`, counted without gaps by kind, unit and year.

    Source: issue 5 part 8 (numbered per unit and year); the form is this program's own, no rule was found.
    """
    return f"{sequence:04d}/{MARKS[kind]}/{unit}/{year}"
