"""Outsiders are told of each checkpoint, signed, again until they take it, and never at an address that is nobody's business."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app import clock, db, errors, webhook
from app.jobs import runner
from app.jobs.table import get_job
from app.ledger import actions

from .conftest import seal, write

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is told, and answers as it is told to."""

    def do_POST(self) -> None:
        self.server.told.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Location", self.path + "again")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver(monkeypatch) -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.told, server.status = [], 204
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("TAPAK_CHECKPOINT_WEBHOOKS", f"http://127.0.0.1:{server.server_port}/hook")
    monkeypatch.setenv("TAPAK_WEBHOOK_SECRET", SECRET)
    yield server
    server.shutdown()
    server.server_close()


def deliver(after: timedelta = timedelta()) -> int:
    with db.transaction() as session:
        return actions.deliver(session, clock.now() + after)


def test_each_checkpoint_is_told_once_and_signed(log, receiver) -> None:
    write("a")
    seal()
    assert (deliver(), deliver()) == (1, 0)
    [(headers, body)] = receiver.told
    assert actions.published_file().read_text().split("\n")[2].encode() in body
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == expected and headers["webhook-id"] == "checkpoint_1"
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60


@pytest.mark.parametrize("status", [302, 400, 500])
def test_who_does_not_take_it_is_asked_again_later_with_the_newest_and_no_redirect_is_followed(log, receiver, status) -> None:
    write("a")
    seal()
    receiver.status = status
    assert deliver() == 0
    receiver.status = 200
    assert deliver() == 0 and len(receiver.told) == 1  # not before the pause is over
    write("b")
    seal()
    assert deliver(timedelta(minutes=3)) == 1
    assert [headers["webhook-id"] for headers, _ in receiver.told] == ["checkpoint_1", "checkpoint_2"]


def test_nobody_who_is_away_keeps_anything_from_being_sealed(log, monkeypatch) -> None:
    monkeypatch.setenv("TAPAK_CHECKPOINT_WEBHOOKS", "http://127.0.0.1:9/hook")
    monkeypatch.setenv("TAPAK_WEBHOOK_SECRET", SECRET)
    write("a")
    outcome = runner.run_slot(get_job("seal-ledger"), clock.now(), clock.now())
    assert outcome.failures == () and actions.published_file().exists()


def test_without_a_secret_nothing_is_sent_and_it_is_said(log, receiver, monkeypatch) -> None:
    monkeypatch.delenv("TAPAK_WEBHOOK_SECRET")
    write("a")
    seal()
    with pytest.raises(errors.Conflict, match="webhook_without_secret"):
        deliver()
    assert receiver.told == []


@pytest.mark.parametrize(
    "url, why",
    [
        ("http://169.254.169.254/latest", "not https"),
        ("https://169.254.169.254/latest", "private address"),
        ("https://10.0.0.8/", "private address"),
        ("https://[::ffff:10.0.0.8]/", "private address"),
        ("https://[fd00::1]/", "private address"),
        ("https://0.0.0.0/", "private address"),
        ("https://100.64.0.1/", "private address"),
        ("http://8.8.8.8/", "not https"),
        ("ftp://127.0.0.1/", "not an address of a server"),
        ("https:///x", "not an address of a server"),
        ("http://127.0.0.2/", "private address"),
    ],
)
def test_what_is_nobodys_business_is_not_asked(url, why) -> None:
    with pytest.raises(webhook.NotDelivered, match=why):
        webhook.send(webhook.Target(url, SECRET), webhook.Message("x", b"{}"), clock.now())


def test_a_private_address_is_reached_only_if_the_setting_names_its_host(monkeypatch) -> None:
    target = webhook.Target("http://127.0.0.2:9/", SECRET, ("127.0.0.2",))
    with pytest.raises(webhook.NotDelivered, match="ConnectionRefused"):
        webhook.send(target, webhook.Message("x", b"{}"), clock.now())


@pytest.mark.parametrize("secret", ["", "geheim", "whsec_!!", "whsec_AAAA"])
def test_a_secret_that_is_none_signs_nothing(secret) -> None:
    with pytest.raises(ValueError):
        webhook.signature(secret, webhook.Message("x", b"{}"), 1)


def test_the_signature_is_that_of_the_standards_example() -> None:
    """The worked example of the Standard Webhooks reference libraries."""
    message = webhook.Message("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}')
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert webhook.signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message, 1614265330) == expected
