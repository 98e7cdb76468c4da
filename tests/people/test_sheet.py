"""Files of named columns, CSV or XLSX: what is read, and what is refused with its line."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from app.people.rules import sheet

NIP = "198001012005011001"


def book(*rows: tuple[object, ...]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def read(raw: bytes):
    return sheet.rows_of(raw, ("nip", "amount"), ("since",))


def test_the_same_rows_come_from_csv_and_from_xlsx() -> None:
    csv = f"NIP; amount ;since\n{NIP};4500000;2026-01-01\n\n{NIP};85.5;\n".encode()
    xlsx = book(("NIP", " amount ", "since"), (NIP, 4500000, date(2026, 1, 1)), (None, None, None), (NIP, 85.5, None))
    assert (
        read(csv)
        == read(xlsx)
        == (
            [
                (2, {"nip": NIP, "amount": "4500000", "since": "2026-01-01"}),
                (4, {"nip": NIP, "amount": "85.5", "since": ""}),
            ],
            (),
        )
    )


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (198001012005011001, "1.98001E+17"),
        (1.98001012005011e17, "1.98001E+17"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        (datetime(2026, 11, 1), "2026-11-01"),  # noqa: DTZ001  spreadsheets know no zones
        (datetime(2026, 11, 1, 7, 30), "2026-11-01T07:30:00"),  # noqa: DTZ001
        ("=1+1", ""),
    ],
    ids=str,
)
def test_a_cell_is_what_a_spreadsheet_shows_and_a_long_number_is_a_rounded_one(value: object, cell: str) -> None:
    rows, problems = read(book(("nip", "amount"), (NIP, value), (NIP, "x")))
    assert (rows[0][1]["amount"], problems) == (cell, ())


def test_a_nip_that_the_spreadsheet_made_a_number_is_refused() -> None:
    rows, _ = read(book(("nip", "amount"), (198001012005011001, 1)))
    assert sheet.nip_in(rows[0][1]["nip"]) == ("1.98001E+17", ("csv_nip_rounded", {"value": "1.98001E+17"}))
    assert sheet.nip_in("19800101 200501 1 001") == (NIP, None)
    assert sheet.nip_in("123")[1] == ("csv_nip", {"value": "123"})


def torn() -> bytes:
    return book(("nip", "amount"), (NIP, 1))[:-200]


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (sheet.MOST_BYTES + 1))
    return file.getvalue()


def no_workbook() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("hello.txt", "hello")
    return file.getvalue()


@pytest.mark.parametrize(
    ("raw", "line", "code"),
    [
        pytest.param(b"", 0, "csv_empty", id="nothing"),
        pytest.param(b"nip,amount\n", 0, "csv_empty", id="only a heading"),
        pytest.param(b"nip\n1\n", 1, "csv_column_missing", id="a column missing"),
        pytest.param(b"nip,amount,pangkat\n1,2,3\n", 1, "csv_column_unknown", id="a column unknown"),
        pytest.param(b"nip,amount,Amount\n1,2,3\n", 1, "csv_column_twice", id="a column twice"),
        pytest.param(b"nip,amount\n1\n", 2, "csv_field_count", id="a field missing"),
        pytest.param(b"nip,amount\n1,\xff\n", 2, "csv_not_utf8", id="not UTF-8"),
        pytest.param(book(("nip", "amount"), (NIP, 1, None, "x")), 2, "csv_field_count", id="a cell beyond the heading"),
        pytest.param(book(), 0, "csv_empty", id="an empty sheet"),
        pytest.param(torn(), 0, "sheet_unreadable", id="a torn workbook"),
        pytest.param(no_workbook(), 0, "sheet_unreadable", id="a ZIP that is no workbook"),
        pytest.param(bomb(), 0, "sheet_too_large", id="a ZIP bomb"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(raw: bytes, line: int, code: str) -> None:
    rows, problems = read(raw)
    assert rows == [] and [(problem.line, problem.code) for problem in problems] == [(line, code)]


def test_the_character_that_no_text_of_the_database_holds_is_refused_with_its_line() -> None:
    rows, problems = sheet.rows_of(b"nip,note\n1,rapi\n2,ra\x00pi\n", ("nip", "note"))
    assert [line for line, _ in rows] == [2] and [(one.line, one.code) for one in problems] == [(3, "nul_refused")]
