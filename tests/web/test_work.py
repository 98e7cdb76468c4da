"""Daily activities in a real browser: logged in the app, answered at the desk, read in the app again."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app import db
from tests.web.conftest import faults, needs_chromium, picture, sign_in
from tests.web.test_desk import to

pytestmark = needs_chromium


@pytest.fixture
def chief(database, employee):
    """The superior of the employee, who signs in like anybody."""
    with db.transaction() as session:
        nip = session.scalar(text("SELECT nip FROM people WHERE name = 'I Wayan Sudarma'"))
    return type("Chief", (), {"nip": nip})


def log(page, description, **given):
    """Fill the form and send it."""
    page.get_by_label("Apa yang dikerjakan").fill(description)
    for label, value in given.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)
    page.get_by_role("button", name="Kirim ke atasan").click()
    expect(page.locator("main li", has_text=description)).to_be_visible()


def test_what_was_done_is_logged_adjusted_by_the_superior_and_read_again(phone, served, employee, chief):
    page = sign_in(phone.new_page(), served.address, employee)
    page.goto(served.address + "/app/#/work")
    log(page, "Menyusun laporan bulanan", Menit="180")
    log(page, "Rapat koordinasi", Menit="60")
    # What is wrong is said at its field, and nothing is lost from the form.
    page.get_by_label("Apa yang dikerjakan").fill("Sepanjang hari")
    page.get_by_label("Menit", exact=True).fill("1400")
    page.get_by_role("button", name="Kirim ke atasan").click()
    expect(page.get_by_role("alert").or_(page.locator(".field .error:not([hidden])")).first).to_be_visible()
    expect(page.get_by_label("Apa yang dikerjakan")).to_have_value("Sepanjang hari")
    assert faults(page) == []
    picture(page, "app-work")

    desk = phone.browser.new_context(locale="id-ID", viewport={"width": 1440, "height": 900})
    desk.set_default_timeout(15_000)
    board = to(sign_in(desk.new_page(), served.address, chief, "/desk/"), "work")
    card = board.locator("article.card", has_text=employee.name)
    expect(card).to_contain_text("2 kegiatan, 240 menit")
    picture(board, "desk-work")
    card.locator("li", has_text="Menyusun laporan bulanan").get_by_role("button", name="Putuskan").click()
    dialog = board.get_by_role("dialog")
    dialog.get_by_label("Keputusan").select_option("adjust")
    dialog.get_by_label("Menit yang dihitung").fill("120")
    dialog.get_by_role("button", name="Putuskan").click()
    expect(dialog.locator(".error:not([hidden])")).to_be_visible()
    dialog.get_by_label("Alasan").fill("Laporannya dua halaman")
    dialog.get_by_role("button", name="Putuskan").click()
    expect(card).to_contain_text("1 kegiatan, 60 menit")
    card.get_by_role("button", name="Setujui semuanya").click()
    board.get_by_role("dialog").get_by_label("Alasan").fill("Sesuai notula")
    board.get_by_role("dialog").get_by_role("button", name="Setujui semuanya").click()
    expect(board.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    desk.close()

    page.reload()
    expect(page.locator("main li", has_text="Menyusun laporan bulanan")).to_contain_text("Dihitung 120 menit")
    expect(page.locator("main li", has_text="Menyusun laporan bulanan")).to_contain_text("Laporannya dua halaman")
    expect(page.locator("main dl").first).to_contain_text("180 menit")


def test_what_was_returned_is_logged_again_in_its_place(phone, served, employee, chief):
    page = sign_in(phone.new_page(), served.address, employee)
    page.goto(served.address + "/app/#/work")
    log(page, "Entah apa", Menit="30")
    desk = phone.browser.new_context(locale="id-ID")
    board = to(sign_in(desk.new_page(), served.address, chief, "/desk/"), "work")
    board.locator("article.card", has_text=employee.name).get_by_role("button", name="Putuskan").click()
    dialog = board.get_by_role("dialog")
    dialog.get_by_label("Keputusan").select_option("return")
    dialog.get_by_label("Alasan").fill("Sebutkan hasilnya")
    dialog.get_by_role("button", name="Putuskan").click()
    expect(board.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    desk.close()
    page.reload()
    page.get_by_role("button", name="Catat ulang").click()
    expect(page.get_by_text("Sebutkan hasilnya").first).to_be_visible()
    log(page, "Menulis notula rapat", Menit="30")
    expect(page.get_by_role("button", name="Catat ulang")).to_have_count(0)
