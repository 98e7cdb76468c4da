"""Workdays from the database: rosters, calendars and the marks that late changes leave."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from app.db import transaction
from app.people import store as people
from app.workdays import rules
from app.workdays import store as workdays
from tests import make

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def test_a_national_declaration_reaches_every_agency_and_an_agencys_own_wins(session):
    bali, badung = make.unit(session, "BALI"), make.unit(session, "BADUNG")
    persons = [make.person(session, unit) for unit in (bali, badung)]
    session.add(workdays.Holiday(agency_id=None, day=MONDAY, kind="joint_leave", name="Pilkada", source="Keppres"))
    session.add(workdays.Holiday(agency_id=badung.id, day=MONDAY, kind="workday", name="Masuk", source="SE Bupati"))
    session.flush()
    employed = people.list_employed_on(session, MONDAY, person_ids=[person.id for person in persons])
    found = workdays.workdays_on(session, employed, MONDAY)
    assert [found[person.id].kind for person in persons] == ["joint_leave", "work"]


def test_people_in_three_zones_start_at_three_instants(session):
    zones = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
    persons = [make.person(session, make.unit(session, f"U{n}", zone=zone)) for n, zone in enumerate(zones)]
    employed = people.list_employed_on(session, MONDAY, person_ids=[person.id for person in persons])
    found = workdays.workdays_on(session, employed, MONDAY)
    assert [f"{found[person.id].start_at:%H:%M}" for person in persons] == ["00:30", "23:30", "22:30"]


def test_workdays_of_nobody_are_none(session):
    assert workdays.workdays_of(session, [], [MONDAY]) == {}


def test_leaves_in_a_month_are_those_that_touch_it(session):
    person, decider = make.person(session), make.person(session)
    days = [(MONDAY - timedelta(days=40), MONDAY - timedelta(days=31)), (MONDAY - timedelta(days=30), MONDAY - timedelta(days=22)),
            (MONDAY, MONDAY), (MONDAY + timedelta(days=8), MONDAY + timedelta(days=9))]  # fmt: skip
    for first, last in days:
        leave_id = workdays.add_leave(session, person.id, rules.LeaveKind.SICK, first, last, "Sakit", NOW)
        workdays.add_decision(session, leave_id, "approve", "Surat dokter", decider.id, NOW)
    found = workdays.leaves_in(session, date(2026, 11, 1), date(2026, 11, 30))
    assert [(leave.first_day, leave.last_day) for _, leave in found] == days[1:3]


def test_late_changes_leave_a_mark_by_person_and_day(session):
    person, decider = make.person(session), make.person(session)
    leave_id = workdays.add_leave(session, person.id, rules.LeaveKind.SICK, MONDAY, MONDAY + timedelta(days=1), "Sakit", NOW)
    workdays.add_decision(session, leave_id, "approve", "Surat dokter", decider.id, NOW)
    workdays.replace_roster(session, [workdays.Entry(decider.id, MONDAY, ())], NOW)
    around = [MONDAY + timedelta(days=n) for n in range(-2, 3)]
    expected = [(person.id, MONDAY), (person.id, MONDAY + timedelta(days=1)), *((decider.id, day) for day in around)]
    assert workdays.list_changed_since(session, NOW) == sorted(expected)
    assert workdays.list_changed_since(session, NOW + timedelta(seconds=1)) == []


def test_writing_the_same_roster_again_leaves_no_mark(session):
    person = make.person(session)
    workdays.replace_roster(session, [workdays.Entry(person.id, MONDAY, ())], NOW)
    workdays.replace_roster(session, [workdays.Entry(person.id, MONDAY, ())], NOW + timedelta(days=1))
    assert workdays.list_changed_since(session, NOW + timedelta(hours=1)) == []


@pytest.fixture
def colleagues(database):
    with transaction() as session:
        return [make.person(session).id for _ in range(2)]


def test_of_twenty_requests_at_once_for_the_same_day_one_is_kept(colleagues):
    def ask(_):
        with transaction() as session:
            return workdays.add_leave(session, colleagues[0], rules.LeaveKind.ANNUAL, MONDAY, MONDAY, "Upacara", NOW)

    with ThreadPoolExecutor(20) as threads:
        assert len([leave_id for leave_id in threads.map(ask, range(20)) if leave_id]) == 1


def test_a_second_request_waits_for_the_first_one_and_then_sees_it(colleagues):
    def ask(session):
        return workdays.add_leave(session, colleagues[0], rules.LeaveKind.ANNUAL, MONDAY, MONDAY, "Upacara", NOW)

    def ask_again():
        with transaction() as session:
            return ask(session)

    with ThreadPoolExecutor(1) as threads:
        with transaction() as session:
            first = ask(session)
            second = threads.submit(ask_again)
            with pytest.raises(TimeoutError):
                second.result(timeout=1)
        assert first is not None and second.result(timeout=60) is None


def test_of_twenty_decisions_at_once_one_is_kept(colleagues):
    with transaction() as session:
        leave_id = workdays.add_leave(session, colleagues[0], rules.LeaveKind.ANNUAL, MONDAY, MONDAY, "Upacara", NOW)

    def decide(number):
        with transaction() as session:
            return workdays.add_decision(session, leave_id, ("approve", "refuse")[number % 2], "Alasan", colleagues[1], NOW)

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(decide, range(20))).count(True) == 1
