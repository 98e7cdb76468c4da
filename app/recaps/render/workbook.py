"""A recap as a workbook: people by days with totals, ready to print, and a sheet that explains every code."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.recaps.render.columns import Cell, Column, columns_of
from app.recaps.render.heading import Heading, title_lines
from app.recaps.render.legend import write_legend
from app.recaps.render.looks import Looks
from app.recaps.render.paper import A4, end_pages, lay_out, write_signature
from app.recaps.render.rows import RowSheet
from app.recaps.rules import PRESENT_CODES, Counts, Recap, Sums, UnitTotal, days_of, total_of
from app.texts import text

FIRST_DAY = 4  # columns: number, NIP, name, unit, then the days
HEADER, WEEKDAYS, FIRST_PERSON = 5, 6, 7  # rows, below four lines of title
AREA = (4, 19.5, 24, 15)  # widths of number, NIP, name, unit

# Nothing a person is called becomes a formula, a link or a number; rows leave memory as soon as the next begins. Columns are
# as wide as so many digits of the first format's font: one that every machine has, or one drawn to its measures.
OPTIONS = {
    "default_format_properties": {"font_name": "Arial", "font_size": 10},
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}


def write_xlsx(file: IO[bytes], heading: Heading, recaps: Iterable[Recap]) -> None:
    """Write the workbook, person by person: 20,000 take no more memory than one.

    Totals are values, not formulas: viewers that do not calculate show them, and they are sums of the rows above.
    """
    book = Workbook(file, OPTIONS)
    book.set_properties({"title": title_lines(heading)[0], "created": heading.made_at})
    looks = Looks(book)
    sheet = book.add_worksheet(heading.say("sheet_recap"), RowSheet)
    columns = columns_of(heading, lambda code: text(f"predicate_{code}", heading.language))
    lay_out(sheet, heading, AREA, len(days_of(heading.month)), columns)
    sheet.freeze_panes(FIRST_PERSON, FIRST_DAY)
    sheet.repeat_rows(HEADER, WEEKDAYS)
    _write_head(sheet, heading, columns, looks)
    units = _write_people(sheet, heading, columns, looks, recaps)
    _write_units(book.add_worksheet(heading.say("sheet_units")), heading, columns, looks, units)
    write_legend(book.add_worksheet(heading.say("sheet_legend")), heading, looks)
    book.close()


def _write_head(sheet: Worksheet, heading: Heading, columns: tuple[Column, ...], looks: Looks) -> None:
    """The title lines and the two rows of heads."""
    for row, line in enumerate(title_lines(heading)):
        sheet.write_string(
            row, 0, line, looks.title if row == 0 else looks.notice if row == 2 and heading.provisional else looks.plain
        )
    sheet.set_row(HEADER, 120)
    days = days_of(heading.month)
    for number, key in enumerate(("number", "nip", "name", "unit")):
        sheet.write_string(HEADER, number, heading.say(f"col_{key}"), looks.head)
    for number, day in enumerate(days, start=FIRST_DAY):
        sheet.write_number(HEADER, number, day.day, looks.head)
    for number, column in enumerate(columns, start=FIRST_DAY + len(days)):
        sheet.write_string(HEADER, number, column.title, looks.upright_head)
    for number in range(FIRST_DAY):
        sheet.write_blank(WEEKDAYS, number, None, looks.head)
    for number, day in enumerate(days, start=FIRST_DAY):
        sheet.write_string(WEEKDAYS, number, heading.say(f"weekday_{day.isoweekday()}"), looks.head)
    for number in range(FIRST_DAY + len(days), FIRST_DAY + len(days) + len(columns)):
        sheet.write_blank(WEEKDAYS, number, None, looks.head)


def _write_people(
    sheet: RowSheet, heading: Heading, columns: tuple[Column, ...], looks: Looks, recaps: Iterable[Recap]
) -> list[UnitTotal]:
    """A row a person, then the totals: people present each day, and every count added up; the sums by unit come back."""
    sums = Sums()
    present = [0] * len(days_of(heading.month))
    codes = {code: sheet.words(code, look) for code, look in looks.codes.items()}
    cell = lru_cache(4096, typed=True)(partial(_cell, sheet, looks))  # most figures are a few small numbers, again and again
    row = FIRST_PERSON
    for row, recap in enumerate(recaps, start=FIRST_PERSON):
        member = recap.member
        cells = [sheet.number(row - FIRST_PERSON + 1, looks.count)]
        cells += [sheet.words(words, looks.words) for words in (member.nip, member.name, member.unit_code)]
        cells += [codes[code] for code in recap.codes]
        cells += [cell(column.value(recap)) for column in columns]
        sheet.write_cells(row, cells)
        present = [people + (code in PRESENT_CODES) for people, code in zip(present, recap.codes, strict=True)]
        sums.add(recap)
        row += 1
    units = sums.totals()
    total = total_of(unit.counts for unit in units)
    _write_totals(sheet, row, heading, columns, looks, present, total)
    write_signature(sheet, row + 2, FIRST_DAY + len(present) * 2 // 3, heading, looks)
    end_pages(sheet, HEADER, FIRST_PERSON, row - FIRST_PERSON, FIRST_DAY + len(present) + len(columns))
    return units


def _write_units(sheet: Worksheet, heading: Heading, columns: Sequence[Column], looks: Looks, units: Sequence[UnitTotal]) -> None:
    """A row a unit and one of all, beside each other with the same figures as in the table of people."""
    counted = [column for column in columns if column.total is not None]
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(HEADER + 1, 3)
    for number, width in enumerate((15, 40, 8, *(column.width * 2 for column in counted))):
        sheet.set_column(number, number, width)
    for number, line in enumerate(title_lines(heading)):
        sheet.write_string(number, 0, line, looks.title if number == 0 else looks.plain)
    sheet.set_row(HEADER, 120)
    for number, words in enumerate((heading.say("col_unit"), heading.say("col_name"), heading.say("pdf_people"))):
        sheet.write_string(HEADER, number, words, looks.head)
    for number, column in enumerate(counted, start=3):
        sheet.write_string(HEADER, number, column.title, looks.upright_head)
    everybody = UnitTotal("", heading.say("total"), sum(unit.people for unit in units), total_of(u.counts for u in units), None)
    for row, unit in enumerate((*units, everybody), start=HEADER + 1):
        last = unit is everybody
        for number, words in enumerate((unit.code, unit.name)):
            sheet.write_string(row, number, words, looks.total if last else looks.words)
        sheet.write_number(row, 2, unit.people, looks.total if last else looks.count)
        for number, column in enumerate(counted, start=3):
            value = column.total(unit.counts) if column.total else None
            look = looks.total_pct if isinstance(value, Decimal) else looks.total
            plain_look = looks.pct if isinstance(value, Decimal) else looks.count
            sheet.write_number(row, number, float(value or 0), look if last else plain_look)


def _write_totals(
    sheet: Worksheet, row: int, heading: Heading, columns: tuple[Column, ...], looks: Looks, present: Sequence[int], total: Counts
) -> None:
    """The row below the last person."""
    for number, words in enumerate(("", "", heading.say("total"), heading.say("total_present"))):
        sheet.write_string(row, number, words, looks.total)
    for number, people in enumerate(present, start=FIRST_DAY):
        sheet.write_number(row, number, people, looks.total)
    for number, column in enumerate(columns, start=FIRST_DAY + len(present)):
        value = column.total(total) if column.total else None
        if isinstance(value, int | Decimal):
            sheet.write_number(row, number, float(value), looks.total_pct if isinstance(value, Decimal) else looks.total)
        else:
            sheet.write_blank(row, number, None, looks.total)


def _cell(sheet: RowSheet, looks: Looks, value: Cell) -> str:
    """A number as a number, words as words, nothing as an empty cell with a border."""
    if isinstance(value, int):
        return sheet.number(value, looks.count)
    if isinstance(value, Decimal):
        return sheet.number(float(value), looks.pct)
    return sheet.words(value, looks.words) if value else sheet.blank(looks.words)
