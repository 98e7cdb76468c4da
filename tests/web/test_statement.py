"""The month's statement in a real browser: what it cost, by which clause, how to contest it, and the same as a PDF."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from app import clock, db
from app.attendance.actions import close_day
from app.people.actions.days import day_of
from tests.web.conftest import faults, needs_chromium, picture, sign_in

pytestmark = needs_chromium


def workday_before(day):
    """The last Monday to Friday before a day, so that somebody was absent on it."""
    day -= timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def test_a_month_is_read_with_every_reason_and_kept_as_a_pdf(phone, served, employee):
    now = clock.now()
    day = workday_before(day_of(now))
    with db.transaction() as session:
        close_day(session, day, now)
    page = sign_in(phone.new_page(), served.address, employee)
    page.goto(f"{served.address}/app/#/days/{day:%Y-%m}")
    page.get_by_role("button", name="Buka pernyataan bulan ini").click()
    expect(page.get_by_role("heading", name="Cara menyanggah")).to_be_visible()
    expect(page.locator(".card", has_text="Yang mengurangi").locator("li").first).to_contain_text("Pergub")
    expect(page.locator(".card", has_text="Dalam rupiah")).to_be_visible()
    assert faults(page) == []
    picture(page, "app-statement")
    with page.expect_download() as download:
        page.get_by_role("button", name="Unduh PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
