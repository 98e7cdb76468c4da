"""The link to one's calendar in a real browser: made, copied, renewed, ended."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import faults, needs_chromium, picture, sign_in

pytestmark = needs_chromium


@pytest.fixture
def opened(phone, served, employee):
    """The card with the link, opened."""
    phone.grant_permissions(["clipboard-read", "clipboard-write", "geolocation"])
    page = sign_in(phone.new_page(), served.address, employee)
    page.evaluate("location.hash = '#/days'")
    page.get_by_text("Langganan kalender").click()
    return page


def test_a_link_is_made_copied_renewed_and_ended(phone, served, opened):
    opened.get_by_role("button", name="Buat tautan").click()
    link = opened.get_by_label("Alamat langganan")
    expect(link).to_be_visible()
    first = link.input_value()
    opened.get_by_role("button", name="Salin").click()
    expect(opened.get_by_text("Alamat disalin.")).to_be_visible()
    assert opened.evaluate("navigator.clipboard.readText()") == first
    assert phone.request.get(first).headers["content-type"].startswith("text/calendar")
    assert opened.get_by_role("link", name="Buka di kalender").get_attribute("href") == first.replace("http:", "webcal:")
    assert faults(opened) == []
    picture(opened, "app-feed")
    opened.get_by_role("button", name="Ganti tautan").click()
    expect(link).not_to_have_value(first)
    assert [phone.request.get(one).status for one in (first, link.input_value())] == [404, 200]
    opened.get_by_role("button", name="Akhiri").click()
    expect(opened.get_by_role("button", name="Buat tautan")).to_be_visible()
    assert phone.complaints == []


def test_without_a_network_it_says_so_and_can_be_tried_again(phone, served, opened):
    opened.reload()
    opened.locator("nav.pages").wait_for()
    phone.set_offline(True)
    opened.get_by_text("Langganan kalender").click()
    expect(opened.get_by_role("alert")).to_contain_text("Server tidak terjangkau")
    phone.set_offline(False)
    opened.get_by_role("button", name="Coba lagi").click()
    expect(opened.get_by_role("button", name="Buat tautan")).to_be_visible()
