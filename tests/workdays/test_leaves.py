"""What may be asked of leave beside other leave: halves of a day, what stands in the way, causes, and days given back."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from app import clock
from app.access import Role
from app.attendance import actions as attendance
from app.attendance import store as days
from app.decrees import CAUSES
from app.workdays import rules
from app.workdays import store as workdays
from tests import make
from tests.workdays.test_api import TODAY, World, code

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
DAY = TODAY + timedelta(days=7 - TODAY.weekday())  # the Monday after
FLEXIBLE = {
    "agency": "BALI", "code": "LUWES", "name": "Luwes", "kind": "flexible", "starts": "07:00", "ends": "18:00",
    "core_starts": "10:00", "core_ends": "14:00", "owed_min": 450,
}  # fmt: skip


@pytest.fixture
def world(session, client, sign_in):
    return World(session, client, sign_in)


def ask(world, part="whole", days=1, **changes):
    return world.ask(first_day=str(DAY), last_day=str(DAY + timedelta(days=days - 1)), part=part, **changes)


def approved(world, *args, **changes):
    leave_id = ask(world, *args, **changes).json["id"]
    assert world.approve(leave_id).status_code == 200
    return leave_id


# Half days


@pytest.mark.parametrize("part", ["whole", "morning", "afternoon"])
def test_the_part_that_was_asked_for_is_the_part_that_excuses(world, part):
    approved(world, part)
    assert workdays.leaves_on(world.session, DAY)[world.employee.id].part == part
    assert world.call(world.employee, "GET", "/me/leaves").json["items"][0]["part"] == part
    assert make.told(world.session, "leave")[0]["part"] == make.told(world.session, "leave_decision")[0]["part"] == part


def test_a_leave_is_whole_unless_it_says_otherwise(world):
    assert world.ask().json["part"] == "whole"


def test_both_halves_of_a_day_are_a_whole_leave(world):
    first, _ = approved(world, "morning"), approved(world, "afternoon")
    [leave] = workdays.leaves_on(world.session, DAY).values()
    assert (leave.id, leave.part) == (first, "whole")


def test_half_a_day_is_of_one_day_and_of_no_third_part(world):
    several = ask(world, "morning", days=2)
    assert code(several) == (422, "leave_half_days") and list(several.json["errors"]) == ["/part"]
    assert code(ask(world, "evening")) == (422, "invalid_input")


def test_half_a_day_beside_a_flexible_shift_is_refused_and_a_whole_one_is_not(world):
    assert world.call(world.hr, "POST", "/shifts", FLEXIBLE).status_code == 201
    assert world.roster(world.hr, (world.employee.nip, DAY, "LUWES")).status_code == 200
    assert code(ask(world, "afternoon")) == (422, "leave_half_flexible")
    assert ask(world).status_code == 201


def test_half_a_day_of_a_time_without_law_is_not_held_against_the_asker(world):
    before = {"first_day": "2020-02-03", "last_day": "2020-02-03"}
    assert world.ask(part="morning", **before).status_code == 201


def test_a_roster_that_becomes_flexible_after_half_a_day_was_approved_stops_no_night(world):
    approved(world, "morning")
    assert world.call(world.hr, "POST", "/shifts", FLEXIBLE).status_code == 201
    world.roster(world.hr, (world.employee.nip, DAY, "LUWES"))
    assert attendance.close_day(world.session, DAY, clock.now() + timedelta(days=30)) >= 2
    records = {row.person_id: row for row in world.session.query(days.DayRecord)}
    assert records[world.employee.id].status == "leave" and records[world.hr.id].status == "absent"
    assert "day_half_flexible" in [line["code"] for line in records[world.employee.id].lines]


# What stands in the way


@pytest.mark.parametrize(
    ("there", "asked", "answer"),
    [
        ("whole", "whole", (409, "leave_overlaps")),
        ("whole", "morning", (409, "leave_overlaps")),
        ("morning", "whole", (409, "leave_overlaps")),
        ("morning", "morning", (409, "leave_overlaps")),
        ("morning", "afternoon", (201, None)),
        ("afternoon", "morning", (201, None)),
    ],
)
def test_leaves_overlap_unless_they_are_the_two_halves_of_a_day(world, there, asked, answer):
    ask(world, there)
    assert code(ask(world, asked)) == answer


def test_a_day_with_both_halves_is_full(world):
    ask(world, "morning"), ask(world, "afternoon")
    assert {code(ask(world, part)) for part in ("whole", "morning", "afternoon")} == {(409, "leave_overlaps")}


def test_the_halves_of_a_day_are_of_one_kind_and_cause(world):
    same = {"kind": "important", "cause": "birth"}
    ask(world, "morning", **same)
    for other in ({"kind": "annual"}, same | {"cause": "marriage"}, {"kind": "important"}):
        assert code(ask(world, "afternoon", **other)) == (409, "leave_other_half")
    assert ask(world, "afternoon", **same).status_code == 201


@pytest.mark.parametrize(("language", "kind"), [("id", "cuti sakit"), ("en", "sick leave")])
def test_the_refusal_names_the_leave_that_is_there(world, language, kind):
    there = ask(world, days=2, kind="sick").json
    body = {"kind": "annual", "first_day": there["last_day"], "last_day": there["last_day"], "reason": "Upacara"}
    said = world.call(world.employee, "POST", "/me/leaves", body, language=language).json["detail"]
    assert all(word in said for word in (kind, str(there["id"]), there["first_day"], there["last_day"])), said


# Causes


def test_a_cause_is_one_that_decrees_know_and_is_seen_by_who_decides(world):
    assert code(ask(world, kind="important", cause="boredom")) == (422, "invalid_input")
    approved(world, kind="important", cause="nursing")
    assert world.call(world.hr, "GET", "/leaves").json["items"][0]["cause"] == "nursing"
    assert make.told(world.session, "leave")[0]["cause"] == make.told(world.session, "leave_decision")[0]["cause"] == "nursing"
    assert workdays.leaves_on(world.session, DAY)[world.employee.id].cause == "nursing"


def test_the_database_knows_the_causes_of_decrees_and_no_others(session):
    [found] = session.scalars(text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_leaves_cause'"))
    assert set(re.findall(r"'(\w+)'", found)) == set(CAUSES)


def nursed(session, *first_days, cause="nursing", kind="important", part="whole", **decided):
    person, decider = make.person(session), make.person(session)
    for day in first_days:
        make.leave(session, person, kind, day, day, by=decider, part=part, cause=cause, **decided)
    return person, decider


def times(session, person, day):
    return [leave.time_of_year for _, leave in workdays.leaves_in(session, day, day, [person.id])]


def test_leaves_of_a_cause_are_counted_by_their_first_day_within_a_year(session):
    days = [date(2026, 12, 31), date(2026, 1, 1), date(2025, 12, 31), date(2026, 5, 4), date(2027, 1, 1)]
    person, _ = nursed(session, *days)
    assert [times(session, person, day) for day in days] == [[3], [1], [1], [2], [1]]


@pytest.mark.parametrize(
    ("also", "time"),
    [({}, 2), ({"cause": "marriage"}, 1), ({"cause": None}, 1), ({"kind": "annual"}, 1)],
    ids=["the same", "another cause", "no cause", "another kind"],
)
def test_only_leaves_of_one_kind_and_cause_are_counted_together(session, also, time):
    person, decider = nursed(session, DAY)
    said = {"kind": "important", "cause": "nursing"} | also
    make.leave(session, person, said["kind"], DAY - timedelta(days=1), DAY - timedelta(days=1), by=decider, cause=said["cause"])
    assert times(session, person, DAY) == [time if DAY.year == (DAY - timedelta(days=1)).year else 1]


def test_leaves_without_a_cause_are_counted_too_and_two_halves_are_one_time(session):
    person, decider = nursed(session, date(2026, 3, 2), cause=None, part="morning")
    for day, part in ((date(2026, 3, 2), "afternoon"), (date(2026, 3, 9), "whole")):
        make.leave(session, person, "important", day, day, by=decider, part=part)
    assert times(session, person, date(2026, 3, 2)) == [1, 1] and times(session, person, date(2026, 3, 9)) == [2]


def test_what_waits_or_was_refused_is_no_time(world):
    first = ask(world, kind="important", cause="nursing").json["id"]
    later = DAY + timedelta(days=1)
    asked = world.ask(first_day=str(later), last_day=str(later), kind="important", cause="nursing").json["id"]
    world.approve(asked)
    assert times(world.session, world.employee, later) == [1]
    world.approve(first)
    assert times(world.session, world.employee, later) == [2 if later.year == DAY.year else 1]


def test_an_earlier_leave_that_is_approved_late_marks_the_later_ones_of_its_cause(session):
    mondays = [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]
    person, decider = nursed(session, *mondays[::2], date(2027, 3, 1))
    make.leave(session, person, "important", date(2026, 4, 6), date(2026, 4, 6), by=decider, cause="marriage")
    make.leave(session, person, "important", mondays[1], mondays[1], by=decider, cause="nursing", decided_at=NOW)
    assert workdays.list_changed_since(session, NOW) == [(person.id, day) for day in mondays[1:]]


def test_the_third_nursing_of_the_year_costs_what_the_decree_says(session):
    """Permendikdasmen 14/2025 article 29: the third time 50 %, the fourth 25 %, of a day that counts 5 %."""
    office = make.unit(session, "SEKOLAH", decree="dikdasmen-14-2025")
    person, decider = make.person(session, office), make.person(session, office)
    mondays = [date(2026, 4, 6) + timedelta(weeks=n) for n in range(4)]
    for day in mondays:
        make.leave(session, person, "important", day, day, by=decider, cause="nursing")
        attendance.close_day(session, day, NOW)
    costs = {row.day: row.deduction_pct for row in session.query(days.DayRecord) if row.person_id == person.id}
    assert [costs[day] for day in mondays] == [0, 0, Decimal("2.5"), Decimal("3.75")]


# Days given back


def withdraw(world, leave_id, person=None):
    return world.call(person or world.employee, "POST", f"/me/leaves/{leave_id}/withdrawal", {"reason": "Tidak jadi"})


def cut(world, leave_id, day, person=None):
    """The answer to the person himself, or to somebody of personnel."""
    path = f"/leaves/{leave_id}/cuts" if person else f"/me/leaves/{leave_id}/cuts"
    return world.call(person or world.employee, "POST", path, {"from_day": str(day), "reason": "Dipanggil kembali"})


def left_of(world):
    leaves = workdays.leaves_in(world.session, TODAY - timedelta(days=60), DAY + timedelta(days=60), [world.employee.id])
    return [(leave.first_day, leave.last_day) for _, leave in leaves]


def test_a_request_that_waits_is_withdrawn_and_its_days_are_free_again(world):
    leave_id = ask(world).json["id"]
    withdrawn = withdraw(world, leave_id)
    assert (withdrawn.status_code, withdrawn.json["status"]) == (200, "withdraw")
    assert make.told(world.session, "leave_decision")[0]["decision"] == "withdraw"
    assert code(world.decide(world.hr, leave_id)) == (409, "leave_decided")
    assert ask(world).status_code == 201
    listed = world.call(world.hr, "GET", "/leaves", status="withdraw").json["items"]
    assert [item["id"] for item in listed] == [leave_id]


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_what_was_decided_is_not_withdrawn(world, decision):
    leave_id = ask(world).json["id"]
    world.decide(world.supervisor, leave_id)
    world.decide(world.hr, leave_id, decision)
    assert code(withdraw(world, leave_id)) == (409, "leave_decided")


def test_another_persons_leave_is_unknown_to_who_would_give_it_back(world):
    leave_id = approved(world)
    for person in (world.supervisor, world.hr, world.stranger):
        body = {"from_day": str(DAY), "reason": "Bukan milik saya"}
        assert code(withdraw(world, leave_id, person)) == (404, "unknown_leave")
        assert code(world.call(person, "POST", f"/me/leaves/{leave_id}/cuts", body)) == (404, "unknown_leave")


@pytest.mark.parametrize(("kept", "left"), [(0, []), (1, [(DAY, DAY)]), (2, [(DAY, DAY + timedelta(days=1))])])
def test_of_a_leave_that_was_cut_the_days_before_are_left(world, kept, left):
    leave_id = approved(world, days=3)
    answer = cut(world, leave_id, DAY + timedelta(days=kept))
    assert (answer.status_code, answer.json["status"]) == (200, "approve")
    assert (answer.json["last_day"], answer.json["cut_from"]) == (str(DAY + timedelta(days=2)), str(DAY + timedelta(days=kept)))
    assert left_of(world) == left
    assert world.employee.id not in workdays.leaves_on(world.session, DAY + timedelta(days=kept))


def test_a_leave_is_cut_again_only_shorter_and_only_on_its_own_days(world):
    leave_id = approved(world, days=3)
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=3)):
        assert code(cut(world, leave_id, day, world.hr)) == (422, "leave_cut_day")
    assert cut(world, leave_id, DAY + timedelta(days=1)).status_code == 200
    for day in (DAY + timedelta(days=1), DAY + timedelta(days=2)):
        assert code(cut(world, leave_id, day)) == (422, "leave_cut_day")
    assert cut(world, leave_id, DAY).status_code == 200
    assert left_of(world) == []


@pytest.mark.parametrize("decision", [None, "approve", "refuse"])
def test_only_a_leave_that_personnel_approved_is_cut(world, decision):
    leave_id = ask(world).json["id"]
    if decision:
        world.decide(world.supervisor, leave_id, decision)
    assert {code(cut(world, leave_id, DAY, person)) for person in (None, world.hr)} == {(409, "leave_not_approved")}


def test_days_that_are_over_are_cut_by_personnel_only(world):
    before = {"first_day": str(TODAY - timedelta(days=2)), "last_day": str(TODAY + timedelta(days=2))}
    leave_id = world.ask(**before).json["id"]
    world.approve(leave_id)
    assert code(cut(world, leave_id, TODAY - timedelta(days=1))) == (422, "leave_cut_past")
    assert cut(world, leave_id, TODAY).status_code == 200
    assert cut(world, leave_id, TODAY - timedelta(days=1), world.hr).status_code == 200
    assert left_of(world) == [(TODAY - timedelta(days=2), TODAY - timedelta(days=2))]


def test_personnel_cut_nothing_of_their_own_or_out_of_their_scope(world):
    leave_id = approved(world)
    assert code(cut(world, leave_id, DAY, world.stranger)) == (404, "unknown_leave")
    assert code(cut(world, leave_id, DAY, world.supervisor)) == (403, "role_missing")
    own = make.leave(world.session, world.hr, "annual", DAY, DAY, by=world.supervisor)
    assert code(cut(world, own.id, DAY, world.hr)) == (403, "own_decision")


def test_the_days_given_back_may_be_asked_for_again_and_those_left_may_not(world):
    leave_id = approved(world, days=2)
    cut(world, leave_id, DAY + timedelta(days=1))
    again = {"first_day": str(DAY + timedelta(days=1)), "last_day": str(DAY + timedelta(days=1))}
    assert world.ask(**again, kind="sick").status_code == 201
    assert code(ask(world)) == (409, "leave_overlaps")


def test_a_cut_marks_its_days_and_they_are_derived_anew(session):
    person, decider = make.person(session), make.person(session)
    monday = date(2026, 11, 16)
    leave = make.leave(session, person, "annual", monday, monday + timedelta(days=2), by=decider)
    for n in range(3):
        attendance.close_day(session, monday + timedelta(days=n), NOW)
    workdays.add_cut(session, leave.id, monday + timedelta(days=1), "Dipanggil kembali", decider.id, NOW)
    assert set(workdays.list_changed_since(session, NOW)) >= {(person.id, monday + timedelta(days=n)) for n in (1, 2)}
    assert attendance.close_changed(session, NOW, date(2026, 11, 24), NOW) == 2
    records = {row.day: row.status for row in session.query(days.DayRecord) if row.person_id == person.id}
    assert [records[monday + timedelta(days=n)] for n in range(3)] == ["leave", "absent", "absent"]


def test_a_leave_of_which_nothing_is_left_is_no_time_of_its_cause(session):
    mondays = [date(2026, 3, 2), date(2026, 3, 9)]
    person, decider = nursed(session, *mondays)
    [(_, first)] = workdays.leaves_in(session, mondays[0], mondays[0], [person.id])
    workdays.add_cut(session, first.id, mondays[0], "Tidak jadi", decider.id, NOW)
    assert times(session, person, mondays[1]) == [1]
    assert (person.id, mondays[1]) in workdays.list_changed_since(session, NOW)


# Two approvals


def test_personnel_wait_for_the_superior_and_the_superior_answers_once(world):
    leave_id = ask(world).json["id"]
    assert code(world.decide(world.hr, leave_id)) == (409, "leave_awaits_superior")
    assert world.decide(world.supervisor, leave_id).json["status"] == "agree"
    assert code(world.decide(world.supervisor, leave_id)) == (409, "leave_awaits_hr")
    assert [item["id"] for item in world.call(world.hr, "GET", "/leaves", status="agree").json["items"]] == [leave_id]
    assert world.decide(world.hr, leave_id).json["status"] == "approve"
    assert {code(world.decide(person, leave_id)) for person in (world.supervisor, world.hr)} == {(409, "leave_decided")}


def test_where_nobody_stands_above_two_officers_of_personnel_answer(world):
    """The head himself holds the only grant over the unit; another one that ended or begins later, or lies beside it, is none."""
    head = world.holder(Role.SUPERVISOR, world.bali)
    other_hr = world.holder(Role.HR, world.bali)
    past, later = make.person(world.session, world.bali), make.person(world.session, world.bali)
    make.grant(world.session, past, Role.SUPERVISOR, world.bali, until=TODAY)
    make.grant(world.session, later, Role.SUPERVISOR, world.bali, since=TODAY + timedelta(days=1))
    leave_id = ask_as(world, head)
    assert code(world.decide(world.supervisor, leave_id)) == (404, "unknown_leave")
    assert code(world.decide(head, leave_id)) == (403, "own_decision")
    assert world.decide(world.hr, leave_id).json["status"] == "agree"
    assert code(world.decide(world.hr, leave_id)) == (403, "leave_agreed_by_you")
    assert world.decide(other_hr, leave_id).json["status"] == "approve"


def test_an_officer_who_asks_for_himself_needs_two_others(world):
    others = [world.holder(Role.HR, world.bali) for _ in range(2)]
    leave_id = ask_as(world, world.hr)
    assert code(world.decide(world.hr, leave_id)) == (403, "own_decision")
    assert [world.decide(other, leave_id).json["status"] for other in others] == ["agree", "approve"]


def test_whoever_has_a_superior_waits_for_him_also_when_he_is_far_above(world):
    chief = world.holder(Role.SUPERVISOR, world.bali)
    leave_id = ask_as(world, world.supervisor)
    assert code(world.decide(world.hr, leave_id)) == (409, "leave_awaits_superior")
    assert world.decide(chief, leave_id).json["status"] == "agree"


def ask_as(world, person):
    answer = world.ask(person, first_day=str(DAY), last_day=str(DAY))
    assert answer.status_code == 201, answer.text
    return answer.json["id"]


@pytest.mark.parametrize("refuses", ["supervisor", "hr"])
def test_a_refusal_of_either_is_the_end(world, refuses):
    leave_id = ask(world).json["id"]
    if refuses == "hr":
        world.decide(world.supervisor, leave_id)
    assert world.decide(getattr(world, refuses), leave_id, "refuse").json["status"] == "refuse"
    assert code(world.decide(world.hr, leave_id)) == code(withdraw(world, leave_id)) == (409, "leave_decided")
    assert ask(world).status_code == 201


def test_nobody_is_the_superior_and_personnel_of_one_leave(world):
    both = world.holder(Role.SUPERVISOR, world.unit)
    make.grant(world.session, both, Role.HR, world.bali)
    leave_id = ask(world).json["id"]
    assert world.decide(both, leave_id).json["status"] == "agree"
    assert code(world.decide(both, leave_id)) == (403, "leave_agreed_by_you")
    assert not workdays.add_decision(world.session, leave_id, rules.Step.HR, "approve", "Langsung", both.id, NOW)
    assert world.decide(world.hr, leave_id).json["status"] == "approve"


def test_a_request_is_withdrawn_while_it_waits_for_personnel(world):
    leave_id = ask(world).json["id"]
    world.decide(world.supervisor, leave_id)
    assert withdraw(world, leave_id).json["status"] == "withdraw"
    assert code(world.decide(world.hr, leave_id)) == (409, "leave_decided")
    assert left_of(world) == []


def test_a_request_that_the_superior_agreed_to_holds_its_days(world):
    world.decide(world.supervisor, ask(world).json["id"])
    assert code(ask(world)) == (409, "leave_overlaps")


@pytest.mark.parametrize(
    ("since", "until", "answer"),
    [(0, 1, (200, None)), (-9, None, (200, None)), (1, None, (403, "role_missing")), (-9, 0, (403, "role_missing"))],
    ids=["today only", "for a while", "from tomorrow", "until yesterday"],
)
def test_an_acting_official_answers_as_long_as_the_grant_holds(world, since, until, answer):
    acting = make.person(world.session, world.unit)
    ends = None if until is None else TODAY + timedelta(days=until)
    make.grant(world.session, acting, Role.SUPERVISOR, world.unit, since=TODAY + timedelta(days=since), until=ends)
    assert code(world.decide(acting, ask(world).json["id"])) == answer


# What changes meanwhile: rosters and seals


def test_half_a_day_is_not_approved_beside_a_shift_that_became_flexible(world):
    leave_id = ask(world, "morning").json["id"]
    assert world.decide(world.supervisor, leave_id).status_code == 200
    assert world.call(world.hr, "POST", "/shifts", FLEXIBLE).status_code == 201
    world.roster(world.hr, (world.employee.nip, DAY, "LUWES"))
    assert code(world.decide(world.hr, leave_id)) == (409, "leave_now_flexible")
    assert world.decide(world.hr, leave_id, "refuse").json["status"] == "refuse"


def sealed(world, *months):
    """Final records of the employee on the tenth of these months."""
    for month in months:
        attendance.close_day(world.session, month.replace(day=10), NOW, [world.employee.id])
        world.session.execute(text("UPDATE day_records SET frozen_at = now() WHERE day = :day"), {"day": month.replace(day=10)})


@pytest.mark.parametrize(
    ("from_day", "answer"),
    [
        (date(2026, 8, 31), (409, "leave_cut_sealed")),
        (date(2026, 9, 1), (409, "leave_cut_sealed")),
        (date(2026, 9, 30), (409, "leave_cut_sealed")),
        (date(2026, 10, 1), (200, None)),
    ],
    ids=str,
)
def test_days_of_a_sealed_month_are_not_given_back_and_the_answer_says_what_can_be_done(world, from_day, answer):
    """Of a leave from August to October only September is sealed."""
    leave = make.leave(world.session, world.employee, "long", date(2026, 8, 3), date(2026, 10, 30), by=world.supervisor)
    sealed(world, date(2026, 9, 1))
    given_back = cut(world, leave.id, from_day, world.hr)
    assert code(given_back) == answer
    assert given_back.status_code == 200 or "2026-09" in given_back.json["detail"]


def test_the_seal_of_another_month_or_person_stops_no_cut(world):
    leave = make.leave(world.session, world.employee, "annual", date(2026, 9, 3), date(2026, 9, 4), by=world.supervisor)
    sealed(world, date(2026, 8, 1), date(2026, 10, 1))
    attendance.close_day(world.session, date(2026, 9, 3), NOW, [world.supervisor.id])
    world.session.execute(text("UPDATE day_records SET frozen_at = now() WHERE day = '2026-09-03'"))
    assert cut(world, leave.id, date(2026, 9, 3), world.hr).status_code == 200
