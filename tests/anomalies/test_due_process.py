"""A finding from the notice to the last word, and what it does to the day on the way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from app import errors
from app.access import Role
from app.anomalies import actions, rules
from app.anomalies import store as findings
from app.anomalies.rules import Kind, Status, Step
from app.anomalies.store import Wanted, Wording
from app.attendance import actions as attendance
from tests import make

from .test_actions import DAY, HEARD, MORNING, NOW, actor, crowd, place

SAID = Wording("Saya di kantor, ada CCTV", evidence="CCTV lobi 13 Januari")


@pytest.fixture
def bali(session):
    """Three found in a section, with somebody over the section, the office, and two over all."""
    agency = make.unit(session)
    office = make.unit(session, "DISHUB", agency)
    section = make.unit(session, "DISHUB_TEK", office)
    people = [make.person(session, section) for _ in range(3)]
    of = {
        "head": (section, Role.SUPERVISOR, section), "chief": (office, Role.SUPERVISOR, office),
        "officer": (agency, Role.HR, agency), "second": (agency, Role.HR, agency),
    }  # fmt: skip
    deciders = {name: actor(make.person(session, unit), (role, over.path)) for name, (unit, role, over) in of.items()}
    crowd(session, *people)
    for person in people:
        place(
            session,
            make.checkin(session, person, "out", MORNING + timedelta(hours=9, minutes=20), DAY),
            lat=-8.66 - person.id * 1e-6,
        )
    attendance.close_day(session, DAY, NOW)
    actions.scan_day(session, DAY, NOW)
    own = next(one for one in findings.list_reviewed(session, None, 9) if one.person_id == people[0].id)
    return {"finding": own, "person": actor(people[0]), "colleague": actor(people[1]), "people": people, **deciders}


def answer(session, bali, by, given=Status.UPHELD, at=HEARD, **more):
    return actions.decide(session, bali["finding"].id, Wording("Sudah diperiksa", given, **more), bali[by], at.date(), at)


def status_on(session, bali, day=DAY):
    query = text("SELECT status, deduction_pct, lines FROM day_records WHERE day = :day AND person_id = :person")
    return session.execute(query, {"day": day, "person": bali["finding"].person_id}).one()


def codes(record):
    return {line["code"] for line in record.lines}


def test_nothing_changes_pay_before_a_decision_and_an_appeal_takes_it_back_until_the_last_word(session, bali):
    before = status_on(session, bali)
    assert before.deduction_pct == 0
    actions.reply(session, bali["finding"].id, SAID, bali["person"], NOW)
    assert answer(session, bali, "head", at=NOW).status is Status.PROPOSED
    assert status_on(session, bali) == before
    assert answer(session, bali, "chief", at=NOW).status is Status.UPHELD
    struck = status_on(session, bali)
    assert struck.deduction_pct > 0 and {"day_struck_in", "day_missing_in"} <= codes(struck)
    actions.appeal(session, bali["finding"].id, Wording("Ada saksi"), bali["person"], HEARD)
    assert status_on(session, bali).deduction_pct == 0
    with pytest.raises(errors.Denied, match="next_level"):
        answer(session, bali, "chief")
    assert answer(session, bali, "officer").status is Status.UPHELD
    assert status_on(session, bali).deduction_pct == struck.deduction_pct
    with pytest.raises(errors.Conflict, match="nothing_to_appeal"):
        actions.appeal(session, bali["finding"].id, Wording("Sekali lagi"), bali["person"], HEARD)


def test_every_step_is_a_leaf_with_what_it_did_to_the_check_ins(session, bali):
    actions.reply(session, bali["finding"].id, SAID, bali["person"], NOW)
    answer(session, bali, "chief", at=NOW)
    actions.appeal(session, bali["finding"].id, Wording("Ada saksi"), bali["person"], HEARD)
    answer(session, bali, "officer", Status.DISMISSED)
    subject = f"finding:{bali['finding'].id}"
    kinds = session.scalars(text("SELECT kind FROM ledger_leaves WHERE subject = :it ORDER BY id"), {"it": subject}).all()
    assert kinds == ["finding", "finding_reply", "finding_decision", "finding_appeal", "finding_final"]
    [struck], [back] = (
        [*told[0]["counts"].values()] for told in (make.told(session, "finding_decision"), make.told(session, "finding_appeal"))
    )
    assert (struck, back) == (False, None)


def test_two_findings_about_one_check_in_do_not_undo_each_other(session, bali):
    answer(session, bali, "chief")
    [checkin] = bali["finding"].evidence["checkins"]
    session.execute(
        text(
            "INSERT INTO findings (kind, person_id, day, unit_id, evidence, evidence_hash, found_at)"
            " SELECT 'suspect_signals', person_id, day, unit_id, jsonb_set(evidence, '{words}', '{}'),"
            " 'lain', found_at FROM findings WHERE id = :id"
        ),
        {"id": bali["finding"].id},
    )
    other = findings.list_reviewed(session, None, 1)[0]
    actions.decide(session, other.id, Wording("Tidak terbukti", Status.DISMISSED), bali["chief"], HEARD.date(), HEARD)
    assert "day_struck_in" in codes(status_on(session, bali)) and checkin in other.evidence["checkins"]


def test_a_dismissed_rejection_counts_from_then_on(session, bali):
    """Rejected for its place, heard, lifted: the absence becomes a day of presence."""
    day, at = date(2026, 1, 14), MORNING + timedelta(days=1)
    person = bali["people"][0]
    for direction, hours in (("in", 0), ("out", 9.4)):
        place(session, make.checkin(session, person, direction, at + timedelta(hours=hours), day, counts=False), lat=-8.9)
    night = datetime(2026, 1, 15, 12, tzinfo=UTC)
    attendance.close_day(session, day, night)
    actions.scan_day(session, day, night)
    [found] = findings.list_reviewed(session, None, 9, Wanted(kind=Kind.REJECTED_PLACE))
    assert status_on(session, bali, day).status == "absent"
    decided = actions.decide(session, found.id, Wording("Rapat di luar", Status.DISMISSED), bali["head"], day, night)
    record = status_on(session, bali, day)
    assert (decided.status, record.status, record.deduction_pct) == (Status.DISMISSED, "present", 0)
    assert {"day_lifted_in", "day_lifted_out"} <= codes(record)
    attendance.close_day(session, day, night)
    assert actions.scan_day(session, day, night) == 0 and status_on(session, bali, day) == record


def test_a_part_is_upheld_by_naming_it(session, bali):
    person, day = bali["people"][0], DAY + timedelta(days=1)
    two = [make.checkin(session, person, way, MORNING + timedelta(days=1, hours=9 * n), day, flags=["fake_template"])
           for n, way in enumerate(("in", "out"))]  # fmt: skip
    for n, one in enumerate(two):
        place(session, one, lat=-8.7 - n)
    actions.scan_day(session, day, NOW)
    [found] = findings.list_reviewed(session, None, 9, Wanted(kind=Kind.SUSPECT_SIGNALS))
    for named in ((), tuple(one.id for one in two), (make.uuid4(),)):
        with pytest.raises(errors.Invalid, match="partial_of_what"):
            actions.decide(session, found.id, Wording("Sebagian", Status.PARTIAL, None, named), bali["chief"], day, HEARD)
    actions.decide(session, found.id, Wording("Sebagian", Status.PARTIAL, None, (two[1].id,)), bali["chief"], day, HEARD)
    record = status_on(session, bali, day)
    assert "day_struck_out" in codes(record) and "day_struck_in" not in codes(record)


def test_nobody_else_replies_or_appeals(session, bali):
    for act in (actions.reply, actions.appeal):
        for other in ("colleague", "head"):
            with pytest.raises(errors.NotFound, match="unknown_finding"):
                act(session, bali["finding"].id, SAID, bali[other], NOW)


def test_an_acting_head_decides_from_his_first_day_to_the_day_before_the_last(session, bali):
    """Delegation is a dated grant: the actor of a request has the grants in force that day."""
    from app.people.store import actor_for
    from tests.conftest import begin_family

    acting, office = make.person(session), make.unit(session, "DISHUB")
    make.grant(session, acting, Role.SUPERVISOR, office, since=date(2026, 2, 1), until=date(2026, 2, 10))
    family = begin_family(acting.id)
    for day, may in ((date(2026, 1, 31), False), (date(2026, 2, 10), False), (date(2026, 2, 9), True)):
        bali["acting"] = actor_for(session, acting.id, family, day)
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        if may:
            assert answer(session, bali, "acting", at=at).status is Status.UPHELD
        else:
            with pytest.raises(errors.NotFound):
                answer(session, bali, "acting", at=at)


def test_an_appeal_nobody_answers_is_granted_by_the_night(session, bali):
    answer(session, bali, "chief")
    actions.appeal(session, bali["finding"].id, Wording("Ada saksi"), bali["person"], HEARD)
    due = HEARD + rules.process.ANSWER
    assert actions.grant_lapsed(session, due - timedelta.resolution) == 0
    assert actions.grant_lapsed(session, due) == 1 and actions.grant_lapsed(session, due) == 0
    granted = findings.get_reviewed(session, bali["finding"].id)
    assert (granted.status, granted.steps[-1].step, granted.steps[-1].by) == (Status.DISMISSED, Step.FINAL, None)
    assert status_on(session, bali).deduction_pct == 0


def test_the_database_finds_exactly_what_the_rules_call_so(session, bali):
    """Each of the three findings goes another way; every status and lateness is asked of both."""
    ids = [one.id for one in findings.list_reviewed(session, None, 9)]
    actions.reply(session, bali["finding"].id, SAID, bali["person"], NOW)
    answer(session, bali, "chief", at=NOW)
    actions.appeal(session, bali["finding"].id, Wording("Ada saksi"), bali["person"], NOW)
    others = [one for one in ids if one != bali["finding"].id]
    actions.decide(session, others[0], Wording("Usul", Status.DISMISSED), bali["head"], NOW.date(), NOW)
    for at in (NOW, HEARD + timedelta(days=7), HEARD + timedelta(days=13), HEARD + timedelta(days=14)):
        every = findings.list_reviewed(session, None, 99)
        for status in Status:
            expected = {one.id for one in every if one.status is status}
            assert {one.id for one in findings.list_reviewed(session, None, 99, Wanted(status=status))} == expected
        late = {one.id for one in every if rules.is_overdue(one.case, at)}
        assert {one.id for one in findings.list_reviewed(session, None, 99, Wanted(overdue_at=at))} == late
        counted = findings.count_waiting(session, Wanted(), at)
        assert (sum(one.findings for one in counted), sum(one.overdue for one in counted)) == (3, len(late))
    assert len({one.status for one in every}) == 3


def test_findings_of_one_cause_are_answered_together_within_ones_scope(session, bali):
    wanted = Wanted(kind=Kind.SHARED_COORDINATES)
    ids = actions.ids_of_cause(session, wanted, "DISHUB", bali["officer"])
    assert len(ids) == 3 and ids == sorted(ids)
    assert actions.ids_of_cause(session, Wanted(kind=Kind.SHARED_PHONE), None, bali["officer"]) == []
    assert actions.ids_of_cause(session, wanted, None, bali["person"]) == []
    with pytest.raises(errors.NotFound, match="unknown_unit"):
        actions.ids_of_cause(session, wanted, "BALI", bali["chief"])
    outcomes = actions.decide_all(session, ids, Wording("Ponsel dinas", Status.DISMISSED), bali["officer"], DAY, NOW)
    assert {answered.status for answered in outcomes} == {Status.DISMISSED}
    assert actions.ids_of_cause(session, wanted, None, bali["officer"]) == []
