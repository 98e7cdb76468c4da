"""What may be done about a finding, by whom and until when, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import errors
from app.anomalies import rules
from app.anomalies.rules import Case, Decider, Status, Step, Taken
from app.anomalies.rules.process import ANSWER, APPEAL, DECIDE, REPLY

THEN = datetime(2026, 3, 2, tzinfo=UTC)
OPEN = Case(THEN, "BALI.DISHUB.TEK", is_notice=False, is_superseded=False, taken=())
HEARD = THEN + REPLY
OFFICER = Decider(8, "BALI", is_of_unit=False)
HEAD = Decider(9, "BALI.DISHUB.TEK", is_of_unit=True)
ABOVE = Decider(10, "BALI.DISHUB", is_of_unit=False)
SIDE = Decider(11, "BALI.DISHUB.TEK", is_of_unit=False)


def after(case, step, answer=None, by=9, level="BALI.DISHUB.TEK", at=HEARD):
    return replace(case, taken=(*case.taken, Taken(step, at, by, answer, level)))


REPLIED = after(OPEN, Step.REPLY, by=1, level=None, at=THEN)
PROPOSED = after(OPEN, Step.PROPOSAL, Status.UPHELD)
UPHELD = after(OPEN, Step.DECISION, Status.UPHELD)
BY_OFFICE = after(OPEN, Step.DECISION, Status.UPHELD, by=10, level="BALI.DISHUB")
BY_ROOT = after(OPEN, Step.DECISION, Status.UPHELD, by=8, level="BALI")


def appealed(case):
    return after(case, Step.APPEAL, by=1, level=None, at=HEARD + timedelta(days=1))


@pytest.mark.parametrize(
    "case, answer, by, at, expected",
    [
        (OPEN, Status.DISMISSED, ABOVE, THEN, Step.DECISION),
        (OPEN, Status.UPHELD, ABOVE, HEARD - timedelta.resolution, "reply_awaited"),
        (OPEN, Status.PARTIAL, ABOVE, HEARD - timedelta.resolution, "reply_awaited"),
        (OPEN, Status.UPHELD, ABOVE, HEARD, Step.DECISION),
        (REPLIED, Status.UPHELD, ABOVE, THEN, Step.DECISION),
        (OPEN, Status.DISMISSED, HEAD, THEN, Step.PROPOSAL),
        (replace(OPEN, is_notice=True), Status.DISMISSED, HEAD, THEN, Step.DECISION),
        (PROPOSED, Status.UPHELD, HEAD, HEARD, "second_person"),
        (PROPOSED, Status.DISMISSED, ABOVE, HEARD, Step.DECISION),
        (PROPOSED, Status.UPHELD, replace(HEAD, person_id=12), HEARD, Step.DECISION),
        (UPHELD, Status.DISMISSED, ABOVE, HEARD, "finding_decided"),
        (replace(OPEN, is_superseded=True), Status.DISMISSED, ABOVE, HEARD, "finding_superseded"),
        (appealed(UPHELD), Status.DISMISSED, SIDE, HEARD, "next_level"),
        (appealed(UPHELD), Status.DISMISSED, ABOVE, HEARD, Step.FINAL),
        (appealed(BY_OFFICE), Status.UPHELD, ABOVE, HEARD, "next_level"),
        (appealed(BY_OFFICE), Status.UPHELD, OFFICER, HEARD, Step.FINAL),
        (appealed(BY_ROOT), Status.UPHELD, OFFICER, HEARD, "next_level"),
        (appealed(BY_ROOT), Status.UPHELD, replace(OFFICER, person_id=13), HEARD, Step.FINAL),
        (appealed(after(PROPOSED, Step.DECISION, Status.UPHELD, 10, "BALI.DISHUB")), Status.UPHELD, OFFICER, HEARD, Step.FINAL),
        (after(appealed(UPHELD), Step.FINAL, Status.UPHELD, by=10), Status.UPHELD, OFFICER, HEARD, "finding_decided"),
    ],
    ids=[
        "dismissed at once", "upheld unheard", "upheld in part unheard", "upheld when the time is over", "upheld after a reply",
        "about one's own unit it is a proposal", "a notice needs one person", "the same person twice", "a second person disagrees",
        "two of the same unit", "decided once", "superseded", "an appeal to the same level", "an appeal to the next level",
        "who decided does not answer the appeal", "the officer above does", "nobody is above the root, but another person is",
        "that other person", "answered by a third", "final is final",
    ],
)  # fmt: skip
def test_what_an_answer_is_depends_on_who_gives_it_and_when(case, answer, by, at, expected):
    try:
        assert rules.step_of_answer(case, answer, by, at) == expected
    except errors.TapakError as refusal:
        assert refusal.code == expected


def test_whoever_proposed_does_not_answer_the_appeal_either():
    decided = after(
        after(OPEN, Step.PROPOSAL, Status.UPHELD, by=8, level="BALI"), Step.DECISION, Status.UPHELD, by=10, level="BALI.DISHUB"
    )
    with pytest.raises(errors.Denied, match="next_level"):
        rules.step_of_answer(appealed(decided), Status.DISMISSED, OFFICER, HEARD)


@pytest.mark.parametrize(
    "case, at, code",
    [
        (OPEN, HEARD - timedelta.resolution, None),
        (OPEN, HEARD, "reply_over"),
        (PROPOSED, THEN, None),
        (UPHELD, THEN, "finding_decided"),
        (appealed(UPHELD), THEN, "finding_decided"),
        (replace(OPEN, is_superseded=True), THEN, "finding_superseded"),
    ],
    ids=["in time", "too late", "beside a proposal", "decided", "under appeal", "superseded"],
)
def test_a_reply_is_heard_until_the_window_closes(case, at, code):
    if code is None:
        rules.refuse_reply(case, at)
    else:
        with pytest.raises(errors.Conflict, match=code):
            rules.refuse_reply(case, at)


@pytest.mark.parametrize(
    "case, at, code",
    [
        (UPHELD, HEARD + APPEAL - timedelta.resolution, None),
        (UPHELD, HEARD + APPEAL, "appeal_over"),
        (after(OPEN, Step.DECISION, Status.PARTIAL), HEARD, None),
        (after(OPEN, Step.DECISION, Status.DISMISSED), HEARD, "nothing_to_appeal"),
        (OPEN, HEARD, "nothing_to_appeal"),
        (appealed(UPHELD), HEARD, "nothing_to_appeal"),
        (after(appealed(UPHELD), Step.FINAL, Status.UPHELD), HEARD, "nothing_to_appeal"),
    ],
    ids=["in time", "too late", "a part", "dismissed", "undecided", "twice", "final"],
)
def test_an_appeal_is_against_what_was_upheld_and_once(case, at, code):
    if code is None:
        rules.refuse_appeal(case, at)
    else:
        with pytest.raises(errors.Conflict, match=code):
            rules.refuse_appeal(case, at)


@pytest.mark.parametrize(
    "case, due",
    [
        (OPEN, HEARD + DECIDE),
        (PROPOSED, HEARD + DECIDE),
        (after(OPEN, Step.PROPOSAL, Status.DISMISSED, at=HEARD + DECIDE), HEARD + DECIDE + DECIDE),
        (appealed(UPHELD), HEARD + timedelta(days=1) + ANSWER),
        (UPHELD, None),
        (replace(OPEN, is_superseded=True), None),
    ],
    ids=["open", "proposed early", "proposed late", "appealed", "decided", "superseded"],
)
def test_an_answer_is_late_from_its_instant_on(case, due):
    assert case.due_at == due
    if due is None:
        assert not rules.is_overdue(case, THEN + timedelta(days=10_000))
    else:
        assert rules.is_overdue(case, due) and not rules.is_overdue(case, due - timedelta.resolution)


@pytest.mark.parametrize("missed, unit", [(0, "BALI.DISHUB.TEK"), (1, "BALI.DISHUB"), (2, "BALI"), (9, "BALI")])
def test_each_missed_deadline_moves_the_case_one_level_up(missed, unit):
    at = OPEN.due_at + DECIDE * (missed - 1)
    assert rules.waits_at(OPEN, at) == unit
    assert rules.waits_at(UPHELD, at) is None


def test_an_appeal_that_nobody_answers_is_granted_and_a_finding_that_nobody_decides_is_not():
    case = appealed(UPHELD)
    assert rules.has_lapsed(case, case.due_at) and not rules.has_lapsed(case, case.due_at - timedelta.resolution)
    assert not rules.has_lapsed(OPEN, OPEN.due_at + timedelta(days=1000))


def test_nothing_can_change_after_the_last_word_or_the_time_for_it():
    assert rules.is_final(after(appealed(UPHELD), Step.FINAL, Status.UPHELD), HEARD)
    assert rules.is_final(after(OPEN, Step.DECISION, Status.DISMISSED), HEARD)
    assert rules.is_final(UPHELD, HEARD + APPEAL) and not rules.is_final(UPHELD, HEARD + APPEAL - timedelta.resolution)
    assert not rules.is_final(OPEN, HEARD + APPEAL) and not rules.is_final(appealed(UPHELD), HEARD + APPEAL)


COUNTED, REJECTED, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
JUDGED = {COUNTED: True, REJECTED: False, OTHER: True}


@pytest.mark.parametrize(
    "case, strikes, lifts, upheld, expected",
    [
        (OPEN, True, True, (), {}),
        (PROPOSED, True, True, (), {}),
        (UPHELD, True, False, (), {COUNTED: False, OTHER: False}),
        (UPHELD, False, True, (), {}),
        (after(OPEN, Step.DECISION, Status.DISMISSED), True, False, (), {}),
        (after(OPEN, Step.DECISION, Status.DISMISSED), False, True, (), {REJECTED: True}),
        (after(OPEN, Step.DECISION, Status.PARTIAL), True, False, (OTHER,), {OTHER: False}),
        (after(OPEN, Step.DECISION, Status.PARTIAL), False, True, (OTHER,), {REJECTED: True}),
        (after(OPEN, Step.DECISION, Status.PARTIAL), False, True, (REJECTED,), {}),
        (appealed(UPHELD), True, True, (), {}),
        (after(appealed(UPHELD), Step.FINAL, Status.DISMISSED), True, False, (), {}),
        (after(appealed(UPHELD), Step.FINAL, Status.UPHELD), True, False, (), {COUNTED: False, OTHER: False}),
    ],
    ids=[
        "nothing before a decision", "nor by a proposal", "upheld strikes what counted", "where the kind strikes",
        "dismissed changes nothing",
        "dismissed lifts a rejection", "a part strikes a part", "the rest is dismissed", "what is upheld stays rejected",
        "an appeal suspends", "granted", "and a final word restores",
    ],
)  # fmt: skip
def test_what_a_decision_does_to_the_check_ins(case, strikes, lifts, upheld, expected):
    effects = rules.effects_of(case, strikes, lifts, JUDGED, upheld)
    assert {one: counts for one, counts in effects.items() if counts is not None} == expected
    assert set(effects) == set(JUDGED)


@given(st.lists(st.sampled_from([*Step]), max_size=6), st.sampled_from(rules.ANSWERS), st.booleans())
def test_pay_changes_only_where_somebody_answered(steps, answer, is_notice):
    case = replace(OPEN, is_notice=is_notice)
    for step in steps:
        case = after(case, step, None if step in (Step.REPLY, Step.APPEAL) else answer)
    effects = rules.effects_of(case, True, True, JUDGED, ())
    if not {Step.DECISION, Step.FINAL} & set(steps):
        assert set(effects.values()) == {None}
