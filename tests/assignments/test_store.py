"""Which letters hold for whom on which days, as the tables say."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import exc, text

from app.assignments import store as assignments
from app.assignments.rules import LetterKind, PlaceRule, Proof
from tests import make

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


@pytest.fixture
def officer(session):
    return make.person(session)


@pytest.fixture
def person(session):
    return make.person(session)


def held(session, person, n=0):
    return [letter.id for letter in assignments.letters_on(session, day(n), [person.id]).get(person.id, ())]


def test_a_letter_is_read_as_it_was_issued(session, officer, person):
    said = {"kind": LetterKind.CEREMONY, "starts": time(7, 15), "ends": time(8), "zone": "Asia/Jakarta"}
    letter_id = make.letter(session, officer, person, first_day=MONDAY, **said)
    [letter] = assignments.letters_on(session, MONDAY)[person.id]
    assert (letter.id, letter.kind, letter.starts, letter.ends, letter.zone) == (letter_id, *said.values())
    assert (letter.place, letter.proof, letter.first_day, letter.last_day) == (PlaceRule.SITES, Proof.CHECKINS, MONDAY, MONDAY)


def test_it_holds_on_its_days_for_those_it_names(session, officer, person):
    letter_id = make.letter(session, officer, person, first_day=MONDAY, last_day=day(2), proof=Proof.LETTER)
    assert [held(session, person, n) for n in (-1, 0, 2, 3)] == [[], [letter_id], [letter_id], []]
    assert held(session, make.person(session)) == []
    assert {*assignments.letters_between(session, day(-3), MONDAY)} == {person.id}


def test_it_does_not_hold_for_its_issuer_until_somebody_else_stands_for_it(session, officer, person):
    letter_id = make.letter(session, officer, officer, person, first_day=MONDAY)
    assert (held(session, officer), held(session, person)) == ([], [letter_id])
    assert assignments.add_approval(session, letter_id, person.id, NOW)
    assert not assignments.add_approval(session, letter_id, person.id, NOW)
    assert held(session, officer) == [letter_id]


def test_cut_short_it_holds_until_before_that_day(session, officer, person):
    letter_id = make.letter(session, officer, person, first_day=MONDAY, last_day=day(3))
    assert assignments.add_withdrawal(session, letter_id, day(2), "Kegiatan selesai", officer.id, NOW)
    assert not assignments.add_withdrawal(session, letter_id, MONDAY, "Sekali lagi", officer.id, NOW)
    assert [held(session, person, n) for n in range(4)] == [[letter_id], [letter_id], [], []]
    [letter] = assignments.letters_on(session, MONDAY)[person.id]
    assert letter.last_day == day(1)


def test_withdrawn_from_its_first_day_it_never_held(session, officer, person):
    letter_id = make.letter(session, officer, person, first_day=MONDAY, last_day=day(3))
    assignments.add_withdrawal(session, letter_id, MONDAY, "Salah orang", officer.id, NOW)
    assert assignments.letters_between(session, day(-9), day(9)) == {}


def test_the_days_it_touches_are_found_since_it_was_issued_cut_or_approved(session, officer, person):
    early, late = NOW - timedelta(days=1), NOW
    letter_id = make.letter(session, officer, officer, person, first_day=MONDAY, last_day=day(1), now=early)

    def touched(since=NOW, until=date(2026, 12, 31)):
        return set(assignments.list_changed_since(session, since, until))

    both = {(who.id, day(n)) for who in (officer, person) for n in (0, 1)}
    assert touched(early) == both and touched() == set()
    assert touched(early, until=day(1)) == {(officer.id, MONDAY), (person.id, MONDAY)}
    assignments.add_approval(session, letter_id, person.id, late)
    assert touched() == {(officer.id, MONDAY), (officer.id, day(1))}
    assignments.add_withdrawal(session, letter_id, day(1), "Selesai", person.id, late)
    assert touched() == both


def test_two_letters_of_a_unit_never_have_one_number(session, officer, person):
    make.letter(session, officer, person, first_day=MONDAY)
    [first] = assignments.list_letters_of(session, person.id, None, 9)
    unit = make.unit(session)
    said = assignments.letters_on(session, MONDAY)[person.id][0]
    again = assignments.add_letter(session, unit.id, first.number, "Lagi", said, {person.id: unit.id}, (), officer.id, NOW)
    assert again is None and held(session, person) == [first.id]


@pytest.mark.parametrize("table", ["assignment_letters", "letter_people", "letter_sites", "letter_approvals", "letter_withdrawals"])
def test_letters_are_facts_that_nobody_changes(session, officer, person, table):
    letter_id = make.letter(session, officer, officer, person, first_day=MONDAY, sites=[make.site(session)])
    assignments.add_approval(session, letter_id, person.id, NOW)
    assignments.add_withdrawal(session, letter_id, MONDAY, "Salah orang", person.id, NOW)
    for words in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(exc.ProgrammingError), session.begin_nested():
            session.execute(text(words))
