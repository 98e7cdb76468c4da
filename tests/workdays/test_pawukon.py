"""Bali's holy days against what was published, and what they make of a day for those who follow them."""

import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.workdays.rules import (
    Declared,
    Group,
    Holiday,
    HolidayKind,
    Kind,
    RosterEntry,
    Shift,
    declared_for,
    feasts_of,
    holiday_on,
    pawukon_name,
    pawukon_of,
    workday_on,
)
from app.workdays.rules.groups import HERE
from tests.workdays.test_rules import PUBLISHED

HINDU = Group(1, "bali-hindu", "bali-hindu")
GALUNGAN, KUNINGAN, SARASWATI, PAGERWESI = 73, 83, 209, 3

# facts: law 7.1, the 31 dates published 2007-2024 and two later ones
PRINTED = {
    GALUNGAN: """2007-06-27 2010-05-12 2010-12-08 2012-02-01 2012-08-29 2013-03-27 2013-10-23 2024-02-28 2024-09-25 2025-04-23""",
    KUNINGAN: """2007-07-07 2010-05-22 2010-12-18 2012-02-11 2012-09-08 2013-04-06 2013-11-02 2024-03-09 2024-10-05""",
    SARASWATI: """2010-02-27 2010-09-25 2012-06-16 2013-01-12 2013-08-10 2024-07-13 2025-09-06""",
    PAGERWESI: """2010-03-03 2010-09-29 2012-06-20 2013-01-16 2013-08-14 2017-01-25 2024-07-17""",
}
CASES = [(date.fromisoformat(day), at) for at, days in PRINTED.items() for day in days.split()]


def of(day: date, groups=(HINDU,), rows=(), roster=None):
    """The workday in Bali of somebody who belongs to the groups, with what is declared."""
    own = declared_for(day, rows, groups)
    holiday = holiday_on(day, {day: own} if own else {})
    return workday_on(day, "Asia/Makassar", decrees.on("bali", day), holiday, roster)


def said(day: date, kind: HolidayKind, depth: int, group: int | None = None, name: str = "Ditetapkan") -> Declared:
    return Declared(Holiday(day, kind, name, "SE"), depth, group)


def test_the_table_of_published_days_is_whole():
    assert len(CASES) == 31 + 2 and len({day for day, _ in CASES}) == 33


@pytest.mark.parametrize(("day", "at"), CASES, ids=str)
def test_a_published_day_is_where_the_cycle_says(day, at):
    assert pawukon_of(day) == at


@pytest.mark.parametrize(
    ("day", "printed", "name"),
    [
        (date(2026, 2, 18), GALUNGAN, "Buda Umanis Prangbakat"),
        (date(2012, 9, 17), KUNINGAN, "Soma Wage Medangsia"),
        (date(2010, 9, 23), SARASWATI, "Wraspati Wage Watugunung"),
    ],
    ids=str,
)
def test_a_day_printed_wrongly_is_refused_by_the_cycle(day, printed, name):
    assert pawukon_of(day) != printed and pawukon_name(day) == name


@pytest.mark.parametrize(
    ("day", "at", "name"),
    [
        (date(1970, 1, 1), 32, "Wraspati Wage Tolu"), (date(2000, 1, 1), 69, "Saniscara Umanis Sungsang"),
        (date(2026, 6, 17), 73, "Buda Kliwon Dungulan"),
    ],
    ids=str,
)  # fmt: skip
def test_the_anchors_of_the_cycle_stand(day, at, name):
    assert (pawukon_of(day), pawukon_name(day)) == (at, name)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_the_cycle_goes_on_by_one_and_keeps_the_week(day):
    assert pawukon_of(day + timedelta(days=1)) == (pawukon_of(day) + 1) % 210
    assert pawukon_of(day) % 7 == day.isoweekday() % 7


def test_the_days_that_free_in_2024_are_those_of_the_governors_circular():
    circular = tomllib.loads((HERE / "circulars" / "se-gubernur-bali-7-2023.toml").read_text("utf-8"))
    computed = {day: feast.name for day, feast in feasts_of("bali-hindu", 2024).items() if feast.frees}
    assert computed == {row["on"]: row["name"] for row in circular["days"]} and len(computed) == 16


def test_what_is_general_knowledge_only_is_listed_and_frees_nobody():
    assert feasts_of("bali-hindu", 2025)[date(2025, 1, 27)].quality == "G"
    doubtful = [feast for year in range(2007, 2031) for feast in feasts_of("bali-hindu", year).values() if feast.quality == "G"]
    assert doubtful and not any(feast.frees for feast in doubtful)


# Who is free when


@pytest.mark.parametrize(
    ("day", "member", "others", "note"),
    [
        (date(2026, 6, 16), Kind.HOLIDAY, Kind.HOLIDAY, "Tahun Baru Islam"),
        (date(2026, 6, 17), Kind.DISPENSATION, Kind.WORK, "Galungan"),
        (date(2026, 6, 18), Kind.DISPENSATION, Kind.WORK, "Umanis Galungan"),
        (date(2026, 3, 18), Kind.JOINT_LEAVE, Kind.JOINT_LEAVE, None),
        (date(2026, 3, 19), Kind.HOLIDAY, Kind.HOLIDAY, None),
        (date(2026, 3, 20), Kind.JOINT_LEAVE, Kind.JOINT_LEAVE, None),
        (date(2026, 6, 15), Kind.WORK, Kind.WORK, None),
        (date(2026, 4, 4), Kind.DISPENSATION, Kind.OFF, "Saraswati"),
        (date(2026, 6, 28), Kind.OFF, Kind.OFF, None),
    ],
    ids=str,
)
def test_a_day_everybody_has_counts_once_and_a_dispensation_frees_members_only(day, member, others, note):
    theirs = of(day)
    assert (theirs.kind, of(day, groups=()).kind) == (member, others)
    assert note is None or theirs.note == note


def test_working_days_of_a_month_differ_by_person():
    june = [date(2026, 6, n) for n in range(1, 31)]
    assert [sum(of(day, groups).kind is Kind.WORK for day in june) for groups in ((), (HINDU,))] == [20, 17]


@pytest.mark.parametrize(
    ("rows", "member", "others"),
    [
        ([(HolidayKind.WORKDAY, 2, 1)], Kind.WORK, Kind.WORK),
        ([(HolidayKind.WORKDAY, 2, None)], Kind.DISPENSATION, Kind.WORK),
        ([(HolidayKind.NATIONAL, 2, None)], Kind.HOLIDAY, Kind.HOLIDAY),
        ([(HolidayKind.NATIONAL, 1, None), (HolidayKind.WORKDAY, 2, None)], Kind.DISPENSATION, Kind.WORK),
        ([(HolidayKind.WORKDAY, 1, 1), (HolidayKind.DISPENSATION, 2, 1)], Kind.DISPENSATION, Kind.WORK),
        ([(HolidayKind.DISPENSATION, 2, 7)], Kind.DISPENSATION, Kind.WORK),
    ],
    ids=["unit-works", "unit-works-but-not-members", "office-closes", "nearer-unit-wins", "unit-frees-again", "another-group"],
)
def test_what_a_unit_declares_wins_in_its_own_layer(rows, member, others):
    galungan = date(2026, 6, 17)
    declared = [said(galungan, *row) for row in rows]
    for order in (declared, declared[::-1]):
        assert (of(galungan, rows=order).kind, of(galungan, groups=(), rows=order).kind) == (member, others)


def test_taking_back_the_national_day_leaves_the_members_their_own():
    day = date(2026, 6, 16)
    kinds = [of(day, groups, [said(day, HolidayKind.WORKDAY, 1)]).kind for groups in ((HINDU,), ())]
    assert kinds == [Kind.DISPENSATION, Kind.WORK]


def test_a_roster_wins_over_a_dispensation_because_the_day_is_optional():
    galungan = date(2026, 6, 17)
    guard = Shift("PAGI", decrees.on("bali", galungan).hours.start, decrees.on("bali", galungan).hours.end)
    assert of(galungan, roster=RosterEntry(galungan, (guard,))).kind is Kind.WORK


@pytest.mark.parametrize("year", PUBLISHED)
def test_belonging_to_a_group_never_takes_a_free_day_away(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in days if of(day).kind is Kind.WORK and of(day, groups=()).kind is not Kind.WORK] == []
