"""The evidence card and the queue in a real browser: what is drawn, decided by keys, and that the person sees who looked."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app import clock, db
from app.access import Role
from app.anomalies import actions
from app.anomalies.store import Finding, FindingStep
from app.ledger import store as ledger
from app.ledger.actions import seal
from app.people.actions.days import day_of
from tests import make
from tests.web.conftest import OFFICE, faults, needs_chromium, picture, sign_in
from tests.web.test_desk import desk, official, to  # noqa: F401 - fixtures

pytestmark = needs_chromium


@pytest.fixture
def disputed(database, employee):
    """Two findings about the employee: rejected at home on one day, at home and next door on the next; and weeks before them."""
    now, today = clock.now(), day_of(clock.now())
    with db.transaction() as session:
        version = session.scalar(text("SELECT max(id) FROM site_versions"))
        device = make.device(session, employee, enrolled_at=now - timedelta(days=90))
        at_desk = {"site_version_id": version, "distance_m": 0.0, "p_inside": 0.99, "device_id": device.id, "policy": "bali@uji/1"}
        at_home = at_desk | {"distance_m": 2_930.0, "p_inside": 0.0, "verdict": "rejected"}
        for days in range(3, 29):
            if days % 7 > 1:
                for direction, hour in (("in", 0), ("out", 9)):
                    at = now - timedelta(days=days) + timedelta(hours=hour)
                    known = at_desk | {"distance_m": float(days % 5 * 9), "verdict": "doubtful" if days % 5 else "accepted"}
                    make.checkin(session, employee, direction, at, today - timedelta(days=days), **known)
        for days, direction, lat, lon, known in (
            (2, "in", -8.6312, 115.2401, at_home),
            (1, "in", -8.6312, 115.2401, at_home),
            (
                1,
                "out",
                OFFICE["latitude"] + 0.0004,
                OFFICE["longitude"],
                at_desk | {"verdict": "rejected", "flags": ["shared_device"]},
            ),
        ):
            at = now - timedelta(days=days) + timedelta(hours=9 if direction == "out" else 0)
            made = make.checkin(session, employee, direction, at, today - timedelta(days=days), counts=False, **known)
            make.report(session, made, lat, lon)
        for days in (2, 1):
            assert actions.scan_day(session, today - timedelta(days=days), now) >= 1
        query = "SELECT id FROM findings WHERE kind = 'rejected_place' ORDER BY day"
        return list(session.scalars(text(query)))


def looks():
    with db.transaction() as session:
        return session.execute(text("SELECT shown, checkins FROM position_views ORDER BY id")).all()


def test_the_card_shows_the_desk_on_a_map_and_the_home_as_a_band(desk, phone, disputed):  # noqa: F811
    page = to(desk(Role.SUPERVISOR), f"review/one/{disputed[1]}")
    drawn = page.locator(".map.small")
    expect(drawn.locator("path.site")).to_have_count(1)
    expect(drawn.locator("path.fix")).to_have_count(1)
    expect(drawn.locator("path.error")).to_have_count(1)
    expect(drawn.locator("path.band")).to_have_count(1)
    expect(page.get_by_text("2 km sampai 5 km ke arah timur laut")).to_be_visible()
    expect(page.get_by_text("Bahwa Anda melihat ini sudah dicatat")).to_be_visible()
    expect(page.get_by_text("Mencari presensi yang ditolak karena tempatnya")).to_be_visible()
    expect(page.get_by_text("Ponsel uji (android)")).to_have_count(2)
    assert "2.930" not in page.inner_text("main") and "115.24" not in page.content()
    strip = page.locator("svg.strip")
    expect(strip.locator("circle.asked")).to_have_count(2)
    assert strip.locator("circle.dot").count() > 30
    assert faults(page) == []
    picture(page, "desk-evidence")
    page.emulate_media(color_scheme="dark")
    assert faults(page) == []
    picture(page, "desk-evidence-dark")
    assert phone.complaints == []
    assert looks() == [("band", 1), ("point", 1)]


def test_no_tile_is_asked_of_anybody(desk, phone, served, disputed):  # noqa: F811
    to(desk(Role.AUDITOR), f"review/one/{disputed[0]}")
    assert [url for url in phone.requests if not url.startswith((served.address, "blob:", "data:"))] == []


def test_a_finding_is_decided_by_keys(desk, disputed):  # noqa: F811
    page = to(desk(Role.SUPERVISOR), f"review/one/{disputed[0]}")
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Keputusan")).to_have_value("dismiss")
    expect(dialog.get_by_label("Alasan")).to_be_focused()
    page.keyboard.type("Surat tugas menyusul; dduu")
    dialog.get_by_role("button", name="Putuskan").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("main").get_by_text("Surat tugas menyusul; dduu")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("dialog")).to_have_count(0)  # decided: nothing is left to decide


def test_findings_are_walked_and_chosen_by_keys_and_decided_together(desk, employee, disputed):  # noqa: F811
    page = to(desk(Role.SUPERVISOR), f"review/rejected_place/{employee.nip}")
    cards = page.locator("article.card")
    expect(cards).to_have_count(2)
    cards.first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("2 dipilih")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.get_by_text("1 dipilih")).to_be_visible()
    page.keyboard.press("x")
    picture(page, "desk-review-group")
    assert faults(page) == []
    page.get_by_role("button", name="Putuskan yang dipilih").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Keputusan").select_option("dismiss")
    dialog.get_by_label("Alasan").fill("Listrik padam, semua lewat gerbang timur")
    dialog.get_by_role("button", name="Putuskan").click()
    expect(page.get_by_text("2 temuan diputus")).to_be_visible()
    with db.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM finding_steps WHERE answer = 'dismiss'")) == 2


def test_keys_do_nothing_outside_the_list(desk, employee, disputed):  # noqa: F811
    page = to(desk(Role.SUPERVISOR), f"review/rejected_place/{employee.nip}")
    expect(page.locator("article.card")).to_have_count(2)
    page.locator("h1").focus()
    page.keyboard.press("x")
    expect(page.get_by_text("0 dipilih")).to_be_visible()


def test_the_person_sees_who_looked_and_chooses_what_is_shown(desk, phone, served, employee, disputed):  # noqa: F811
    to(desk(Role.SUPERVISOR), f"review/one/{disputed[1]}").close()
    phone.new_page().goto(served.address)  # the same browser is signed in as the official until he leaves
    page = phone.pages[-1]
    page.evaluate("localStorage.clear()")
    page = sign_in(page, served.address, employee)
    page.evaluate("location.hash = '#/looks'")
    expect(page.get_by_text("Ni Made Suryani").first).to_be_visible()
    expect(page.get_by_text("jarak dan arah", exact=True)).to_be_visible()
    assert faults(page) == []
    picture(page, "app-looks")
    page.evaluate("location.hash = '#/findings'")
    page.get_by_role("button", name="Tanggapi").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tunjukkan posisi saya yang tepat").check()
    picture(page, "app-reply")
    dialog.locator("textarea").first.fill("Saya menjaga anak yang sakit")
    dialog.get_by_role("button", name="Kirim").click()
    expect(dialog).to_have_count(0)
    with db.transaction() as session:
        assert session.scalars(text("SELECT shows_position FROM finding_steps")).all() == [True]


def test_the_auditor_reads_the_log_and_narrows_it_to_a_person(desk, employee, disputed):  # noqa: F811
    page = to(desk(Role.AUDITOR), f"review/one/{disputed[1]}")
    to(page, "audit")
    log = page.get_by_role("table", name="Siapa melihat posisi siapa")
    expect(log.get_by_role("row")).to_have_count(3)
    picture(page, "desk-audit-log")
    page.get_by_label("NIP pemilik posisi").fill(make.nip())
    page.get_by_role("button", name="Saring").click()
    expect(page.get_by_text("Belum ada yang melihat.")).to_be_visible()
    page.get_by_label("NIP pemilik posisi").fill(employee.nip)
    page.get_by_role("button", name="Saring").click()
    expect(log.get_by_role("row")).to_have_count(3)
    assert faults(page) == []


def test_the_page_of_precision_shows_shares_with_their_interval(desk, employee, disputed):  # noqa: F811
    with db.transaction() as session:
        boss = session.scalar(text("SELECT id FROM people WHERE name = 'I Wayan Sudarma'"))
        for number in range(40):
            evidence = {"checkins": [], "words": {"days": 3 if number < 38 else 5}, "groups": []}
            row = Finding(kind="missing_reports", person_id=employee.id, day=day_of(clock.now()) - timedelta(days=number))
            row.unit_id, row.evidence, row.evidence_hash, row.found_at = make.unit(session).id, evidence, "x", clock.now()
            session.add(row)
            session.flush()
            answer = "dismiss" if number < 35 else "uphold"
            step = FindingStep(finding_id=row.id, step="decision", answer=answer, reason="uji", taken_by=boss, taken_at=clock.now())
            session.add(step)
    page = to(desk(Role.AUDITOR), "review/precision")
    row = page.get_by_role("row", name="13 % (5")
    expect(row).to_contain_text("5 dari 40")
    expect(row).to_contain_text("Tinjau aturannya")
    expect(row.locator("svg.interval circle.point")).to_have_count(1)
    assert faults(page) == []
    picture(page, "desk-precision")


@pytest.mark.parametrize("spoiled", [False, True], ids=["as it was", "another root"])
def test_the_browser_holds_old_checkpoints_against_the_newest(desk, phone, spoiled):  # noqa: F811
    for size in (3, 1, 4, 5):
        for number in range(size):
            with db.transaction() as session:
                ledger.append(session, "note", f"note:{size}:{number}", {"said": "something"}, clock.now())
        with db.transaction() as session:
            seal(session, clock.now())
    told = []

    def another_root(route):
        told.append(route.fetch().text())
        route.fulfill(body=told[-1].replace("A", "B"))

    if spoiled:
        phone.route("**/v1/ledger/checkpoints*", another_root)
    page = to(desk(Role.AUDITOR), "audit")
    rows = page.get_by_role("table", name="Riwayat titik periksa").get_by_role("row")
    expect(rows).to_have_count(5)
    for number in range(1, 5):
        rows.nth(number).get_by_role("button", name="Periksa").click()
        words = rows.nth(number).locator(".badge")
        expect(words).to_be_visible()
        is_touched = spoiled and rows.nth(number).locator(".code").inner_text() not in told[-1]
        expect(words).to_have_class(f"badge {'bad' if is_touched else 'good'}")
    assert faults(page) == []
    picture(page, "desk-audit")
