"""The sheet that explains a recap: codes, columns, and the law the figures come from."""

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from app.decrees import Bands
from app.recaps.render.columns import band_words, plain
from app.recaps.render.heading import Heading, title_lines
from app.recaps.render.looks import Looks
from app.recaps.rules import LEAVE_CODES, PRESENT_CODES, STATUS_CODES

A4 = 9


def write_legend(sheet: Worksheet, heading: Heading, looks: Looks) -> None:
    """Write the sheet; a code stands in the same colour as in the table."""
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 110)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    row = 0
    for line in title_lines(heading):
        sheet.write_string(row, 0, line, looks.title if row == 0 else looks.plain)
        row += 1
    for title, lines in _chapters(heading):
        row += 1
        sheet.write_string(row, 0, title, looks.strong)
        for sign, meaning in lines:
            row += 1
            sheet.write_string(row, 0, sign, looks.codes.get(sign, looks.words))
            sheet.write_string(row, 1, meaning, looks.wrapped)
        row += 1


def _chapters(heading: Heading) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The chapters in order, each a title and its lines."""
    codes = dict.fromkeys((*PRESENT_CODES, *STATUS_CODES.values(), *LEAVE_CODES.values()))
    say = heading.say
    yield say("legend_codes"), [*((code, say(f"code_{code}")) for code in codes), ("", say("code_blank"))]
    yield say("legend_notes"), [("", say(f"note_{number}")) for number in range(1, 6)]
    for law in heading.laws:
        yield (
            say("legend_law", decree=law.code, day=law.day.isoformat(), version=law.version),
            [
                *_bands(heading, "late", law.lateness),
                *_bands(heading, "early", law.early),
                (
                    "A",
                    say(
                        "law_absence",
                        pct=plain(law.absence.pct),
                        source=_source(law.absence.clause.source, law.absence.clause.quality),
                    ),
                ),
            ],
        )


def _bands(heading: Heading, key: str, bands: Bands) -> Iterator[tuple[str, str]]:
    """What each band costs, what a missing check-in costs, and who says so."""
    for number, band in enumerate(bands.bands):
        yield "", heading.say(f"law_{key}", band=band_words(heading, bands, number), pct=plain(band.pct))
    source = _source(bands.clause.source, bands.clause.quality)
    yield "", heading.say(f"law_{key}_missing", pct=plain(bands.missing_pct), source=source)


def _source(source: str, quality: str) -> str:
    return f"{source} [{quality}]"
