"""What a paper is: its kinds, and its number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What papers are issued; each is numbered for itself. The value is public and stands in addresses and leaves."""

    RECAP = "recap"
    AMENDMENT = "amendment"
    LEAVE = "leave"
    ASSIGNMENT = "assignment"
    NOTICE = "absence_notice"


MARKS = {
    Kind.RECAP: "REKAP", Kind.AMENDMENT: "REKAP-SUSULAN", Kind.LEAVE: "CUTI", Kind.ASSIGNMENT: "ST", Kind.NOTICE: "PEMBERITAHUAN",
}  # fmt: skip
MUST = ("sequence", "kind", "unit", "year")
FIELDS = (*MUST, "month")
WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,29}")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(frozen=True, slots=True)
class Form:
    """How an agency writes its numbers: parts between strokes, each a field or fixed words; `marks` replace ours of the kinds."""

    pattern: str = "{sequence}/{kind}/{unit}/{year}"
    marks: Mapping[str, str] = field(default_factory=dict)


def flaw_of(form: Form) -> str | None:
    """The code of what keeps a form from being one, if anything does.

    Kind, unit, year and count must each stand in a number once, and no two kinds share a mark: so no two papers share a number.

    Source: our design (docs/letters-out.md "Numbers"); no rule for the form of numbers was found.
    """
    parts = form.pattern.split("/")
    fields = [part[1:-1] for part in parts if part.startswith("{") and part.endswith("}")]
    words = [part for part in parts if not (part.startswith("{") and part.endswith("}"))]
    if any(name not in FIELDS for name in fields) or any(fields.count(name) > 1 for name in fields):
        return "paper_form_field"
    if any(name not in fields for name in MUST):
        return "paper_form_incomplete"
    if not all(WORDS.fullmatch(part) for part in (*words, *form.marks.values())):
        return "paper_form_words"
    marks = [form.marks.get(kind, mark) for kind, mark in MARKS.items()]
    if len(set(marks)) < len(marks) or any(kind not in list(Kind) for kind in form.marks):
        return "paper_form_marks"
    return None


def number_of(kind: Kind, unit: str, on: date, sequence: int, form: Form) -> str:
    """The number as it is printed, `0001/REKAP/DISHUB/2026` where the agency has no form of its own.

    Counted without gaps by kind, unit and year, whatever the form: a new form goes on counting.

    Source: issue 5 part 8 (numbered per unit and year).
    """
    said = {
        "{sequence}": f"{sequence:04d}",
        "{kind}": form.marks.get(kind, MARKS[kind]),
        "{unit}": unit,
        "{year}": str(on.year),
        "{month}": ROMAN[on.month - 1],
    }
    return "/".join(said.get(part, part) for part in form.pattern.split("/"))
