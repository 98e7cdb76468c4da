"""What incidents promise over HTTP, every refusal once, and that a stranger sees nothing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import exc, text

from app import clock
from app.access import Role
from app.incidents import store as incidents
from app.people import store as people
from tests import make

MONDAY = date(2026, 11, 23)
BODY = {
    "kind": "power",
    "begins_at": "2026-11-23T07:00:00+08:00",
    "ends_at": "2026-11-23T10:00:00+08:00",
    "reason": "Gardu Renon terbakar, surat PLN 12/2026",
    "units": ["DISHUB"],
}


class World:
    """Two agencies; in one of them a unit with an employee, and every role over the agency."""

    def __init__(self, session, client, sign_in):
        self.session, self.client, self.sign_in = session, client, sign_in
        self.bali = make.unit(session, "BALI")
        self.unit = make.unit(session, "DISHUB", self.bali)
        self.employee = make.person(session, self.unit)
        self.neighbour = make.person(session, make.unit(session, "DINKES", self.bali))
        self.stranger = self.holder(Role.HR, make.unit(session, "BADUNG"))
        self.supervisor = self.holder(Role.SUPERVISOR, self.unit)
        self.hr = self.holder(Role.HR, self.bali)
        self.admin = self.holder(Role.ADMIN, self.bali)
        self.auditor = self.holder(Role.AUDITOR, self.bali)
        self.unit_hr = self.holder(Role.HR, self.unit)

    def holder(self, role, unit):
        person = make.person(self.session, unit)
        make.grant(self.session, person, role, unit)
        return person

    def call(self, person, method, path, body=None, language="id", **query):
        headers = self.sign_in(person.id, language)
        answer = self.client.open(f"/v1{path}", method=method, json=body, query_string=query, headers=headers)
        self.session.expire_all()
        return answer

    def declare(self, person=None, **changes):
        return self.call(person or self.hr, "POST", "/incidents", BODY | changes)

    def withdraw(self, person, incident_id):
        return self.call(person, "POST", f"/incidents/{incident_id}/withdrawal", {"reason": "PLN: padam hanya di Sanur"})

    def seen_by(self, person):
        return [item["id"] for item in self.call(person, "GET", "/incidents").json["items"]]

    def excused(self, *persons, day=MONDAY):
        employed = people.list_employed_on(self.session, day, person_ids=[person.id for person in persons])
        found = incidents.incidents_on(self.session, day, employed)
        return [found.get(person.id, ()) != () for person in persons]


@pytest.fixture
def world(session, client, sign_in):
    return World(session, client, sign_in)


def code(answer):
    return answer.status_code, answer.json.get("code")


@pytest.mark.parametrize("role", ["hr", "admin", "unit_hr"])
def test_an_incident_is_declared_for_a_unit_and_its_people_read_why(world, role):
    declared = world.declare(getattr(world, role))
    assert declared.status_code == 201 and declared.json["begins_at"] == "2026-11-22T23:00:00.000Z"
    [read] = world.call(world.employee, "GET", "/incidents").json["items"]
    assert (read["reason"], read["units"], read["withdrawn_at"]) == (BODY["reason"], ["DISHUB"], None)


def test_it_excuses_the_people_of_its_units_and_nobody_else(world):
    world.declare()
    assert world.excused(world.employee, world.supervisor, world.neighbour, world.stranger) == [True, True, False, False]


def test_it_does_not_excuse_the_one_who_declared_it_until_somebody_else_does(world):
    world.declare(world.unit_hr)
    assert world.excused(world.unit_hr, world.employee) == [False, True]
    world.declare(world.hr)
    assert world.excused(world.unit_hr) == [True]


def test_it_is_found_on_the_days_it_may_touch(world):
    world.declare()
    days = [MONDAY + timedelta(days=n) for n in range(-4, 5)]
    assert [day for day in days if world.excused(world.employee, day=day) == [True]] == days[1:6]


def test_those_whom_it_reaches_and_those_who_answer_for_them_see_it(world):
    incident_id = world.declare().json["id"]
    for person in (world.employee, world.supervisor, world.hr, world.auditor, world.unit_hr):
        assert world.seen_by(person) == [incident_id]
    for person in (world.neighbour, world.stranger):
        assert world.seen_by(person) == []


def test_one_of_the_whole_agency_is_seen_in_every_unit(world):
    incident_id = world.declare(units=["BALI"]).json["id"]
    assert world.seen_by(world.neighbour) == world.seen_by(world.unit_hr) == [incident_id]


@pytest.mark.parametrize("role", ["employee", "supervisor", "auditor"])
def test_only_personnel_officers_and_administrators_declare(world, role):
    assert code(world.declare(getattr(world, role))) == (403, "role_missing")


@pytest.mark.parametrize("units", [["BALI"], ["DISHUB", "DINKES"], ["NOWHERE"]], ids=["above", "beside", "nowhere"])
def test_a_unit_out_of_scope_looks_like_one_that_does_not_exist(world, units):
    assert code(world.declare(world.unit_hr, units=units)) == (404, "unknown_unit")
    assert world.session.scalar(text("SELECT count(*) FROM incidents")) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_at": BODY["begins_at"]},
        {"ends_at": "2026-12-24T07:00:01+08:00"},
        {"ends_at": "2026-11-23T10:00:00"},
        {"kind": "holiday"},
        {"reason": "listrik"},
        {"units": []},
        {"declared_at": "2026-11-23T10:00:00Z"},
    ],
    ids=["empty", "too long", "no offset", "unknown kind", "no reason", "for nobody", "when it was declared"],
)
def test_a_declaration_that_makes_no_sense_is_refused(world, changes):
    assert world.declare(**changes).status_code == 422


def test_a_withdrawn_one_excuses_nobody_and_stays_readable(world):
    incident_id = world.declare().json["id"]
    assert world.withdraw(world.admin, incident_id).status_code == 200
    assert world.excused(world.employee) == [False]
    [read] = world.call(world.employee, "GET", "/incidents").json["items"]
    assert read["withdrawn_at"] is not None and read["withdrawal_reason"] == "PLN: padam hanya di Sanur"
    assert code(world.withdraw(world.hr, incident_id)) == (409, "incident_withdrawn")


def test_who_does_not_answer_for_all_its_units_cannot_withdraw_it(world):
    incident_id = world.declare(units=["DISHUB", "DINKES"]).json["id"]
    refusals = [world.withdraw(person, incident_id) for person in (world.unit_hr, world.stranger)]
    refusals.append(world.withdraw(world.hr, incident_id + 1))
    assert [code(refusal) for refusal in refusals] == [(404, "unknown_incident")] * 3
    assert world.excused(world.employee) == [True]


def test_both_acts_are_in_the_ledger(world):
    incident_id = world.declare().json["id"]
    world.withdraw(world.hr, incident_id)
    told = make.told(world.session, "incident")
    assert [leaf["act"] for leaf in told] == ["declare", "withdraw"]
    assert {leaf["subject"] for leaf in told} == {f"incident:{incident_id}"}


def test_incidents_are_walked_page_by_page(world):
    ids = [world.declare().json["id"] for _ in range(3)]
    page = world.call(world.employee, "GET", "/incidents", limit=2).json
    rest = world.call(world.employee, "GET", "/incidents", limit=2, after=page["next"]).json
    assert [item["id"] for item in (*page["items"], *rest["items"])] == ids[::-1] and rest["next"] is None


def test_what_was_declared_and_withdrawn_leaves_a_mark_for_the_days(world):
    before = clock.now()
    incident_id = world.declare().json["id"]
    assert [incident.id for incident in incidents.list_changed_since(world.session, before)] == [incident_id]
    after = clock.now()
    assert incidents.list_changed_since(world.session, after) == []
    world.withdraw(world.hr, incident_id)
    assert [incident.id for incident in incidents.list_changed_since(world.session, after)] == [incident_id]


@pytest.mark.parametrize("table", ["incidents", "incident_units", "incident_withdrawals"])
def test_a_declaration_cannot_be_rewritten(world, table):
    incident_id = world.declare().json["id"]
    world.withdraw(world.hr, incident_id)
    with pytest.raises(exc.ProgrammingError), world.session.begin_nested():
        world.session.execute(text(f"DELETE FROM {table}"))


def test_refusals_are_said_in_the_askers_language(world):
    answers = [
        world.call(world.hr, "POST", "/incidents/7/withdrawal", {"reason": "Ternyata tidak ada"}, language=language).json["detail"]
        for language in ("id", "en")
    ]
    assert answers == ["Gangguan 7 tidak ditemukan.", "Incident 7 was not found."]
