"""The sheet that explains a recap: codes, columns, and the law the figures come from."""

from collections.abc import Iterator
from decimal import Decimal
from math import ceil

from xlsxwriter.worksheet import Worksheet

from app.decrees import Bands, Clause
from app.recaps.render.columns import band_words, plain
from app.recaps.render.heading import Heading, day_words, title_lines
from app.recaps.render.looks import Looks
from app.recaps.render.paper import A4
from app.recaps.rules import LEAVE_CODES, PRESENT_CODES, STATUS_CODES

SIGNS, MEANINGS = 7, 100  # widths, in digits
LETTERS, LINE_PT = 110, 14  # in a line of that width; its height


def write_legend(sheet: Worksheet, heading: Heading, looks: Looks) -> None:
    """Write the sheet; a code stands in the same colour as in the table."""
    sheet.set_column(0, 0, SIGNS)
    sheet.set_column(1, 1, MEANINGS)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.4, top=0.5, bottom=0.6)
    row = 0
    for line in title_lines(heading):
        sheet.write_string(row, 0, line, looks.title if row == 0 else looks.plain)
        row += 1
    for title, lines in chapters(heading):
        row += 1
        sheet.write_string(row, 0, title, looks.strong)
        for sign, meaning in lines:
            row += 1
            # Spreadsheets do not make room for wrapped text of a file they did not write.
            sheet.set_row(row, LINE_PT * ceil(len(meaning) / LETTERS))
            if sign is not None:
                sheet.write_string(row, 0, sign, looks.codes[sign])
            sheet.write_string(row, 1, meaning, looks.wrapped)
        row += 1


def chapters(heading: Heading) -> Iterator[tuple[str, list[tuple[str | None, str]]]]:
    """The chapters in order, each a title and its lines: what is said, behind the code it is said of."""
    codes = dict.fromkeys((*PRESENT_CODES, *STATUS_CODES.values(), *LEAVE_CODES.values()))
    say = heading.say
    yield say("legend_codes"), [*((code, say(f"code_{code}")) for code in codes), ("", say("code_blank"))]
    yield say("legend_notes"), [(None, say(f"note_{number}")) for number in range(1, 7)]
    for law in heading.laws:
        absence = say("law_absence", pct=_pct(heading, law.absence.pct), source=_source(law.absence.clause))
        yield (
            say("legend_law", decree=law.code, day=day_words(heading, law.day), version=law.version),
            [*_bands(heading, "late", law.lateness), *_bands(heading, "early", law.early), (None, absence), (None, say("quality"))],
        )


def _bands(heading: Heading, key: str, bands: Bands) -> Iterator[tuple[None, str]]:
    """What each band costs, what a missing check-in costs, and who says so."""
    for number, band in enumerate(bands.bands):
        yield None, heading.say(f"law_{key}", band=band_words(heading, bands, number), pct=_pct(heading, band.pct))
    missing = _pct(heading, bands.missing_pct)
    yield None, heading.say(f"law_{key}_missing", pct=missing, source=_source(bands.clause))


def _pct(heading: Heading, value: Decimal) -> str:
    """A per cent as it is written in the recap's language: 0,5 or 0.5."""
    return plain(value).replace(".", heading.say("decimal_point"))


def _source(clause: Clause) -> str:
    return f"{clause.source} [{clause.quality}]"
