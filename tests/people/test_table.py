"""What reading a people file promises."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.rules.separated import Problem
from app.people.rules.table import parse

HEADING = "unit_code,unit_name,parent_code,nip,name,position,since"
WAYAN = "DISHUB,Dinas Perhubungan,BALI,198001012005011001,I Wayan Sudarsana,Analis,2024-01-02"


def raw(*lines, heading=HEADING):
    return "\n".join([heading, *lines, ""]).encode()


def problems(*lines, heading=HEADING):
    return [(problem.line, problem.code) for problem in parse(raw(*lines, heading=heading)).problems]


def test_a_good_row_is_read():
    (row,) = parse(raw(WAYAN)).rows
    assert (row.line, row.unit_code, row.nip, row.since, row.until, row.kind) == (
        2,
        "DISHUB",
        "198001012005011001",
        date(2024, 1, 2),
        None,
        "primary",
    )


@pytest.mark.parametrize(
    "written",
    [
        raw(WAYAN),
        b"\xef\xbb\xbf" + raw(WAYAN),
        raw(WAYAN).replace(b",", b";"),
        raw(WAYAN).replace(b"\n", b"\r\n"),
        raw(WAYAN).rstrip(b"\n"),
        raw(WAYAN.replace("198001012005011001", "19800101 200501 1 001")),
        raw(WAYAN.replace("I Wayan Sudarsana", '"I Wayan Sudarsana"')),
        raw(WAYAN, ",,,,,,", ""),
        raw(WAYAN, heading=HEADING.upper().replace(",", " , ")),
    ],
    ids=["plain", "mark", "semicolon", "crlf", "no last newline", "spaced nip", "quotes", "empty rows", "heading in capitals"],
)
def test_the_same_row_written_another_way_is_the_same(written):
    assert parse(written) == parse(raw(WAYAN))


def test_bad_encoding_is_named_by_byte_and_line():
    spoilt = raw(WAYAN, WAYAN.replace("Sudarsana", "Sudars\xe0na")).decode().encode("latin-1")
    (problem,) = parse(spoilt).problems
    assert (problem.line, problem.code, problem.params) == (3, "csv_not_utf8", {"byte": "0xE0", "offset": spoilt.index(b"\xe0")})


def test_bad_encoding_behind_a_mark_is_named_at_the_right_place():
    spoilt = b"\xef\xbb\xbf" + raw(WAYAN) + b"\xff"
    (problem,) = parse(spoilt).problems
    assert (problem.line, problem.params) == (3, {"byte": "0xFF", "offset": len(spoilt) - 1})


@pytest.mark.parametrize(
    "heading, found",
    [
        (HEADING.replace(",since", ""), [(1, "csv_column_missing")]),
        (HEADING + ",gaji", [(1, "csv_column_unknown")]),
        (HEADING + ",nip", [(1, "csv_column_twice")]),
        ("NAMA;UNIT", [(1, "csv_column_missing")] * 7 + [(1, "csv_column_unknown")] * 2),
    ],
    ids=["missing", "unknown", "twice", "another file"],
)
def test_wrong_columns_are_named_and_nothing_else(heading, found):
    assert problems(WAYAN, heading=heading) == found


@pytest.mark.parametrize(
    "line, code",
    [
        (WAYAN + ",x", "csv_field_count"),
        (WAYAN.replace("DISHUB,", "dishub,"), "csv_unit_code"),
        (WAYAN.replace(",BALI,", ",B.ALI,"), "csv_unit_code"),
        (WAYAN.replace("198001012005011001", "1980010120050110"), "csv_nip"),
        (WAYAN.replace("198001012005011001", "1.98001E+17"), "csv_nip_rounded"),
        (WAYAN.replace("198001012005011001", ""), "csv_nip_missing"),
        (WAYAN.replace("I Wayan Sudarsana", ""), "csv_name_missing"),
        (WAYAN.replace("I Wayan Sudarsana", "W" * 201), "csv_text"),
        (WAYAN.replace("I Wayan Sudarsana", "I\tWayan"), "csv_text"),
        (WAYAN.replace("2024-01-02", "02/01/2024"), "csv_day"),
        (WAYAN.replace("2024-01-02", "2024-02-30"), "csv_day"),
        (WAYAN.replace("2024-01-02", ""), "csv_day"),
    ],
)
def test_each_wrong_cell_is_named_on_its_line(line, code):
    assert problems(WAYAN.replace("005011001", "005011002"), line) == [(3, code)]


def test_the_optional_columns_are_read_and_checked():
    heading = HEADING + ",until,kind,zone,decree"
    (row,) = parse(raw(WAYAN + ",2025-01-01,secondary,Asia/Jayapura,bali", heading=heading)).rows
    assert (row.until, row.kind, row.zone, row.decree) == (date(2025, 1, 1), "secondary", "Asia/Jayapura", "bali")
    assert problems(WAYAN + ",2024-01-02,,,", heading=heading) == [(2, "csv_until_first")]
    assert problems(WAYAN + ",31/12/2024,,,", heading=heading) == [(2, "csv_day")]
    assert problems(WAYAN + ",,utama,,", heading=heading) == [(2, "csv_kind")]


def test_a_quoted_line_break_does_not_shift_the_numbers_of_the_lines_after_it():
    assert problems(WAYAN.replace("Analis", '"Analis\nMuda"'), WAYAN.replace("DISHUB,", "d,")) == [
        (2, "csv_text"),
        (4, "csv_unit_code"),
    ]


@pytest.mark.parametrize(
    "written", [b"", b"\n\n", b"\xef\xbb\xbf", HEADING.encode()], ids=["nothing", "blank", "mark", "heading only"]
)
def test_an_empty_file_is_a_problem_not_a_success(written):
    assert [problem.code for problem in parse(written).problems] == ["csv_empty"]


def test_a_quote_that_never_ends_is_named_where_it_begins():
    assert problems(WAYAN, 'DISHUB,"Dinas') == [(3, "csv_unreadable")]


def test_a_unit_without_a_person_is_a_row():
    (row,) = parse(raw("BALI,Pemerintah Provinsi Bali,,,,,")).rows
    assert (row.unit_code, row.nip, row.since) == ("BALI", "", None)


@given(st.binary(max_size=300))
def test_no_bytes_whatever_end_in_an_error(wild):
    table = parse(wild)
    assert table.rows or table.problems


@given(st.text(max_size=60), st.integers(0, 6))
def test_no_cell_whatever_ends_in_an_error(wild, place):
    cells = WAYAN.split(",")
    cells[place] = '"' + wild.replace('"', '""') + '"'
    table = parse(raw(",".join(cells)))
    assert all(isinstance(problem, Problem) for problem in table.problems)
    assert len(table.rows) + len(table.problems) >= 1
