"""What incidents take away from a day: minutes and missing check-ins inside them, and never anything in the other direction."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.attendance.rules import Bracket, Checkin, Evidence, Status, derive, fingerprint, stakes_of, touching
from app.decrees import Together
from app.texts import text
from app.workdays.rules import RosterEntry, Shift, ShiftKind, workday_on
from tests.attendance import worlds
from tests.attendance.worlds import CHRISTMAS, LAW, NIGHT_WATCH, TUESDAY, evidence, incident

ALL_DAY = ("07:30:00", "16:30:00")


def struck(*said: str, spans=(), **known) -> Evidence:
    incidents = tuple(incident(*span, number=number) for number, span in enumerate(spans))
    return replace(evidence(*said, **known), incidents=incidents)


@pytest.mark.parametrize(
    ("spans", "late_min", "pct"),
    [
        ((), 90, "1.25"),
        ((("07:00:00", "09:00:00"),), 0, "0"),
        ((("07:00:00", "08:59:00"),), 1, "0.5"),
        ((("07:30:00", "08:30:00"),), 30, "0.5"),
        ((("08:00:00", "08:30:00"),), 60, "1"),
        ((("08:00:00", "08:30:00"), ("08:10:00", "08:40:00"), ("08:40:00", "08:50:00")), 40, "1"),
        ((("08:59:59", "12:00:00"),), 89, "1.25"),
        ((("09:00:00", "12:00:00"),), 90, "1.25"),
        ((("05:00:00", "07:30:00"),), 90, "1.25"),
    ],
    ids=[
        "none", "until he came", "a minute less", "the first hour", "in the middle", "overlapping and touching",
        "its first second", "begins as he came", "over when work began",
    ],
)  # fmt: skip
def test_lateness_is_counted_over_the_minutes_outside_incidents(spans, late_min: int, pct: str) -> None:
    """Permenko Infra 10/2025 art. 22; bali's bands from 07:30."""
    outcome = derive(struck("in 09:00:00", "out 16:30:00", spans=spans), LAW)
    assert (outcome.status, outcome.late_min, outcome.deduction_pct) == (Status.PRESENT, late_min, Decimal(pct))


@pytest.mark.parametrize(
    ("span", "early_min"),
    [
        (("15:30:00", "16:30:00"), 0),
        (("15:31:00", "16:30:00"), 1),
        (("16:00:00", "16:30:00"), 30),
        (("16:30:00", "18:00:00"), 60),
        (("12:00:00", "15:30:00"), 60),
    ],
    ids=["all of it", "but a minute", "half of it", "begins as work ends", "over as he went"],
)
def test_going_early_is_counted_over_the_minutes_outside_incidents(span, early_min: int) -> None:
    assert derive(struck("in 07:20:00", "out 15:30:00", spans=[span]), LAW).early_min == early_min


@pytest.mark.parametrize(
    ("said", "span", "pct", "code"),
    [
        ("out 16:30:00", ("07:30:00", "07:30:01"), "0", "day_missing_in_excused"),
        ("out 16:30:00", ("07:30:01", "16:30:00"), "1.5", "day_missing_in"),
        ("out 16:30:00", ("07:00:00", "07:30:00"), "1.5", "day_missing_in"),
        ("in 07:20:00", ("16:29:59", "16:30:00"), "0", "day_missing_out_excused"),
        ("in 07:20:00", ("16:00:00", "16:29:59"), "1.5", "day_missing_out"),
        ("in 07:20:00", ("16:30:00", "18:00:00"), "1.5", "day_missing_out"),
    ],
    ids=["begins there", "a second after", "over at the start", "until the end", "over before", "begins at the end"],
)
def test_a_missing_check_in_costs_nothing_where_the_edge_lies_inside(said: str, span, pct: str, code: str) -> None:
    outcome = derive(struck(said, spans=[span]), LAW)
    assert outcome.deduction_pct == Decimal(pct) and code in [line.code for line in outcome.lines]


@pytest.mark.parametrize(
    ("spans", "status", "pct"),
    [
        ([ALL_DAY], Status.INCIDENT, "0"),
        ([("12:00:00", "16:30:00"), ("07:30:00", "12:00:00")], Status.INCIDENT, "0"),
        ([("07:30:00", "16:29:59")], Status.ABSENT, "3"),
        ([("07:30:01", "16:30:00")], Status.ABSENT, "3"),
        ([("07:30:00", "12:00:00"), ("12:00:01", "16:30:00")], Status.ABSENT, "3"),
    ],
    ids=["all hours", "in two that touch", "a second short", "a second late", "a second between"],
)
def test_nobody_is_absent_from_hours_wholly_inside_incidents(spans, status: Status, pct: str) -> None:
    outcome = derive(struck(spans=spans), LAW)
    assert (outcome.status, outcome.deduction_pct) == (status, Decimal(pct))


@pytest.mark.parametrize("said", [(), ("in 12:00:00",), ("out 09:00:00",), ("in 11:00:00", "out 11:01:00")], ids=str)
@pytest.mark.parametrize("decree", ["bali", "kemenkeu-221-2021", "bkn-10-2022"])
def test_hours_wholly_inside_cost_nothing_whatever_was_made_of_them(said: tuple[str, ...], decree: str) -> None:
    day = struck(*said, spans=[("04:00:00", "23:00:00")], decree=decree)
    outcome = derive(day, decrees.on(decree, TUESDAY))
    assert (outcome.deduction_pct, outcome.late_min, outcome.early_min) == (0, 0, 0)


def test_while_something_may_still_come_the_day_is_not_yet() -> None:
    assert derive(struck(spans=[ALL_DAY], closed=False), LAW).status is Status.NOT_YET


def test_the_night_watch_is_struck_after_midnight() -> None:
    night = evidence("in 18:50:00", shift=NIGHT_WATCH)
    morning = incident("05:00:00", "07:00:00", TUESDAY + timedelta(days=1))
    assert [derive(replace(night, incidents=found), LAW).deduction_pct for found in ((), (morning,))] == [Decimal("1.5"), 0]


def test_the_day_says_what_struck_it_with_the_public_reason() -> None:
    line = derive(struck("in 09:00:00", "out 16:30:00", spans=[("07:00:00", "08:55:00")]), LAW).lines[-1]
    assert text(line.code, "id", **line.params) == (
        "Listrik padam pukul 07:00 sampai 08:55: Gardu Renon terbakar. Jam yang terkena tidak dikenai potongan."
    )
    assert "Power cut from 07:00 to 08:55" in text(line.code, "en", **line.params)


@pytest.mark.parametrize("known", [{"holiday": CHRISTMAS}, {"leave": "annual"}], ids=str)
def test_a_day_that_owes_nothing_says_nothing_of_it(known: dict) -> None:
    bare = evidence(**known)
    assert derive(replace(bare, incidents=(incident(*ALL_DAY),)), LAW) == derive(bare, LAW)


def test_only_incidents_that_reach_a_window_are_evidence() -> None:
    workday = evidence().workday
    tick = timedelta(microseconds=1)
    [before, after] = [
        replace(incident(*ALL_DAY), begins_at=begins_at, ends_at=ends_at)
        for begins_at, ends_at in (
            (workday.opens_at - timedelta(hours=1), workday.opens_at),
            (workday.closes_at, workday.closes_at + timedelta(hours=1)),
        )
    ]
    assert touching(workday, (before, after)) == ()
    reaching = replace(before, ends_at=before.ends_at + tick), replace(after, begins_at=after.begins_at - tick)
    assert touching(workday, reaching) == reaching


def test_an_incident_is_part_of_what_a_day_is_judged_by() -> None:
    day = struck(spans=[ALL_DAY])
    longer = replace(day, incidents=(replace(day.incidents[0], ends_at=day.incidents[0].ends_at + timedelta(seconds=1)),))
    assert len({fingerprint(known, LAW) for known in (replace(day, incidents=()), day, longer)}) == 3


# No decree in force bounds both together below what one costs alone; one may.
BOUNDED = replace(LAW, together=Together(Decimal(0), Decimal(1), LAW.lateness.clause))
laws = st.sampled_from([LAW, BOUNDED, *(decrees.on(code, TUESDAY) for code in ("kemenkeu-221-2021", "bkn-10-2022"))])


@given(worlds.histories(), laws, st.data())
def test_an_incident_never_raises_what_a_day_costs(history: Evidence, law, data) -> None:
    incidents = data.draw(worlds.incidents(history.workday))
    fewer = data.draw(st.integers(0, len(incidents)))
    struck_by_all, by_some = (derive(replace(history, incidents=found), law) for found in (incidents, incidents[:fewer]))
    bare = derive(history, law)
    assert struck_by_all.deduction_pct <= bare.deduction_pct and by_some.deduction_pct <= bare.deduction_pct
    assert struck_by_all.deduction_pct == sum((line.pct for line in struck_by_all.lines), Decimal(0))
    assert all(line.clause for line in struck_by_all.lines if line.pct)


@given(worlds.histories(), st.data())
def test_one_more_incident_never_adds_minutes(history: Evidence, data) -> None:
    incidents = data.draw(worlds.incidents(history.workday))
    found = [derive(replace(history, incidents=incidents[:number]), LAW) for number in range(len(incidents) + 1)]
    for fewer, more in zip(found, found[1:], strict=False):
        assert (more.late_min, more.early_min) <= (fewer.late_min, fewer.early_min)
        assert more.early_min <= fewer.early_min and more.deduction_pct <= fewer.deduction_pct


@given(worlds.histories(closed=True), st.data(), st.integers(1, 7200))
def test_later_arrival_never_lowers_lateness(history: Evidence, data, seconds: int) -> None:
    """Whatever struck the day: what lies between the two arrivals adds its minutes, or nothing."""
    struck_day = replace(history, incidents=data.draw(worlds.incidents(history.workday)))
    later = tuple(
        replace(found, taken_at=found.taken_at + timedelta(seconds=seconds)) if found.direction == "in" else found
        for found in history.checkins
    )
    before, after = derive(struck_day, LAW), derive(replace(struck_day, checkins=later), LAW)
    if all(found.taken_at >= history.workday.opens_at for found in history.checkins):
        assert after.late_min >= before.late_min or after.in_at is None


@given(worlds.histories(), st.data(), st.randoms())
def test_the_order_in_which_incidents_are_told_charges_the_same(history: Evidence, data, random) -> None:
    incidents = list(data.draw(worlds.incidents(history.workday)))
    one = derive(replace(history, incidents=tuple(incidents)), LAW)
    random.shuffle(incidents)
    other = derive(replace(history, incidents=tuple(incidents)), LAW)
    assert replace(one, lines=()) == replace(other, lines=()) and one.deduction_pct == other.deduction_pct


def test_hours_that_moved_with_the_time_of_coming_are_neutral_where_the_day_s_own_were_struck_whole() -> None:
    """PMK 221/PMK.01/2021: who comes later goes later; an incident over the day's own hours leaves nothing to charge."""
    law = decrees.on("kemenkeu-221-2021", TUESDAY)
    day = evidence(decree="kemenkeu-221-2021")
    hours = day.workday.instances[0]
    came = replace(worlds.checkins("in 08:00:00")[0], taken_at=hours.start_at + timedelta(minutes=20))
    all_hours = replace(incident(*ALL_DAY), begins_at=hours.start_at, ends_at=hours.end_at)
    late = replace(day, checkins=(came,))
    assert "day_flexi" in [line.code for line in derive(late, law).lines]
    assert derive(late, law).deduction_pct > 0
    assert derive(replace(late, incidents=(all_hours,)), law).deduction_pct == 0


def test_where_a_bound_on_both_is_lower_than_one_alone_the_shift_is_charged_as_if_nothing_had_struck() -> None:
    late = evidence("in 08:30:00")
    outcomes = [derive(replace(late, incidents=found), BOUNDED) for found in ((), (incident("07:00:00", "08:30:00"),))]
    assert [outcome.deduction_pct for outcome in outcomes] == [1, 1]


def test_standby_beside_a_struck_shift_keeps_nobody_absent() -> None:
    base = evidence()
    shifts = (Shift("PAGI", time(8), time(12)), Shift("SIAGA", time(18), time(22), ShiftKind.ON_CALL))
    workday = workday_on(TUESDAY, worlds.WITA, LAW, None, RosterEntry(TUESDAY, shifts))
    day = replace(base, workday=workday, incidents=(incident("08:00:00", "12:00:00"),))
    assert derive(day, LAW).status is Status.INCIDENT


@given(worlds.histories(closed=True), st.data())
def test_what_is_at_stake_holds_the_truth_also_where_a_missing_check_in_costs_nothing(history: Evidence, data) -> None:
    """One check-in each way: inside an incident none at all can cost less than a late one."""
    bracketed, moved = [], []
    for direction in ("in", "out"):
        taken_at = data.draw(worlds.moments(history.workday))
        before, after = (timedelta(seconds=data.draw(st.integers(0, 40_000))) for _ in range(2))
        bracket = Bracket(taken_at - before, taken_at + after, data.draw(st.booleans()))
        found = Checkin(data.draw(st.uuids()), direction, taken_at, True, bracket)
        bracketed.append(found)
        moved.append(replace(found, taken_at=bracket.earliest_at + data.draw(st.floats(0, 1)) * (before + after)))
    incidents = data.draw(worlds.incidents(history.workday))
    day = replace(history, checkins=tuple(bracketed), incidents=incidents)
    truth = derive(replace(day, checkins=tuple(replace(found, bracket=None) for found in moved)), LAW).deduction_pct
    least, most = stakes_of(day, LAW) or (truth, truth)
    assert least <= truth <= most and least <= derive(day, LAW).deduction_pct <= most


def test_a_late_in_is_at_stake_where_a_missing_one_would_cost_nothing() -> None:
    leaving = replace(worlds.checkins("out 16:35:00")[0], checkin_id=UUID(int=9))
    unsure = replace(worlds.checkins("in 10:00:00")[0], bracket=Bracket(worlds.at("04:00:00"), worlds.at("10:00:00"), False))
    day = replace(evidence(), checkins=(unsure, leaving), incidents=(incident("07:00:00", "07:31:00"),))
    assert stakes_of(day, LAW) == (0, Decimal("1.5"))
