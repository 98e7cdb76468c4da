"""How a recap lies on paper: A4 across, the days on a left page and the figures on the right one, and a place to sign."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from xlsxwriter.worksheet import Worksheet

from app.recaps.render.columns import Column
from app.recaps.render.heading import Heading, day_words, title_lines
from app.recaps.render.looks import Looks

A4 = 9
PRINTABLE_PX = 1062  # 297 mm less the margins, at 96 to the inch; LibreOffice draws columns 6 % wider than Excel
LARGEST_PCT = 70  # at which the heads and PEOPLE rows fill no more than a page
PEOPLE = 34  # on a page
SIGNATURE = ("place", "seen", "office", "", "", "", "name", "nip")  # the lines to sign on, the gap for pen and stamp among them
LONGEST_LINE = 90  # letters: a page header has 255 in all
MOST_BREAKS = 1023  # a worksheet has no more; the last ones count, because the signature stands there


def lay_out(sheet: Worksheet, heading: Heading, area: Sequence[float], days: int, columns: Sequence[Column]) -> None:
    """Widths, the break between days and figures, a scale at which each half is one page wide, and what every page says.

    `area`: widths of number, NIP, name and unit; the first three stand on every page. The scale is set, not "fit to width":
    spreadsheets ignore page breaks where they fit.
    """
    first_figure = len(area) + days
    widths = [*area, *([3.9] * days), *(column.width for column in columns)]
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    left, right = _pixels(widths[:first_figure]), _pixels([*area[:3], *widths[first_figure:]])
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_print_scale(min(LARGEST_PCT, 92 * PRINTABLE_PX // max(left, right)))
    sheet.set_v_pagebreaks([first_figure])
    sheet.print_across()
    sheet.repeat_columns(0, 2)
    sheet.set_margins(left=0.3, right=0.3, top=0.85, bottom=0.6)
    title, unit, state, made = (line[:LONGEST_LINE].replace("&", "&&") for line in title_lines(heading))
    sheet.set_header(f"&L&B&14{title}\n&B&10{unit}&R&B{state}")
    sheet.set_footer(f"&L{made}&R&P / &N")


def end_pages(sheet: Worksheet, head: int, first_row: int, people: int, columns: int) -> None:
    """Print from the heads on (the header has the title), as many people a page as surely fit, and all of totals and
    signature on one page."""
    sheet.print_area(head, 0, first_row + people + 1 + len(SIGNATURE), columns - 1)
    breaks = list(range(first_row + PEOPLE, first_row + people, PEOPLE))
    on_last = people - PEOPLE * len(breaks)
    if on_last + 2 + len(SIGNATURE) > PEOPLE:
        breaks.append(first_row + people)
    sheet.set_h_pagebreaks(breaks[-MOST_BREAKS:])


def write_signature(sheet: Worksheet, row: int, column: int, heading: Heading, looks: Looks) -> None:
    """The lines to sign on, below the totals."""
    today: date = heading.made_at.astimezone(ZoneInfo(heading.zone)).date()
    for number, line in enumerate(SIGNATURE):
        if line:
            sheet.write_string(row + number, column, heading.say(f"sign_{line}", day=day_words(heading, today)), looks.plain)


def _pixels(widths: Sequence[float]) -> int:
    """How wide columns of so many digits are on the screen: 7 pixels a digit and 5 of padding."""
    return sum(int(width * 7 + 5) for width in widths)
