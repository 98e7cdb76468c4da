"""A recap as pages: people by days, figures, totals by unit and the legend, as one archival PDF that may be signed."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO

from app import errors
from app.documents import typeset
from app.recaps.render.columns import PER_CENT, WORDS, Cell, Column, columns_of, plain
from app.recaps.render.heading import Heading, title_lines
from app.recaps.render.legend import chapters
from app.recaps.render.looks import fill_of
from app.recaps.rules import (
    LEAVE_CODES,
    PRESENT_CODES,
    STATUS_CODES,
    Counts,
    Recap,
    UnitTotal,
    days_of,
    present_by_day,
    total_of,
    totals_by_unit,
)
from app.texts import text

TEMPLATE = Path(__file__).with_name("recap.typ")
MOST_PEOPLE = 350  # a PDF is set in memory, 0.8 MB a person: 300 MB; larger scopes are for the spreadsheet
MM_PER_DIGIT = 1.45  # what a digit of the small print needs, with its share of the padding


def write_pdf(file: IO[bytes], heading: Heading, recaps: Iterable[Recap]) -> None:
    """Write the recap, unsigned; it says so where the signature would stand."""
    file.write(pdf_of(heading, recaps))


def pdf_of(heading: Heading, recaps: Iterable[Recap], stamp: Mapping[str, object] | None = None) -> bytes:
    """The recap as a tagged PDF/A-2b, with the stamp of a document that is about to be signed.

    Raises: Invalid (`recap_too_many_for_pdf`).
    """
    people = list(islice(recaps, MOST_PEOPLE + 1))
    if len(people) > MOST_PEOPLE:
        raise errors.Invalid("recap_too_many_for_pdf", most=MOST_PEOPLE)
    return typeset(TEMPLATE, _data(heading, people, stamp), heading.made_at)


def _data(heading: Heading, people: Sequence[Recap], stamp: Mapping[str, object] | None) -> dict[str, object]:
    """Everything the template shows, as words."""
    title, units, state, made = title_lines(heading)
    columns = columns_of(heading, lambda code: text(f"predicate_{code}", heading.language))
    say = heading.say
    labels = ("days", "figures", "by_unit", "people")
    return {
        "lang": heading.language,
        "title": title,
        "author": "; ".join(name for _, name in heading.units),
        "keywords": [f"{heading.month:%Y-%m}", *(code for code, _ in heading.units)],
        "units": units,
        "state": state,
        "provisional": heading.provisional,
        "footer": f"{title} · {units} · {made}",
        "draft": say("not_signed"),
        "stamp": stamp,
        "labels": {name: say(f"pdf_{name}") for name in labels}
        | {name: say(f"col_{name}") for name in ("number", "name", "unit")}
        | {"total": say("total"), "present": say("total_present")},
        "days": [[day.day, say(f"weekday_{day.isoweekday()}")] for day in days_of(heading.month)],
        "fills": _fills(),
        "people": [_person(number, recap) for number, recap in enumerate(people, start=1)],
        "present": [str(count) for count in present_by_day(people, heading.month)],
        "columns": [_column(column) for column in columns],
        "figures": [_figures(heading, columns, number, recap) for number, recap in enumerate(people, start=1)],
        "total": [_total(heading, column, total_of(recap.counts for recap in people)) for column in columns],
        **_by_unit(heading, columns, totals_by_unit(people)),
        "chapters": [{"title": title, "lines": [list(line) for line in lines]} for title, lines in chapters(heading)],
    }


def _fills() -> dict[str, str]:
    """Colour by code; every colour stands behind the code that says the same."""
    codes = (*PRESENT_CODES, *STATUS_CODES.values(), *LEAVE_CODES.values())
    return {code: fill for code in codes if (fill := fill_of(code)) is not None}


def _person(number: int, recap: Recap) -> list[list[str]]:
    member = recap.member
    return [[str(number), member.nip, member.name, member.unit_code], list(recap.codes)]


def _column(column: Column) -> dict[str, object]:
    width = {PER_CENT: 8.4, WORDS: 16.0}.get(column.width, column.width * MM_PER_DIGIT)
    return {
        "title": column.title,
        "width": round(width, 2),
        "align": "left" if column.width == WORDS else "center",
        "counted": column.total is not None,
    }


def _figures(heading: Heading, columns: Sequence[Column], number: int, recap: Recap) -> list[str]:
    figures = [_words(heading, column.value(recap)) for column in columns]
    return [str(number), recap.member.nip, recap.member.name, *figures]


def _by_unit(heading: Heading, columns: Sequence[Column], totals: Sequence[UnitTotal]) -> dict[str, list[object]]:
    """The rows of the units and of all of them; a recap of one unit has them in its last row already."""
    counted = [column for column in columns if column.total is not None]
    if len(totals) < 2:
        return {"by_unit": [], "by_all": []}
    rows: list[object] = [
        [unit.code, unit.name, str(unit.people), *(_total(heading, column, unit.counts) for column in counted)] for unit in totals
    ]
    everybody = total_of(unit.counts for unit in totals)
    people = sum(unit.people for unit in totals)
    return {
        "by_unit": rows,
        "by_all": ["", heading.say("total"), str(people), *(_total(heading, column, everybody) for column in counted)],
    }


def _total(heading: Heading, column: Column, counts: Counts) -> str:
    return _words(heading, column.total(counts)) if column.total else ""


def _words(heading: Heading, value: Cell) -> str:
    """A figure as it is written in the recap's language; a zero of days is a dash, so that what is stands out."""
    if isinstance(value, Decimal):
        return plain(value).replace(".", heading.say("decimal_point"))
    if value == 0:
        return "-"
    return "" if value is None else str(value)
