"""Workdays from the database: rosters, calendars and the marks that late changes leave."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import text

from app import clock, errors
from app.access import Actor, Grant, Role
from app.db import RowRefused, transaction
from app.people import store as people
from app.workdays import actions, rules
from app.workdays import store as workdays
from tests import make

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
ONE_DAY = rules.Wish(rules.LeaveKind.ANNUAL, MONDAY, MONDAY, "Upacara")
TWO_DAYS = rules.Wish(rules.LeaveKind.SICK, MONDAY, MONDAY + timedelta(days=1), "Sakit")


def ask_for_monday(session, person_id):
    in_the_way = workdays.find_overlapping(session, person_id, ONE_DAY)
    return None if in_the_way else workdays.add_leave(session, person_id, ONE_DAY, NOW)


def test_a_national_declaration_reaches_every_agency_and_an_agencys_own_wins(session):
    bali, badung = make.unit(session, "BALI"), make.unit(session, "BADUNG")
    persons = [make.person(session, unit) for unit in (bali, badung)]
    session.add(workdays.Holiday(unit_id=None, day=MONDAY, kind="joint_leave", name="Pilkada", source="Keppres"))
    session.add(workdays.Holiday(unit_id=badung.id, day=MONDAY, kind="workday", name="Masuk", source="SE Bupati"))
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
        leave_id = workdays.add_leave(session, person.id, rules.Wish(rules.LeaveKind.SICK, first, last, "Sakit"), NOW)
        workdays.add_decision(session, leave_id, rules.Step.HR, "approve", "Surat dokter", decider.id, NOW)
    found = workdays.leaves_in(session, date(2026, 11, 1), date(2026, 11, 30))
    assert [(leave.first_day, leave.last_day) for _, leave in found] == days[1:3]


def test_late_changes_leave_a_mark_by_person_and_day(session):
    person, decider = make.person(session), make.person(session)
    leave_id = workdays.add_leave(session, person.id, TWO_DAYS, NOW)
    workdays.add_decision(session, leave_id, rules.Step.HR, "approve", "Surat dokter", decider.id, NOW)
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
            return ask_for_monday(session, colleagues[0])

    with ThreadPoolExecutor(20) as threads:
        assert len([leave_id for leave_id in threads.map(ask, range(20)) if leave_id]) == 1


def test_a_second_request_waits_for_the_first_one_and_then_sees_it(colleagues):
    def ask(session):
        return ask_for_monday(session, colleagues[0])

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
        leave_id = ask_for_monday(session, colleagues[0])

    def decide(number):
        with transaction() as session:
            return workdays.add_decision(
                session, leave_id, rules.Step.HR, ("approve", "refuse")[number % 2], "Alasan", colleagues[1], NOW
            )

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(decide, range(20))).count(True) == 1


@pytest.fixture
def guards(database):
    """A unit with a shift, two people who swap, and who may decide."""
    with transaction() as session:
        bali = make.unit(session)
        workdays.add_shift(session, bali.id, rules.Shift("PAGI", time(6), time(14)), "Pagi")
        first, second, officer = (make.person(session, bali) for _ in range(3))
        return SimpleNamespace(first=first.id, second=second.id, officer=officer.id, nip=officer.nip)


def tomorrow() -> date:
    return actions.civil_day(clock.now()) + timedelta(days=3)


def officer(guards) -> Actor:
    return Actor(guards.officer, guards.nip, "Kepala", (Grant(Role.HR, "BALI"),), UUID(int=0))


def at_once(act, times: int = 8) -> list[str]:
    """What became of it when so many do it at once: `done`, or the code of the refusal."""

    def tried(_):
        try:
            with transaction() as session:
                act(session)
            return "done"
        except errors.TapakError as refusal:
            return refusal.code

    with ThreadPoolExecutor(times) as threads:
        return sorted(threads.map(tried, range(times)))


def test_of_eight_decisions_at_once_on_a_swap_one_is_kept_and_the_rosters_change_once(guards):
    with transaction() as session:
        [shift_id] = workdays.shift_ids(session, [people.get_unit(session, "BALI", None).id]).values()
        workdays.replace_roster(session, [workdays.Entry(guards.first, tomorrow(), (shift_id,))], NOW)
        before = workdays.plan_in_force(session, [guards.first, guards.second], [tomorrow()])
        swap_id = workdays.add_swap(session, guards.first, guards.second, [tomorrow()], before, "Upacara", NOW)
        workdays.add_swap_answer(session, swap_id, "agree", guards.second, NOW)
    by, now = officer(guards), clock.now()
    found = at_once(lambda session: actions.decide_swap(session, swap_id, "approve", "Boleh", by, now))
    assert found == ["done", *["swap_decided"] * 7]
    with transaction() as session:
        after = workdays.plan_in_force(session, [guards.first, guards.second], [tomorrow()])
        assert after == {(guards.second, tomorrow()): rules.Said(("PAGI",))}


def test_of_six_edits_at_once_by_who_saw_the_same_draft_one_is_kept(app, sign_in, guards):
    """Without a lock between If-Match and writing the last would undo the others."""
    month, now = tomorrow().replace(day=1), clock.now()
    with transaction() as session:
        make.grant(session, session.get(people.Person, guards.officer), Role.HR, people.get_unit(session, "BALI", None))
        actions.begin_draft(session, actions.month_of(session, "BALI", month, None, now), now)
        nips = [nip for nip, _ in workdays.names_of(session, [guards.first, guards.second]).values()]
    headers, place = sign_in(guards.officer), f"/v1/roster-drafts/BALI/{month:%Y-%m}"
    tag = app.test_client().get(place, headers=headers).headers["ETag"]
    gate = Barrier(6)

    def edit(turn: int) -> int:
        body = {"people": [{"nip": nips[turn % 2], "days": {str(month.replace(day=turn + 1)): "-"}}]}
        gate.wait()
        return app.test_client().patch(place, json=body, headers={**headers, "If-Match": tag}).status_code

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(edit, range(6))) == [200, *[412] * 5]


def test_of_eight_publications_at_once_one_is_kept(guards):
    month, now = tomorrow().replace(day=1), clock.now()

    def publish(session):
        actions.publish(session, actions.month_of(session, "BALI", month, None, now), "Jadwal", officer(guards), now)

    with transaction() as session:
        there = actions.month_of(session, "BALI", month, None, now)
        actions.begin_draft(session, there, now)
        actions.change_draft(session, there, {(guards.first, month): rules.Said(("PAGI",))}, now)
    assert at_once(publish) == ["done", *["unknown_roster_draft"] * 7]
    with transaction() as session:
        unit = people.get_unit(session, "BALI", None)
        assert [row.version for row in workdays.list_versions(session, unit.id, month)] == [1]
    with pytest.raises(RowRefused), transaction() as session:
        session.execute(text("UPDATE roster_versions SET note = 'lain'"))
