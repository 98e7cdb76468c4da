"""Rosters as they are written: cells, cycles, differences, exchanges, and the file."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workdays import render, rules
from app.workdays.rules import NOTHING_SAID, Said, cycled, days_of_month, differences, exchanged, read, written
from app.workdays.rules.rosterfile import parse

DECEMBER = date(2026, 12, 1)
DAYS = days_of_month(DECEMBER)
AYU, BUDI = "198001012005011001", "198001012005011002"

codes = st.lists(st.from_regex(r"[A-Z0-9_]{1,20}", fullmatch=True).filter(lambda code: code != "OFFICE"), max_size=4, unique=True)
said = st.builds(
    Said, st.one_of(st.none(), codes.map(tuple)), st.sampled_from([None, "Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin"])
)
plans = st.dictionaries(st.tuples(st.integers(1, 4), st.sampled_from(DAYS)), said.filter(lambda one: one.is_something), max_size=12)


@given(said)
def test_what_is_written_in_a_cell_is_read_again(one):
    assert read(written(one)) == one


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [
        ("", NOTHING_SAID), ("-", Said(())), ("PAGI", Said(("PAGI",))), ("PAGI+MALAM", Said(("PAGI", "MALAM"))),
        ("OFFICE", NOTHING_SAID), ("OFFICE@WIT", Said(None, "Asia/Jayapura")), ("PAGI@WIB", Said(("PAGI",), "Asia/Jakarta")),
        ("-@WITA", Said((), "Asia/Makassar")), ("pagi", None), ("PAGI+", None), ("PAGI+PAGI", None), ("A+B+C+D+E", None),
        ("PAGI+OFFICE", None), ("PAGI@", None), ("@WIB", None), ("PAGI@../x", None), ("=1+1", None), ("PAGI SORE", None),
    ],
    ids=str,
)  # fmt: skip
def test_a_cell_means(cell, meaning):
    assert read(cell) == meaning


@given(plans, plans)
def test_the_differences_make_one_roster_of_the_other(one, other):
    changes = differences(one, other)
    assert rules.changed(one, {(change.person_id, change.day): change.after for change in changes}) == other
    assert differences(other, one) == [rules.Change(own.person_id, own.day, own.after, own.before) for own in changes]
    assert differences(one, one) == []


@given(plans)
def test_a_roster_is_kept_as_rows_and_read_again(plan):
    assert rules.of_rows(rules.as_rows(plan)) == plan


@given(plans, st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True))
def test_an_exchange_done_twice_changes_nothing(plan, days):
    once = rules.changed(plan, exchanged(plan, 1, 2, days))
    assert rules.changed(once, exchanged(once, 1, 2, days)) == plan
    assert all(once.get((1, day)) == plan.get((2, day)) for day in days)
    assert all(once.get((3, day)) == plan.get((3, day)) for day in DAYS)


WORK, REST = ("SIANG",), ()
TWO_TWO_THREE = [WORK, WORK, REST, REST, WORK, WORK, WORK, REST, REST, WORK, WORK, REST, REST, REST]


def test_two_two_three_goes_on_over_the_end_of_the_month():
    """Pitman's schedule: of 14 days seven are worked, every other weekend is off; January goes on where December ended."""
    monday = date(2026, 11, 30)
    december = cycled(TWO_TWO_THREE, monday, DAYS, {})
    assert [bool(december[day].shifts) for day in DAYS[:13]] == [bool(shifts) for shifts in TWO_TWO_THREE[1:]]
    january = days_of_month(date(2027, 1, 1))
    both = cycled(TWO_TWO_THREE, monday, [*DAYS, *january], {})
    assert {**december, **cycled(TWO_TWO_THREE, monday, january, {})} == both
    assert sum(bool(both[monday + timedelta(days=n)].shifts) for n in range(1, 29)) == 14


def test_days_before_the_start_say_nothing_and_an_exception_wins():
    found = cycled([WORK, REST], DAYS[10], DAYS, {DAYS[10]: Said(()), DAYS[2]: Said(WORK), date(2027, 1, 1): Said(WORK)})
    assert min(found) == DAYS[2] and found[DAYS[10]] == Said(()) and found[DAYS[12]] == Said(WORK) and max(found) == DAYS[-1]
    assert DAYS[3] not in found


@given(st.integers(1, 30).flatmap(lambda n: st.lists(st.sampled_from([WORK, REST]), min_size=n, max_size=n)), st.integers(0, 60))
def test_a_cycle_repeats(cycle, offset):
    start = DAYS[0] - timedelta(days=offset)
    found = cycled(cycle, start, DAYS, {})
    assert all(found[day] == found[day + timedelta(days=len(cycle))] for day in DAYS if day + timedelta(days=len(cycle)) in found)


# The file

PEOPLE = [(1, AYU, "Ni Made Ayu"), (2, BUDI, "=Budi"), (3, "198001012005011003", "Citra"), (4, "198001012005011004", "Dewa")]


@given(plans)
def test_an_exported_roster_is_imported_again(plan):
    file = parse(render.roster_csv(PEOPLE, plan, DECEMBER).encode(), DECEMBER)
    assert file.problems == ()
    ids = {nip: person_id for person_id, nip, _ in PEOPLE}
    assert rules.changed({}, {(ids[row.nip], day): one for row in file.rows for day, one in row.days.items()}) == plan


def test_a_name_that_is_a_formula_is_written_as_text():
    assert f"{BUDI},'=Budi," in render.roster_csv(PEOPLE, {}, DECEMBER)


@pytest.mark.parametrize(
    ("words", "problems"),
    [
        ("nip,1,2\n", [(0, "csv_empty")]),
        ("", [(0, "csv_empty")]),
        ("name,1\nAyu,PAGI\n", [(1, "csv_column_missing")]),
        (f"nip,name\n{AYU},Ayu\n", [(1, "csv_column_missing")]),
        (f"nip,1,32\n{AYU},PAGI,PAGI\n", [(1, "csv_column_unknown")]),
        (f"nip,1,1\n{AYU},PAGI,PAGI\n", [(1, "csv_column_twice")]),
        (f"nip,1,01\n{AYU},PAGI,PAGI\n", [(1, "csv_column_twice"), (1, "csv_column_twice")]),
        (f"nip,1\n{AYU},PAGI,SORE\n", [(2, "csv_field_count")]),
        (f"nip,1\n{AYU},pagi\n1,PAGI\n{AYU},PAGI\n", [(2, "roster_cell"), (3, "csv_nip")]),
        (f"nip;1\n{AYU};PAGI\n{AYU};-\n", [(3, "roster_person_twice")]),
        ("nip,1\n1.98E+17,PAGI\n", [(2, "csv_nip_rounded")]),
        (f'nip,1\n{AYU},"PAGI\n', [(2, "csv_unreadable")]),
    ],
    ids=["only a heading", "nothing", "no NIP", "no day", "the 32nd", "a day twice", "a day twice, written otherwise",
         "a field too many", "a cell, a NIP", "a person twice", "a rounded NIP", "an open quote"],
)  # fmt: skip
def test_a_file_is_refused_by_line(words, problems):
    assert [(problem.line, problem.code) for problem in parse(words.encode(), DECEMBER).problems] == problems


def test_february_has_no_thirtieth():
    file = parse(f"nip,28,30\n{AYU},-,-\n".encode(), date(2027, 2, 1))
    assert [problem.params for problem in file.problems] == [{"column": "30"}]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_file_or_are_refused(raw):
    file = parse(raw, DECEMBER)
    assert file.rows or file.problems
