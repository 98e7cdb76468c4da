"""An employee with a phone against a real server: enrolling, checking in, and what the commands say."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from click.testing import CliRunner

from app import clock, db, jws
from app.cli.phone import phone as phone_commands
from app.geofences import actions as doors
from app.phone import actions, clocks, delivery
from app.phone.folder import Folder
from app.phone.wire import NoAnswer, Refused
from tests.phone.serving import INSIDE, OUTSIDE, PASSWORD, check_in, fix, kept


@pytest.mark.parametrize(
    "place, accuracy_m, verdict",
    [(INSIDE, 8.0, "accepted"), (INSIDE, 65.0, "doubtful"), (OUTSIDE, 8.0, "rejected")],
    ids=["inside", "inside, but who can tell", "a kilometre away"],
)
def test_the_answer_comes_with_a_receipt_that_verifies(folder, web, place, accuracy_m, verdict):
    id = check_in(folder, place=place, accuracy_m=accuracy_m)
    (sent,) = delivery.sync(folder, web, attempts=1)
    assert (sent.item["id"], sent.item["verdict"], sent.is_proven) == (id, verdict, True)
    assert folder.queue() == []
    assert [row.verdict for row in kept()] == [verdict]


def test_made_offline_and_sent_later_it_counts_for_when_it_was_made(folder, web):
    made = [check_in(folder, direction) for direction in ("in", "out")]
    assert kept() == []
    sent = list(delivery.sync(folder, web, attempts=1))
    rows = kept()
    assert [item.item["id"] for item in sent] == [row.id for row in rows] == made
    assert [row.seq for row in rows] == [1, 2]
    assert all(row.time_grade == "verified" and row.taken_at <= row.received_at for row in rows)


def test_a_wall_clock_that_is_hours_fast_moves_nothing(folder, web):
    """The id's time comes from the anchor; from the wall clock it would be refused as one of the future."""
    actions.check_in(folder, "in", [fix()], clock.now() + timedelta(hours=3))
    (sent,) = delivery.sync(folder, web, attempts=1)
    assert (sent.item["status"], sent.item["time_grade"]) == ("stored", "verified")


def test_a_time_without_a_time_in_it_is_no_anchor_and_the_old_one_stays(folder, gate, web):
    before = folder.find("anchor")
    for body in (b"{}", b'{"now":"soon","anchor":"x"}', b"[]"):
        gate.clock = body
        with pytest.raises(NoAnswer):
            actions.take_anchor(folder, web)
    assert folder.find("anchor") == before


def test_a_time_that_came_too_late_is_no_anchor_and_the_old_one_stays(folder, web, monkeypatch):
    before = folder.find("anchor")
    monkeypatch.setattr(clocks, "LONGEST_TRIP_MS", -1)
    with pytest.raises(NoAnswer):
        actions.take_anchor(folder, web)
    assert folder.find("anchor") == before


def test_an_old_anchor_is_renewed_and_a_young_one_serves(folder, web, monkeypatch):
    young = folder.find("anchor")
    actions.freshen_anchor(folder, web)
    assert folder.find("anchor") == young
    monkeypatch.setattr(clocks, "FRESH_MS", 0)
    actions.freshen_anchor(folder, web)
    assert folder.find("anchor")["signed"] != young["signed"]


def test_after_a_reboot_a_check_in_claims_no_anchor_until_there_is_a_new_one(folder, web):
    folder.keep("anchor", {**folder.find("anchor"), "boot_id": "another boot"})
    check_in(folder)
    assert "anchor" not in payload_of(folder.queue()[0])
    actions.freshen_anchor(folder, web)
    check_in(folder, "out")
    payload = payload_of(folder.queue()[1])
    assert payload["boot_id"] == clocks.read().boot_id and payload["elapsed_ms"] >= 0


def payload_of(queued):
    return orjson.loads(jws.split(queued.compact)[1])


def test_two_commands_whose_access_ran_out_do_not_spend_one_refresh_token_twice(folder, web):
    """Showing a spent refresh token ends the sign-in, for both."""
    tokens = folder.find("tokens")
    folder.keep("tokens", {**tokens, "access_token": tokens["refresh_token"]})
    with ThreadPoolExecutor(4) as pool:
        days = list(pool.map(lambda _: actions.today(folder, web), range(4)))
    assert len(days) == 4
    assert actions.today(folder, web)["work_date"]


def test_a_second_phone_waits_for_somebody_elses_approval(web, employee, folder, tmp_path):
    other = Folder(tmp_path / "other")
    actions.sign_in(other, web, employee.nip, PASSWORD)
    assert actions.enrol(other, web, employee.nip, "Baru", "android")["status"] == "pending"
    check_in(other)
    (sent,) = delivery.sync(other, web, attempts=1)
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


def test_the_old_phone_hears_of_a_new_one_and_turns_it_away(web, employee, tmp_path):
    def run(place, *arguments):
        state = ("--nip", employee.nip, "--state", str(tmp_path / place), "--server", web.address)
        done = CliRunner().invoke(phone_commands, [arguments[0], *state, *arguments[1:]])
        assert done.exit_code == 0, done.output
        return done.output

    run("old", "enroll", "--password", PASSWORD)
    assert "disown" not in run("old", "today")
    assert "menunggu persetujuan" in run("new", "enroll", "--password", PASSWORD, "--name", "Ponsel asing")
    (offer,) = [line for line in run("old", "today").splitlines() if "Ponsel asing" in line]
    words = offer.partition("--app wsgi phone ")[2].split()
    assert "tetap dipakai" in run("old", words[0], *words[3:])
    assert "disown" not in run("old", "today")
    assert Folder(tmp_path / "old").find("device")["status"] == "active"


def test_a_code_off_the_screen_settles_what_a_coarse_fix_cannot(folder, web):
    (site,) = actions.today(folder, web)["sites"]
    assert not site["has_code"]
    with db.transaction() as session:
        screen = doors.renew_door_code(session, site["code"], None, clock.now() - timedelta(hours=1))
        shown, _ = doors.shown_at(session, screen.site, screen.key, clock.now()).codes[0]
    assert actions.today(folder, web)["sites"][0]["has_code"]
    for code in (None, shown, "ZZZZ-ZZZZ"):
        actions.check_in(folder, "in", [fix(accuracy_m=90)], clock.now(), code)
    said = delivery.sync(folder, web, attempts=1)
    assert [sent.item["verdict"] for sent in said] == ["doubtful", "accepted", "doubtful"]
