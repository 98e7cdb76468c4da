"""People from a file at the desk: problems by line, then the difference, then carried out, and the codes saved once."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app import db
from app.access import Role
from tests import make
from tests.web.conftest import PASSWORD, faults, needs_chromium, picture, sign_in

pytestmark = needs_chromium

HEADING = "unit_code,unit_name,parent_code,nip,name,position,since"
GOOD = "BALI,,,198001012005011001,I Wayan Sudarsana,Analis,2026-01-02"


@pytest.fixture
def page(phone, served, employee):
    with db.transaction() as session:
        hr = make.person(session, make.unit(session), name="Ni Made Suryani", password=PASSWORD)
        make.grant(session, hr, Role.HR, make.unit(session))
    opened = phone.new_page()
    opened.set_viewport_size({"width": 1440, "height": 900})
    sign_in(opened, served.address, hr, "/desk/")
    opened.evaluate("location.hash = '#/people'")
    opened.get_by_role("link", name="Impor pegawai dari berkas").click()
    return opened


def choose(page, *lines):
    content = "\n".join([HEADING, *lines, ""]).encode()
    page.get_by_label("Berkas pegawai").set_input_files({"name": "pegawai.csv", "mimeType": "text/csv", "buffer": content})


def test_problems_stand_with_their_lines_and_nothing_can_be_carried_out(phone, page, employee):
    choose(page, GOOD, "ENTAH,,,198001012005011002,Ni Made Ayu,Staf,2026-01-02", f"BALI,,,{employee.nip},Nama Baru,Staf,besok")
    rows = page.get_by_role("region", name="Kesalahan").get_by_role("row")
    expect(rows).to_have_count(3)
    assert [row.inner_text().split("\t")[0].strip() for row in rows.all()[1:]] == ["3", "4"]
    expect(page.get_by_role("button", name="Terapkan semuanya")).to_have_count(0)
    assert faults(page) == []
    picture(page, "desk-import-problems")
    assert phone.complaints == []


def test_the_difference_is_shown_and_carried_out_and_the_codes_are_saved_once(phone, page, employee):
    choose(page, GOOD, f"BALI,,,{employee.nip},{employee.name},Kepala Bidang,2026-02-01")
    region = page.get_by_role("region", name="Penempatan")
    expect(region.get_by_role("row")).to_have_count(4)
    expect(region).to_contain_text("Berakhir")
    assert faults(page) == []
    picture(page, "desk-import")
    page.get_by_role("button", name="Terapkan semuanya").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Simpan kode").click()
    lines = coming.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == "nip,name,code" and lines[1].startswith('198001012005011001,"I Wayan Sudarsana",') and len(lines) == 2
    with db.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM people WHERE nip = '198001012005011001'")) == 1
    choose(page, GOOD)
    expect(page.get_by_text("Semua yang ada di berkas ini sudah tercatat sama.")).to_be_visible()
    assert phone.complaints == []
