"""A recap as comma-separated values, for programs and for whoever opens it in a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import IO

from app.recaps.render.columns import Cell, columns_of, plain
from app.recaps.render.heading import Heading
from app.recaps.rules import Recap, days_of

# What makes a spreadsheet take a text for a formula, its full-width twins, and the blanks it may be hidden behind.
RISKY = tuple("=+-@\t\r\n\0＝＋－＠")


def write_csv(file: IO[bytes], heading: Heading, recaps: Iterable[Recap]) -> None:
    """Write a header of stable names, then one line a person: who, one code a day, the figures.

    UTF-8 with a byte order mark, because Excel reads other files as ANSI and spoils names; commas and CRLF (RFC 4180).
    No line of totals: programs that read it would add it in. The NIP stands as it is; a spreadsheet that makes a number
    of it loses digits, so people take the XLSX.
    """
    words = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    lines = csv.writer(words)
    columns = columns_of(heading)
    lines.writerow(
        [
            "nip",
            "name",
            "unit",
            *(day.isoformat() for day in days_of(heading.month)),
            *(column.key for column in columns),
            "provisional",
        ]
    )
    for recap in recaps:
        member = recap.member
        cells: list[Cell] = [member.nip, member.name, member.unit_code, *recap.codes]
        cells += [column.value(recap) for column in columns]
        lines.writerow([*(guarded(cell) for cell in cells), "true" if recap.provisional else "false"])
    words.flush()
    words.detach()


def guarded(cell: Cell) -> str | int:
    """The cell as it is written: numbers as they are, text that could be taken for a formula behind an apostrophe.

    Source: OWASP ASVS 5.0 1.2.10; the tab once used instead was itself a way in (CVE-2021-41270).
    """
    if isinstance(cell, Decimal):
        return plain(cell)
    if isinstance(cell, str):
        return "'" + cell if cell.startswith(RISKY) else cell
    return "" if cell is None else cell
