"""The screen at a door in a real browser: read by a real decoder, blank when in doubt, and silent towards the outside."""

import base64
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import expect

from app import clock, db
from app.geofences import actions, store
from app.geofences.rules import door_code
from tests import make
from tests.web.conftest import needs_chromium

pytestmark = needs_chromium

SIZES = {"tablet lying": (1024, 600), "tablet upright": (800, 1280), "phone": (390, 844)}

# A picture as the browser itself reads it: its width, and its grey values as bytes.
PIXELS = """async (png) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  let grey = "";
  for (let at = 1; at < data.length; at += 4) grey += String.fromCharCode(data[at]);
  return [image.width, btoa(grey)];
}"""


@pytest.fixture
def door(database):
    """A site with a code at its door."""
    with db.transaction() as session:
        make.site(session)
        return actions.renew_door_code(session, "KANTOR", None, clock.now() - timedelta(hours=1))


@pytest.fixture
def tablet(browser, served, door):
    """A page on the screen's link, and everything it asked for or complained about."""
    context = browser.new_context(viewport={"width": 1024, "height": 600}, locale="id-ID", timezone_id="America/New_York")
    page = context.new_page()
    page.seen, page.complaints = [], []
    page.on("request", lambda request: page.seen.append(request.url))
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.link = f"http://127.0.0.1:{served.port}/v1/sites/KANTOR/screen#{door.key}"
    yield page
    context.close()


def state(page, name):
    """Wait until the screen is in that state."""
    expect(page.locator("body")).to_have_attribute("data-state", name, timeout=15_000)


def codes_around(now, steps=1):
    with db.transaction() as session:
        secret = store.find_door(session, "KANTOR").secret
    at = door_code.step_at(now)
    return {door_code.code_in(secret, "KANTOR", step) for step in range(at - steps, at + steps + 1)}


def read_qr(browser, page):
    """What a phone's camera would read off the screen."""
    with browser.new_context() as context:
        width, grey = context.new_page().evaluate(PIXELS, base64.b64encode(page.screenshot()).decode())
    picture = np.frombuffer(base64.b64decode(grey), dtype=np.uint8).reshape(-1, width)
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_camera_reads_the_code_of_the_moment_and_a_person_reads_the_same(browser, tablet, size):
    tablet.set_viewport_size({"width": size[0], "height": size[1]})
    tablet.goto(tablet.link)
    state(tablet, "shown")
    (scanned,) = read_qr(browser, tablet)
    assert scanned in codes_around(clock.now())
    assert door_code.read(tablet.locator("#code").inner_text()) in codes_around(clock.now())
    assert tablet.locator("#site").inner_text() == "Kantor KANTOR"
    assert tablet.evaluate(
        "document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight"
    )
    box, least = tablet.locator("#qr").bounding_box(), min(size)
    assert min(box["width"], box["height"]) > 0.55 * least


def test_the_key_stays_in_the_tablet_and_nothing_is_asked_of_anybody_else(tablet, door, served):
    tablet.goto(tablet.link)
    state(tablet, "shown")
    assert door.key not in tablet.url and not any(door.key in url for url in tablet.seen)
    assert {url.split("/")[2] for url in tablet.seen} == {f"127.0.0.1:{served.port}"}
    assert tablet.complaints == []
    tablet.reload()
    state(tablet, "shown")


def test_the_clock_is_the_offices_whatever_the_tablet_thinks(tablet):
    tablet.clock.install(time=datetime(2031, 5, 5, 12, 0, tzinfo=UTC))
    tablet.goto(tablet.link)
    state(tablet, "shown")
    hours, minutes, _ = tablet.locator("#clock").inner_text().split(":")
    office = clock.now() + timedelta(hours=8)
    assert abs(int(hours) * 60 + int(minutes) - office.hour * 60 - office.minute) in (0, 1, 1439)


def test_it_outlives_a_restart_of_the_server_and_is_blank_when_its_codes_run_out(tablet, served):
    tablet.clock.install()
    tablet.goto(tablet.link)
    state(tablet, "shown")
    served.stop()
    tablet.clock.run_for(90_000)
    assert door_code.read(tablet.locator("#code").inner_text()) in codes_around(clock.now() + timedelta(seconds=90), steps=2)
    tablet.clock.run_for(40_000)
    state(tablet, "stale")
    assert tablet.locator("#code").inner_text() == "" and tablet.locator("#qr path").get_attribute("d") == ""
    assert "tidak ada hubungan" in tablet.locator("[data-for=stale]").inner_text()
    served.start()
    tablet.clock.run_for(10_000)
    state(tablet, "shown")


def test_a_tablet_that_slept_shows_nothing_old(tablet, served):
    """Asleep, its counting clock stands still while the time of day goes on."""
    tablet.goto(tablet.link)
    state(tablet, "shown")
    served.stop()
    tablet.evaluate("() => { const awake = Date.now; Date.now = () => awake() + 30_000; }")
    state(tablet, "stale")
    assert tablet.locator("#code").inner_text() == ""


def test_a_link_that_was_ended_is_blank_and_says_so(tablet):
    tablet.clock.install()
    tablet.goto(tablet.link)
    state(tablet, "shown")
    with db.transaction() as session:
        actions.renew_door_code(session, "KANTOR", None, clock.now())
    tablet.clock.run_for(62_000)
    state(tablet, "void")
    assert tablet.locator("#code").inner_text() == ""
    assert "tidak berlaku" in tablet.locator("[data-for=void]").inner_text()


def test_without_a_key_there_is_no_code(tablet):
    tablet.goto(tablet.link.partition("#")[0])
    state(tablet, "void")
