"""A letter as a page: whose it is, what it says as data in a template, and the stamp of its signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from app.documents import typeset
from app.texts import text

TEMPLATE = Path(__file__).with_name("letter.typ")
LANGUAGE = "id"  # the language of the office


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says: `rows` of label and value, `people` it names, `after` the sentences below, `sources` it rests on."""

    title: str
    agency: str
    unit: str
    before: str
    rows: Sequence[tuple[str, str]]
    people: Sequence[tuple[str, str, str]]
    after: Sequence[str]
    sources: Sequence[str]


def page_of(letter: Letter, stamp: Mapping[str, object], made_at: datetime) -> bytes:
    """The letter as a tagged PDF/A-2b, stamped and about to be signed.

    Raises: Unavailable when it cannot be set.
    """
    data = {
        "lang": LANGUAGE,
        "title": letter.title,
        "author": letter.unit,
        "keywords": [],
        "footer": f"{letter.title} · {letter.unit}",
        "agency": letter.agency,
        "unit": letter.unit,
        "number": say("number", number=stamp["number"]),
        "before": letter.before,
        "rows": [list(row) for row in letter.rows],
        "people": [[str(place), *one] for place, one in enumerate(letter.people, 1)],
        "labels": {name: say(name) for name in ("place", "name", "unit", "ground")},
        "after": list(letter.after),
        "sources": list(letter.sources),
        "stamp": stamp,
    }
    return typeset(TEMPLATE, data, made_at)


def say(code: str, /, **params: object) -> str:
    """A sentence of a letter."""
    return text(f"letter_out_{code}", LANGUAGE, **params)


def day_words(day: date) -> str:
    """The day as it is written: 24 November 2026."""
    return f"{day.day} {text(f'recap_month_{day.month}', LANGUAGE)} {day.year}"
