"""Reading a file of named columns, CSV or the first sheet of an XLSX: rows by column name, with what is wrong by line."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from app.people.rules.nip import is_nip
from app.people.rules.separated import Problem, separated
from app.people.rules.table import SPREADSHEET_NUMBER

SHOWN = 40
ZIP = b"PK"
MOST_ROWS = 100_000
MOST_COLUMNS = 64
MOST_BYTES = 100_000_000  # unpacked: a sheet of 20,000 rows has 10 MB, a zip bomb a thousand times its own size
EXACT_DIGITS = 15  # what a spreadsheet keeps of a number

UNREADABLE = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, SyntaxError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    EOFError, OverflowError, NotImplementedError, OSError,
)  # fmt: skip

Row = tuple[int, Mapping[str, str]]


def rows_of(raw: bytes, required: Sequence[str], optional: Sequence[str] = ()) -> tuple[list[Row], tuple[Problem, ...]]:
    """The rows of a file by column, each with its line, and what is wrong with the file or with the number of fields.

    Columns may stand in any order; one that is missing, unknown or there twice stops the file. Blanks around values are cut off.

    Source: docs/pay.md "Files"; RFC 4180.
    """
    records, problems = _sheet(raw) if raw.startswith(ZIP) else separated(raw)
    if not records:
        return [], problems
    (_, heading), *lines = records
    names = [name.strip().lower() for name in heading]
    flaws = [Problem(1, "csv_column_missing", {"column": name}) for name in required if name not in names]
    unknown = [name for name in dict.fromkeys(names) if name not in (*required, *optional)]
    flaws += [Problem(1, "csv_column_unknown", {"column": printable(name)}) for name in unknown]
    flaws += [Problem(1, "csv_column_twice", {"column": name}) for name in (*required, *optional) if names.count(name) > 1]
    if flaws:
        return [], tuple(flaws)
    rows: list[Row] = []
    wrong = [*problems]
    for line, values in lines:
        if "\x00" in "".join(values):  # which no text of the database holds
            wrong.append(Problem(line, "nul_refused"))
        elif len(values) == len(names):
            rows.append((line, {name: value.strip() for name, value in zip(names, values, strict=True)}))
        else:
            wrong.append(Problem(line, "csv_field_count", {"found": len(values), "wanted": len(names)}))
    if not rows and not wrong:
        wrong.append(Problem(0, "csv_empty"))
    return rows, tuple(wrong)


def nip_in(cell: str) -> tuple[str, tuple[str, Mapping[str, object]] | None]:
    """The NIP of a cell without its spaces, and what is wrong with it.

    Source: docs/people-csv.md "NIP".
    """
    nip = cell.replace(" ", "")
    if SPREADSHEET_NUMBER.fullmatch(nip):
        return nip, ("csv_nip_rounded", {"value": printable(nip)})
    return nip, None if is_nip(nip) else ("csv_nip", {"value": printable(nip)})


def printable(value: str) -> str:
    """A cell as it is safe to print: cut off, and without control characters.

    Source: our design.
    """
    return ascii(value[:SHOWN])[1:-1]


def _sheet(raw: bytes) -> tuple[list[tuple[int, list[str]]], tuple[Problem, ...]]:
    """The records of a workbook's first sheet as wide as its first row; wholly empty rows are left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                return [], (Problem(0, "sheet_too_large", {"rows": MOST_ROWS}),)
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        if not book.worksheets:
            return [], (Problem(0, "csv_empty"),)
        sheet = book.worksheets[0]
        found = list(_records(sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)))
    except UNREADABLE as error:
        return [], (Problem(0, "sheet_unreadable", {"why": printable(type(error).__name__)}),)
    if len(found) > MOST_ROWS:
        return [], (Problem(0, "sheet_too_large", {"rows": MOST_ROWS}),)
    return found, () if found else (Problem(0, "csv_empty"),)


def _records(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[int, list[str]]]:
    """Each row that says something, cut off where the heading ends unless more stands there."""
    width = 0
    for line, values in enumerate(rows, 1):
        cells = [_cell(value) for value in values]
        last = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
        if last:
            width = width or last
            yield line, list(chain(cells[: max(width, last)], [""] * (width - len(cells))))


def _cell(value: object) -> str:
    """A cell as CSV would have it; a number with more digits than a spreadsheet keeps shows that it lost some."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if abs(value) >= 10**EXACT_DIGITS:
            return f"{value:.5e}".replace("e+", "E+")
        return f"{value:.10f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return str(value)
