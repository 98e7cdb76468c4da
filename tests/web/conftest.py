"""A real browser, the program on a port of its own, and an employee with a phone in his hand."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from app import db
from app.access import Role
from tests import make

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, which pip cannot bring")

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)
PASSWORD = "pohon beringin 7"
OFFICE = {"latitude": -8.65, "longitude": 115.22, "accuracy": 8}
WIDTHS = {"phone": (360, 740), "tablet": (768, 1024), "desk": (1440, 900)}


def pytest_collection_modifyitems(items):
    """A wait of the browser's that ran out on a busy machine gets a second try, which the report shows; a wrong word gets none."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


class Served:
    """A web server that may be stopped and started on the same port."""

    def __init__(self, app):
        self.app, self.port, self.server = app, 0, None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
            self.server = None


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, timeout=120_000)
        yield launched
        launched.close()


@pytest.fixture
def served(app, database):
    """The program on a port of its own, which can be taken away and brought back."""
    server = Served(app)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def employee(database):
    """Somebody with a password and an office, and the superior."""
    with db.transaction() as session:
        unit = make.unit(session)
        make.site(session, unit, lat=OFFICE["latitude"], lon=OFFICE["longitude"], radius_m=100)
        person = make.person(session, unit=unit, name="Ni Luh Putu Ayu Lestari", position="Analis Kebijakan", password=PASSWORD)
        chief = make.person(session, unit=unit, name="I Wayan Sudarma", password=PASSWORD)
        make.grant(session, chief, Role.SUPERVISOR, unit)
        return person


@pytest.fixture
def phone(browser, served, employee):
    """A browser context as a phone in the office; `complaints` is what any page of it said that it should not have."""
    context = browser.new_context(
        geolocation=OFFICE,
        permissions=["geolocation"],
        locale="id-ID",
        timezone_id="Asia/Makassar",
        viewport={"width": 360, "height": 740},
    )
    context.set_default_timeout(15_000)
    context.complaints, context.requests = [], []
    context.on("console", lambda said: said.type in ("error", "warning") and context.complaints.append(said.text))
    context.on("weberror", lambda error: context.complaints.append(str(error.error)))
    context.on("request", lambda request: context.requests.append(request.url))
    yield context
    context.close()


def sign_in(page, address, person, path="/app/"):
    """The page after signing in at a path."""
    page.goto(address + path)
    page.get_by_label("NIP").fill(person.nip)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.locator("nav.pages").wait_for()
    return page


def faults(page):
    """What axe finds that keeps people out: serious and critical violations, by rule and place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def picture(page, name):
    """Pictures of a page at the three widths, kept where TAPAK_PICTURES says; fails if anything is wider than the screen."""
    folder = os.environ.get("TAPAK_PICTURES")
    size = page.viewport_size
    for width, height in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than {width} px"
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size(size)
