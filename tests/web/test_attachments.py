"""A file beside a request in a real browser: chosen on the phone, without its position on the server, downloaded at the desk."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app import db
from app.access import Role
from tests import make
from tests.attachments.pictures import POSITION, jpeg
from tests.web.conftest import PASSWORD, faults, needs_chromium, picture, sign_in

pytestmark = needs_chromium

PDF = {"name": "Surat keterangan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 surat %%EOF"}
PHOTO = {"name": "IMG_20261128.jpg", "mimeType": "image/jpeg", "buffer": jpeg(6)}


@pytest.fixture
def asking(phone, served, employee):
    """The form for leave, filled in up to its files."""
    page = sign_in(phone.new_page(), served.address, employee)
    page.evaluate("location.hash = '#/requests/leave'")
    page.get_by_label("Alasan").fill("Kontrol dokter")
    return page


def test_files_go_along_with_a_request_and_come_down_where_it_is_decided(phone, served, asking):
    asking.get_by_label("Lampiran").set_input_files([PDF, PHOTO])
    assert faults(asking) == []
    picture(asking, "app-attachments-form")
    asking.get_by_role("button", name="Kirim").click()
    expect(asking.get_by_role("button", name="Unduh Surat keterangan.pdf (1 kB)")).to_be_visible()
    picture(asking, "app-attachments")
    with db.transaction() as session:
        kept = [bytes(one) for one in session.scalars(text("SELECT content FROM attachment_contents"))]
        hr = make.person(session, make.unit(session), name="Ni Made Suryani", password=PASSWORD)
        make.grant(session, hr, Role.HR, make.unit(session))
    assert len(kept) == 2 and PDF["buffer"] in kept and not [one for one in kept if POSITION in one]
    desk = phone.browser.new_context(locale="id-ID").new_page()
    sign_in(desk, served.address, hr, "/desk/")
    desk.evaluate("location.hash = '#/requests/leaves'")
    with desk.expect_download() as coming:
        desk.get_by_role("button", name="Unduh Surat keterangan.pdf").click()
    assert coming.value.suggested_filename == PDF["name"]
    assert coming.value.path().read_bytes() == PDF["buffer"]
    assert faults(desk) == []
    picture(desk, "desk-attachments")
    desk.context.close()
    assert phone.complaints == []


def test_what_is_no_such_file_is_said_at_its_field_and_nothing_is_asked_for(asking):
    asking.get_by_label("Lampiran").set_input_files([{**PDF, "buffer": b"<html>"}])
    asking.get_by_role("button", name="Kirim").click()
    expect(asking.get_by_text("Hanya PDF, JPEG, dan PNG yang diterima")).to_be_visible()
    with db.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM leaves")) == 0
    asking.get_by_label("Lampiran").set_input_files([PDF])
    asking.get_by_role("button", name="Kirim").click()
    expect(asking.get_by_role("button", name="Unduh Surat keterangan.pdf")).to_be_visible()


def test_a_large_photo_is_made_smaller_before_it_is_sent(asking):
    """Drawn in the browser itself: three thousand pixels wide and noisy, so that it is too large to send as it is."""
    made = asking.evaluate(
        """async () => {
            const canvas = Object.assign(document.createElement("canvas"), { width: 3000, height: 1500 });
            const pen = canvas.getContext("2d");
            const dots = pen.createImageData(3000, 1500);
            for (let at = 0; at < dots.data.length; at += 65536) crypto.getRandomValues(dots.data.subarray(at, at + 65536));
            for (let at = 3; at < dots.data.length; at += 4) dots.data[at] = 255;
            pen.putImageData(dots, 0, 0);
            const whole = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
            const taken = new DataTransfer();
            taken.items.add(new File([whole], "foto.jpg", { type: "image/jpeg" }));
            document.querySelector("input[type=file]").files = taken.files;
            return whole.size;
        }"""
    )
    assert made > 2_000_000
    asking.get_by_role("button", name="Kirim").click()
    expect(asking.get_by_role("button", name="Unduh foto.jpg")).to_be_visible()
    with db.transaction() as session:
        content = bytes(session.scalar(text("SELECT content FROM attachment_contents")))
    frame = content.index(b"\xff\xc0")
    assert (int.from_bytes(content[frame + 5 : frame + 7], "big"), int.from_bytes(content[frame + 7 : frame + 9], "big")) == (
        1000,
        2000,
    )
