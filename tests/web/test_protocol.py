"""The app in the browser is the third implementation of the protocol: every vector holds, with and without Ed25519 of its own."""

import hashlib
import json
from pathlib import Path

import pytest

from app.config import ROOT
from tests.web.conftest import needs_chromium

VECTORS = json.loads((ROOT / "docs" / "protocol-vectors.json").read_text("utf-8"))
CHECK = (Path(__file__).parent / "vectors.js").read_text("utf-8").partition("\n")[2].partition("\n")[2]

# An older browser: it has never heard of Ed25519.
OLD = """
const known = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, data, kind, ...rest) =>
  kind === "Ed25519" ? Promise.reject(new DOMException("unknown", "NotSupportedError")) : known(format, data, kind, ...rest);
"""


@pytest.fixture
def page(phone, served):
    return phone.new_page()


@needs_chromium
@pytest.mark.parametrize("is_old", [False, True], ids=["today's browser", "without Ed25519"])
def test_every_vector_holds(page, served, is_old):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    if is_old:
        page.add_init_script(OLD)
    page.goto(served.address + "/app/")
    assert page.evaluate(CHECK, VECTORS) == []
    assert any("noble" in url for url in asked) is is_old


DAMAGES = [
    (("check_ins", 1, "payload_hash"), "A" * 43, "hash"),
    (("check_ins", 1, "answer", "verdict"), "rejected", "receipt"),
    (("check_ins", 2, "answer", "taken_at"), "2026-11-24T23:10:02.000Z", "time"),
    (("ledger", "proof", "leaf_index"), 0, "ledger"),
    (("answers", 0, "waits"), [True, True], "answer"),
]


@needs_chromium
def test_the_check_sees_a_vector_that_does_not_hold(page, served):
    page.goto(served.address + "/app/")
    for path, value, said in DAMAGES:
        damaged = json.loads(json.dumps(VECTORS))
        holder = damaged
        for step in path[:-1]:
            holder = holder[step]
        assert holder[path[-1]] != value
        holder[path[-1]] = value
        assert any(said in wrong for wrong in page.evaluate(CHECK, damaged)), path


def test_what_is_vendored_is_what_was_published():
    """The hash stands in docs/pages.md beside the name and the licence."""
    for file in (ROOT / "app" / "web" / "static" / "vendor").glob("*.js"):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in (ROOT / "docs" / "pages.md").read_text("utf-8")
        assert file.with_suffix(".LICENSE").exists()
