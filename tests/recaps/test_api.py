"""What the recap promises over HTTP and on the command line."""

import io

import openpyxl
import pytest
from click.testing import CliRunner

from app.access import Role
from app.cli.recaps import recaps as command
from tests import make
from tests.pages import poppler, words_of
from tests.recaps.test_store import World


@pytest.fixture
def world(session):
    made = World(session)
    made.holders = {}
    for role, unit in (("supervisor", made.dishub), ("hr", made.bali), ("auditor", made.bali), ("admin", made.bali)):
        made.holders[role] = make.person(session, made.badung)
        make.grant(session, made.holders[role], Role(role), unit)
    made.holders["employee"] = made.good
    return made


@pytest.fixture
def get(client, sign_in, world):
    def call(role, path, language="id", **query):
        return client.get(f"/v1/recaps/{path}", headers=sign_in(world.holders[role].id, language), query_string=query)

    return call


def code(answer):
    return answer.status_code, answer.json["code"]


def test_hr_reads_the_agency_and_a_supervisor_his_unit(get, world):
    everybody = {world.good.nip, world.late.nip, world.sick.nip, world.moved.nip}
    assert {item["nip"] for item in get("hr", "2026-10").json["items"]} == everybody
    items = get("supervisor", "2026-10").json["items"]
    assert {item["nip"] for item in items} == everybody and {item["unit"] for item in items} == {"DISHUB"}
    assert {item["nip"] for item in get("auditor", "2026-10", unit="DISKES").json["items"]} == {world.moved.nip}


def test_an_item_says_codes_counts_rating_and_that_it_is_provisional(get, world):
    item = next(item for item in get("hr", "2026-10").json["items"] if item["nip"] == world.late.nip)
    assert item["codes"][:7] == ["T", "A", "R", "R", "XM", "TXK", "P"] and len(item["codes"]) == 31
    counts = item["counts"]
    assert (counts["late_min"], counts["late_by_band"], counts["absent"], counts["deduction_pct"]) == (36, [1, 1, 0, 0], 18, "59")
    assert counts["leave_by_kind"]["sick"] == 0 and item["provisional"] is True
    assert item["rating"]["discipline_pct"] == "41" and item["rating"]["tpp_pct"] is None


def test_pages_are_walked_by_cursor(get):
    seen, after = [], {}
    for _ in range(4):
        page = get("hr", "2026-10", limit=1, **after).json
        seen += [item["nip"] for item in page["items"]]
        after = {"after": page["next"]}
    assert len(set(seen)) == 4 and page["next"] is None
    assert code(get("hr", "2026-10", after="BALI'--:1")) == (422, "invalid_input")


@pytest.mark.parametrize("suffix", ["", ".csv", ".xlsx", ".pdf", "/totals"])
@pytest.mark.parametrize("unit", ["DISKES", "BADUNG", "NONESUCH"])
def test_a_unit_out_of_scope_is_the_same_as_none(get, suffix, unit):
    assert code(get("supervisor", f"2026-10{suffix}", unit=unit)) == (404, "unknown_unit")


@pytest.mark.parametrize("suffix", ["", ".csv", ".xlsx", ".pdf", "/totals"])
@pytest.mark.parametrize("role", ["employee", "admin"])
def test_only_supervisors_hr_and_auditors_read_recaps(get, suffix, role):
    assert code(get(role, f"2026-10{suffix}")) == (403, "role_missing")


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "26-0010", "2026_10", "0000-01", "abcdefg"])
def test_a_month_that_is_none_is_not_found(get, month):
    assert code(get("hr", month)) == (404, "unknown_month")


def test_the_csv_is_an_attachment_with_a_safe_name(get, world):
    answer = get("hr", "2026-10.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=rekap-2026-10-BALI.csv"
    assert answer.mimetype == "text/csv" and answer.content_length == len(answer.data)
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 5 and lines[0].startswith("nip,name,unit,2026-10-01,")


def test_the_xlsx_opens_and_totals_what_the_json_says(get):
    answer = get("hr", "2026-10.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=rekap-2026-10-BALI.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data))["Rekap"]
    heads = [cell.value for cell in sheet[6]]
    last = next(row for row in sheet.iter_rows(min_row=8, values_only=True) if row[2] == "JUMLAH")
    totals = dict(zip(heads, last, strict=True))
    items = get("hr", "2026-10").json["items"]
    assert totals["Hadir"] == sum(item["counts"]["present"] for item in items)
    assert totals["Jumlah potongan (%)"] == sum(float(item["counts"]["deduction_pct"]) for item in items)


def test_a_file_speaks_the_askers_language(get):
    assert openpyxl.load_workbook(io.BytesIO(get("hr", "2026-10.xlsx", language="en").data)).sheetnames == [
        "Recap",
        "By unit",
        "Legend",
    ]


# The command line


def export(tmp_path, form="csv", unit="BALI", name="rekap", month="2026-10"):
    file = tmp_path / f"{name}.{form}"
    return file, CliRunner().invoke(command, ["export", "--month", month, "--unit", unit, "--format", form, "-o", str(file)])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_command_writes_the_same_bytes_of_people_as_the_web(get, tmp_path, form):
    file, run = export(tmp_path, form)
    assert run.exit_code == 0 and "sementara" in run.output, run.output
    if form == "csv":
        assert file.read_bytes() == get("hr", "2026-10.csv").data
    else:
        assert openpyxl.load_workbook(file)["Rekap"].cell(8, 2).value is not None
    assert list(tmp_path.iterdir()) == [file]


def test_the_command_leaves_the_old_file_alone_when_it_fails(world, tmp_path):
    (tmp_path / "rekap.csv").write_text("lama")
    file, run = export(tmp_path, unit="NONESUCH")
    assert run.exit_code == 1 and "NONESUCH" in run.output
    assert file.read_text() == "lama" and list(tmp_path.iterdir()) == [file]


def test_the_command_writes_the_pdf(world, tmp_path):
    file, run = export(tmp_path, "pdf")
    assert run.exit_code == 0 and file.read_bytes().startswith(b"%PDF-1.7"), run.output


@poppler
def test_the_pdf_is_an_attachment_with_the_people_of_the_scope(get, world, tmp_path):
    answer = get("supervisor", "2026-10.pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=rekap-2026-10-DISHUB.pdf"
    words = words_of(tmp_path, answer.data)
    assert "REKAP KEHADIRAN BULAN OKTOBER 2026" in words and world.late.nip in words and world.elsewhere.nip not in words


def test_totals_by_unit_add_up_to_those_of_the_people(get, world):
    totals = get("hr", "2026-10/totals").json
    assert [(unit["unit"], unit["people"]) for unit in totals["units"]] == [("DISHUB", 3), ("DISKES", 1)]
    items = get("hr", "2026-10").json["items"]
    for name in ("owed", "present", "absent", "late_min", "missing_out"):
        assert totals["counts"][name] == sum(unit["counts"][name] for unit in totals["units"])
        assert totals["counts"][name] == sum(item["counts"][name] for item in items)
