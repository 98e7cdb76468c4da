"""The frame of all pages of people: sign in, look, choose a language, sign out; in both themes, on paper, by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import PASSWORD, faults, needs_chromium, picture, sign_in

pytestmark = needs_chromium

# The access token of this browser is worth nothing any more.
SPENT = """() => {
  const kept = JSON.parse(localStorage["tapak-session"]);
  localStorage["tapak-session"] = JSON.stringify({ ...kept, access_token: "x" });
}"""


def test_signing_in_leads_to_the_page_and_signing_out_leaves_nothing(phone, served, employee):
    page = sign_in(phone.new_page(), served.address, employee)
    expect(page.locator(".who")).to_contain_text(employee.name)
    page.get_by_role("link", name="Akun").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Akun")
    expect(page.locator("main")).to_contain_text("Analis Kebijakan")
    page.get_by_role("button", name="Keluar dari akun").click()
    expect(page.get_by_role("heading", name="Masuk", exact=True)).to_be_visible()
    assert page.evaluate("localStorage.getItem('tapak-session')") is None
    assert phone.complaints == []


def test_a_wrong_password_is_said_in_words_and_read_out(phone, served, employee):
    page = phone.new_page()
    page.goto(served.address + "/app/")
    page.get_by_label("NIP").fill(employee.nip)
    page.get_by_label("Kata sandi").fill("bukan ini")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_role("button", name="Masuk")).to_be_enabled()


def test_a_missing_field_is_named_and_has_the_focus(phone, served, employee):
    page = phone.new_page()
    page.goto(served.address + "/app/")
    page.get_by_label("NIP").fill("")
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_label("NIP")).to_be_focused()
    expect(page.get_by_label("NIP")).to_have_attribute("aria-invalid", "true")


def test_the_language_is_chosen_once_and_kept(phone, served, employee):
    page = sign_in(phone.new_page(), served.address, employee)
    page.goto(served.address + "/app/#/account")
    page.get_by_label("Bahasa").select_option("en")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_two_tabs_with_a_spent_token_renew_it_and_both_go_on(phone, served, employee):
    """A refresh token is good once, and what one tab has kept the other may see a moment later: shown twice it gives the same."""
    first, second = sign_in(phone.new_page(), served.address, employee), phone.new_page()
    first.goto(served.address + "/livez")  # nothing is under way that the next page would cut off
    first.evaluate(SPENT)
    phone.requests.clear()
    second.goto(served.address + "/app/#/account", wait_until="commit")
    first.goto(served.address + "/app/", wait_until="commit")
    expect(second.locator("main")).to_contain_text(employee.nip)
    expect(first.locator(".who")).to_contain_text(employee.name)
    first.wait_for_timeout(500)
    assert 1 <= len([url for url in phone.requests if url.endswith("/auth/refresh")]) <= 2
    for page in (first, second):
        page.reload()
        expect(page.locator(".who")).to_contain_text(employee.name)


def test_everything_is_reached_by_keyboard_and_the_skip_link_comes_first(phone, served, employee):
    page = sign_in(phone.new_page(), served.address, employee)
    page.reload()
    page.locator("nav.pages").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out_and_nothing_is_too_wide(phone, served, employee, theme):
    page = phone.new_page()
    page.emulate_media(color_scheme=theme)
    page.goto(served.address + "/app/")
    page.get_by_label("NIP").wait_for()
    assert faults(page) == []
    picture(page, f"sign-in-{theme}")
    sign_in(page, served.address, employee)
    page.goto(served.address + "/app/#/account")
    page.get_by_label("Bahasa").wait_for()
    assert faults(page) == []
    picture(page, f"account-{theme}")
    assert phone.complaints == []


def test_somebody_with_a_one_time_code_chooses_a_password(phone, served, employee):
    page = phone.new_page()
    page.goto(served.address + "/app/")
    page.get_by_role("link", name="Pertama kali?").click()
    page.get_by_label("NIP").fill(employee.nip)
    page.get_by_label("Kode aktivasi").fill("salah")
    page.get_by_label("Kata sandi baru").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
