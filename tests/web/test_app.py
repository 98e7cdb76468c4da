"""The check-in app in a real browser: the journey of a day, without a network, with two tabs, with bad positions."""

import gzip
import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app import clock, db, jws
from app.anomalies.store import Finding, FindingStep
from app.geofences import actions, store
from app.geofences.rules import door_code
from app.ledger import actions as ledger
from tests import make
from tests.phone.serving import kept as rows
from tests.web.conftest import OFFICE, faults, needs_chromium, picture, sign_in

pytestmark = needs_chromium

IN, OUT = "Presensi masuk", "Presensi pulang"


def enrol(page, address, person):
    """The page of somebody whose phone is enrolled just now."""
    sign_in(page, address, person)
    page.get_by_label("Nama ponsel ini").fill("Ponsel Ayu")
    page.get_by_role("button", name="Daftarkan ponsel ini").click()
    ready(page)
    return page


def ready(page):
    """Wait until the phone knows where it is and may check in."""
    expect(page.get_by_role("button", name=IN).first).to_be_enabled()


@pytest.fixture
def enrolled(phone, served, employee):
    return enrol(phone.new_page(), served.address, employee)


def outcome(page):
    return page.locator(".outcome").first


def payloads():
    """What the server has, oldest first: each report's payload as it was signed."""
    return [json.loads(jws.split(row.jws)[1]) for row in rows()]


def keeps_offline(page):
    """Wait until the app would open without a network."""
    page.wait_for_function("async () => (await navigator.serviceWorker.getRegistration())?.active")


def test_a_check_in_from_the_office_is_accepted_and_its_receipt_is_kept(phone, enrolled):
    enrolled.get_by_role("button", name=IN).click()
    expect(outcome(enrolled)).to_contain_text("Diterima")
    expect(outcome(enrolled)).to_contain_text("terbukti oleh jam server")
    expect(outcome(enrolled)).to_contain_text("sah, tersimpan di ponsel ini")
    (row,) = rows()
    assert (row.verdict, row.time_grade) == ("accepted", "verified")
    (said,) = payloads()
    assert (said["direction"], said["platform"], said["seq"]) == ("in", "web", 1)
    assert 1 <= len(said["fixes"]) <= 10 and {"anchor", "elapsed_ms", "boot_id"} <= said.keys()
    # What is next has changed with the answer: the large button now means leaving.
    expect(enrolled.locator(".button.big")).to_contain_text(OUT)
    assert phone.complaints == []


def test_the_key_cannot_be_taken_out_of_the_browser(enrolled, employee):
    told = enrolled.evaluate(
        """async (nip) => {
          const answer = (asked) => new Promise((found) => { asked.onsuccess = () => found(asked.result); });
          const db = await answer(indexedDB.open("tapak-" + nip));
          const key = await answer(db.transaction("kept").objectStore("kept").get("key"));
          return crypto.subtle.exportKey("jwk", key.privateKey).then(() => "taken", (error) => error.name);
        }""",
        employee.nip,
    )
    assert told == "InvalidAccessError"


def test_made_without_a_network_killed_and_opened_again_it_is_stored_once_with_its_time(phone, served, enrolled):
    keeps_offline(enrolled)
    served.stop()
    enrolled.get_by_role("button", name=IN).click()
    expect(outcome(enrolled)).to_contain_text("Waktunya terbukti oleh tanda waktu server")
    expect(enrolled.get_by_text("1 presensi menunggu dikirim")).to_be_visible()
    enrolled.close()
    again = phone.new_page()
    again.goto(served.address + "/app/")
    expect(outcome(again)).to_contain_text("Menunggu dikirim")
    served.start()
    again.evaluate("dispatchEvent(new Event('online'))")
    expect(outcome(again)).to_contain_text("Diterima")
    again.evaluate("dispatchEvent(new Event('online'))")
    again.reload()
    expect(outcome(again)).to_contain_text("Diterima")
    (row,) = rows()
    assert row.verdict == "accepted"
    assert (row.received_at - row.taken_at).total_seconds() > 0


def test_opened_without_a_network_it_says_that_the_time_is_not_proved(phone, served, enrolled):
    keeps_offline(enrolled)
    enrolled.close()
    served.stop()
    page = phone.new_page()
    page.goto(served.address + "/app/")
    ready(page)
    page.get_by_role("button", name=IN).click()
    expect(outcome(page)).to_contain_text("waktunya belum terbukti")
    served.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(outcome(page)).to_contain_text("Tanda terima")
    expect(outcome(page)).to_contain_text("tidak terbukti; dihitung saat tiba di server")
    assert "anchor" not in payloads()[0]


def test_a_device_that_slept_counts_from_no_anchor_of_before(phone, served, enrolled):
    """Asleep the counting clock stands still: what it says afterwards would be a check-in in the past."""
    served.stop()
    enrolled.evaluate("() => { const awake = Date.now; Date.now = () => awake() + 240_000; }")
    enrolled.get_by_role("button", name=IN).click()
    expect(outcome(enrolled)).to_contain_text("waktunya belum terbukti")
    served.start()
    enrolled.evaluate("dispatchEvent(new Event('online'))")
    expect(outcome(enrolled)).to_contain_text("Diterima")
    assert "anchor" not in payloads()[0]


def test_two_tabs_at_once_make_one_chain(phone, served, enrolled):
    other = phone.new_page()
    other.goto(served.address + "/app/")
    ready(other)
    press = """async () => {
      const phone = await import(document.querySelector("script[type=module]").src.replace("main.js", "phone.js"));
      const fix = { lat: -8.65, lon: 115.22, accuracy_m: 8, age_ms: 0 };
      window.made = Promise.all(["in", "out", "in", "out"].map((direction) => phone.checkIn(direction, () => [fix])));
    }"""
    for page in (enrolled, other):
        page.evaluate(press)
    ids = [id for page in (enrolled, other) for id in page.evaluate("window.made")]
    for page in (enrolled, other):
        page.goto(served.address + "/app/#/phone")
        expect(page.locator(".outcome")).to_have_count(8)
        expect(page.locator(".outcome").get_by_text("Menunggu dikirim")).to_have_count(0)
    found = rows()
    assert sorted(row.id for row in found) == sorted(ids)
    chain = sorted(found, key=lambda row: row.seq)
    assert [row.seq for row in chain] == list(range(1, 9))
    before = None
    for row in chain:
        assert json.loads(jws.split(row.jws)[1]).get("prev") == before
        before = jws.b64(bytes(row.payload_hash))


def test_a_hotels_sign_in_page_is_no_answer(phone, enrolled):
    phone.route("**/v1/checkins", lambda route: route.fulfill(status=200, body="<html>Wi-Fi</html>"))
    enrolled.get_by_role("button", name=IN).click()
    expect(outcome(enrolled)).to_contain_text("Menunggu dikirim")
    phone.unroute("**/v1/checkins")
    enrolled.evaluate("dispatchEvent(new Event('online'))")
    expect(outcome(enrolled)).to_contain_text("Diterima")
    assert len(rows()) == 1


QUEUED = """async (reports) => {
  const at = document.querySelector("script[type=module]").src;
  const [store, delivery] = await Promise.all(["store.js", "delivery.js"].map((name) => import(at.replace("main.js", name))));
  const nip = "199901012020011999";
  const db = await store.open(nip);
  for (const [at, compact] of reports.entries()) await store.enqueue(db, { device: "d", seq: at, compact }, {});
  const said = await delivery.deliver(db, nip, location.origin, "id");
  const left = (await store.queued(db)).map(({ compact }) => compact);
  db.close();
  indexedDB.deleteDatabase("tapak-" + nip);
  return { ...said, left };
}"""


@pytest.mark.parametrize("status", [500, 413])
@pytest.mark.parametrize(
    "sick, requests", [({0}, 7), ({12}, 9), ({3, 7}, None), (set(range(40)), 16)], ids=["first", "last", "two", "all"]
)
def test_a_report_that_the_server_chokes_on_waits_alone(phone, enrolled, status, sick, requests):
    reports = [f"a.e30.{number}" for number in range(max(13, len(sick)))]
    chokes = [reports[number] for number in sorted(sick)]
    asked = []

    def answer(route):
        asked.append(sent := json.loads(route.request.post_data)["checkins"])
        results = [{"id": None, "status": "refused", "problem": {}} for _ in sent]
        route.fulfill(status=status if set(sent) & set(chokes) else 200, json={"results": results})

    phone.route("**/v1/checkins", answer)
    said = enrolled.evaluate(QUEUED, reports)
    assert said["left"] == chokes and said["waits"] == len(chokes)
    assert requests in (None, len(asked))


def test_a_refused_location_is_explained_and_nothing_can_be_pressed(phone, served, employee):
    phone.clear_permissions()
    page = sign_in(phone.new_page(), served.address, employee)
    page.get_by_label("Nama ponsel ini").fill("Ponsel Ayu")
    page.get_by_role("button", name="Daftarkan ponsel ini").click()
    expect(page.locator("[data-code=denied]")).to_contain_text("izinkan Lokasi")
    expect(page.get_by_role("button", name=IN)).to_be_disabled()


def told(page, phone, code, is_new=True, **position):
    """What the page says of a position; new, it has not seen another before."""
    phone.set_geolocation({**OFFICE, **position})
    if is_new:
        page.reload()
    expect(page.locator(f"[data-code={code}]")).to_be_visible()
    return page.locator(f"[data-code={code}]")


def test_what_is_said_follows_the_position(phone, served, enrolled):
    expect(enrolled.locator("[data-code=inside]")).to_contain_text("Anda berada di Kantor KANTOR")
    expect(enrolled.get_by_role("img", name="Denah")).to_be_visible()
    enrolled.wait_for_timeout(3_200)
    expect(told(enrolled, phone, "moving", is_new=False, latitude=-8.6488)).to_contain_text("Berhenti sebentar")
    expect(told(enrolled, phone, "far", latitude=-8.66)).to_contain_text("1 km dari Kantor KANTOR")
    expect(told(enrolled, phone, "coarse", accuracy=180)).to_contain_text("Geser ke dekat jendela")
    expect(enrolled.get_by_role("button", name=IN)).to_be_enabled()


def test_from_far_away_it_is_kept_and_says_why_it_does_not_count(phone, served, enrolled):
    phone.set_geolocation({**OFFICE, "latitude": -8.70})
    enrolled.reload()
    expect(enrolled.locator("[data-code=far]")).to_be_visible()
    enrolled.get_by_role("button", name=IN).click()
    expect(outcome(enrolled)).to_contain_text("Tidak dihitung")
    expect(outcome(enrolled).get_by_role("listitem").first).not_to_be_empty()


PAGES = ("today", "days", "requests", "requests/correction", "requests/leave", "findings", "phone")


def test_nobody_is_kept_out_of_any_page_and_nothing_is_too_wide(phone, served, enrolled):
    enrolled.get_by_role("button", name=IN).click()
    expect(outcome(enrolled)).to_contain_text("Diterima")
    for theme, names in (("light", PAGES), ("dark", ("today", "days"))):
        enrolled.emulate_media(color_scheme=theme)
        for name in names:
            enrolled.goto(f"{served.address}/app/#/{name}")
            expect(enrolled.locator("main h1")).to_be_visible()
            expect(enrolled.get_by_text("Memuat …")).to_have_count(0)
            assert faults(enrolled) == [], name
            picture(enrolled, f"app-{name.replace('/', '-')}-{theme}")
    assert phone.complaints == []


def test_twice_the_letters_still_fit(phone, served, enrolled):
    for name in PAGES:
        enrolled.goto(f"{served.address}/app/#/{name}")
        expect(enrolled.locator("main h1")).to_be_visible()
        enrolled.evaluate("document.documentElement.style.fontSize = '200%'")
        assert enrolled.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_a_first_load_stays_within_its_budget_and_asks_nobody_else(phone, served, employee):
    """All that is needed to check in, with the worker's copy left out: it comes when everything is there."""
    answers = []
    phone.on("response", lambda answer: answers.append(answer))
    enrol(phone.new_page(), served.address, employee)
    own = [answer for answer in answers if answer.request.service_worker is None and "/v1/" not in answer.url]
    squeezed = sum(len(gzip.compress(answer.body())) for answer in own if answer.ok)
    assert 10 < len(own) <= 30 and 10_000 < squeezed <= 60_000, f"{len(own)} requests, {squeezed} bytes"
    assert {urlsplit(answer.url).netloc for answer in answers} == {f"127.0.0.1:{served.port}"}


def test_it_can_be_installed(phone, served, enrolled):
    manifest = phone.request.get(served.address + "/app/manifest.webmanifest").json()
    assert manifest["display"] == "standalone" and manifest["name"].startswith("Tapak")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        answer = phone.request.get(served.address + icon["src"])
        width = int.from_bytes(answer.body()[16:20], "big")
        assert answer.headers["content-type"] == "image/png" and icon["sizes"] == f"{width}x{width}"
    keeps_offline(enrolled)
    flaws = phone.new_cdp_session(enrolled).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [flaw["errorId"] for flaw in flaws] == ["in-incognito"]  # a test's browser keeps nothing; nothing else is missing


def test_the_worker_delivers_when_no_page_is_open(phone, served, enrolled):
    keeps_offline(enrolled)
    served.stop()
    enrolled.get_by_role("button", name=IN).click()
    expect(outcome(enrolled)).to_contain_text("Menunggu dikirim")
    (worker,) = phone.service_workers
    enrolled.close()
    served.start()
    worker.evaluate("self.deliverAll(self.KEPT.root)")
    assert [row.verdict for row in rows()] == ["accepted"]
    again = phone.new_page()
    again.goto(served.address + "/app/")
    expect(outcome(again)).to_contain_text("sah, tersimpan di ponsel ini")


def test_a_correction_is_asked_for_in_the_offices_time(phone, served, enrolled, employee):
    enrolled.goto(served.address + "/app/#/requests/correction/2026-11-24")
    enrolled.get_by_label("Waktu sebenarnya").fill("2026-11-24T07:25")
    enrolled.get_by_label("Alasan").fill("Ponsel mati sejak pagi.")
    enrolled.get_by_role("button", name="Kirim").click()
    expect(enrolled.get_by_label("Bukti", exact=True)).to_be_focused()
    enrolled.get_by_label("Bukti", exact=True).fill("Saksi: I Wayan Sudarma")
    enrolled.get_by_role("button", name="Kirim").click()
    expect(enrolled.get_by_text("Ponsel mati sejak pagi.")).to_be_visible()
    expect(enrolled.get_by_text("07:25")).to_be_visible()
    with db.transaction() as session:
        (at,) = session.execute(text("SELECT at FROM corrections")).scalars()
    assert at.isoformat() == "2026-11-23T23:25:00+00:00"


def test_permission_is_asked_for_and_taken_back(phone, served, enrolled, employee):
    enrolled.goto(served.address + "/app/#/requests/permission")
    enrolled.get_by_label("Izin", exact=True).select_option("out")
    enrolled.get_by_label("Alasan").fill("Mengantar anak ke dokter")
    enrolled.get_by_role("button", name="Kirim").click()
    asked = enrolled.get_by_role("listitem").filter(has_text="Mengantar anak ke dokter")
    expect(asked).to_contain_text("Pulang cepat")
    asked.get_by_role("button").click()
    enrolled.get_by_role("dialog").get_by_label("Alasan").fill("Tidak jadi")
    enrolled.get_by_role("dialog").get_by_role("button", name="Tarik permohonan").click()
    expect(enrolled.get_by_text("Tidak jadi")).to_be_visible()
    with db.transaction() as session:
        said = session.execute(text("SELECT direction, decision FROM permissions JOIN permission_decisions ON permission_id = id"))
        assert said.all() == [("out", "withdraw")]


def test_what_was_seen_before_is_there_without_a_network_and_says_since_when(phone, served, enrolled):
    keeps_offline(enrolled)
    pages = {"days": "November", "requests": "Belum ada.", "findings": "Tidak ada temuan."}
    for name, words in pages.items():
        enrolled.goto(f"{served.address}/app/#/{name}")
        expect(enrolled.get_by_text(words).first).to_be_visible()
        expect(enrolled.get_by_text("Memuat …")).to_have_count(0)
    enrolled.wait_for_function("document.querySelector('.card, .days, .notice, .soft')")
    served.stop()
    for name, words in {**pages, "days": "Tanpa jaringan: keadaan pukul"}.items():
        enrolled.goto(f"{served.address}/app/#/{name}")
        enrolled.reload()
        expect(enrolled.get_by_text(words).first).to_be_visible()


def found(person, kind="rejected_place", **words):
    """A finding about today, made just now."""
    with db.transaction() as session:
        unit_id = session.execute(text("SELECT unit_id FROM postings WHERE person_id = :id"), {"id": person.id}).scalar_one()
        now = clock.now()
        made = Finding(
            kind=kind,
            person_id=person.id,
            day=now.date(),
            unit_id=unit_id,
            evidence={"words": words, "checkins": []},
            evidence_hash="x",
            found_at=now,
        )
        session.add(made)
        session.flush()
        return made.id


def test_a_finding_is_answered_upheld_by_another_and_appealed(phone, served, enrolled, employee):
    finding_id = found(employee, "suspect_signals", times=1, signals="x")
    enrolled.goto(served.address + "/app/#/findings")
    card = enrolled.locator("main .card")
    expect(card).to_contain_text("Belum diputuskan")
    card.get_by_role("button", name="Tanggapi").click()
    enrolled.get_by_label("Apa yang terjadi?").fill("Saya di ruang rapat lantai dua.")
    assert faults(enrolled) == []
    enrolled.get_by_role("button", name="Kirim").click()
    expect(card).to_contain_text("Saya di ruang rapat lantai dua.")
    with db.transaction() as session:
        step = FindingStep(finding_id=finding_id, step="decision", answer="uphold", reason="Tidak ada rapat.", taken_at=clock.now())
        session.add(step)
    enrolled.reload()
    expect(card).to_contain_text("Dikuatkan")
    picture(enrolled, "app-findings-upheld")
    card.get_by_role("button", name="Ajukan banding").click()
    enrolled.get_by_label("Mengapa keputusan ini keliru?").fill("Notulen rapat terlampir.")
    enrolled.get_by_role("button", name="Kirim").click()
    expect(card).to_contain_text("Dalam banding")
    assert phone.complaints == []


def test_the_code_at_the_door_counts_from_its_first_letter(phone, served, enrolled):
    with db.transaction() as session:
        actions.renew_door_code(session, "KANTOR", None, clock.now() - timedelta(hours=1))
    enrolled.reload()
    code = enrolled.get_by_label("Kode di layar pintu")
    with db.transaction() as session:
        secret = store.find_door(session, "KANTOR").secret
    code.fill(door_code.code_in(secret, "KANTOR", door_code.step_at(clock.now())).lower())
    enrolled.wait_for_timeout(1_500)
    enrolled.get_by_role("button", name=IN).click()
    expect(outcome(enrolled)).to_contain_text("Diterima")
    (said,), (row,) = payloads(), rows()
    assert said["code"] and (row.received_at - row.taken_at).total_seconds() > 1.4


def test_a_phone_that_is_to_be_replaced_says_so_and_turns_the_other_away(phone, served, enrolled, employee):
    with db.transaction() as session:
        make.device(session, employee, status="pending", platform="web")
    enrolled.reload()
    notice = enrolled.locator(".notice", has_text="akan menggantikan ponsel Anda")
    notice.get_by_role("button", name="Bukan saya").click()
    expect(notice).to_have_count(0)
    with db.transaction() as session:
        assert session.execute(text("SELECT status FROM devices ORDER BY enrolled_at")).scalars().all() == ["revoked", "active"]


def test_a_receipt_is_looked_up_in_the_sealed_ledger_and_checked_here(phone, served, enrolled):
    enrolled.get_by_role("button", name=IN).click()
    expect(outcome(enrolled)).to_contain_text("Diterima")
    with db.transaction() as session:
        ledger.seal(session, clock.now())
    enrolled.get_by_role("button", name="Periksa di buku catatan").click()
    expect(enrolled.locator(".toasts")).to_contain_text("ada di buku catatan bersegel")
