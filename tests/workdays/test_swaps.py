"""Swaps: proposed by one, agreed to by the other, approved by a superior who is neither."""

from datetime import timedelta
from uuid import UUID

import pytest

from app import clock, errors
from app.access import Actor, Grant, Role
from app.workdays import actions
from app.workdays import store as workdays
from tests import make
from tests.workdays.test_api import TODAY, code
from tests.workdays.test_rosters_api import Roster

DAY, NEXT = TODAY + timedelta(days=10), TODAY + timedelta(days=11)


class Swaps(Roster):
    """A night and a morning of two colleagues."""

    def __init__(self, session, client, sign_in):
        super().__init__(session, client, sign_in)
        self.roster(self.hr, (self.employee.nip, DAY, "MALAM"), (self.employee.nip, NEXT, None), (self.other.nip, DAY, "PAGI"),
                    (self.other.nip, NEXT, "SORE"))  # fmt: skip

    def propose(self, person=None, partner=None, days=(DAY,)):
        body = {"partner": (partner or self.other).nip, "days": [str(day) for day in days], "reason": "Upacara ngaben keluarga"}
        return self.call(person or self.employee, "POST", "/me/swaps", body)

    def answer(self, person, swap_id, answer="agree"):
        return self.call(person, "POST", f"/me/swaps/{swap_id}/answer", {"answer": answer})

    def settle(self, person, swap_id, decision="approve"):
        return self.call(person, "POST", f"/swaps/{swap_id}/decision", {"decision": decision, "reason": "Pelayanan tetap jalan"})

    def agreed(self, **how):
        swap_id = self.propose(**how).json["id"]
        assert self.answer(self.other, swap_id).json["status"] == "agree"
        return swap_id

    def plans(self, *persons):
        found = workdays.plan_in_force(self.session, [person.id for person in persons], [DAY, NEXT])
        return {(person_id, day): said.shifts for (person_id, day), said in found.items()}


@pytest.fixture
def world(session, client, sign_in):
    return Swaps(session, client, sign_in)


def test_three_people_make_a_swap_and_then_both_rosters_change(world):
    proposed = world.propose(days=(NEXT, DAY))
    assert (proposed.status_code, proposed.json["status"], proposed.json["days"]) == (201, "proposed", [str(DAY), str(NEXT)])
    swap_id = proposed.json["id"]
    assert world.plans(world.employee)[world.employee.id, DAY] == ("MALAM",)
    assert world.answer(world.other, swap_id).json["status"] == "agree"
    assert world.plans(world.employee)[world.employee.id, DAY] == ("MALAM",)
    assert world.settle(world.supervisor, swap_id).json["status"] == "approve"
    assert world.plans(world.employee, world.other) == {
        (world.employee.id, DAY): ("PAGI",), (world.employee.id, NEXT): ("SORE",), (world.other.id, DAY): ("MALAM",),
        (world.other.id, NEXT): (),
    }  # fmt: skip
    kinds = [make.told(world.session, kind) for kind in ("swap", "swap_answer", "swap_decision")]
    assert [[told["subject"] for told in kind] for kind in kinds] == [[f"swap:{swap_id}"]] * 3
    marked = workdays.list_changed_since(world.session, clock.now() - timedelta(minutes=1))
    assert {(world.employee.id, DAY), (world.other.id, NEXT)} <= set(marked)


def test_both_see_the_swap_and_a_stranger_does_not(world):
    swap_id = world.agreed()
    for person in (world.employee, world.other):
        assert [item["id"] for item in world.call(person, "GET", "/me/swaps").json["items"]] == [swap_id]
    assert world.call(world.hr, "GET", "/me/swaps").json["items"] == []
    assert [item["id"] for item in world.call(world.supervisor, "GET", "/swaps", status="agree").json["items"]] == [swap_id]
    assert world.call(world.supervisor, "GET", "/swaps", status="approve").json["items"] == []
    assert world.call(world.stranger, "GET", "/swaps").json["items"] == []
    assert code(world.settle(world.stranger, swap_id)) == code(world.settle(world.stranger, 999_999_999)) == (404, "unknown_swap")
    assert code(world.answer(world.stranger, swap_id)) == (404, "unknown_swap")


@pytest.mark.parametrize("role", ["supervisor", "hr"])
def test_who_is_one_of_the_two_does_not_decide(world, role):
    for person in (world.employee, world.other):
        make.grant(world.session, person, role, world.bali)
    swap_id = world.agreed()
    for person in (world.employee, world.other):
        assert code(world.settle(person, swap_id)) == (403, "own_decision")
    assert world.settle(world.hr, swap_id).status_code == 200


@pytest.mark.parametrize("person", ["auditor", "admin"])
def test_only_supervisors_and_hr_decide(world, person):
    assert code(world.settle(getattr(world, person), world.agreed())) == (403, "role_missing")


def test_a_supervisor_of_only_one_of_the_two_does_not_decide(world):
    bappeda = make.unit(world.session, "BAPPEDA", world.bali)
    colleague = make.person(world.session, bappeda)
    world.roster(world.hr, (colleague.nip, DAY, "PAGI"))
    swap_id = world.propose(partner=colleague).json["id"]
    world.answer(colleague, swap_id)
    assert code(world.settle(world.supervisor, swap_id)) == (404, "unknown_swap")
    assert world.settle(world.hr, swap_id).status_code == 200


def test_nobody_agrees_for_the_other_and_an_answer_is_given_once(world):
    swap_id = world.propose().json["id"]
    assert code(world.answer(world.employee, swap_id, "agree")) == (403, "swap_not_yours")
    assert code(world.answer(world.other, swap_id, "withdraw")) == (403, "swap_not_yours")
    assert code(world.settle(world.hr, swap_id)) == (409, "swap_not_agreed")
    assert world.answer(world.other, swap_id, "decline").json["status"] == "decline"
    assert code(world.answer(world.employee, swap_id, "withdraw")) == (409, "swap_answered")
    assert code(world.settle(world.hr, swap_id)) == (409, "swap_not_agreed")
    withdrawn = world.propose().json["id"]
    assert world.answer(world.employee, withdrawn, "withdraw").json["status"] == "withdraw"
    assert code(world.answer(world.other, withdrawn)) == (409, "swap_answered")


def test_a_swap_is_decided_once_and_a_refused_one_changes_nothing(world):
    swap_id = world.agreed()
    before = world.plans(world.employee, world.other)
    assert world.settle(world.hr, swap_id, "refuse").json["status"] == "refuse"
    assert code(world.settle(world.supervisor, swap_id)) == (409, "swap_decided")
    assert world.plans(world.employee, world.other) == before


def test_a_swap_is_outdated_when_a_roster_changed_since(world):
    swap_id = world.agreed()
    world.roster(world.hr, (world.other.nip, DAY, "SORE"))
    assert code(world.settle(world.hr, swap_id)) == (409, "swap_outdated")
    assert world.plans(world.other)[world.other.id, DAY] == ("SORE",)
    world.roster(world.hr, (world.other.nip, DAY, "PAGI"))
    assert world.settle(world.hr, swap_id).status_code == 200


def test_a_swap_that_nobody_could_work_is_refused_with_both_shifts(world):
    """The night of one before the other's early morning."""
    world.call(world.hr, "POST", "/shifts", {"agency": "BALI", "code": "DINI", "name": "Dini", "starts": "05:00", "ends": "11:00"})
    world.roster(world.hr, (world.other.nip, NEXT, "DINI"))
    refused = world.propose()
    assert code(refused) == (422, "swap_refused")
    [(place, words)] = refused.json["errors"].items()
    assert place == f"/people/{world.other.nip}/{NEXT}" and "MALAM" in words and "DINI" in words
    assert world.plans(world.other)[world.other.id, DAY] == ("PAGI",)


def test_rest_is_looked_at_again_when_the_swap_is_approved(world):
    world.roster(world.hr, (world.other.nip, NEXT, "SORE"))
    swap_id = world.agreed()
    tag = world.send(world.hr, "GET", "/rest-rules/DISHUB").headers["ETag"]
    world.send(world.hr, "PUT", "/rest-rules/DISHUB", {"min_rest_min": 600, "source": "Instruksi"}, tag)
    assert code(world.settle(world.hr, swap_id)) == (422, "swap_refused")
    assert world.session.query(workdays.RosterEntry).filter_by(person_id=world.other.id, day=DAY).one().shift_ids != []
    assert world.plans(world.other)[world.other.id, DAY] == ("PAGI",)


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        ({"days": (TODAY,)}, (422, "swap_days")),
        ({"days": (DAY, DAY)}, (422, "swap_days")),
        ({"days": tuple(DAY + timedelta(days=n) for n in range(8))}, (422, "invalid_input")),
        ({"days": (DAY + timedelta(days=40),)}, (409, "swap_same")),
    ],
    ids=["today", "twice", "eight days", "nothing to exchange"],
)
def test_a_proposal_is_refused(world, how, answer):
    assert code(world.propose(**how)) == answer


def test_one_swaps_with_a_colleague_and_not_with_oneself(world):
    for partner in (world.employee, world.stranger):
        assert code(world.propose(partner=partner)) == (404, "unknown_person")


def test_nobody_swaps_into_a_leave(world):
    make.leave(world.session, world.other, "annual", DAY, DAY, by=world.hr)
    assert code(world.propose()) == (409, "swap_on_leave")


def test_a_swap_is_not_approved_once_its_day_has_come(world):
    by = Actor(world.hr.id, world.hr.nip, world.hr.name, (Grant(Role.HR, "BALI"),), UUID(int=0))
    with pytest.raises(errors.Conflict) as refused:
        actions.decide_swap(world.session, world.agreed(), "approve", "Terlambat", by, clock.now() + timedelta(days=10))
    assert refused.value.code == "swap_past"
