"""The phone against a real server on a real port: what it says, and what it never loses."""

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import text
from werkzeug.serving import make_server

from app import clock, db
from app.access import Role
from app.cli.phone import phone as phone_commands
from app.config import ROOT
from app.phone import actions
from app.phone.folder import Folder
from app.phone.wire import NoAnswer, NotNow, Refused, Server
from tests import make

PASSWORD = "pohon beringin 7"
INSIDE, OUTSIDE = (-8.65, 115.22), (-8.66, 115.22)


class Gate:
    """A WSGI application that lets requests through, or answers them itself while `instead` is set."""

    def __init__(self, app):
        self.app = app
        self.instead = None

    def __call__(self, environ, start_response):
        if self.instead is None or environ["PATH_INFO"] != "/v1/checkins":
            return self.app(environ, start_response)
        return self.instead(environ, start_response)


@pytest.fixture
def gate(app, database):
    return Gate(app)


@pytest.fixture
def web(gate):
    """The address of the program, served by threads on a port of its own."""
    served = make_server("127.0.0.1", 0, gate, threaded=True)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield Server(f"http://127.0.0.1:{served.server_port}", "id")
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture
def employee(database):
    """Somebody with a password and an office, and the supervisor."""
    with db.transaction() as session:
        unit = make.unit(session)
        make.site(session, unit, lat=INSIDE[0], lon=INSIDE[1], radius_m=100)
        person = make.person(session, unit=unit, password=PASSWORD)
        chief = make.person(session, unit=unit, password=PASSWORD)
        make.grant(session, chief, Role.SUPERVISOR, unit)
        return person


@pytest.fixture
def folder(tmp_path, web, employee):
    """The employee's enrolled phone."""
    made = Folder(tmp_path / "phone")
    with made.held():
        actions.sign_in(made, web, employee.nip, PASSWORD)
        assert actions.enrol(made, web, employee.nip, "Uji", "android")["status"] == "active"
        yield made


def fix(place=INSIDE, accuracy_m=8.0):
    return {"lat": place[0], "lon": place[1], "accuracy_m": accuracy_m, "age_ms": 500}


def check_in(folder, direction="in", **changes):
    return str(actions.check_in(folder, direction, [fix(**changes)], clock.now()))


def kept():
    """Check-ins in the database, oldest first."""
    with db.transaction() as session:
        return session.execute(
            text("SELECT id::text, verdict, time_grade, taken_at, received_at, seq FROM checkins ORDER BY id")
        ).all()


@pytest.mark.parametrize(
    "place, accuracy_m, verdict",
    [(INSIDE, 8.0, "accepted"), (INSIDE, 65.0, "doubtful"), (OUTSIDE, 8.0, "rejected")],
    ids=["inside", "inside, but who can tell", "a kilometre away"],
)
def test_the_answer_comes_with_a_receipt_that_verifies(folder, web, place, accuracy_m, verdict):
    id = check_in(folder, place=place, accuracy_m=accuracy_m)
    (sent,) = actions.sync(folder, web, attempts=1)
    assert (sent.item["id"], sent.item["verdict"], sent.is_proven) == (id, verdict, True)
    assert folder.queue() == []
    assert [row.verdict for row in kept()] == [verdict]


def test_made_offline_and_sent_later_it_counts_for_when_it_was_made(folder, web):
    made = [check_in(folder, direction) for direction in ("in", "out")]
    assert kept() == []
    sent = actions.sync(folder, web, attempts=1)
    rows = kept()
    assert [item.item["id"] for item in sent] == [row.id for row in rows] == made
    assert [row.seq for row in rows] == [1, 2]
    assert all(row.time_grade == "verified" and row.taken_at <= row.received_at for row in rows)


def test_sent_again_after_a_lost_answer_it_is_one_check_in_and_one_answer(folder, web):
    check_in(folder)
    waiting = [queued.compact for queued in folder.queue()]
    first = web.post("/v1/checkins", {"checkins": waiting})
    (sent,) = actions.sync(folder, web, attempts=1)
    assert orjson.dumps(sent.item) == orjson.dumps(first["results"][0])
    assert len(kept()) == 1


def test_killed_between_writing_and_sending_it_still_delivers(folder, web, tmp_path):
    script = (
        "import os, signal; from app import clock; from app.phone import actions; from app.phone.folder import Folder\n"
        f"folder = Folder(__import__('pathlib').Path({str(folder.path)!r}))\n"
        f"actions.check_in(folder, 'in', [{fix()!r}], clock.now()); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(folder.queue()) == 1
    (sent,) = actions.sync(folder, web, attempts=1)
    assert sent.item["verdict"] == "accepted"
    assert check_in(folder, "out") and folder.queue()[0].seq == 2


def test_while_the_server_is_down_for_the_moment_nothing_is_lost(folder, web, gate):
    def unavailable(environ, start_response):
        start_response("503 Service Unavailable", [("Retry-After", "0"), ("Content-Length", "0")])
        return [b""]

    gate.instead = unavailable
    check_in(folder)
    with pytest.raises(NotNow):
        actions.sync(folder, web, attempts=1)
    assert len(folder.queue()) == 1
    gate.instead = None
    (sent,) = actions.sync(folder, web, attempts=1)
    assert sent.item["status"] == "stored"


def test_an_answer_that_never_comes_back_keeps_the_report(folder, web, gate):
    def stored_but_silent(environ, start_response):
        list(gate.app(environ, lambda *_: None))
        start_response("200 OK", [("Content-Length", "9")])
        return [b"<html>..."]

    gate.instead = stored_but_silent
    check_in(folder)
    with pytest.raises(NoAnswer):
        actions.sync(folder, web, attempts=1)
    assert (len(folder.queue()), len(kept())) == (1, 1)
    gate.instead = None
    actions.sync(folder, web, attempts=1)
    assert (len(folder.queue()), len(kept())) == (0, 1)


@pytest.mark.parametrize(
    "lie",
    [
        lambda item: {**item, "verdict": "rejected"},
        lambda item: {**item, "receipt": item["receipt"][:-2] + "AA"},
        lambda item: {name: value for name, value in item.items() if name != "receipt"},
        lambda item: {"id": item["id"], "status": "retry", "problem": {"detail": "Coba lagi."}},
    ],
    ids=["another verdict", "a broken signature", "no receipt", "retry"],
)
def test_an_answer_without_proof_leaves_the_report_in_the_queue(folder, web, gate, lie):
    def liar(environ, start_response):
        answer = orjson.loads(b"".join(gate.app(environ, lambda *_: None)))
        body = orjson.dumps({"results": [lie(item) for item in answer["results"]]})
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    gate.instead = liar
    check_in(folder)
    (sent,) = actions.sync(folder, web, attempts=1)
    assert not sent.lasts
    assert len(folder.queue()) == 1


def test_a_refused_report_leaves_the_queue_and_does_not_hold_up_the_next(folder, web):
    first, second = check_in(folder), check_in(folder, "out")
    broken = folder.queue()[0]
    broken.file.write_text(broken.compact[:-4] + "AAAA")
    said = {sent.item["id"]: sent.item["status"] for sent in actions.sync(folder, web, attempts=1)}
    assert said == {first: "refused", second: "stored"}
    assert folder.queue() == []


def test_a_second_phone_waits_for_somebody_elses_approval(web, employee, folder, tmp_path):
    other = Folder(tmp_path / "other")
    with other.held():
        actions.sign_in(other, web, employee.nip, PASSWORD)
        assert actions.enrol(other, web, employee.nip, "Baru", "android")["status"] == "pending"
        check_in(other)
        (sent,) = actions.sync(other, web, attempts=1)
    assert sent.item["problem"]["code"] == "device_not_active"


def test_enrolling_again_is_the_same_phone(folder, web, employee):
    before = folder.find("device")
    again = actions.enrol(folder, web, employee.nip, "Uji", "android")
    assert (again["id"], again["status"]) == (before["id"], "active")


def test_a_spent_access_token_is_replaced_and_the_new_pair_kept(folder, web):
    tokens = folder.find("tokens")
    folder.keep("tokens", {**tokens, "access_token": tokens["refresh_token"]})
    assert actions.today(folder, web)["next"] in ("in", None)
    assert folder.find("tokens")["refresh_token"] != tokens["refresh_token"]


def test_a_key_the_server_took_since_is_asked_for_and_the_known_one_stays(folder, web, app):
    known = folder.find("keys")["keys"]
    folder.keep("keys", {"keys": []})
    check_in(folder)
    (sent,) = actions.sync(folder, web, attempts=1)
    assert sent.is_proven
    assert folder.find("keys")["keys"] == known


def test_a_wrong_password_is_said_in_the_servers_words(web, employee, tmp_path):
    with pytest.raises(Refused, match="salah"):
        actions.sign_in(Folder(tmp_path), replace(web, language="id"), employee.nip, "bukan sandinya")


def test_the_commands_say_it_in_sentences(web, employee, tmp_path):
    def run(*arguments):
        state = ("--nip", employee.nip, "--state", str(tmp_path / "cli"), "--server", web.address)
        return CliRunner().invoke(phone_commands, [arguments[0], *state, *arguments[1:]])

    assert "belum didaftarkan" in run("today").output
    enrolled = run("enroll", "--password", PASSWORD)
    assert enrolled.exit_code == 0, enrolled.output
    at = re.search(r"--at (\S+)", enrolled.output)[1]
    inside = run("checkin", "--at", at, "--direction", "in")
    assert "DITERIMA" in inside.output and "✓ sah" in inside.output
    outside = run("checkin", "--at", "-8.70,115.30", "--direction", "in", "--lang", "en")
    assert "DOES NOT COUNT" in outside.output
    assert "1 menunggu" in run("checkin", "--at", at, "--direction", "out", "--offline").output
    assert "DITERIMA" in run("sync").output
    assert "Tidak ada yang menunggu" in run("sync").output
    assert orjson.loads(run("checkin", "--at", at, "--direction", "in", "--json").output)["status"] == "stored"
    assert "pulang" in run("today").output
    assert run("checkin", "--at", "115.22,-8.65", "--direction", "in").exit_code == 2
