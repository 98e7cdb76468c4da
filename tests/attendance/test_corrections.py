"""Corrections: decided by somebody else on what is known then, told beside what was recorded, and asked again if need be."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from sqlalchemy import select, text, update

from app import clock, decrees
from app.attendance.actions import close_day
from app.attendance.rules import Checkin, Correction, corrected, derive, inputs_of
from app.attendance.store import DayRecord
from tests import make
from tests.attendance import worlds
from tests.attendance.worlds import LAW, TUESDAY, at, evidence

DAY = date(2026, 11, 23)  # a Monday before the day on which these tests were written
TONIGHT = at("23:59:00", DAY)


@pytest.fixture
def office(session, client, sign_in):
    """Somebody who came late and forgot to check out, his head, and the head of another office."""
    agency = make.unit(session)
    unit, other = make.unit(session, "DISHUB", agency), make.unit(session, "DINKES", agency)
    late, head, stranger = make.person(session, unit), make.person(session, agency), make.person(session, agency)
    make.grant(session, head, "supervisor", unit)
    make.grant(session, late, "supervisor", unit)
    make.grant(session, stranger, "supervisor", other)
    make.checkin(session, late, "in", at("08:10:00", DAY), DAY)
    close_day(session, DAY, TONIGHT)

    def call(person, method, address, body=None):
        return client.open(f"/v1{address}", method=method, json=body, headers=sign_in(person.id, "en"))

    def ask(clock_time="07:20:00", direction="in", day=DAY, person=late):
        body = {"day": str(day), "direction": direction, "at": at(clock_time, day).isoformat(), "reason": "Ponsel mati",
                "evidence": "CCTV pintu timur"}  # fmt: skip
        return call(person, "POST", "/me/corrections", body)

    def decide(correction_id, person=head, decision="approve"):
        return call(person, "POST", f"/corrections/{correction_id}/decision", {"decision": decision, "reason": "Terlihat jelas"})

    def day_of(person=late):
        items = call(person, "GET", f"/me/attendance?month={DAY:%Y-%m}").json["items"]
        [found] = [item for item in items if item["day"] == str(DAY)]
        return found

    return SimpleNamespace(session=session, late=late, head=head, stranger=stranger, call=call, ask=ask, decide=decide, day=day_of)


def test_an_approved_time_decides_at_once_and_the_day_tells_both(office) -> None:
    asked = office.ask()
    assert (asked.status_code, asked.json["status"]) == (201, "requested")
    assert office.day()["deduction_pct"] == "2.5"
    assert office.decide(asked.json["id"]).json["status"] == "approve"
    day = office.day()
    assert (day["late_min"], day["deduction_pct"], day["in_at"]) == (0, "1.5", "2026-11-22T23:20:00.000Z")
    assert "Came in at 07:20 by an approved correction; recorded was 08:10." in [line["message"] for line in day["lines"]]


def test_a_forgotten_check_out_can_be_corrected(office) -> None:
    office.decide(office.ask("16:31:00", "out").json["id"])
    assert office.day()["deduction_pct"] == "1"
    assert office.day()["lines"][-1]["message"] == "Went home at 16:31 by an approved correction; nothing was recorded."


def test_a_refused_one_changes_nothing(office) -> None:
    before = office.day()
    assert office.decide(office.ask().json["id"], decision="refuse").json["status"] == "refuse"
    assert office.day() == before


def test_an_approval_survives_every_night_and_is_asked_again_when_its_inputs_changed(office) -> None:
    correction_id = office.ask().json["id"]
    office.decide(correction_id)
    for night in range(3):
        close_day(office.session, DAY, TONIGHT + timedelta(days=night))
        assert office.day()["late_min"] == 0
    make.checkin(office.session, office.late, "out", at("16:40:00", DAY), DAY)
    close_day(office.session, DAY, TONIGHT)
    assert (office.day()["late_min"], office.day()["deduction_pct"]) == (0, "0")  # the other direction: it still holds
    make.checkin(office.session, office.late, "in", at("08:05:00", DAY), DAY)
    close_day(office.session, DAY, TONIGHT)
    assert office.day()["late_min"] == 35
    assert office.day()["lines"][-1]["code"] == "day_correction_lapsed_in"
    [waiting] = office.call(office.late, "GET", "/me/corrections").json["items"]
    assert (waiting["status"], waiting["decision_reason"]) == ("asked_again", "Terlihat jelas")
    assert office.decide(correction_id).json["status"] == "approve"
    assert office.day()["late_min"] == 0
    assert office.session.scalar(text("SELECT count(*) FROM correction_decisions")) == 2


def test_it_is_decided_once_by_somebody_else_in_scope(office) -> None:
    correction_id = office.ask().json["id"]
    own, strange = office.decide(correction_id, office.late), office.decide(correction_id, office.stranger)
    assert (own.status_code, own.json["code"]) == (403, "own_decision")
    assert (strange.status_code, strange.json["code"]) == (404, "unknown_correction")
    assert office.decide(correction_id).status_code == 200
    assert office.decide(correction_id, decision="refuse").json["code"] == "correction_decided"
    assert office.decide(2**62).status_code == 404


def test_those_in_scope_see_it_and_others_do_not(office) -> None:
    office.ask()
    office.ask("16:31:00", "out")
    page = office.call(office.head, "GET", "/corrections?limit=1").json
    rest = office.call(office.head, "GET", f"/corrections?limit=1&after={page['next']}").json
    assert [item["direction"] for item in (*page["items"], *rest["items"])] == ["out", "in"] and rest["next"] is None
    assert page["items"][0]["nip"] == office.late.nip
    assert office.call(office.stranger, "GET", "/corrections").json["items"] == []
    assert office.call(office.stranger, "GET", "/corrections?unit=DISHUB").status_code == 404


def test_a_page_can_be_asked_for_by_where_its_corrections_stand(office) -> None:
    waiting, approved, refused, again = (
        office.ask(clock_time).json["id"] for clock_time in ("07:20:00", "07:21", "07:22", "07:23")
    )
    assert waiting < approved < refused < again

    def standing(status, extra=""):
        page = office.call(office.head, "GET", f"/corrections?status={status}{extra}").json
        return [item["id"] for item in page["items"]], page["next"]

    office.decide(again)
    make.checkin(office.session, office.late, "in", at("08:05:00", DAY), DAY)
    office.decide(approved)
    office.decide(refused, decision="refuse")
    assert [standing(status) for status in ("requested", "approve", "refuse", "asked_again")] == [
        ([waiting], None), ([approved], None), ([refused], None), ([again], None)
    ]  # fmt: skip
    assert standing("approve", "&limit=1") == ([approved], None)  # one that no longer holds was looked at before it
    assert office.call(office.head, "GET", "/corrections?status=nowhere").status_code == 422
    other = office.ask("07:24:00").json["id"]
    [first], below = standing("requested", "&limit=1")
    assert (first, standing("requested", f"&limit=1&after={below}")) == (other, ([waiting], None))


def test_what_has_not_happened_is_outside_the_day_or_is_sealed_is_refused_with_the_way_out(office) -> None:
    tomorrow = clock.now().date() + timedelta(days=2)
    assert office.ask(day=tomorrow).json["code"] == "correction_future"
    assert office.ask("03:00:00").json["code"] == "correction_outside"
    assert office.ask(day=DAY - timedelta(days=1)).json["code"] == "correction_outside"  # a Sunday
    correction_id = office.ask().json["id"]
    office.session.execute(update(DayRecord).values(frozen_at=TONIGHT))
    sealed = office.ask()
    assert (sealed.status_code, sealed.json["code"]) == (409, "correction_sealed") and "amendment" in sealed.json["detail"]
    assert office.decide(correction_id).json["code"] == "correction_sealed"


def test_recording_stays_as_it_was(office) -> None:
    before = office.session.execute(text("SELECT id, taken_at, counts FROM checkins ORDER BY id")).all()
    office.decide(office.ask().json["id"])
    assert office.session.execute(text("SELECT id, taken_at, counts FROM checkins ORDER BY id")).all() == before
    assert office.session.scalars(select(DayRecord.late_min).where(DayRecord.person_id == office.late.id)).one() == 0


@given(worlds.histories(closed=True))
def test_an_approval_on_other_inputs_changes_nothing_but_says_so(history) -> None:
    stale = Correction(1, "in", history.workday.instances[0].start_at, "another")
    before, after = derive(history, LAW), derive(replace(history, corrections=(stale,)), LAW)
    assert replace(after, lines=()) == replace(before, lines=())
    assert [line.code for line in after.lines[len(before.lines) :]] == ["day_correction_lapsed_in"]


def test_of_two_approvals_the_newest_counts_and_law_and_leave_are_no_inputs() -> None:
    day = evidence("in 08:10:00", "out 16:30:00")
    inputs = inputs_of(day, "in")
    both = replace(day, corrections=(Correction(2, "in", at("07:45:00"), inputs), Correction(1, "in", at("07:20:00"), inputs)))
    assert derive(both, LAW).late_min == 15
    assert derive(both, LAW) == derive(replace(both, corrections=both.corrections[::-1]), LAW)
    assert inputs_of(replace(day, leave=evidence(leave="annual").leave, closed=False), "in") == inputs
    assert inputs_of(evidence("in 08:10:00"), "in") == inputs
    assert Checkin(UUID(int=2), "in", at("07:45:00"), counts=True, site="*") in corrected(both).checkins
    assert decrees.on("bali", TUESDAY).version == LAW.version
