"""What assignment letters do to days: hours, proof, place, also when they come late or are taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given

from app.assignments import store as assignments
from app.assignments.rules import LetterKind, PlaceRule, Proof
from app.attendance import actions
from app.attendance.rules import derive, fingerprint
from app.attendance.store import list_days
from app.workdays.rules import days_of_month
from tests import make
from tests.attendance import worlds
from tests.attendance.worlds import LAW, TUESDAY, at, evidence, letter

LATER = datetime(2026, 11, 27, 1, tzinfo=UTC)
THURSDAY = TUESDAY + timedelta(days=2)
SATURDAY = TUESDAY + timedelta(days=4)


@given(worlds.histories())
def test_a_letter_that_only_names_places_or_people_is_told_and_changes_nothing(history) -> None:
    bare = derive(history, LAW)
    named = derive(replace(history, letters=(letter(history.workday.day, place=PlaceRule.ANYWHERE),)), LAW)
    assert [line.code for line in named.lines if line not in bare.lines] == ["day_letter_duty"]
    assert (named.status, named.deduction_pct, named.in_at, named.late_min) == (
        bare.status, bare.deduction_pct, bare.in_at, bare.late_min,
    )  # fmt: skip


@given(worlds.histories())
def test_a_letter_that_proves_the_day_costs_nothing_and_keeps_what_was_made(history) -> None:
    proved = derive(replace(history, letters=(letter(history.workday.day, proof=Proof.LETTER),)), LAW)
    bare = derive(history, LAW)
    assert (proved.status, proved.deduction_pct) == ("assigned", 0)
    assert (proved.in_at, proved.out_at) == (bare.in_at, bare.out_at)


def test_letters_are_part_of_what_a_day_is_judged_by() -> None:
    day = evidence("in 07:30:00")
    assert len({fingerprint(replace(day, letters=held), LAW) for held in ((), (letter(),), (letter(number=2),))}) == 3


class Desk:
    """A unit with somebody who issues letters and somebody who is named."""

    def __init__(self, session):
        self.session, self.officer, self.person = session, make.person(session), make.person(session)

    def issue(self, first_day: date = TUESDAY, now: datetime = make.THEN, **terms) -> int:
        return make.letter(self.session, self.officer, self.person, first_day=first_day, now=now, **terms)

    def made(self, *said: str, day: date = TUESDAY, **known) -> None:
        for words in map(str.split, said):
            make.checkin(self.session, self.person, words[0], at(words[1], day), day, counts=words[2:] != ["rejected"], **known)

    def day(self, day: date = TUESDAY, now: datetime = LATER):
        actions.close_day(self.session, day, now)
        return self.read(day)

    def read(self, day: date = TUESDAY):
        [found] = list_days(self.session, day, day, person_ids=[self.person.id])
        return found


@pytest.fixture
def desk(session) -> Desk:
    return Desk(session)


def test_the_letter_is_the_proof_for_whoever_has_not_checked_in(desk) -> None:
    assert desk.day().status == "absent"
    desk.issue(proof=Proof.LETTER, kind=LetterKind.TRAVEL)
    day = desk.day()
    assert (day.status, day.deduction_pct) == ("assigned", 0)
    assert {"day_letter_travel", "day_assigned"} <= {line["code"] for line in day.lines}


def test_its_hours_are_owed_in_place_of_the_usual_ones_also_on_a_day_off(desk) -> None:
    desk.made("in 13:00:59", "out 19:00:00")
    desk.made("in 08:00:00", "out 12:00:00", day=SATURDAY)
    desk.issue(starts=time(13), ends=time(19))
    desk.issue(SATURDAY, starts=time(8), ends=time(12))
    for day in (desk.day(), desk.day(SATURDAY, LATER + timedelta(days=3))):
        assert (day.status, day.deduction_pct, day.shift.startswith("800/")) == ("present", 0, True)


def test_its_clocks_judge_the_usual_hours_of_somebody_sent_elsewhere(desk) -> None:
    desk.made("in 08:30:00", "out 17:00:00")
    assert desk.day().late_min == 60
    desk.issue(kind=LetterKind.TRAVEL, zone="Asia/Jakarta")
    assert desk.day().late_min == 0


@pytest.mark.parametrize(
    ("place", "flags", "score", "status"),
    [
        (PlaceRule.ANYWHERE, [], 0.0, "present"),
        (PlaceRule.SITES, [], 0.0, "absent"),
        (PlaceRule.ANYWHERE, ["fake_template", "mock_location"], 20.0, "absent"),
    ],
    ids=["lifts the place", "names sites only", "lifts no signals"],
)
def test_a_letter_that_comes_late_lifts_what_only_the_place_had_refused(desk, place, flags, score, status) -> None:
    desk.made("in 07:20:00 rejected", "out 16:30:00 rejected", flags=flags, score=score)
    assert desk.day().status == "absent"
    desk.issue(place=place)
    assert desk.day().status == status


def test_a_late_letter_and_one_cut_short_later_bring_their_old_days_before_the_night_again(session, desk) -> None:
    assert (desk.day().status, desk.day(THURSDAY).status) == ("absent", "absent")
    issued_at, cut_at = LATER + timedelta(days=10), LATER + timedelta(days=20)
    letter_id = desk.issue(last_day=THURSDAY, now=issued_at, proof=Proof.LETTER)
    assert actions.close_changed(session, issued_at, THURSDAY + timedelta(days=1), issued_at) == 3
    assert (desk.read().status, desk.read(THURSDAY).status) == ("assigned", "assigned")
    assignments.add_withdrawal(session, letter_id, THURSDAY, "Kegiatan selesai", desk.officer.id, cut_at)
    actions.close_changed(session, cut_at, THURSDAY + timedelta(days=1), cut_at)
    assert (desk.read().status, desk.read(THURSDAY).status) == ("assigned", "absent")


def test_hours_that_come_late_take_the_check_ins_of_their_shift_from_the_day_after(session, desk) -> None:
    """A night that no roster knew of: the check-out of the morning after was bound to the day it was made on."""
    next_day = TUESDAY + timedelta(days=1)
    desk.made("in 21:50:00")
    desk.made("out 06:05:00", "in 07:25:00", "out 16:30:00", day=next_day)
    desk.day(), desk.day(next_day)
    issued_at = LATER + timedelta(days=1)
    desk.issue(starts=time(22), ends=time(6), now=issued_at)
    actions.close_changed(session, issued_at, next_day + timedelta(days=1), issued_at)
    night, morning = desk.read(), desk.read(next_day)
    assert (night.in_at, night.out_at, night.deduction_pct) == (at("21:50:00"), at("06:05:00", next_day), 0)
    assert (morning.in_at, morning.out_at, morning.deduction_pct) == (
        at("07:25:00", next_day),
        at("16:30:00", next_day),
        Decimal(0),
    )


def test_leave_wins_over_a_letter_and_a_letter_does_not_prove_what_is_not_owed(session, desk) -> None:
    desk.issue(last_day=SATURDAY, proof=Proof.LETTER)
    make.leave(session, desk.person, "annual", TUESDAY, TUESDAY, by=desk.officer)
    assert (desk.day().status, desk.day(SATURDAY, LATER + timedelta(days=3)).status) == ("leave", "off")


def test_a_month_under_letters_is_replayed_to_the_same_records(session, desk) -> None:
    desk.issue(last_day=SATURDAY, starts=time(9), ends=time(15))
    desk.made("in 09:01:00", "out 15:00:00")
    for day in days_of_month(TUESDAY.replace(day=1)):
        actions.close_day(session, day, LATER)
        assert actions.differences_on(session, day, LATER) == {}
