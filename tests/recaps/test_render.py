"""Files say what the rows say, print well, and never carry a formula."""

import csv
import io
import sys
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from app import decrees
from app.recaps import rules
from app.recaps.render import Heading, write_csv, write_xlsx
from app.recaps.render.looks import fill_of
from app.recaps.render.paper import end_pages
from app.recaps.render.separated import guarded
from app.recaps.rules import Member, Rated, total_of
from tests.recaps.test_rules import MEMBER, OCTOBER, a_day, bands_on, months

LAW = decrees.on("bali", OCTOBER)
DAYS = len(rules.days_of(OCTOBER))
RATED = Rated(Decimal("97.250"), None, None, None, None, True)
EVIL = [
    '=cmd|" /C calc"!A0',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1+1",
    "＠x",
    "http://x",
    "1E5",
    "<r>a</r>",
    "a&b<c>",
]


def heading(**changes):
    values = {
        "month": OCTOBER,
        "units": (("DISHUB", "Dinas Perhubungan"),),
        "laws": (LAW,),
        "made_at": datetime(2026, 11, 1, 1, 5, tzinfo=UTC),
        "zone": "Asia/Makassar",
        "provisional": True,
        "lateness": LAW.lateness,
        "early": LAW.early,
        "late_width": 4,
        "early_width": 4,
        "language": "id",
    }
    return Heading(**(values | changes))


def recap(days=(), member=MEMBER, rated=RATED):
    return rules.recap_of(member, list(days), rated, OCTOBER, bands_on)


def as_csv(recaps, **changes):
    file = io.BytesIO()
    write_csv(file, heading(**changes), recaps)
    return file.getvalue()


def as_rows(recaps, **changes):
    return list(csv.DictReader(io.StringIO(as_csv(recaps, **changes).decode("utf-8-sig"))))


def as_book(recaps, **changes):
    file = io.BytesIO()
    write_xlsx(file, heading(**changes), recaps)
    return openpyxl.load_workbook(file)


def named(name):
    return Member(1, MEMBER.nip, name, "DISHUB", "Dinas Perhubungan", "BALI.DISHUB")


def test_csv_has_stable_names_and_exact_figures():
    days = [
        a_day(date(2026, 10, 1), late_min=20, deduction_pct=Decimal("0.500")),
        a_day(date(2026, 10, 2), "absent", deduction_pct=Decimal("3.000")),
    ]
    row = as_rows([recap(days)])[0]
    assert (row["nip"], row["unit"], row["2026-10-01"], row["2026-10-02"], row["2026-10-03"]) == (
        MEMBER.nip,
        "DISHUB",
        "T",
        "A",
        "",
    )
    assert (row["late_band_1"], row["late_min"], row["absent"], row["deduction_pct"]) == ("1", "20", "1", "3.5")
    assert (row["discipline_pct"], row["tpp_pct"], row["provisional"]) == ("97.25", "", "true")


def test_csv_is_utf8_with_a_mark_for_excel_and_crlf():
    raw = as_csv([recap(member=named("Ni Luh Ayu Préa"))])
    assert raw.startswith(b"\xef\xbb\xbfnip,") and raw.endswith(b"\r\n") and "Préa".encode() in raw


@pytest.mark.parametrize("name", EVIL)
def test_csv_guards_what_a_spreadsheet_takes_for_a_formula(name):
    if name[0] in "=+-@\t\r\n\0＝＠":
        assert guarded(name) == "'" + name
    else:
        assert guarded(name) == name


def test_csv_keeps_negative_numbers_numbers():
    assert [guarded(value) for value in (-3, Decimal("-1.500"), Decimal("100"), 0, None)] == [-3, "-1.5", "100", 0, ""]


@pytest.mark.parametrize("name", EVIL)
def test_xlsx_keeps_every_name_a_text(name):
    cell = as_book([recap(member=named(name))])["Rekap"].cell(8, 3)
    assert cell.data_type == "s" and cell.hyperlink is None
    assert openpyxl.utils.escape.unescape(cell.value).replace("\r", "\n").strip() == name.replace("\r", "\n").strip()


def test_xlsx_keeps_the_blanks_around_a_name():
    file = io.BytesIO()
    write_xlsx(file, heading(), [recap(member=named(" Ni Luh "))])
    with zipfile.ZipFile(file) as parts:
        assert b'<t xml:space="preserve"> Ni Luh </t>' in parts.read("xl/worksheets/sheet1.xml")


def test_a_zero_of_days_is_a_dash_and_a_zero_per_cent_is_a_figure():
    sheet = as_book([recap()] * 2)["Rekap"]
    looks = {sheet.cell(6, column).value: sheet.cell(8, column) for column in range(36, 70)}
    assert (looks["Hadir"].value, looks["Hadir"].number_format) == (0, '0;-0;"-"')
    assert (looks["Jumlah potongan (%)"].value, looks["Jumlah potongan (%)"].number_format) == (0, "0.00#")


def test_xlsx_holds_no_formula_at_all():
    file = io.BytesIO()
    write_xlsx(file, heading(), [recap(member=named(name)) for name in EVIL])
    with zipfile.ZipFile(file) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if name.endswith(".xml"))


@settings(max_examples=25)
@given(st.lists(months(), min_size=1, max_size=4))
def test_xlsx_shows_the_same_figures_as_csv_and_its_totals_are_their_sums(people):
    recaps = [recap(month) for month in people]
    rows = as_rows(recaps)
    sheet = as_book(recaps)["Rekap"]
    keys = list(rows[0])[3:-1]
    for number, row in enumerate(rows):
        shown = [cell.value for cell in sheet[8 + number]][4:]
        assert [_word(value) for value in shown] == [row[key] for key in keys]
    totals = [cell.value for cell in sheet[8 + len(rows)]]
    assert totals[2] == "JUMLAH"
    assert totals[4 : 4 + DAYS] == [sum(each.codes[n] in rules.PRESENT_CODES for each in recaps) for n in range(DAYS)]
    total = total_of(each.counts for each in recaps)
    figures = dict(zip(keys[DAYS:], totals[4 + DAYS :], strict=True))
    assert (figures["owed"], figures["late_min"], figures["leave_sick"]) == (total.owed, total.late_min, total.leave_by_kind[2])
    assert Decimal(str(figures["deduction_pct"])) == total.deduction_pct.normalize()
    assert figures["late_days"] == sum(figures[f"late_band_{n}"] for n in range(1, 5))


def _word(value):
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    return "" if value is None else str(value)


def test_a_recap_of_nobody_is_a_whole_file_with_zero_totals():
    sheet = as_book([])["Rekap"]
    assert sheet.cell(8, 3).value == "JUMLAH" and sheet.cell(8, 5).value == 0
    assert as_rows([]) == []


def test_the_sheet_stays_readable_on_screen():
    book = as_book([recap()])
    sheet = book["Rekap"]
    assert sheet.freeze_panes == "E8"
    assert [sheet.cell(6, 5 + n).value for n in (0, 30)] == [1, 31] and sheet.cell(7, 5).value == "Km"
    assert book.properties.title.startswith("REKAP KEHADIRAN BULAN OKTOBER 2026")


A4_LANDSCAPE_PX = 1062  # what the margins leave of 297 mm, at 96 to the inch


@pytest.mark.parametrize("width", [0, 2, 4, 8], ids=lambda width: f"{width} bands")
def test_days_fill_one_page_across_and_figures_the_next_with_heads_and_names_on_both(width):
    sheet = as_book([recap()], late_width=width, early_width=width)["Rekap"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.print_title_cols, sheet.page_setup.pageOrder) == ("$6:$7", "$A:$C", "overThenDown")
    assert [page.id for page in sheet.col_breaks.brk] == [4 + DAYS] and not sheet.sheet_properties.pageSetUpPr.fitToPage
    widths = [0.0] * sheet.max_column
    for column in sheet.column_dimensions.values():
        widths[column.min - 1 : column.max] = [column.width * 7] * (column.max - column.min + 1)
    pages = sum(widths[: 4 + DAYS]), sum(widths[:3]) + sum(widths[4 + DAYS :])
    assert 0.85 < max(pages) * sheet.page_setup.scale / 100 / A4_LANDSCAPE_PX < 0.94  # LibreOffice draws columns 6 % wider


@pytest.mark.parametrize(
    ("people", "breaks"),
    [(0, []), (24, []), (25, [25]), (34, [34]), (35, [34]), (58, [34]), (59, [34, 59]), (102, [34, 68, 102])],
    ids=str,
)
def test_as_many_people_as_fit_stand_on_a_page_and_totals_and_signature_on_one(people, breaks):
    sheet = as_book([recap()] * people)["Rekap"]
    assert [page.id for page in sheet.row_breaks.brk] == [7 + after for after in breaks]
    assert sheet.cell(8 + people, 3).value == "JUMLAH"
    signed = [sheet.cell(8 + people + 2 + n, 25).value for n in range(8)]
    assert signed[0].endswith(", 1 November 2026") and signed[3:6] == [None] * 3 and signed[7].startswith("NIP")
    assert sheet.print_area == f"'Rekap'!$A$6:$BT${8 + people + 9}"
    rows_on_the_last_page = people - (breaks[-1] if breaks else 0) + 2 + 8
    assert rows_on_the_last_page <= 34


def test_of_more_pages_than_a_worksheet_has_breaks_the_last_ones_are_kept_whole():
    sheet = Workbook(io.BytesIO()).add_worksheet()
    end_pages(sheet, 5, 7, 34 * 1100, 70)
    assert len(sheet.hbreaks) == 1023 and sheet.hbreaks[-1] == 7 + 34 * 1100


def test_every_printed_page_says_month_unit_and_state_whatever_the_unit_is_called():
    sheet = as_book([], units=(("PUPR", "Dinas Pekerjaan Umum & Penataan Ruang " * 4),))["Rekap"]
    header = sheet.oddHeader
    left = header.left.text.replace("&B", "")
    assert left.startswith("REKAP KEHADIRAN BULAN OKTOBER 2026\nUnit kerja: Dinas Pekerjaan Umum && Penataan")
    assert header.right.text.startswith("&BSEMENTARA") and sheet.oddFooter.left.text.startswith("Dibuat 1 November 2026")


def test_the_title_says_unit_month_time_and_that_it_is_provisional():
    lines = [as_book([])["Rekap"].cell(row, 1).value for row in range(1, 5)]
    assert lines[0] == "REKAP KEHADIRAN BULAN OKTOBER 2026" and "Dinas Perhubungan (DISHUB)" in lines[1]
    assert lines[2].startswith("SEMENTARA") and lines[3] == "Dibuat 1 November 2026 pukul 09.05 WITA"
    assert as_book([], provisional=False)["Rekap"].cell(3, 1).value == "Bulan ini sudah disegel."


def test_every_code_is_explained_and_none_by_colour_alone():
    said = {row[0].value: row[1].value for row in as_book([])["Keterangan"].iter_rows() if row[0].value}
    for code in (*rules.PRESENT_CODES, *rules.STATUS_CODES.values(), *rules.LEAVE_CODES.values()):
        assert said[code], code
    assert fill_of("A") != fill_of("H") and fill_of("H") is None


def test_the_legend_names_bands_their_cost_and_their_source():
    lines = [row[1].value for row in as_book([])["Keterangan"].iter_rows() if row[1].value]
    assert "terlambat 31-60 menit: 1 % sehari" in lines and "terlambat 1-30 menit: 0,5 % sehari" in lines
    assert any(line.startswith("[S]") for line in lines)
    english = [row[1].value for row in as_book([], language="en")["Legend"].iter_rows() if row[1].value]
    assert "late 1-30 minutes: 0.5 % a day" in english
    assert any(LAW.absence.clause.source in line for line in lines)


def test_heads_name_minutes_or_numbers_of_bands():
    same = [cell.value for cell in as_book([])["Rekap"][6]]
    mixed = [cell.value for cell in as_book([], lateness=None)["Rekap"][6]]
    assert "Terlambat 1-30 menit (hari)" in same and "Terlambat tingkat 1 (hari)" in mixed


@pytest.mark.parametrize("write", [as_csv, as_book])
def test_a_recap_is_written_while_it_is_read(write):
    """20,000 people must not be gathered before the first row is written: whoever was written is let go."""
    kept = []

    def people():
        previous = recap()
        for _ in range(20):
            each = recap()
            yield each
            kept.append(sys.getrefcount(previous) > 2)
            previous = each

    write(people())
    assert len(kept) == 20 and not any(kept)


def test_english_is_spoken_when_asked_for():
    sheet = as_book([], language="en").worksheets[0]
    assert sheet.title == "Recap" and sheet.cell(1, 1).value == "ATTENDANCE RECAP OCTOBER 2026"
