"""Rosters, calendars and letters at the desk: drawn up, compared, published, declared, issued, withdrawn."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app import clock, db
from app.access import Role
from app.people.actions.days import day_of
from tests import make
from tests.web.conftest import PASSWORD, faults, needs_chromium, picture, sign_in

pytestmark = needs_chromium

SHIFT = (
    "INSERT INTO shifts (agency_id, code, name, starts, ends)"
    " SELECT id, :code, :code, '22:00', '06:00' FROM units WHERE code = 'BALI'"
)


@pytest.fixture
def desk(phone, served, employee):
    """The desk of a personnel officer on a wide screen."""
    with db.transaction() as session:
        hr = make.person(session, make.unit(session), name="Ni Made Suryani", password=PASSWORD)
        make.grant(session, hr, Role.HR, make.unit(session))
        session.execute(text(SHIFT), {"code": "MALAM"})
    page = phone.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    return sign_in(page, served.address, hr, "/desk/")


def to(page, name):
    page.evaluate("name => (location.hash = `#/${name}`)", name)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("alert")).to_have_count(0)
    return page


def month():
    return f"{day_of(clock.now()):%Y-%m}"


def cell(page, name, day):
    row = page.locator("table.roster tbody tr", has=page.get_by_role("rowheader", name=name))
    return row.locator(f'td[data-day="{day - 1}"]')


def entries():
    with db.transaction() as session:
        return session.execute(text("SELECT day::text, shift_ids FROM roster_entries ORDER BY day")).all()


def test_a_roster_is_painted_kept_compared_and_published(phone, desk, employee):
    page = to(desk, f"plan/rosters/BALI/{month()}")
    picture(page, "desk-roster-in-force")
    page.get_by_role("button", name="Mulai rancangan").click()
    page.get_by_label("Isi sel dengan").select_option("MALAM")
    cell(page, employee.name, 3).click()
    expect(page.get_by_text("1 sel belum disimpan")).to_be_visible()
    cell(page, employee.name, 3).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_text("2 sel belum disimpan")).to_be_visible()
    page.get_by_role("button", name="Simpan rancangan").click()
    expect(page.get_by_role("region", name="Perbedaan dengan yang berlaku (2)")).to_be_visible()
    assert entries() == []  # nobody is judged by a draft
    assert faults(page) == []
    picture(page, "desk-roster")
    page.get_by_label("Catatan penerbitan").fill("Jaga malam bulan ini")
    page.get_by_role("button", name="Terbitkan").click()
    expect(page.get_by_text("versi 1")).to_be_visible()
    assert [day[-2:] for day, _ in entries()] == ["03", "04"]
    expect(cell(page, employee.name, 3)).to_have_text("MALAM")
    assert phone.complaints == []


def test_a_stroke_of_the_mouse_fills_the_days_between(desk, employee):
    page = to(desk, f"plan/rosters/BALI/{month()}")
    page.get_by_role("button", name="Mulai rancangan").click()
    page.get_by_label("Isi sel dengan").select_option("-")
    first, last = (cell(page, employee.name, day).bounding_box() for day in (5, 9))
    page.mouse.move(first["x"] + 5, first["y"] + 5)
    page.mouse.down()
    page.mouse.move(last["x"] + 5, last["y"] + 5, steps=20)
    page.mouse.up()
    expect(page.get_by_text("5 sel belum disimpan")).to_be_visible()


def test_a_sheet_is_looked_at_before_it_is_brought_in(phone, desk, employee):
    page = to(desk, f"plan/rosters/BALI/{month()}")

    def upload(content):
        with page.expect_file_chooser() as coming:
            page.get_by_role("button", name="Unggah lembar").click()
        coming.value.set_files({"name": "jadwal.csv", "mimeType": "text/csv", "buffer": content.encode()})
        return page.get_by_role("dialog")

    wrong = upload(f"nip,name,1,2\n{employee.nip},x,SIANG,-\n")
    expect(wrong).to_contain_text("Baris 2")
    expect(wrong.get_by_role("button", name="Masukkan ke rancangan")).to_have_count(0)
    wrong.get_by_role("button", name="Tutup").click()
    good = upload(f"nip,name,1,2\n{employee.nip},x,MALAM,-\n")
    expect(good.get_by_role("row")).to_have_count(3)
    assert faults(page) == []
    good.get_by_role("button", name="Masukkan ke rancangan").click()
    expect(cell(page, employee.name, 1)).to_have_text("MALAM")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Unduh lembar").click()
    assert f"{employee.nip}" in coming.value.path().read_text("utf-8-sig")
    assert phone.complaints == []


def test_a_pattern_is_made_and_laid(desk, employee):
    page = to(desk, f"plan/rosters/BALI/{month()}")
    page.get_by_role("button", name="Mulai rancangan").click()
    page.get_by_role("button", name="Isi dengan pola").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Kode").fill("1-1")
    dialog.get_by_label("Nama").fill("Satu satu")
    dialog.get_by_label("Hari dalam putaran").fill("MALAM\n-")
    dialog.get_by_role("button", name="Simpan").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Isi dengan pola").click()
    page.get_by_role("dialog").get_by_role("button", name="Terapkan pola").click()
    expect(cell(page, employee.name, 1)).to_have_text("MALAM")
    expect(cell(page, employee.name, 2)).to_have_text("-")


def test_a_day_is_declared_changed_and_taken_back(phone, desk):
    page = to(desk, "plan/calendars/2026")
    page.get_by_role("button", name="Tetapkan hari").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tanggal").or_(dialog.get_by_label("Hari")).first.fill("2026-12-30")
    dialog.get_by_label("Nama").fill("Hari jadi")
    dialog.get_by_label("Sumber").fill("SE uji")
    dialog.get_by_role("button", name="Simpan").click()
    row = page.get_by_role("row", name="Hari jadi")
    expect(row).to_contain_text("SE uji")
    assert faults(page) == []
    picture(page, "desk-calendars")
    row.get_by_role("button", name="Ubah").click()
    page.get_by_role("dialog").get_by_label("Nama").fill("Hari jadi provinsi")
    page.get_by_role("dialog").get_by_role("button", name="Simpan").click()
    row = page.get_by_role("row", name="Hari jadi provinsi")
    row.get_by_role("button", name="Cabut").click()
    page.get_by_role("dialog").get_by_role("button", name="Cabut").click()
    expect(row).to_have_count(0)
    assert phone.complaints == []


def test_a_group_is_made_and_joined_and_left(phone, desk, employee):
    page = to(desk, "plan/calendars")
    page.get_by_role("button", name="Buat kelompok").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Kode", exact=True).fill("bali-hindu")
    dialog.get_by_label("Nama").fill("Kelompok uji")
    dialog.get_by_label("Mengikuti kalender").select_option("bali-hindu")
    dialog.get_by_role("button", name="Simpan").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Anggota").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("NIP").fill(employee.nip)
    dialog.get_by_role("button", name="Tambahkan anggota").click()
    expect(page.get_by_text("Tersimpan.").first).to_be_visible()
    assert faults(page) == []
    dialog.get_by_role("button", name="Tutup").click()
    page.get_by_role("button", name="Anggota").click()
    page.get_by_role("button", name="Akhiri hari ini").click()
    expect(page.get_by_role("dialog").get_by_text("Berakhir")).to_be_visible()
    assert phone.complaints == []


def test_a_letter_is_issued_for_somebody_found_by_name_and_withdrawn(phone, desk, employee):
    page = to(desk, "plan/letters")
    page.get_by_role("button", name="Terbitkan surat tugas").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Cari pegawai").fill("Lestari")
    dialog.get_by_role("button", name=employee.name).first.click()
    expect(dialog.get_by_role("button", name=f"Hapus: {employee.name}")).to_be_visible()
    dialog.get_by_label("Nomor surat").fill("800/1/BKD")
    dialog.get_by_label("Jenis").select_option("home")
    dialog.get_by_label("Maksud").fill("Bekerja dari rumah")
    dialog.get_by_label("Tempat presensi").select_option("anywhere")
    assert faults(page) == []
    picture(page, "desk-letter-new")
    dialog.get_by_role("button", name="Terbitkan").click()
    letter = page.locator("article.card", has_text="800/1/BKD")
    expect(letter).to_contain_text("Berlaku")
    letter.get_by_role("button", name="Pegawai (1)").click()
    expect(page.get_by_role("dialog").get_by_role("row")).to_have_count(2)
    page.get_by_role("dialog").get_by_role("button", name="Tutup").click()
    picture(page, "desk-letters")
    letter.get_by_role("button", name="Cabut atau persingkat").click()
    page.get_by_role("dialog").get_by_label("Alasan").fill("Kegiatan batal")
    page.get_by_role("dialog").get_by_role("button", name="Cabut atau persingkat").click()
    expect(letter).to_contain_text("Tidak berlaku sejak")
    assert phone.complaints == []
