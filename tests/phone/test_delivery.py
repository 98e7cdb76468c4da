"""Sending what waits: nothing is lost, nothing is forgotten too early, nobody is asked too often."""

import random
from pathlib import Path

import orjson
import pytest

from app import jws
from app.phone import delivery
from app.phone.delivery import LONGEST_ASKED_S, LONGEST_PAUSE_S, pause_s
from app.phone.report import id_of
from app.phone.wire import NoAnswer, NotNow
from tests.phone.serving import check_in, kept


def sync(folder, web, attempts=1):
    """What was said, without waiting for anything."""
    return list(delivery.sync(folder, web, attempts, wait=lambda seconds: None))


def answers(folder):
    """What is kept of each check-in that waits no more, by its number."""
    files = sorted((folder.path / "receipts").glob("*.json"))
    return {int(file.stem): orjson.loads(file.read_bytes())["answer"] for file in files}


def test_sent_again_after_a_lost_answer_it_is_one_check_in_and_one_answer(folder, web):
    check_in(folder)
    waiting = [queued.compact for queued in folder.queue()]
    first = web.post("/v1/checkins", {"checkins": waiting})
    (sent,) = sync(folder, web)
    assert orjson.dumps(sent.item) == orjson.dumps(first["results"][0])
    assert len(kept()) == 1


def test_what_was_not_answered_is_sent_again_with_the_same_bytes(folder, web, gate):
    gate.answering(lambda results: "<html>")
    made = [check_in(folder), check_in(folder, "out")]
    with pytest.raises(NoAnswer):
        sync(folder, web, attempts=3)
    assert (len(folder.queue()), len(kept())) == (2, 2)
    gate.instead = None
    assert [sent.item["id"] for sent in sync(folder, web)] == made
    assert len(gate.bodies) == 4 and all(body == gate.bodies[0] for body in gate.bodies)
    assert (folder.queue(), len(kept())) == ([], 2)


@pytest.mark.parametrize(
    "status, headers, body, error",
    [
        ("503 Service Unavailable", [("Retry-After", "0")], b"", NotNow),
        ("429 Too Many Requests", [], b"", NotNow),
        ("500 Internal Server Error", [], b"{}", NoAnswer),
        ("302 Found", [("Location", "http://portal.example/")], b"", NoAnswer),
        ("200 OK", [], b"<html>sign in to the hotel</html>", NoAnswer),
        ("200 OK", [], b"{}", NoAnswer),
        ("200 OK", [], b'{"results":[]}', NoAnswer),
        ("200 OK", [], b'{"results":["stored"]}', NoAnswer),
        ("200 OK", [], b'{"results":[{"id":null,"status":"perhaps"}]}', NoAnswer),
        ("200 OK", [], b'{"results":[{"id":"01a20fd5-1012-7a11-8c02-5d6f7a8b9c0d","status":"refused"}]}', NoAnswer),
    ],
    ids=[
        "not now", "too many", "broken", "sent elsewhere", "a page", "no results", "too few", "no result", "no status", "another's",
    ],
)  # fmt: skip
def test_no_answer_that_is_not_about_this_report_ends_its_waiting(folder, web, gate, status, headers, body, error):
    gate.saying(status, *headers, body=body)
    check_in(folder)
    with pytest.raises(error):
        sync(folder, web)
    assert (len(folder.queue()), kept()) == (1, [])
    gate.instead = None
    (sent,) = sync(folder, web)
    assert sent.item["status"] == "stored" and folder.queue() == []


@pytest.mark.parametrize(
    "lie",
    [
        lambda item: {**item, "verdict": "rejected"},
        lambda item: {**item, "receipt": item["receipt"][:-2] + ("BA" if item["receipt"].endswith("AA") else "AA")},
        lambda item: {name: value for name, value in item.items() if name != "receipt"},
        lambda item: {"id": item["id"], "status": "retry", "problem": {"detail": "Coba lagi."}},
    ],
    ids=["another verdict", "a broken signature", "no receipt", "retry"],
)
def test_an_answer_without_proof_leaves_the_report_in_the_queue(folder, web, gate, lie):
    gate.answering(lambda results: {"results": [lie(item) for item in results]})
    check_in(folder)
    (sent,) = sync(folder, web)
    assert not sent.lasts
    assert len(folder.queue()) == 1 and answers(folder) == {}


def test_a_refused_report_leaves_the_queue_and_does_not_hold_up_the_next(folder, web):
    first, second = check_in(folder), check_in(folder, "out")
    broken = folder.queue()[0]
    broken.file.write_text(broken.compact[:-4] + "AAAA")
    said = {sent.item["id"]: sent.item["status"] for sent in sync(folder, web)}
    assert said == {first: "refused", second: "stored"}
    assert folder.queue() == []
    assert answers(folder)[1]["problem"]["code"] == "bad_signature"


def test_a_report_that_rotted_on_the_disk_is_refused_and_out_of_the_way(folder, web):
    check_in(folder), check_in(folder, "out")
    folder.queue()[0].file.write_text("rotten")
    assert [sent.item["status"] for sent in sync(folder, web)] == ["refused", "stored"]
    assert (folder.queue(), answers(folder)[1]["id"]) == ([], None)


def test_an_id_that_is_taken_is_refused_for_good_and_said(folder, web):
    """Only a phone that signs a report anew gets here; the reference phone keeps the bytes."""
    check_in(folder)
    sync(folder, web)
    kept_report = orjson.loads((folder.path / "receipts" / "0000000001.json").read_bytes())["report"]
    header, payload, _, _ = jws.split(kept_report)
    folder.enqueue(lambda link: jws.sign_es256(folder.key(), header, orjson.loads(payload)))
    (sent,) = sync(folder, web)
    assert sent.item["problem"]["code"] == "id_conflict"
    assert (folder.queue(), len(kept())) == ([], 1)


def test_a_hundred_at_once_and_one_that_must_wait_holds_up_nobody(folder, web, gate):
    made = [check_in(folder, "out" if number else "in") for number in range(101)]
    sick = made[0]

    def retry_sick(results):
        return {"results": [{"id": sick, "status": "retry", "problem": {}} if item["id"] == sick else item for item in results]}

    gate.answering(retry_sick)
    said = {sent.item["id"]: sent.item["status"] for sent in sync(folder, web)}
    assert [len(body) for body in gate.bodies] == [100, 1]
    assert said == {sick: "retry"} | dict.fromkeys(made[1:], "stored")
    assert [id_of(queued.compact) for queued in folder.queue()] == [sick]
    gate.instead = None
    assert [sent.item["status"] for sent in sync(folder, web)] == ["stored"]
    assert sorted(row.id for row in kept()) == sorted(made)


def choking_on(gate, *sick, status="500 Internal Server Error"):
    """The server fails at every request that holds one of these reports."""

    def instead(environ, start_response):
        if any(id_of(compact) in sick for compact in gate.bodies[-1]):
            start_response(status, [("Content-Type", "application/problem+json"), ("Content-Length", "2")])
            return [b"{}"]
        return gate.app(environ, start_response)

    gate.instead = instead


@pytest.mark.parametrize("status", ["500 Internal Server Error", "413 Request Entity Too Large"])
@pytest.mark.parametrize("places", [{0}, {12}, {3, 7}, {4, 5, 6}, set()], ids=str)
def test_a_report_that_the_server_chokes_on_waits_alone(folder, web, gate, places, status):
    made = [check_in(folder, "out" if number else "in") for number in range(13)]
    sick = [made[place] for place in sorted(places)]
    choking_on(gate, *sick, status=status)
    said = {sent.item["id"]: sent.item["status"] for sent in sync(folder, web)}
    assert said == {id: "retry" if id in sick else "stored" for id in made}
    assert [id_of(queued.compact) for queued in folder.queue()] == sick
    assert [[id_of(compact) for compact in body] for body in gate.bodies if len(body) == 1 and id_of(body[0]) in sick] == [
        [id] for id in sick
    ]
    gate.instead = None
    assert [sent.item["status"] for sent in sync(folder, web)] == ["stored"] * len(sick)


def test_a_server_that_chokes_on_everything_is_not_asked_for_each_report(folder, web, gate):
    made = [check_in(folder, "out" if number else "in") for number in range(40)]
    choking_on(gate, *made)
    with pytest.raises(NoAnswer):
        sync(folder, web)
    assert len(gate.bodies) == delivery.MOST_CHOKED and len(folder.queue()) == 40


def test_a_page_that_takes_less_than_a_hundred_gets_as_many_as_it_takes(folder, web, gate):
    """A proxy's limit is not the program's."""
    made = [check_in(folder, "out" if number else "in") for number in range(48)]
    most = 3 * len(folder.queue()[0].compact)

    def instead(environ, start_response):
        if int(environ["CONTENT_LENGTH"]) > most:
            start_response("413 Request Entity Too Large", [("Content-Length", "0")])
            return []
        return gate.app(environ, start_response)

    gate.instead = instead
    assert [sent.item["id"] for sent in sync(folder, web)] == made
    assert (folder.queue(), len(kept())) == ([], 48)


def test_what_lasted_before_the_server_fell_silent_was_said_and_waits_no_more(folder, web, gate, monkeypatch):
    monkeypatch.setattr(delivery, "MOST_AT_ONCE", 2)
    made = [check_in(folder), check_in(folder, "out"), check_in(folder, "out")]

    def only_the_first_time(results):
        return {"results": results} if len(gate.bodies) == 1 else None

    gate.answering(only_the_first_time)
    said = []
    with pytest.raises(NoAnswer):
        said.extend(delivery.sync(folder, web, 1))
    assert [sent.item["id"] for sent in said] == made[:2] == [answer["id"] for answer in answers(folder).values()]
    assert [id_of(queued.compact) for queued in folder.queue()] == made[2:]


def test_it_asks_again_as_often_as_told_and_pauses_between_and_not_after(folder, web, gate):
    gate.saying("503 Service Unavailable", ("Retry-After", "7"))
    check_in(folder)
    slept = []
    with pytest.raises(NotNow):
        list(delivery.sync(folder, web, attempts=4, chance=random.Random(5), wait=slept.append))
    assert len(gate.bodies) == 4
    drawn = random.Random(5)
    assert slept == [7 + drawn.random() * most for most in (2, 4, 8)]


def test_a_server_that_comes_back_is_asked_no_more(folder, web, gate):
    gate.saying("503 Service Unavailable")
    check_in(folder)
    said = list(delivery.sync(folder, web, attempts=9, wait=lambda seconds: setattr(gate, "instead", None)))
    assert [sent.item["status"] for sent in said] == ["stored"]
    assert len(gate.bodies) == 2


def test_pauses_grow_are_bounded_and_never_undercut_the_server():
    assert [pause_s(failures, 0, 1.0) for failures in (1, 2, 3)] == [2, 4, 8]
    assert pause_s(30, 0, 1.0) == pause_s(10**9, 0, 1.0) == LONGEST_PAUSE_S
    assert pause_s(1, 30, 0.0) == 30
    assert pause_s(1, 1e9, 0.0) == LONGEST_ASKED_S
    assert pause_s(3, 0, 0.1) != pause_s(3, 0, 0.9)


def test_a_key_the_server_took_since_is_asked_for_and_the_known_one_stays(folder, web):
    *rotated, known = folder.keys()
    folder.keep("keys", {"keys": [{**known, "kid": "an older one"}]})
    check_in(folder)
    (sent,) = sync(folder, web)
    assert sent.is_proven
    assert folder.keys() == [{**known, "kid": "an older one"}, *rotated, known]


def test_a_known_key_is_never_replaced_by_another_of_its_name(folder, web, tmp_path):
    *rotated, known = folder.keys()
    forged = {**jws.Keyring(Path(tmp_path) / "other").jwks()[0], "kid": known["kid"]}
    folder.keep("keys", {"keys": [forged]})
    assert delivery.learn_keys(folder, web) == [forged, *rotated]
    check_in(folder)
    (sent,) = sync(folder, web)
    assert not sent.is_proven and len(folder.queue()) == 1
