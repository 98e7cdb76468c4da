"""Who is in the demo."""

from collections import Counter
from datetime import date

import pytest

from app.access import Role
from app.demo import accounts
from app.demo.cast import FEWEST_NEWCOMERS, OFFICES, Cheat, cast_of, people_file
from app.people.rules.nip import is_nip, oddities
from app.people.rules.table import parse

FIRST, JOINS = date(2026, 9, 24), date(2026, 11, 24)


def cast(seed=1, people=200, cheats=5):
    return cast_of(seed, people, FIRST, JOINS, cheats)


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    assert cast() == cast()
    assert cast() != cast(seed=2)


@pytest.mark.parametrize("people", [120, 200, 5_000], ids=str)
def test_there_are_as_many_as_asked_for_and_forty_without_a_phone(people):
    found = cast(people=people)
    assert len(found) == len({member.nip for member in found}) == people
    assert sum(member.is_newcomer for member in found) >= FEWEST_NEWCOMERS


def test_every_number_is_a_plausible_nip():
    assert all(is_nip(member.nip) and not oddities(member.nip) for member in cast(people=2_000))


def test_one_of_each_official_and_a_supervisor_over_every_unit():
    found = cast()
    roles = Counter(member.role for member in found)
    assert (roles[Role.HR], roles[Role.ADMIN], roles[Role.AUDITOR]) == (1, 1, 1)
    assert {member.over for member in found if member.role is Role.SUPERVISOR} >= set(OFFICES)


@pytest.mark.parametrize("cheats, shared", [(0, 0), (1, 3), (5, 5)], ids=["none", "sharing takes three", "five"])
def test_cheats_are_planted_as_many_of_each_kind_and_those_who_share_work_together(cheats, shared):
    found = cast(cheats=cheats)
    kinds = Counter(member.cheat for member in found if member.cheat)
    assert (kinds[Cheat.SHARED_COORDINATES], kinds[Cheat.NEAR_CAFE]) == (shared, cheats)
    assert set(kinds) == (set(Cheat) if cheats else set())
    pairs = [member.unit for member in found if member.cheat is Cheat.SHARED_PHONE]
    assert pairs[::2] == pairs[1::2]
    assert len({member.unit for member in found if member.cheat is Cheat.SHARED_COORDINATES}) <= 1


def test_too_few_people_for_so_many_cheats_are_refused():
    with pytest.raises(ValueError, match="too few"):
        cast(people=120, cheats=40)


def test_the_people_file_is_one_that_any_office_could_send():
    table = parse(people_file(cast()))
    assert table.problems == ()
    assert {row.nip for row in table.rows if row.kind == "primary" and row.nip} == {member.nip for member in cast()}
    assert any(row.kind == "secondary" for row in table.rows)


def test_every_name_of_a_unit_says_that_it_is_a_demo():
    assert all("demo" in row.unit_name.lower() for row in parse(people_file(cast())).rows if row.unit_name)


def test_accounts_begin_with_each_role_and_hold_forty_newcomers_first_among_employees():
    listed = accounts.listed(cast())
    employees = [member for member in listed if member.role is Role.EMPLOYEE]
    assert {member.role for member in listed} == set(Role)
    assert all(member.is_newcomer for member in employees[:FEWEST_NEWCOMERS])


def test_a_password_is_long_and_belongs_to_one_installation_and_one_person():
    first, second = cast()[:2]
    passwords = {accounts.password_of(secret, member.nip) for secret in ("a", "b") for member in (first, second)}
    assert len(passwords) == 4
    assert all(len(password) == 17 for password in passwords)
