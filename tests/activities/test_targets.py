"""Targets over HTTP: planned by one, agreed on by another, worked for by activities, and never overwritten."""

from datetime import timedelta

import pytest

from app.activities.rules.period import Period
from tests import make
from tests.activities.test_api import TODAY, World, code

YEAR = f"{TODAY.year}"
BODY = {
    "period": YEAR, "description": "Menerbitkan izin trayek tepat waktu", "indicator": "Izin terbit dalam 5 hari kerja",
    "quantity": "240", "quantity_unit": "izin",
}  # fmt: skip


@pytest.fixture
def world(session, client, sign_in):
    return World(session, client, sign_in)


def aim(world, person=None, **changes):
    return world.call(person or world.employee, "POST", "/me/targets", BODY | changes)


def decide(world, target_id, decision="approve", person=None):
    body = {"decision": decision, "reason": "Sesuai rencana kerja"}
    return world.call(person or world.supervisor, "POST", f"/targets/{target_id}/decision", body)


def test_a_target_waits_for_the_superior_who_agrees_or_returns_it(world) -> None:
    set_one = aim(world)
    assert (set_one.status_code, set_one.json["status"], set_one.json["period"]) == (201, "waiting", YEAR)
    target_id = set_one.json["id"]
    agreed = decide(world, target_id)
    assert (agreed.json["status"], agreed.json["nip"], agreed.json["decided_by"]) == (
        "approved", world.employee.nip, world.supervisor.name,
    )  # fmt: skip
    assert code(decide(world, target_id)) == (409, "target_decided")
    assert decide(world, target_id, "return").json["status"] == "returned"
    again = aim(world, replaces=target_id, quantity="260")
    assert again.status_code == 201 and code(aim(world, replaces=target_id)) == (422, "target_not_returned")
    assert code(decide(world, target_id)) == (409, "target_replaced")
    [new, old] = world.call(world.employee, "GET", "/me/targets", period=YEAR).json["items"]
    assert (new["replaces"], old["replaced_by"], old["quantity"]) == (target_id, again.json["id"], "240")
    assert [one["decision"] for one in make.told(world.session, "target_decision")] == ["approve", "return"]
    assert [one["quantity"] for one in make.told(world.session, "target")] == ["240", "260"]


def test_what_was_approved_is_shown_beside_the_target_it_was_done_for(world) -> None:
    target_id = aim(world).json["id"]
    done = [world.logged(minutes=60, target=target_id, day=str(TODAY)) for _ in range(3)]
    world.decide(done[0])
    world.decide(done[1], "adjust", minutes=20)
    world.decide(done[2], "return")
    [target] = world.call(world.supervisor, "GET", "/targets").json["items"]
    assert (target["done_activities"], target["done_min"]) == (2, 80)
    [first, *_] = world.call(world.supervisor, "GET", "/activities").json["items"]
    assert (first["target"], first["target_description"]) == (target_id, BODY["description"])


def test_activities_are_logged_only_for_one_s_own_standing_target_of_that_day(world) -> None:
    mine, theirs = aim(world).json["id"], aim(world, world.colleague).json["id"]
    next_month = (TODAY.replace(day=28) + timedelta(days=5)).replace(day=1)
    later = aim(world, period=Period(next_month).name).json["id"]
    assert world.log(target=mine, day=str(TODAY)).status_code == 201
    for wrong in (theirs, later, 2**62):
        assert code(world.log(target=wrong, day=str(TODAY))) == (422, "activity_target")
    decide(world, mine, "return")
    assert code(world.log(target=mine, day=str(TODAY))) == (422, "activity_target")


def test_one_takes_back_only_one_s_own_and_only_before_an_answer(world) -> None:
    target_id = aim(world).json["id"]
    withdraw = f"/me/targets/{target_id}/withdrawal"
    assert code(world.call(world.colleague, "POST", withdraw, {"reason": "Salah"})) == (404, "unknown_target")
    assert world.call(world.employee, "POST", withdraw, {"reason": "Salah"}).json["status"] == "withdrawn"
    assert code(decide(world, target_id)) == (409, "target_withdrawn")
    answered = aim(world).json["id"]
    decide(world, answered)
    late = world.call(world.employee, "POST", f"/me/targets/{answered}/withdrawal", {"reason": "Salah"})
    assert code(late) == (409, "target_decided")


def test_nobody_agrees_with_himself_and_a_stranger_sees_nothing(world) -> None:
    own = aim(world, world.supervisor).json["id"]
    assert code(decide(world, own)) == (403, "own_decision")
    assert decide(world, own, person=world.head).status_code == 200
    target_id = aim(world).json["id"]
    for person in (world.neighbour, world.stranger):
        assert code(decide(world, target_id, person=person)) == (404, "unknown_target")
        assert world.call(person, "GET", "/targets").json["items"] == []
    for person in (world.employee, world.hr, world.auditor):
        assert code(decide(world, target_id, person=person)) == (403, "role_missing")
    assert code(decide(world, 2**62)) == (404, "unknown_target")
    assert [row["id"] for row in world.call(world.hr, "GET", "/targets", nip=world.employee.nip).json["items"]] == [target_id]
    assert world.call(world.hr, "GET", "/targets", period=f"{YEAR}-Q1").json["items"] == []
    assert code(world.call(world.supervisor, "GET", "/targets", unit="DINKES")) == (404, "unknown_unit")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"period": "2020"}, "target_over"),
        ({"period": "2026-13"}, "invalid_input"),
        ({"quantity": "0"}, "invalid_input"),
        ({"quantity": "1.2345"}, "invalid_input"),
        ({"quantity_unit": ""}, "invalid_input"),
        ({"description": "a"}, "invalid_input"),
        ({"replaces": 2**62}, "target_not_returned"),
    ],
    ids=str,
)
def test_what_cannot_be_planned_is_refused(world, changes, refusal) -> None:
    assert code(aim(world, **changes)) == (422, refusal)
