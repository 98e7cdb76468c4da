"""What a letter says, before anybody issues one."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.assignments.rules import (
    LONGEST_DAYS,
    Ceremony,
    Letter,
    LetterKind,
    PlaceRule,
    Proof,
    Terms,
    anywhere_under,
    ceremonies_on,
    flaw_of,
    holding_on,
    proving,
    rostered_under,
)
from app.workdays.rules import RosterEntry, Shift

MONDAY = date(2026, 11, 23)
WITA = "Asia/Makassar"
DUTY = Terms(LetterKind.DUTY, MONDAY, MONDAY)
APEL = replace(DUTY, kind=LetterKind.CEREMONY, starts=time(7), ends=time(8))
NIGHT = Shift("MALAM", time(22), time(6))


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


def letter(id: int = 1, **changes) -> Letter:
    plain = Letter(id, f"800/{id}", LetterKind.DUTY, MONDAY, day(2), PlaceRule.SITES, Proof.CHECKINS)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("terms", "sites", "flaw"),
    [
        (DUTY, ["RENON"], None),
        (replace(DUTY, place=PlaceRule.ANYWHERE), [], None),
        (replace(DUTY, proof=Proof.LETTER), [], None),
        (replace(DUTY, starts=time(22), ends=time(6)), [], None),
        (replace(DUTY, zone="Asia/Jakarta"), [], None),
        (replace(DUTY, last_day=MONDAY + timedelta(days=LONGEST_DAYS - 1)), ["RENON"], None),
        (APEL, [], None),
        (replace(APEL, starts=time(0)), [], None),
        (DUTY, [], "letter_says_nothing"),
        (replace(DUTY, last_day=day(-1)), ["RENON"], "letter_days"),
        (replace(DUTY, last_day=MONDAY + timedelta(days=LONGEST_DAYS)), ["RENON"], "letter_days"),
        (replace(DUTY, starts=time(7)), ["RENON"], "letter_half_hours"),
        (replace(DUTY, ends=time(0)), ["RENON"], "letter_half_hours"),
        (replace(APEL, starts=None, ends=None), ["RENON"], "letter_ceremony_hour"),
        (replace(APEL, last_day=day(1)), ["RENON"], "letter_ceremony_hour"),
        (replace(APEL, place=PlaceRule.ANYWHERE), [], "letter_ceremony_proof"),
        (replace(APEL, proof=Proof.LETTER), [], "letter_ceremony_proof"),
    ],
)
def test_a_letter_that_nobody_could_mean_says_why(terms, sites, flaw):
    assert flaw_of(terms, sites) == flaw


@pytest.mark.parametrize(("n", "holds"), [(-1, False), (0, True), (2, True), (3, False)])
def test_a_letter_holds_on_its_days_both_included(n, holds):
    assert holding_on(day(n), [letter()]) == ((letter(),) if holds else ())


def test_its_hours_win_over_the_roster_and_of_several_letters_the_newest():
    usual = RosterEntry(MONDAY, (NIGHT,), "Asia/Jakarta")
    early, late = letter(1, starts=time(7), ends=time(14)), letter(2, starts=time(9), ends=time(17), zone="Asia/Jayapura")
    assert rostered_under(MONDAY, usual, [early]) == RosterEntry(MONDAY, (Shift("800/1", time(7), time(14)),), None)
    both = RosterEntry(MONDAY, (Shift("800/2", time(9), time(17)),), "Asia/Jayapura")
    assert rostered_under(MONDAY, usual, [late, early]) == rostered_under(MONDAY, None, [early, late]) == both


def test_clocks_alone_move_the_usual_hours_and_nothing_else_moves_any():
    elsewhere = letter(zone="Asia/Jakarta")
    assert rostered_under(MONDAY, None, [elsewhere]) == RosterEntry(MONDAY, None, "Asia/Jakarta")
    rest = RosterEntry(MONDAY, ())
    assert rostered_under(MONDAY, rest, [elsewhere]) == RosterEntry(MONDAY, (), "Asia/Jakarta")
    called = letter(kind=LetterKind.CEREMONY, starts=time(7), ends=time(8), zone="Asia/Jakarta")
    for plain in (letter(), letter(place=PlaceRule.ANYWHERE), letter(proof=Proof.LETTER), called):
        assert rostered_under(MONDAY, rest, [plain]) == rest and rostered_under(MONDAY, None, [plain]) is None
    assert rostered_under(day(3), rest, [elsewhere]) == rest


def test_what_needs_no_place_and_what_proves_by_itself_is_said_by_some_letters():
    home, proof = letter(2, place=PlaceRule.ANYWHERE), letter(3, proof=Proof.LETTER)
    assert anywhere_under([letter(), home]) == home and anywhere_under([letter(), proof]) is None
    assert proving([letter(), proof]) == proof and proving([letter(), home]) is None


def test_a_ceremony_is_at_its_hour_by_the_clocks_it_names():
    there = letter(3, kind=LetterKind.CEREMONY, last_day=MONDAY, starts=time(7), ends=time(8), zone="Asia/Jakarta")
    here = letter(4, kind=LetterKind.CEREMONY, last_day=MONDAY, starts=time(7, 15), ends=time(0))
    found = ceremonies_on(MONDAY, WITA, [there, here, letter(5, starts=time(7), ends=time(8))])
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert found == (
        Ceremony(4, "800/4", midnight + timedelta(hours=7, minutes=15), midnight + timedelta(hours=24)),
        Ceremony(3, "800/3", midnight + timedelta(hours=8), midnight + timedelta(hours=9)),
    )
    assert ceremonies_on(day(1), WITA, [there, here]) == ()
