"""The sites page in a real browser: what a new outline would change is told before it is kept, and versions stand side by side."""

import json

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app import clock, db
from app.access import Role
from app.checkins.store import make_partitions
from tests import make
from tests.checkins.test_effect import east, square
from tests.phones import Phone
from tests.web.conftest import PASSWORD, faults, needs_chromium, picture, sign_in

pytestmark = needs_chromium


@pytest.fixture
def page(phone, served, employee, client_of):
    """The form that redraws the office, for an administrator; the employee checked in from 130 m beside it."""
    with db.transaction() as session:
        make_partitions(session, clock.now().date().replace(day=1), 2)
        held = Phone(employee.nip)
        make.device(session, employee, key=held.key)
        admin = make.person(session, make.unit(session), name="Ni Made Suryani", password=PASSWORD)
        make.grant(session, admin, Role.ADMIN, make.unit(session))
    sent = held.checkin(clock.now(), place=east(130))
    [result] = client_of.post("/v1/checkins", json={"checkins": [sent]}).json["results"]
    assert result["verdict"] == "rejected"
    opened = phone.new_page()
    opened.set_viewport_size({"width": 1440, "height": 900})
    sign_in(opened, served.address, admin, "/desk/")
    opened.evaluate("location.hash = '#/sites/KANTOR'")
    opened.get_by_role("button", name="Gambar ulang").click()
    return opened


@pytest.fixture
def client_of(app, database):
    return app.test_client()


def draw(page, half_m):
    page.get_by_label("GeoJSON").fill(json.dumps(square(half_m)))
    page.get_by_label("GeoJSON").blur()


def test_the_effect_is_told_before_anything_is_kept(phone, page):
    draw(page, 300)
    page.get_by_role("button", name="Hitung dampaknya").click()
    told = page.get_by_role("listitem").filter(has_text="1 presensi dari 1 orang.")
    expect(told).to_contain_text("Tidak dihitung")
    expect(told).to_contain_text("Diterima")
    assert faults(page) == []
    picture(page, "desk-effect")
    with db.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM site_versions")) == 1
    draw(page, 80)
    page.get_by_role("button", name="Hitung dampaknya").click()
    expect(page.get_by_text("Tidak ada putusan yang akan berbeda.")).to_be_visible()
    assert phone.complaints == []


def test_versions_stand_side_by_side_and_older_ones_are_laid_on_the_map(phone, page):
    draw(page, 300)
    page.get_by_role("button", name="Simpan sebagai versi baru").click()
    table = page.get_by_role("region", name="Versi berdampingan")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("row", name="versi 2")).to_contain_text("berlaku")
    table.get_by_label("Tampilkan versi 1 di peta").check()
    expect(page.locator(".map .past")).to_have_count(1)
    assert faults(page) == []
    picture(page, "desk-versions")
    assert phone.complaints == []


def test_a_refused_outline_says_why(page):
    bow = [[115.21, -8.66], [115.23, -8.64], [115.23, -8.66], [115.21, -8.64], [115.21, -8.66]]
    page.get_by_label("GeoJSON").fill(json.dumps({"type": "Polygon", "coordinates": [bow]}))
    page.get_by_label("GeoJSON").blur()
    page.get_by_role("button", name="Hitung dampaknya").click()
    expect(page.get_by_role("alert").last).to_be_visible()
