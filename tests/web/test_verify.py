"""The page behind a paper's code, in a real browser: the issued file is the same, a flipped byte is another, nothing is sent."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from app import db
from app.papers import actions
from tests.papers.test_api import Office
from tests.web.conftest import faults, needs_chromium

pytestmark = needs_chromium


@pytest.fixture
def paper(database):
    """A paper that was issued, and its bytes; in a thread of its own, because the browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(issued).result()


def issued():
    with db.transaction() as session:
        office = Office(session)
        made = office.issue()
        return made, actions.pdf_for(session, made.id, office.actor())[1]


def test_a_file_is_compared_in_the_browser_and_a_flipped_byte_is_reported(browser, served, paper):
    made, pdf = paper
    page = browser.new_context(locale="id-ID", viewport={"width": 360, "height": 740}).new_page()
    sent, complaints = [], []
    page.on("request", lambda request: sent.append((request.method, request.url)))
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{served.address}/verify/{made.id}")
    expect(page.get_by_text(made.number, exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
    flipped = bytearray(pdf)
    flipped[len(flipped) // 2] ^= 1
    same, different = page.get_by_text("SAMA."), page.get_by_text("BERBEDA.")
    loaded = len(sent)
    page.set_input_files("#file", {"name": "rekap.pdf", "mimeType": "application/pdf", "buffer": pdf})
    expect(same).to_be_visible()
    page.set_input_files("#file", {"name": "rekap.pdf", "mimeType": "application/pdf", "buffer": bytes(flipped)})
    expect(different).to_be_visible()
    expect(same).to_be_hidden()
    assert len(sent) == loaded and all(url.startswith(served.address) for _, url in sent) and complaints == []
    assert faults(page) == []
