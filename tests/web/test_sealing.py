"""A month in a real browser: its person says that it is right, the superior confirms it, personnel seals and amends it."""

from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app import clock, db
from app.access import Role
from app.attendance.actions import close_day
from app.people.actions.days import day_of
from tests.web.conftest import faults, needs_chromium, picture, sign_in
from tests.web.test_desk import official, to

pytestmark = needs_chromium

assert official  # a fixture


@pytest.fixture
def month(employee):
    """The month before this one, of which the night has recorded every day: nobody was there."""
    now = clock.now()
    last = day_of(now).replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    with db.transaction() as session:
        session.execute(text("UPDATE postings SET since = :day"), {"day": first})
        for number in range(1, monthrange(last.year, last.month)[1] + 1):
            close_day(session, date(last.year, last.month, number), now)
    return f"{last:%Y-%m}"


@pytest.fixture
def enter(phone, served):
    """Signs somebody in at the desk in a browser of his own."""
    made = []

    def entered(person):
        context = phone.browser.new_context(locale="id-ID", timezone_id="Asia/Makassar", viewport={"width": 1440, "height": 900})
        context.set_default_timeout(15_000)
        made.append(context)
        return sign_in(context.new_page(), served.address, person, "/desk/")

    yield entered
    for context in made:
        context.close()


def test_a_month_goes_from_its_persons_word_to_a_signed_paper_and_an_amendment(phone, served, employee, official, enter, month):
    page = sign_in(phone.new_page(), served.address, employee)
    page.goto(f"{served.address}/app/#/statement/{month}")
    page.get_by_role("button", name="Sudah benar").click()
    expect(page.get_by_text("Anda menyatakan benar")).to_be_visible()

    board = to(enter(official(Role.SUPERVISOR)), f"seal/{month}")
    row = board.locator("tr", has_text=employee.name)
    expect(row).to_contain_text("Dinyatakan benar")
    row.get_by_role("button", name="Konfirmasi").click()
    board.get_by_role("dialog").get_by_role("button", name="Konfirmasi").click()
    expect(row).to_contain_text("Dikonfirmasi atasan")

    office = to(enter(official(Role.HR)), f"seal/{month}")
    expect(office.get_by_text("Pilih satu unit untuk menyegel")).to_be_visible()
    office.get_by_label("Unit kerja").select_option(index=1)
    assert faults(office) == []
    picture(office, "desk-seal")
    office.get_by_role("button", name="Segel", exact=True).click()
    dialog = office.get_by_role("dialog")
    expect(dialog).to_contain_text("/REKAP/", timeout=60_000)
    expect(dialog).to_contain_text("sertifikat uji coba")
    with office.expect_download() as download:
        dialog.get_by_role("button", name="PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    with office.context.expect_page() as opened:
        dialog.get_by_role("link", name="Halaman pemeriksaan").click()
    verify = opened.value
    verify.set_input_files("input[type=file]", download.value.path())
    expect(verify.get_by_text("sama", exact=False).first).to_be_visible()
    assert faults(verify) == []
    picture(verify, "verify")
    office.keyboard.press("Escape")
    expect(office.locator("section.card", has_text="SHA-256").first).to_contain_text("Disegel oleh")

    day = f"{month}-{next(number for number in range(1, 29) if date.fromisoformat(f'{month}-{number:02}').weekday() < 5):02}"
    office.get_by_label("NIP").fill(employee.nip)
    office.get_by_label("Hari", exact=True).fill(day)
    office.get_by_label("Masuk").fill("07:20")
    office.get_by_label("Pulang").fill("16:40")
    office.get_by_label("Alasan").fill("Hadir, ponselnya rusak")
    office.get_by_label("Dasar").fill("Berita acara uji 1")
    office.get_by_role("button", name="Ubah hari yang sudah disegel").click()
    expect(office.get_by_role("dialog")).to_contain_text("Rekap susulan", timeout=60_000)
    office.keyboard.press("Escape")
    expect(office.get_by_role("table", name="Hari yang berubah").locator("tbody tr")).to_contain_text("A · 3 %")
    picture(office, "desk-sealed")

    page.reload()
    expect(page.get_by_text("Sudah disegel").first).to_be_visible()
