"""What attachments promise over HTTP: every refusal once, who may see them, and that they are forgotten on time."""

import hashlib
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import exc, text

from app import clock
from app.access import Role
from app.attachments import actions
from app.attachments import store as attachments
from app.people.actions.days import day_of
from app.people.store import Posting
from tests import make
from tests.anomalies.test_actions import crowd
from tests.attachments.pictures import POSITION, jpeg, png

PDF = b"%PDF-1.7 surat keterangan sakit %%EOF"
LEAVE = {"kind": "annual", "first_day": "2026-12-07", "last_day": "2026-12-08", "reason": "Upacara"}
CORRECTION = {
    "day": "2026-11-23",
    "direction": "in",
    "at": "2026-11-23T07:20:00+08:00",
    "reason": "Ponsel mati",
    "evidence": "CCTV",
}


class World:
    """An employee with a superior and personnel above him, and people elsewhere."""

    def __init__(self, session, client, sign_in):
        self.session, self.client, self.sign_in = session, client, sign_in
        self.bali = make.unit(session)
        self.unit = make.unit(session, "DISHUB", self.bali)
        self.employee, self.colleague = make.person(session, self.unit), make.person(session, self.unit)
        self.supervisor, self.hr = self.holder(Role.SUPERVISOR, self.unit), self.holder(Role.HR, self.bali)
        self.auditor, self.admin = self.holder(Role.AUDITOR, self.bali), self.holder(Role.ADMIN, self.bali)
        self.stranger = self.holder(Role.HR, make.unit(session, "BADUNG"))

    def holder(self, role, unit):
        person = make.person(self.session, unit)
        make.grant(self.session, person, role, unit)
        return person

    def call(self, person, method, path, body=None, **more):
        return self.client.open(f"/v1{path}", method=method, json=body, headers=self.sign_in(person.id), **more)

    def send(self, content=PDF, name="Surat.pdf", person=None, **headers):
        given = self.sign_in((person or self.employee).id) | headers
        return self.client.post("/v1/attachments", query_string={"name": name}, data=content, headers=given)

    def sent(self, *args, **kwargs) -> str:
        answer = self.send(*args, **kwargs)
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    def get(self, person, attachment_id):
        return self.call(person, "GET", f"/attachments/{attachment_id}")

    def ask_leave(self, *ids, **changes):
        return self.call(self.employee, "POST", "/me/leaves", LEAVE | changes | {"attachment_ids": list(ids)})


@pytest.fixture
def world(session, client, sign_in) -> World:
    return World(session, client, sign_in)


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", "attachment_type"),
        (b"<script>alert(1)</script>", "attachment_type"),
        (b"GIF89a/*" + PDF, "attachment_type"),
        (b"%PDF-1.7 tanpa akhir", "attachment_broken"),
        (jpeg(tail=b"")[:-2], "attachment_broken"),
        (png()[:60], "attachment_broken"),
        (PDF + b" " * 1_500_000, "attachment_too_large"),
    ],
)
def test_what_is_no_whole_pdf_jpeg_or_png_of_bearable_size_is_refused(world, content, code) -> None:
    answer = world.send(content)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert world.session.scalar(text("SELECT count(*) FROM attachments")) == 0


def test_a_body_past_every_limit_is_not_even_read(world) -> None:
    answer = world.send(PDF + bytes(2_000_001))
    assert (answer.status_code, answer.json["code"]) == (413, "body_too_large")


def test_the_limit_is_a_setting(world, monkeypatch) -> None:
    monkeypatch.setenv("TAPAK_ATTACHMENT_LIMIT_BYTES", str(len(PDF) - 1))
    assert world.send().json["code"] == "attachment_too_large"
    monkeypatch.setenv("TAPAK_ATTACHMENT_LIMIT_BYTES", str(len(PDF)))
    assert world.send().status_code == 201


def test_nobody_unknown_sends_or_reads(world, client) -> None:
    sent = world.sent()
    assert client.post("/v1/attachments", data=PDF).status_code == 401
    assert client.get(f"/v1/attachments/{sent}").status_code == 401


def test_a_packed_body_and_a_name_with_nul_are_refused(world) -> None:
    assert world.send(**{"Content-Encoding": "gzip"}).json["code"] == "encoded_body"
    assert world.send(name="a\0b").status_code == 422
    assert world.send(name="x" * 256).status_code == 422


def test_a_file_comes_back_only_as_a_download_that_can_do_nothing(world) -> None:
    sent = world.send(name="../<b>Surat Sakit.pdf")
    assert sent.json["name"] == "bSurat Sakit.pdf" and sent.json["type"] == "application/pdf"
    got = world.get(world.employee, sent.json["id"])
    assert got.data == PDF and hashlib.sha256(got.data).hexdigest() == sent.json["sha256"]
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in got.headers["Cache-Control"]


def test_a_photo_loses_where_it_was_taken_before_it_is_kept(world) -> None:
    sent = world.sent(jpeg(6), "IMG_0001.jpg")
    kept = world.session.scalar(text("SELECT content FROM attachment_contents"))
    assert POSITION not in bytes(kept) and world.get(world.employee, sent).data == bytes(kept)


def test_sent_again_it_is_the_same_one_until_it_is_used(world) -> None:
    first = world.sent()
    assert world.sent(name="lain.pdf") == first
    assert world.sent(person=world.colleague) != first
    assert world.ask_leave(first).status_code == 201
    assert world.sent() != first


def test_files_that_nothing_is_asked_with_are_bounded(world) -> None:
    for number in range(actions.MOST_WAITING):
        first = world.sent(PDF + b" " * number)
    answer = world.send(PDF + b" " * 100)
    assert (answer.status_code, answer.json["code"]) == (409, "attachments_waiting")
    assert world.ask_leave(first).status_code == 201
    assert world.send(PDF + b" " * 100).status_code == 201


def test_beside_a_leave_it_is_for_those_who_decide_and_nobody_else(world) -> None:
    sent = world.sent()
    everybody = (world.supervisor, world.hr, world.colleague, world.auditor, world.admin, world.stranger)
    assert [world.get(one, sent).status_code for one in everybody] == [404] * 6
    assert world.get(world.employee, sent).status_code == 200
    asked = world.ask_leave(sent)
    assert [one["id"] for one in asked.json["attachments"]] == [sent] and "attachment_ids" not in asked.json
    assert [world.get(one, sent).status_code for one in everybody] == [200, 200, 404, 404, 404, 404]
    assert world.get(world.stranger, sent).json["code"] == "unknown_attachment" == world.get(world.hr, uuid4()).json["code"]
    listed = world.call(world.supervisor, "GET", "/leaves").json["items"]
    assert listed[0]["attachments"][0] == asked.json["attachments"][0]


def test_who_has_moved_is_decided_about_where_he_is_and_where_he_was(world) -> None:
    sent = world.sent()
    world.ask_leave(sent)
    today = day_of(clock.now())
    yesterday = clock.now() - timedelta(days=1)
    world.session.execute(text("SET LOCAL ROLE tapak_owner; ALTER TABLE attachment_links DISABLE TRIGGER USER"))
    world.session.execute(text("UPDATE attachment_links SET linked_at = :at"), {"at": yesterday})
    world.session.execute(
        text("UPDATE postings SET until = :today WHERE person_id = :person"), {"today": today, "person": world.employee.id}
    )
    there = make.unit(world.session, "DINKES", world.bali)
    world.session.add(Posting(person_id=world.employee.id, unit_id=there.id, position="Staf", kind="primary", since=today))
    world.session.flush()
    chief = world.holder(Role.SUPERVISOR, make.unit(world.session, "DINKES"))
    assert [world.get(one, sent).status_code for one in (chief, world.supervisor)] == [200, 200]


@pytest.mark.parametrize("whose", ["another's", "used", "unknown", "twice"])
def test_only_ones_own_free_files_can_be_used(world, whose) -> None:
    mine = world.sent()
    if whose == "another's":
        mine = world.sent(person=world.colleague)
    if whose == "used":
        world.ask_leave(mine)
    ids = {"unknown": [str(uuid4())], "twice": [mine, mine]}.get(whose, [mine])
    answer = world.ask_leave(*ids, first_day="2026-12-14", last_day="2026-12-14")
    if whose == "twice":
        assert answer.status_code == 201 and len(answer.json["attachments"]) == 1
        return
    assert (answer.status_code, answer.json["code"]) == (422, "attachment_unknown")
    assert list(answer.json["errors"]) == ["/attachment_ids/0"]
    leaves = [one["first_day"] for one in world.call(world.employee, "GET", "/me/leaves").json["items"]]
    assert "2026-12-14" not in leaves  # the request is not kept without its file


def test_more_than_five_beside_one_request_are_refused(world) -> None:
    answer = world.ask_leave(*(str(uuid4()) for _ in range(6)))
    assert answer.status_code == 422 and "/attachment_ids" in answer.json["errors"]


def test_it_stands_beside_corrections_and_replies_too(world) -> None:
    sent = world.sent()
    asked = world.call(world.employee, "POST", "/me/corrections", CORRECTION | {"attachment_ids": [sent]})
    assert asked.status_code == 201 and asked.json["attachments"][0]["id"] == sent
    assert world.call(world.hr, "GET", "/corrections").json["items"][0]["attachments"][0]["id"] == sent
    people = [world.employee, make.person(world.session, world.unit), make.person(world.session, world.unit)]
    crowd(world.session, *people)
    from app.anomalies import actions as anomalies
    from tests.anomalies.test_actions import DAY

    anomalies.scan_day(world.session, DAY, clock.now())
    found = world.session.scalar(text("SELECT id FROM findings WHERE person_id = :id"), {"id": world.employee.id})
    other = world.sent(PDF + b" ")
    reply = {"reason": "Saya di kantor", "attachment_ids": [other]}
    said = world.call(world.employee, "POST", f"/me/findings/{found}/reply", reply)
    assert said.status_code == 201, said.text
    assert said.json["attachments"][0]["id"] == other
    assert world.call(world.hr, "GET", f"/findings/{found}").json["attachments"][0]["id"] == other
    assert world.get(world.supervisor, other).status_code == 200


def test_what_was_sent_and_with_what_is_in_the_ledger_and_its_name_is_not(world) -> None:
    sent = world.send(name="Diagnosa.pdf").json
    leave = world.ask_leave(sent["id"]).json["id"]
    told = make.told(world.session, "attachment")
    assert told == [
        {
            "subject": f"attachment:{sent['id']}",
            "person": world.employee.id,
            "type": "application/pdf",
            "bytes": len(PDF),
            "sha256": sent["sha256"],
        }
    ]
    assert make.told(world.session, "leave")[0]["attachments"] == [sent["id"]]
    everything = world.session.scalars(text("SELECT content FROM ledger_contents")).all()
    assert leave and not [words for words in everything if "Diagnosa" in words]


def test_files_are_forgotten_when_their_time_is_up_and_a_leaf_says_which(world, monkeypatch) -> None:
    used, idle = world.sent(), world.sent(PDF + b" ")
    world.ask_leave(used)
    now = clock.now()
    assert actions.forget(world.session, now + timedelta(days=6)) == 0
    assert actions.forget(world.session, now + timedelta(days=8)) == 1
    assert world.get(world.employee, idle).json["code"] == "attachment_forgotten"
    assert world.get(world.employee, used).status_code == 200
    assert actions.forget(world.session, now + timedelta(days=729)) == 0
    assert actions.forget(world.session, now + timedelta(days=731)) == 1 != actions.forget(world.session, now + timedelta(days=731))
    assert world.get(world.hr, used).json["code"] == "attachment_forgotten"
    assert world.call(world.employee, "GET", "/me/leaves").json["items"][0]["attachments"][0]["name"] is None
    erased = [json.loads(entry) for entry in world.session.scalars(text("SELECT entry FROM ledger_leaves WHERE kind = 'erasure'"))]
    assert [one["attachments"] for one in erased] == [[idle], [used]]
    left = world.session.scalar(text("SELECT count(*) FROM attachment_contents"))
    assert left == 0 and attachments.find(world.session, UUID(used)) is not None
    answer = world.call(
        world.employee,
        "POST",
        "/me/leaves",
        LEAVE | {"first_day": "2026-12-14", "last_day": "2026-12-14", "attachment_ids": [idle]},
    )
    assert answer.json["code"] == "attachment_unknown"


def test_the_database_forgets_none_without_a_leaf(world) -> None:
    sent = world.sent()
    with pytest.raises(exc.DBAPIError, match="forgotten only together with a leaf"):
        attachments.erase(world.session, [UUID(sent)])
