"""News in a real browser: counted on the first page, read once, and leading to what it is about."""

from datetime import timedelta

from playwright.sync_api import expect

from app import clock, db
from app.people.actions.days import day_of
from tests import make
from tests.web.conftest import faults, needs_chromium, picture
from tests.web.test_app import enrol

pytestmark = needs_chromium


def test_a_decision_is_counted_until_it_is_read(phone, served, employee):
    with db.transaction() as session:
        day = day_of(clock.now()) + timedelta(days=20)
        officer = make.person(session, make.unit(session))
        make.leave(session, employee, "annual", day, day, officer, decided_at=clock.now())
    page = enrol(phone.new_page(), served.address, employee)
    expect(page.get_by_text("1 baru")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Kabar").click()
    told = page.get_by_role("link", name="disetujui")
    expect(told).to_contain_text("Disetujui")
    assert faults(page) == []
    picture(page, "app-news")
    told.click()
    expect(page.get_by_role("heading", name="Permohonan")).to_be_visible()
    page.evaluate("location.hash = '#/today'")
    expect(page.get_by_role("button", name="Presensi masuk").first).to_be_enabled()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("1 baru")).to_have_count(0)
    assert phone.complaints == []
