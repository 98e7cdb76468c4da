"""What assignment letters promise over HTTP, every refusal once, and that a stranger sees nothing."""

from datetime import date

import pytest
from sqlalchemy import text

from app import clock
from app.access import Role
from app.assignments import store as assignments
from tests import make

MONDAY = date(2026, 11, 23)
BODY = {
    "unit": "DISHUB",
    "number": "800/17/DISHUB/2026",
    "kind": "duty",
    "purpose": "Posko Nataru di Terminal Mengwi",
    "first_day": "2026-11-23",
    "last_day": "2026-11-25",
    "sites": ["MENGWI"],
}
APEL = {"kind": "ceremony", "last_day": "2026-11-23", "starts": "07:00", "ends": "08:00"}


class World:
    """Two agencies; in one of them a unit with an employee, and every role over unit or agency."""

    def __init__(self, session, client, sign_in):
        self.session, self.client, self.sign_in = session, client, sign_in
        self.bali = make.unit(session, "BALI")
        self.unit = make.unit(session, "DISHUB", self.bali)
        self.employee, self.colleague = make.person(session, self.unit), make.person(session, self.unit)
        self.health = make.unit(session, "DINKES", self.bali)
        self.neighbour = make.person(session, self.health)
        badung = make.unit(session, "BADUNG")
        self.stranger = self.holder(Role.HR, badung)
        self.supervisor = self.holder(Role.SUPERVISOR, self.unit)
        self.head_of_health = self.holder(Role.SUPERVISOR, self.health)
        self.hr = self.holder(Role.HR, self.bali)
        self.other_hr = self.holder(Role.HR, self.bali)
        self.admin = self.holder(Role.ADMIN, self.bali)
        self.auditor = self.holder(Role.AUDITOR, self.bali)
        make.site(session, self.health, code="MENGWI")
        make.site(session, badung, code="PUSPEM")

    def holder(self, role, unit):
        person = make.person(self.session, unit)
        make.grant(self.session, person, role, unit)
        return person

    def call(self, person, method, path, body=None, language="id", **query):
        headers = self.sign_in(person.id, language)
        answer = self.client.open(f"/v1{path}", method=method, json=body, query_string=query, headers=headers)
        self.session.expire_all()
        return answer

    def issue(self, person=None, **changes):
        body = BODY | {"people": [self.employee.nip]} | changes
        return self.call(person or self.supervisor, "POST", "/assignment-letters", body)

    def approve(self, person, letter_id):
        return self.call(person, "POST", f"/assignment-letters/{letter_id}/approval")

    def withdraw(self, person, letter_id, **body):
        return self.call(person, "POST", f"/assignment-letters/{letter_id}/withdrawal", {"reason": "Posko ditutup", **body})

    def seen_by(self, person, **query):
        answer = self.call(person, "GET", "/assignment-letters", **query)
        return [item["id"] for item in answer.json["items"]] if answer.status_code == 200 else answer.status_code

    def reads(self, person, letter_id):
        return self.call(person, "GET", f"/assignment-letters/{letter_id}").status_code

    def holds_for(self, *persons, day=MONDAY):
        found = assignments.letters_on(self.session, day, [person.id for person in persons])
        return [person.id in found for person in persons]


@pytest.fixture
def world(session, client, sign_in):
    return World(session, client, sign_in)


def code(answer):
    return answer.status_code, answer.json.get("code")


@pytest.mark.parametrize("role", ["supervisor", "hr"])
def test_a_letter_is_issued_for_people_of_ones_scope_and_they_read_it(world, role):
    issued = world.issue(getattr(world, role))
    assert issued.status_code == 201
    [read] = world.call(world.employee, "GET", "/me/assignment-letters").json["items"]
    assert read == issued.json
    assert (read["number"], read["sites"], read["people_count"], read["awaits_approval"]) == (BODY["number"], ["MENGWI"], 1, False)
    assert (read["place"], read["proof"], read["starts"], read["cut_from"]) == ("sites", "checkins", None, None)
    assert world.holds_for(world.employee, world.colleague) == [True, False]


def test_a_ceremony_names_everybody_of_its_units_and_below_on_its_day(world):
    moved_in = make.person(world.session, world.unit, since=date(2026, 11, 24))
    issued = world.issue(world.hr, unit="BALI", people=[], units=["DISHUB", "BALI"], **APEL)
    assert (issued.status_code, issued.json["starts"], issued.json["ends"]) == (201, "07:00", "08:00")
    assert world.holds_for(world.employee, world.neighbour, world.stranger, moved_in) == [True, True, False, False]
    assert issued.json["awaits_approval"] is True and world.holds_for(world.hr) == [False]


def test_a_letter_does_not_hold_for_its_issuer_until_somebody_else_approves_it(world):
    letter_id = world.issue(people=[world.supervisor.nip, world.employee.nip]).json["id"]
    assert world.holds_for(world.supervisor, world.employee) == [False, True]
    assert code(world.approve(world.supervisor, letter_id)) == (403, "own_decision")
    approved = world.approve(world.hr, letter_id)
    assert (approved.status_code, approved.json["awaits_approval"]) == (200, False)
    assert world.holds_for(world.supervisor) == [True]
    assert code(world.approve(world.other_hr, letter_id)) == (409, "letter_needs_no_approval")


def test_a_letter_that_does_not_name_its_issuer_needs_no_approval(world):
    assert code(world.approve(world.hr, world.issue().json["id"])) == (409, "letter_needs_no_approval")


def test_it_is_cut_short_once_by_somebody_whom_it_does_not_name(world):
    letter_id = world.issue(world.hr, people=[world.employee.nip, world.supervisor.nip]).json["id"]
    assert code(world.withdraw(world.supervisor, letter_id)) == (403, "own_decision")
    assert code(world.withdraw(world.hr, letter_id, from_day="2026-11-26")) == (422, "letter_cut_day")
    assert code(world.withdraw(world.hr, letter_id, from_day="2026-11-22")) == (422, "letter_cut_day")
    cut = world.withdraw(world.hr, letter_id, from_day="2026-11-25")
    assert (cut.status_code, cut.json["cut_from"], cut.json["cut_reason"]) == (200, "2026-11-25", "Posko ditutup")
    assert world.holds_for(world.employee) == [True] and world.holds_for(world.employee, day=date(2026, 11, 25)) == [False]
    assert code(world.withdraw(world.other_hr, letter_id)) == (409, "letter_withdrawn")


def test_withdrawn_without_a_day_it_never_held_and_stays_readable(world):
    letter_id = world.issue().json["id"]
    assert world.withdraw(world.supervisor, letter_id).json["cut_from"] == "2026-11-23"
    assert world.holds_for(world.employee) == [False] and world.reads(world.employee, letter_id) == 200


def test_those_whom_it_names_and_those_who_answer_for_them_or_for_its_unit_read_it(world):
    letter_id = world.issue(world.hr, unit="BALI", people=[world.employee.nip]).json["id"]
    for person in (world.supervisor, world.hr, world.other_hr, world.admin, world.auditor):
        assert (world.seen_by(person), world.reads(person, letter_id)) == ([letter_id], 200)
    for person in (world.head_of_health, world.stranger):
        assert (world.seen_by(person), world.reads(person, letter_id)) == ([], 404)
    for person in (world.colleague, world.neighbour):
        assert (world.seen_by(person), world.reads(person, letter_id)) == (403, 404)
    assert (world.seen_by(world.employee), world.reads(world.employee, letter_id)) == (403, 200)


def test_who_answers_for_some_of_the_named_sees_only_them(world):
    named = sorted([world.employee.nip, world.neighbour.nip])
    letter_id = world.issue(world.hr, unit="BALI", people=named).json["id"]

    def people(person, **query):
        return world.call(person, "GET", f"/assignment-letters/{letter_id}/people", **query).json

    assert [one["nip"] for one in people(world.auditor)["items"]] == named
    assert [one["nip"] for one in people(world.supervisor)["items"]] == [world.employee.nip]
    first = people(world.hr, limit=1)
    assert (first["next"], people(world.hr, limit=1, after=first["next"])["items"][0]["nip"]) == (named[0], named[1])
    assert code(world.call(world.stranger, "GET", f"/assignment-letters/{letter_id}/people")) == (404, "unknown_letter")


def test_letters_are_listed_newest_first_by_unit_and_by_day(world):
    ids = [world.issue(number=f"800/{n}", first_day=f"2026-11-2{n}").json["id"] for n in (3, 4, 5)]
    assert world.seen_by(world.hr, limit=2) == [ids[2], ids[1]] and world.seen_by(world.hr, after=ids[1]) == [ids[0]]
    assert world.seen_by(world.hr, day="2026-11-24") == [ids[1], ids[0]]
    assert world.seen_by(world.hr, unit="DINKES") == [] and world.seen_by(world.supervisor, unit="DINKES") == 404


@pytest.mark.parametrize("role", ["employee", "admin", "auditor"])
def test_only_superiors_and_personnel_issue_approve_and_withdraw(world, role):
    letter_id, person = world.issue(number="800/1").json["id"], getattr(world, role)
    for answer in (world.issue(person), world.approve(person, letter_id), world.withdraw(person, letter_id)):
        assert code(answer) == (403, "role_missing")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"unit": "BALI"}, "unknown_unit"),
        ({"unit": "NOWHERE"}, "unknown_unit"),
        ({"units": ["DINKES"]}, "unknown_unit"),
        ({"people": ["neighbour"]}, "unknown_person"),
        ({"people": ["198001012005011999"]}, "unknown_person"),
        ({"sites": ["PUSPEM"]}, "unknown_site"),
        ({"sites": ["nowhere"]}, "unknown_site"),
    ],
    ids=str,
)
def test_what_is_out_of_scope_looks_like_what_does_not_exist(world, changes, refusal):
    changes = {key: [world.neighbour.nip] if value == ["neighbour"] else value for key, value in changes.items()}
    assert code(world.issue(**changes)) == (404, refusal)
    assert world.session.scalar(text("SELECT count(*) FROM assignment_letters")) == 0


def test_a_letter_of_another_scope_can_be_neither_approved_nor_withdrawn(world):
    letter_id = world.issue(world.hr, unit="BALI", people=[world.hr.nip]).json["id"]
    for person in (world.supervisor, world.stranger):
        assert code(world.approve(person, letter_id)) == code(world.withdraw(person, letter_id)) == (404, "unknown_letter")
    assert code(world.approve(world.hr, 2**62)) == (404, "unknown_letter")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"sites": []}, "letter_says_nothing"),
        ({"last_day": "2026-11-22"}, "letter_days"),
        ({"last_day": "2027-11-24"}, "letter_days"),
        ({"starts": "07:00"}, "letter_half_hours"),
        (APEL | {"last_day": "2026-11-24"}, "letter_ceremony_hour"),
        (APEL | {"place": "anywhere"}, "letter_ceremony_proof"),
        ({"people": []}, "letter_names_nobody"),
        ({"people": ["19"]}, "invalid_input"),
        ({"zone": "Mars/Olympus"}, "invalid_input"),
        ({"number": "800\n17"}, "invalid_input"),
        ({"purpose": "Posko\x00"}, "invalid_input"),
        ({"kind": "holiday"}, "invalid_input"),
        ({"issued_at": "2026-11-23T00:00:00Z"}, "invalid_input"),
    ],
    ids=str,
)
def test_a_letter_that_makes_no_sense_is_refused(world, changes, refusal):
    assert code(world.issue(**changes)) == (422, refusal)


def test_two_letters_of_a_unit_never_have_one_number(world):
    assert world.issue().status_code == 201
    assert code(world.issue()) == (409, "letter_number_taken")


def test_each_act_is_in_the_ledger_with_what_it_says(world):
    letter_id = world.issue(people=[world.supervisor.nip], zone="WIB", starts="07:30", ends="16:00").json["id"]
    world.approve(world.hr, letter_id)
    world.withdraw(world.hr, letter_id, from_day="2026-11-24")
    issued, approved, withdrawn = make.told(world.session, "letter")
    assert {told["subject"] for told in (issued, approved, withdrawn)} == {f"letter:{letter_id}"}
    assert (issued["people"], issued["zone"], issued["starts"]) == (
        [[world.supervisor.id, issued["people"][0][1]]],
        "Asia/Jakarta",
        "07:30:00",
    )
    assert (approved["for"], approved["by"], withdrawn["from_day"]) == (world.supervisor.id, world.hr.id, "2026-11-24")


def test_the_phone_is_told_of_the_letter_that_holds_today(world):
    today = clock.now().date()
    days = {"first_day": str(today.replace(day=1)), "last_day": str(date.fromordinal(today.toordinal() + 40))}
    world.issue(place="anywhere", kind="home", **days)
    shown = world.call(world.employee, "GET", "/me/today").json
    assert [letter["number"] for letter in shown["letters"]] == [BODY["number"]]
    assert [site["code"] for site in shown["sites"]] == ["MENGWI"]
    assert world.call(world.colleague, "GET", "/me/today").json["letters"] == []
