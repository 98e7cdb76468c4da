"""Ceremonies: the second table of docs/day-matrix.md, executed, and the whole way from a letter to the day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.assignments.rules import LetterKind, PlaceRule, Proof, ceremonies_on
from app.attendance.actions import close_day
from app.attendance.rules import Checkin, Correction, Evidence, derive, fingerprint, inputs_of
from app.attendance.store import DayRecord, list_stale
from app.config import ROOT
from app.workdays import store as workdays
from app.workdays.rules import Leave, LeaveKind, Part, RosterEntry, Shift, ShiftKind, workday_on
from tests import make
from tests.attendance import worlds
from tests.attendance.test_store import TONIGHT
from tests.attendance.worlds import CHRISTMAS, LAW, TUESDAY, WITA, at, incident, letter

ANY, NONE = "any", "-"
CALL = letter(kind=LetterKind.CEREMONY, starts=time(7, 45), ends=time(8, 30), number=9)
HELD = {"9": ("LAPANGAN",)}
ROSTERS = {
    NONE: None,
    "afternoon": (Shift("SIANG", time(14), time(21)),),
    "standby": (Shift("SIAGA", time(8), time(16, 30), ShiftKind.ON_CALL),),
    "rest": (),
}
HOLIDAYS = {NONE: None, "national": CHRISTMAS, "joint": replace(CHRISTMAS, kind="joint_leave")} | {
    "dispensed": replace(CHRISTMAS, kind="dispensation")
}
LEAVES = {NONE: None, "whole": Part.WHOLE, "morning": Part.MORNING, "afternoon": Part.AFTERNOON}
LETTERS = {
    NONE: (),
    "named": (letter(number=2),),
    "anywhere": (letter(number=2, place=PlaceRule.ANYWHERE),),
    "proof": (letter(number=2, proof=Proof.LETTER),),
}
STRUCK = {NONE: (), "during": (("08:29:59", "08:31:00"),), "after": (("08:30:00", "23:00:00"),), "day": (("05:00:00", "23:59:00"),)}
MADE = {
    "nothing": (),
    "came before": (("in", "07:20:00"), ("out", "16:35:00")),
    "came and went": (("in", "07:20:00"), ("out", "07:44:59")),
    "tapped out between": (("in", "07:20:00"), ("out", "07:40:00"), ("out", "16:35:00")),
    "came late": (("in", "08:29:59"),),
    "came after": (("in", "08:30:00"), ("out", "16:35:00")),
    "left during": (("out", "07:45:00"),),
}
THERE = {"came before", "tapped out between", "came late", "left during"}
CASES = list(product(ROSTERS, HOLIDAYS, LEAVES, LETTERS, STRUCK, MADE, ("open", "closed")))


def rows() -> list[list[str]]:
    """The rows of the second table."""
    [told] = [
        part for part in (ROOT / "docs" / "day-matrix.md").read_text("utf-8").split("\n## ") if part.startswith("A ceremony\n")
    ]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines() if line.startswith("| ")][1:]


def known(case: tuple[str, ...], sites: dict[int, tuple[str, ...]] | None = None, place: str | None = "KANTOR@1") -> Evidence:
    roster, holiday, leave, also, struck, made, window = case
    shifts = ROSTERS[roster]
    workday = workday_on(TUESDAY, WITA, LAW, HOLIDAYS[holiday], None if shifts is None else RosterEntry(TUESDAY, shifts))
    checkins = tuple(Checkin(UUID(int=n), way, at(clock), counts=True, site=place) for n, (way, clock) in enumerate(MADE[made]))
    asked = None if LEAVES[leave] is None else Leave(1, LeaveKind.ANNUAL, TUESDAY, TUESDAY, LEAVES[leave])
    letters = (*LETTERS[also], CALL)
    incidents = tuple(incident(*clocks) for clocks in STRUCK[struck])
    called = ceremonies_on(TUESDAY, WITA, letters, sites or {})
    return Evidence(workday, checkins, asked, window == "closed", (), incidents, letters, called)


def said(evidence: Evidence) -> tuple[str, Decimal]:
    [line] = [line for line in derive(evidence, LAW).lines if line.code.startswith("day_ceremony")]
    return line.code.removeprefix("day_ceremony").removeprefix("_") or "missed", line.pct


def fitting(case: tuple[str, ...], status: str, table: list[list[str]]) -> int | None:
    roster, _, leave, also, struck, made, window = case
    half = {"morning": "half", "afternoon": NONE}  # 07:45 lies in the first half of the office's hours
    afternoon_shift = {"morning": "half"}  # and before the middle of the afternoon shift's
    on_leave = (afternoon_shift if roster == "afternoon" else half).get(leave, NONE if leave == "afternoon" else leave)
    if leave in ("morning", "afternoon") and (roster == "standby" or status in ("off", "holiday", "joint_leave", "dispensation")):
        on_leave = NONE  # nothing is owed, so the day has no halves
    asked = (
        status, on_leave, "away" if also in ("anywhere", "proof") else NONE, "during" if struck in ("during", "day") else NONE,
        "outside" if roster in ("afternoon", "standby") else "inside", "there" if made in THERE else NONE, window,
    )  # fmt: skip
    return next((n for n, row in enumerate(table) if all(says in (ANY, is_) for says, is_ in zip(row, asked, strict=False))), None)


@pytest.mark.parametrize("roster", ROSTERS)
def test_every_combination_says_and_costs_what_the_first_row_that_fits_says(roster: str) -> None:
    table = rows()
    for case in [case for case in CASES if case[0] == roster]:
        evidence = known(case)
        status = derive(evidence, LAW).status
        number = fitting(case, status, table)
        assert number is not None, (case, status)
        assert said(evidence) == (table[number][-2], 1 if table[number][-1] == "ceremony" else 0), (case, status)


def test_every_row_is_the_answer_to_something() -> None:
    table = rows()
    found = {fitting(case, derive(known(case), LAW).status, table) for case in CASES}
    assert found == set(range(len(table)))


@pytest.mark.parametrize(
    ("place", "made", "says"),
    [
        ("LAPANGAN@3", "came before", "attended"),
        ("LAPANGAN@3", "came late", "attended"),
        ("KANTOR@1", "came before", "missed"),
        ("KANTOR@1", "came late", "missed"),
        (None, "came before", "missed"),
    ],
)
def test_where_the_letter_names_sites_one_is_there_only_at_one_of_them(place: str | None, made: str, says: str) -> None:
    case = (NONE, NONE, NONE, NONE, NONE, made, "closed")
    assert said(known(case, {9: ("LAPANGAN",)}, place))[0] == says


def test_an_approved_time_proves_a_ceremony_wherever_it_is_held() -> None:
    day = known((NONE, NONE, NONE, NONE, NONE, "came after", "closed"), {9: ("LAPANGAN",)})
    came = Correction(1, "in", at("07:40:00"), inputs_of(day, "in"))
    assert (said(day)[0], said(replace(day, corrections=(came,)))[0]) == ("missed", "attended")


def test_a_check_in_that_proves_a_ceremony_on_a_holiday_is_not_called_outside_the_window() -> None:
    codes = [line.code for line in derive(known((NONE, "national", NONE, NONE, NONE, "came late", "closed")), LAW).lines]
    assert "day_ceremony_attended" in codes and "day_outside_window_in" not in codes


def test_a_rejected_check_in_proves_nothing_and_law_without_the_clause_charges_nothing() -> None:
    day = known((NONE, NONE, NONE, NONE, NONE, "came before", "closed"))
    rejected = replace(day, checkins=(*(replace(found, counts=False) for found in day.checkins), *worlds.checkins("out 16:35:00")))
    assert said(rejected) == ("missed", 1)
    [line] = [line for line in derive(rejected, replace(LAW, ceremony=None)).lines if line.code == "day_ceremony_unpriced"]
    assert line.pct == 0


@given(worlds.histories(closed=True), st.randoms(use_true_random=False))
def test_with_a_ceremony_too_order_changes_nothing_and_the_per_cent_is_the_sum_of_its_clauses(history, random) -> None:
    day = replace(history, letters=(CALL,), ceremonies=ceremonies_on(history.workday.day, WITA, (replace(
        CALL, first_day=history.workday.day, last_day=history.workday.day),)))  # fmt: skip
    mixed = list(day.checkins) * 2
    random.shuffle(mixed)
    again = replace(day, checkins=tuple(mixed))
    outcome = derive(day, LAW)
    assert (derive(again, LAW), fingerprint(again, LAW)) == (outcome, fingerprint(day, LAW))
    assert outcome.deduction_pct == sum(line.pct for line in outcome.lines if line.clause) <= 100
    assert fingerprint(day, LAW) != fingerprint(history, LAW)


@given(worlds.histories(closed=True), st.data())
def test_one_more_check_in_takes_no_ceremony_away_unless_it_is_the_last_word_before_it(history, data) -> None:
    call = replace(CALL, first_day=history.workday.day, last_day=history.workday.day)
    called = ceremonies_on(history.workday.day, WITA, (call,))
    day = replace(history, letters=(call,), ceremonies=called)
    way = data.draw(st.sampled_from(["in", "out"]))
    more = Checkin(UUID(int=7), way, data.draw(worlds.moments(history.workday)), counts=True)
    before, after = said(day)[0], said(replace(day, checkins=(*day.checkins, more)))[0]
    is_last_word = way == "out" and more.taken_at < called[0].starts_at
    assert not (before == "attended" and after in ("missed", "absent")) or is_last_word


def lines_of(session, person, day: date = TUESDAY) -> Iterator[str]:
    session.expire_all()
    [lines] = session.scalars(select(DayRecord.lines).where(DayRecord.person_id == person.id, DayRecord.day == day))
    return [line["code"] for line in lines if line["code"].startswith("day_ceremony")]


def test_from_the_letter_to_the_day_each_is_charged_by_where_and_when_he_was(session) -> None:
    unit = make.unit(session, "DISHUB", make.unit(session))
    office, square = make.site(session, unit), make.site(session, unit, "LAPANGAN", lat=-8.67)
    head, there, elsewhere, late = (make.person(session, unit) for _ in range(4))
    make.letter(
        session, head, there, elsewhere, late, first_day=TUESDAY, kind=LetterKind.CEREMONY, starts=time(7, 45), ends=time(8, 30),
        sites=[square],
    )  # fmt: skip
    for person, site in ((there, square), (elsewhere, office)):
        make.checkin(session, person, "in", at("07:20:00"), TUESDAY, site_version_id=site)
        make.checkin(session, person, "out", at("16:35:00"), TUESDAY, site_version_id=office)
    close_day(session, TUESDAY, at("08:00:00"))
    assert [lines_of(session, one) for one in (there, elsewhere, late)] == [
        ["day_ceremony_attended"], ["day_ceremony_awaited"], ["day_ceremony_awaited"],
    ]  # fmt: skip
    close_day(session, TUESDAY, TONIGHT)
    assert [lines_of(session, one) for one in (there, elsewhere, late, head)] == [
        ["day_ceremony_attended"], ["day_ceremony"], ["day_ceremony_absent"], [],
    ]  # fmt: skip
    [record] = session.scalars(select(DayRecord).where(DayRecord.person_id == elsewhere.id))
    assert (record.deduction_pct, record.trace["priced"]) == (1, [["bali.ceremony.2024-01-02", "1"]])


def test_on_a_holiday_the_night_is_told_to_come_back_when_the_ceremony_is_over(session) -> None:
    person, head = make.person(session), make.person(session)
    unit = make.unit(session)
    workdays.add_holiday(session, unit.id, None, CHRISTMAS, TONIGHT)
    hours = {"kind": LetterKind.CEREMONY, "starts": time(7, 45), "ends": time(8, 30)}
    make.letter(session, head, person, first_day=TUESDAY, **hours)
    close_day(session, TUESDAY, at("06:00:00"))
    assert list_stale(session, TUESDAY, at("08:29:59")) == []
    assert list_stale(session, TUESDAY, at("08:30:00")) == [person.id]
    assert lines_of(session, person) == ["day_ceremony_awaited"]
    close_day(session, TUESDAY, at("08:30:00"), [person.id])
    assert lines_of(session, person) == ["day_ceremony"] and list_stale(session, TUESDAY, TONIGHT) == []


def test_a_ceremony_after_the_hours_keeps_the_day_open_until_it_is_over(session) -> None:
    person, head = make.person(session), make.person(session)
    hours = {"kind": LetterKind.CEREMONY, "starts": time(23), "ends": time(23, 50)}
    make.letter(session, head, person, first_day=TUESDAY, **hours)
    for now, status in (("23:49:59", "not_yet"), ("23:50:00", "absent")):
        close_day(session, TUESDAY, at(now))
        session.expire_all()
        assert session.scalars(select(DayRecord.status).where(DayRecord.person_id == person.id)).one() == status
