"""The desk in a real browser: each role's own pages, what is decided there, and that nobody is kept out."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app import clock, db, jws
from app.access import Role
from app.attendance.store import PermissionDecision, add_permission
from app.config import var
from app.ledger import store as ledger
from app.ledger.actions import seal
from app.people.actions.days import day_of
from app.workdays.store import Leave, LeaveDecision
from tests import make
from tests.web.conftest import PASSWORD, faults, needs_chromium, picture, sign_in

pytestmark = needs_chromium

PAGES = {
    Role.SUPERVISOR: ["home", "team", "review", "requests", "work", "assess", "months", "plan", "seal", "people", "law"],
    Role.HR: [
        "home",
        "team",
        "review",
        "requests",
        "work",
        "assess",
        "months",
        "plan",
        "seal",
        "people",
        "sites",
        "law",
        "jobs",
        "audit",
    ],
    Role.ADMIN: ["home", "plan", "people", "sites", "law", "jobs", "audit"],
    Role.AUDITOR: ["home", "team", "review", "work", "assess", "months", "seal", "people", "law", "jobs", "audit"],
}


@pytest.fixture
def official(database, employee):
    """Makes an official over the employee's agency, of a role."""

    def made(role):
        with db.transaction() as session:
            unit = make.unit(session)
            person = make.person(session, unit=unit, name="Ni Made Suryani", password=PASSWORD)
            make.grant(session, person, role, unit)
            return person

    return made


@pytest.fixture
def desk(phone, served, official):
    """Signs an official of a role in at the desk, on a wide screen, and answers the page."""

    def signed_in(role):
        page = phone.new_page()
        page.set_viewport_size({"width": 1440, "height": 900})
        return sign_in(page, served.address, official(role), "/desk/")

    return signed_in


def to(page, name):
    """The page of that name at the desk, once it has stopped asking."""
    page.evaluate("name => (location.hash = `#/${name}`)", name)
    page.wait_for_load_state("networkidle")
    expect(page.locator(f'nav.pages a[aria-current][href="#/{name.split("/")[0]}"]')).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    return page


@pytest.mark.parametrize("role", PAGES, ids=str)
def test_each_role_has_its_own_pages_and_nobody_is_kept_out_of_them(desk, phone, role):
    with db.transaction() as session:
        ledger.append(session, "note", "note:1", {"said": "something"}, clock.now())
    with db.transaction() as session:
        seal(session, clock.now())
    page = desk(role)
    assert [link.get_attribute("href") for link in page.locator("nav.pages a").all()] == [f"#/{name}" for name in PAGES[role]]
    for name in PAGES[role]:
        to(page, name)
        assert faults(page) == [], name
        picture(page, f"desk-{role}-{name}")
    assert phone.complaints == []


def test_an_installation_without_a_checkpoint_says_so(desk):
    expect(to(desk(Role.AUDITOR), "audit").locator(".notice").first).to_contain_text("Belum ada titik periksa")


def test_who_has_no_role_is_told_where_his_own_things_are(phone, served, employee):
    page = sign_in(phone.new_page(), served.address, employee, "/desk/")
    expect(page.get_by_role("link", name="Buka aplikasi presensi")).to_have_attribute("href", "/app/")


def test_no_request_leaves_for_another_host(desk, phone, served):
    page = desk(Role.HR)
    for name in PAGES[Role.HR]:
        to(page, name)
    assert [url for url in phone.requests if not url.startswith((served.address, "blob:", "data:"))] == []


def test_a_superior_decides_leave_with_a_reason_and_it_leaves_the_queue(desk, employee):
    today = day_of(clock.now())
    with db.transaction() as session:
        day = today + timedelta(days=7)
        session.add(
            Leave(person_id=employee.id, kind="annual", first_day=day, last_day=day, reason="Upacara", requested_at=clock.now())
        )
    page = to(desk(Role.SUPERVISOR), "requests/leaves")
    card = page.locator("article.card", has_text=employee.name)
    card.get_by_role("button", name="Putuskan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Putuskan").click()
    expect(dialog.get_by_text("Wajib diisi.")).to_be_visible()
    dialog.get_by_label("Keputusan").select_option("refuse")
    dialog.get_by_label("Alasan").fill("Dibutuhkan pada hari itu")
    dialog.get_by_role("button", name="Putuskan").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("article.card", has_text=employee.name)).to_have_count(0)
    with db.transaction() as session:
        assert session.scalars(select(LeaveDecision.decision)).all() == ["refuse"]


def test_a_superior_answers_a_permission_where_leave_is_answered(desk, employee):
    with db.transaction() as session:
        add_permission(session, employee.id, day_of(clock.now()), "in", "Mengantar anak ke dokter", clock.now())
    page = to(desk(Role.SUPERVISOR), "requests/permissions")
    card = page.locator("article.card", has_text=employee.name)
    expect(card).to_contain_text("Datang terlambat")
    card.get_by_role("button", name="Putuskan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Keputusan").select_option("approve")
    dialog.get_by_label("Alasan").fill("Ada surat dokter")
    dialog.get_by_role("button", name="Putuskan").click()
    expect(page.locator("article.card", has_text=employee.name)).to_have_count(0)
    with db.transaction() as session:
        assert session.scalars(select(PermissionDecision.decision)).all() == ["approve"]


def test_the_team_shows_who_is_here_and_why(desk, employee):
    with db.transaction() as session:
        make.checkin(session, employee, "in", clock.now(), day_of(clock.now()))
    page = to(desk(Role.SUPERVISOR), "team")
    row = page.get_by_role("row", name=employee.name)
    row.get_by_role("button", name="Lihat").click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()


def test_a_pasted_outline_is_examined_and_kept_as_a_new_version(desk, served):
    page = to(desk(Role.HR), "sites/KANTOR")
    page.get_by_role("button", name="Gambar ulang").click()
    square = [[115.2190, -8.6510], [115.2210, -8.6510], [115.2210, -8.6490], [115.2190, -8.6490], [115.2190, -8.6510]]
    page.get_by_label("GeoJSON").fill("bukan")
    page.get_by_label("GeoJSON").blur()
    expect(page.get_by_text("Bukan poligon GeoJSON.")).to_be_visible()
    page.get_by_label("GeoJSON").fill(json.dumps({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [square]}}))
    page.get_by_label("GeoJSON").blur()
    expect(page.get_by_text("Jari-jari dalam")).to_be_visible()
    expect(page.locator(".map .corner")).to_have_count(4)
    page.get_by_role("button", name="Simpan sebagai versi baru").click()
    expect(page.get_by_text("versi 1", exact=True)).to_be_visible()
    assert page.locator("dl.facts").first.inner_text().count("2 ·") == 1


def test_an_outline_is_drawn_by_pressing_the_map(desk):
    page = to(desk(Role.HR), "sites/new")
    page.locator(".map .leaflet-container, .map.leaflet-container").wait_for()
    ground = page.locator(".map").bounding_box()
    for x, y in ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6)):
        page.mouse.click(ground["x"] + x * ground["width"], ground["y"] + y * ground["height"])
        page.wait_for_timeout(350)
    expect(page.locator(".map .corner")).to_have_count(3)
    assert json.loads(page.get_by_label("GeoJSON").input_value())["type"] == "Polygon"


@pytest.mark.parametrize("change", ["none", "signature", "unsealed"])
def test_a_receipt_is_verified_in_the_browser(desk, change):
    now = clock.now()
    with db.transaction() as session:
        hashed = ledger.append(session, "note", "note:1", {"said": "something"}, now)
    if change != "unsealed":
        with db.transaction() as session:
            seal(session, now)
    said = {"id": "0", "verdict": "accepted", "received_at": now.isoformat(), "leaf_hash": jws.b64(hashed)}
    receipt = jws.keyring(var("keys")).sign("receipt+jws", said)
    if change == "signature":
        head, body, signature = receipt.split(".")
        receipt = f"{head}.{body}.{signature[:-4]}AAAA"
    page = to(desk(Role.AUDITOR), "audit")
    page.get_by_role("textbox", name="Tanda terima").fill(receipt)
    page.locator("form", has=page.get_by_role("textbox", name="Tanda terima")).get_by_role("button", name="Periksa").click()
    words = {"none": "ada dalam buku yang disegel", "signature": "tidak ditandatangani", "unsealed": "belum disegel"}[change]
    expect(page.locator("main form + div .notice")).to_contain_text(words)
