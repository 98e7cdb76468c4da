"""What workdays promise over HTTP, every refusal once, and that a stranger sees nothing."""

from datetime import date, timedelta

import pytest

from app import clock
from app.access import Role
from app.people import store as people
from app.workdays import actions
from app.workdays import store as workdays
from tests import make

TODAY = actions.civil_day(clock.now())
SECURITY = {"agency": "BALI", "code": "MALAM", "name": "Jaga malam", "starts": "22:00", "ends": "06:00"}


class World:
    """Two agencies; in one of them a unit with an employee, a supervisor, HR, an admin and an auditor."""

    def __init__(self, session, client, sign_in):
        self.session, self.client, self.sign_in = session, client, sign_in
        self.bali = make.unit(session, "BALI")
        self.unit = make.unit(session, "DISHUB", self.bali)
        self.elsewhere = make.unit(session, "BADUNG")
        self.employee = make.person(session, self.unit)
        self.stranger = self.holder(Role.HR, self.elsewhere)
        self.supervisor = self.holder(Role.SUPERVISOR, self.unit)
        self.hr = self.holder(Role.HR, self.bali)
        self.admin = self.holder(Role.ADMIN, self.bali)
        self.auditor = self.holder(Role.AUDITOR, self.bali)

    def holder(self, role, unit):
        person = make.person(self.session, unit)
        make.grant(self.session, person, role, unit)
        return person

    def call(self, person, method, path, body=None, language="id", **query):
        headers = self.sign_in(person.id, language)
        answer = self.client.open(f"/v1{path}", method=method, json=body, query_string=query, headers=headers)
        self.session.expire_all()
        return answer

    def ask(self, person=None, **changes):
        body = {"kind": "annual", "first_day": str(TODAY), "last_day": str(TODAY + timedelta(days=1)), "reason": "Upacara keluarga"}
        return self.call(person or self.employee, "POST", "/me/leaves", body | changes)

    def decide(self, person, leave_id, decision="approve"):
        return self.call(person, "POST", f"/leaves/{leave_id}/decision", {"decision": decision, "reason": "Sesuai ketentuan"})

    def approve(self, leave_id):
        """The answer of personnel after that of the superior."""
        self.decide(self.supervisor, leave_id)
        return self.decide(self.hr, leave_id)

    def roster(self, person, *lines):
        return self.call(
            person,
            "POST",
            "/rosters",
            {"entries": [{"nip": nip, "day": str(day), "shifts": shift and shift.split("+") or []} for nip, day, shift in lines]},
        )


@pytest.fixture
def world(session, client, sign_in):
    return World(session, client, sign_in)


def code(answer):
    return answer.status_code, answer.json.get("code")


# Leave


def test_a_leave_is_asked_for_approved_and_seen_by_both(world):
    asked = world.ask()
    assert asked.status_code == 201 and asked.json["status"] == "requested"
    agreed = world.decide(world.supervisor, asked.json["id"])
    assert (agreed.status_code, agreed.json["status"]) == (200, "agree")
    decided = world.decide(world.hr, asked.json["id"])
    assert (decided.status_code, decided.json["status"], decided.json["nip"]) == (200, "approve", world.employee.nip)
    assert world.call(world.employee, "GET", "/me/leaves").json["items"][0]["decision_reason"] == "Sesuai ketentuan"
    assert workdays.leaves_on(world.session, TODAY)[world.employee.id].kind == "annual"


def test_a_leave_that_waits_or_was_refused_excuses_nobody(world):
    leave_id = world.ask().json["id"]
    assert workdays.leaves_on(world.session, TODAY) == {}
    world.decide(world.supervisor, leave_id)
    assert workdays.leaves_on(world.session, TODAY) == {}
    world.decide(world.hr, leave_id, "refuse")
    assert workdays.leaves_on(world.session, TODAY) == {}


def test_a_decision_is_in_the_ledger(world):
    leave_id = world.ask().json["id"]
    world.approve(leave_id)
    told = make.told(world.session, "leave_decision")
    assert [(one["subject"], one["step"], one["decision"], one["by"]) for one in told] == [
        (f"leave:{leave_id}", "superior", "approve", world.supervisor.id),
        (f"leave:{leave_id}", "hr", "approve", world.hr.id),
    ]


def test_nobody_decides_about_his_own_leave(world):
    for person in (world.supervisor, world.hr):
        leave_id = world.ask(person).json["id"]
        assert code(world.decide(person, leave_id)) == (403, "own_decision")
    assert world.decide(world.supervisor, world.ask(world.employee).json["id"]).status_code == 200


def test_a_leave_is_decided_once(world):
    leave_id = world.ask().json["id"]
    world.decide(world.supervisor, leave_id, "refuse")
    assert code(world.decide(world.hr, leave_id)) == (409, "leave_decided")


def test_out_of_scope_looks_like_what_does_not_exist(world):
    leave_id = world.ask().json["id"]
    outside, missing = world.decide(world.stranger, leave_id), world.decide(world.stranger, 999_999_999)
    assert code(outside) == code(missing) == (404, "unknown_leave")
    assert world.call(world.stranger, "GET", "/leaves").json["items"] == []
    assert code(world.call(world.stranger, "GET", "/leaves", unit="DISHUB")) == (404, "unknown_unit")


@pytest.mark.parametrize("person", ["employee", "auditor", "admin"])
def test_only_supervisors_and_hr_decide(world, person):
    assert code(world.decide(getattr(world, person), world.ask().json["id"])) == (403, "role_missing")


@pytest.mark.parametrize("shift_days, refused", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_leave_may_not_share_a_day_with_another(world, shift_days, refused):
    world.ask()
    first = TODAY + timedelta(days=shift_days)
    again = world.ask(first_day=str(first), last_day=str(first + timedelta(days=1)))
    assert code(again) == ((409, "leave_overlaps") if refused else (201, None))


def test_after_a_refusal_the_same_days_may_be_asked_for_again(world):
    world.decide(world.supervisor, world.ask().json["id"], "refuse")
    assert world.ask().status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"last_day": str(TODAY - timedelta(days=1))},
        {"last_day": str(TODAY + timedelta(days=1096))},
        {"kind": "holiday"},
        {"reason": ""},
        {"first_day": "2026-02-30"},
        {"status": "approve"},
    ],
    ids=["backwards", "too long", "unknown kind", "no reason", "no such day", "decides himself"],
)
def test_a_request_that_makes_no_sense_is_refused(world, changes):
    assert world.ask(**changes).status_code == 422


def test_leaves_are_listed_by_status_and_unit_page_by_page(world):
    ids = [world.ask(make.person(world.session, world.unit)).json["id"] for _ in range(3)]
    world.approve(ids[0])
    page = world.call(world.hr, "GET", "/leaves", unit="DISHUB", status="requested", limit=1).json
    rest = world.call(world.hr, "GET", "/leaves", unit="DISHUB", status="requested", limit=1, after=page["next"]).json
    assert [item["id"] for item in page["items"] + rest["items"]] == [ids[2], ids[1]] and rest["next"] is None
    assert world.call(world.hr, "GET", "/leaves", after="x").status_code == 422


# Shifts and rosters


def test_a_shift_is_added_and_listed_in_its_agency_only(world):
    assert world.call(world.admin, "POST", "/shifts", SECURITY).status_code == 201
    assert [(item["code"], item["starts"], item["ends"]) for item in world.call(world.hr, "GET", "/shifts").json["items"]] == [
        ("MALAM", "22:00", "06:00")
    ]
    assert world.call(world.stranger, "GET", "/shifts").json["items"] == []
    assert code(world.call(world.hr, "POST", "/shifts", SECURITY)) == (409, "shift_exists")


@pytest.mark.parametrize(
    ("person", "changes", "answer"),
    [
        ("stranger", {}, (404, "unknown_unit")),
        ("hr", {"agency": "DISHUB"}, (404, "not_an_agency")),
        ("supervisor", {}, (403, "role_missing")),
        ("hr", {"code": "OFFICE"}, (422, "invalid_input")),
        ("hr", {"code": "malam"}, (422, "invalid_input")),
        ("hr", {"starts": "25:00"}, (422, "invalid_input")),
    ],
    ids=lambda value: str(value),
)
def test_a_shift_is_refused(world, person, changes, answer):
    assert code(world.call(getattr(world, person), "POST", "/shifts", SECURITY | changes)) == answer


def test_a_roster_gives_a_guard_the_night_and_can_be_written_again(world):
    world.call(world.hr, "POST", "/shifts", SECURITY)
    nip, sunday = world.employee.nip, date(2026, 11, 22)
    assert world.roster(world.hr, (nip, sunday, "MALAM"), (nip, sunday + timedelta(days=1), None)).json == {"count": 2}
    employed = people.list_employed_on(world.session, TODAY, person_ids=[world.employee.id])
    found = workdays.workdays_of(world.session, employed, [sunday, sunday + timedelta(days=1), sunday + timedelta(days=2)])
    assert [workday.shift for workday in found.values()] == ["MALAM", None, "OFFICE"]
    listed = world.call(world.supervisor, "GET", "/rosters", first_day=str(sunday), last_day=str(sunday + timedelta(days=1)))
    assert [(item["nip"], item["shifts"], item["unit"]) for item in listed.json["items"]] == [
        (nip, ["MALAM"], "DISHUB"),
        (nip, [], "DISHUB"),
    ]
    world.roster(world.hr, (nip, sunday, None))
    assert workdays.workdays_on(world.session, employed, sunday)[world.employee.id].shift is None


def test_a_roster_is_kept_whole_or_not_at_all_and_points_at_every_wrong_line(world):
    world.call(world.hr, "POST", "/shifts", SECURITY)
    nip = world.employee.nip
    answer = world.roster(
        world.hr,
        (nip, TODAY, "MALAM"), (nip, TODAY, None), (nip, TODAY + timedelta(days=1), "SIANG"),
        ("1" * 18, TODAY, None), (world.stranger.nip, TODAY, None), (world.hr.nip, TODAY, None),
    )  # fmt: skip
    assert code(answer) == (422, "roster_refused")
    assert set(answer.json["errors"]) == {
        "/entries/1/day", "/entries/2/shifts", "/entries/3/nip", "/entries/4/nip", "/entries/5/nip"
    }  # fmt: skip
    assert "SIANG" in answer.json["errors"]["/entries/2/shifts"]
    assert world.session.query(workdays.RosterEntry).count() == 0


def test_a_shift_of_another_agency_is_unknown(world):
    world.call(world.stranger, "POST", "/shifts", SECURITY | {"agency": "BADUNG"})
    assert list(world.roster(world.hr, (world.employee.nip, TODAY, "MALAM")).json["errors"]) == ["/entries/0/shifts"]


def test_rosters_are_walked_page_by_page(world):
    lines = [(world.employee.nip, TODAY + timedelta(days=n), None) for n in range(5)]
    world.roster(world.hr, *lines)
    days, after = [], None
    for _ in range(3):
        query = {"first_day": str(TODAY), "last_day": str(TODAY + timedelta(days=9)), "limit": 2} | (
            {"after": after} if after else {}
        )
        page = world.call(world.hr, "GET", "/rosters", **query).json
        days, after = days + [item["day"] for item in page["items"]], page["next"]
    assert days == [str(day) for _, day, _ in lines] and after is None
    assert world.call(world.hr, "GET", "/rosters", **(query | {"after": "yesterday"})).status_code == 422
    assert code(world.call(world.hr, "GET", "/rosters", first_day=str(TODAY), last_day="2031-01-01")) == (422, "roster_days")


def test_at_most_5000_lines_are_taken(world):
    lines = [(world.employee.nip, TODAY, None)] * 5001
    assert "/entries" in world.roster(world.hr, *lines).json["errors"]


# Calendars


def test_an_agency_declares_a_day_and_takes_it_back(world):
    body = {"unit": "BALI", "day": "2026-08-14", "kind": "national", "name": "Hari Jadi Provinsi", "source": "Keputusan Gubernur"}
    added = world.call(world.hr, "POST", "/holidays", body)
    assert added.status_code == 201
    assert code(world.call(world.admin, "POST", "/holidays", body)) == (409, "holiday_exists")
    assert code(world.call(world.stranger, "DELETE", f"/holidays/{added.json['id']}")) == (404, "unknown_holiday")
    employed = people.list_employed_on(world.session, TODAY, person_ids=[world.employee.id, world.stranger.id])
    kinds = {person: day.kind for person, day in workdays.workdays_on(world.session, employed, date(2026, 8, 14)).items()}
    assert kinds == {world.employee.id: "holiday", world.stranger.id: "work"}
    assert world.call(world.admin, "DELETE", f"/holidays/{added.json['id']}").status_code == 204
    assert workdays.workdays_on(world.session, employed, date(2026, 8, 14))[world.employee.id].kind == "work"


def test_the_calendar_shows_published_days_and_what_the_agency_changed(world):
    body = {"unit": "BALI", "day": "2026-08-17", "kind": "workday", "name": "Tetap masuk", "source": "SE Gubernur"}
    added = world.call(world.hr, "POST", "/holidays", body).json
    days = {item["day"]: item for item in world.call(world.employee, "GET", "/holidays", year=2026).json["items"]}
    assert len(days) == 25 and days["2026-03-19"]["kind"] == "national" and days["2026-03-19"]["id"] is None
    assert (days["2026-08-17"]["kind"], days["2026-08-17"]["id"]) == ("workday", added["id"])
    elsewhere = {item["day"]: item for item in world.call(world.stranger, "GET", "/holidays", year=2026).json["items"]}
    assert elsewhere["2026-08-17"]["kind"] == "national"


def test_refusals_are_said_in_the_askers_language(world):
    answers = [world.call(world.hr, "DELETE", "/holidays/7", language=language).json["detail"] for language in ("id", "en")]
    assert answers == ["Hari libur 7 tidak ditemukan.", "Holiday 7 was not found."]
