"""What planning an import promises: the difference, the conflicts, and that doing it twice is doing it once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.rules.plan import Change, Known, PersonState, PostingState, UnitState, plan_of
from app.people.rules.table import Row

NIP, OTHER = "198001012005011001", "198001012005011002"


def unit(code, path, **more):
    return replace(UnitState(code, f"Unit {code}", path, "Asia/Makassar", "bali"), **more)


def posting(unit_code="DISHUB", since=date(2024, 1, 2), until=None, kind="primary", nip=NIP, position="Analis", id=7):
    return PostingState(id, nip, unit_code, position, kind, since, until)


def known(*postings, units=("BALI", "BALI.DISHUB", "BALI.SETDA", "BALI.SETDA.UMUM"), people=(NIP,)):
    states = {path.rpartition(".")[2]: unit(path.rpartition(".")[2], path) for path in units}
    held = {nip: PersonState(nip, "I Wayan", tuple(p for p in postings if p.nip == nip)) for nip in people}
    return Known(states, held, {"Asia/Makassar", "Asia/Jayapura"}, {"bali"})


def row(unit_code="DISHUB", nip=NIP, **more):
    blank = Row(2, unit_code, "", "", nip, "I Wayan" if nip else "", "Analis", date(2024, 1, 2), None, "primary", "", "")
    return replace(blank, **more)


def codes(plan):
    return [(problem.line, problem.code) for problem in plan.problems]


def test_what_is_there_already_changes_nothing():
    assert plan_of([row()], known(posting())).is_empty()


def test_a_new_person_in_a_new_unit_of_a_new_agency():
    rows = [
        row("KOTA", "", unit_name="Kota", zone="Asia/Jayapura"),
        row("DINAS", OTHER, line=3, unit_name="Dinas", parent_code="KOTA"),
    ]
    plan = plan_of(rows, known(posting()))
    assert [change.after for change in plan.units] == [
        UnitState("KOTA", "Kota", "KOTA", "Asia/Jayapura", "bali"),
        UnitState("DINAS", "Dinas", "KOTA.DINAS", "Asia/Jayapura", "bali"),
    ]
    assert [change.after.nip for change in plan.people] == [OTHER]
    assert [change.after.unit_code for change in plan.postings] == ["DINAS"]
    assert not plan.problems


def test_a_move_ends_one_posting_and_begins_the_next_the_same_day():
    plan = plan_of([row("SETDA", since=date(2025, 3, 1))], known(posting()))
    assert plan.postings == (
        Change(posting(), posting(until=date(2025, 3, 1))),
        Change(None, posting("SETDA", date(2025, 3, 1), id=None)),
    )


def test_an_end_in_the_file_ends_the_posting():
    plan = plan_of([row(until=date(2026, 1, 1))], known(posting()))
    assert plan.postings == (Change(posting(), posting(until=date(2026, 1, 1))),)


def test_a_file_that_says_nothing_of_an_end_leaves_it():
    assert plan_of([row()], known(posting(until=date(2026, 1, 1)))).is_empty()


def test_somebody_comes_back_after_a_gap():
    before = posting(until=date(2024, 6, 1))
    plan = plan_of([row(since=date(2025, 1, 1))], known(before))
    assert plan.postings == (Change(None, posting(since=date(2025, 1, 1), id=None)),)


def test_a_second_unit_is_added_beside_the_first():
    plan = plan_of([row("SETDA", kind="secondary")], known(posting()))
    assert plan.postings == (Change(None, posting("SETDA", kind="secondary", id=None)),)


def test_a_second_acting_post_elsewhere_leaves_the_first_one_alone():
    acting = posting("SETDA", kind="secondary")
    plan = plan_of([row(), row("UMUM", kind="secondary", since=date(2025, 3, 1))], known(posting(id=6), acting))
    assert plan.postings == (Change(None, posting("UMUM", date(2025, 3, 1), kind="secondary", id=None)),)
    ended = plan_of([row(), row("SETDA", kind="secondary", until=date(2025, 3, 1))], known(posting(id=6), acting))
    assert ended.postings == (Change(acting, replace(acting, until=date(2025, 3, 1))),)


@pytest.mark.parametrize(
    "rows, found",
    [
        ([row("HILANG", since=date(2025, 1, 1))], [(2, "import_unknown_unit")]),
        ([row("BARU", OTHER, unit_name="Baru", parent_code="HILANG")], [(2, "import_unknown_unit")]),
        ([row(), row(line=9)], [(9, "import_nip_twice")]),
        ([row(), row(line=9, position="Lain")], [(9, "import_nip_twice")]),
        ([row(), row("SETDA", line=9, kind="secondary"), row("SETDA", line=10, kind="secondary")], [(10, "import_nip_twice")]),
        ([row(), row("SETDA", line=9, kind="secondary", name="Wayan I")], [(9, "import_two_names")]),
        ([row(nip=OTHER, kind="secondary")], [(2, "import_no_primary")]),
        ([row(since=date(2024, 1, 1))], [(2, "import_before_record")]),
        ([row("SETDA")], [(2, "import_same_day")]),
        ([row(unit_name="A"), row("DISHUB", "", line=3, unit_name="B")], [(3, "import_unit_twice")]),
        ([row(parent_code="BALI"), row("DISHUB", "", line=3, parent_code="SETDA")], [(3, "import_unit_twice")]),
        ([row(parent_code="DISHUB")], [(2, "import_circle")]),
        ([row("SETDA", "", parent_code="UMUM")], [(2, "import_circle")]),
        ([row("KOTA", "", unit_name="Kota"), row("SETDA", "", line=3, parent_code="KOTA")], [(3, "import_agency")]),
        ([row("BALI", "", unit_name="Unit BALI", parent_code="SETDA")], [(2, "import_circle")]),
        ([row(zone="Bali/Denpasar")], [(2, "import_zone")]),
        ([row(decree="jakarta")], [(2, "import_decree")]),
    ],
    ids=lambda value: value[0][1] if isinstance(value[0], tuple) else "",
)
def test_each_contradiction_is_named_on_its_line(rows, found):
    assert codes(plan_of(rows, known(posting()))) == found


def test_moving_a_unit_moves_all_below_it():
    plan = plan_of([row("SETDA", "", parent_code="DISHUB")], known(posting()))
    assert {change.after.code: change.after.path for change in plan.units} == {
        "SETDA": "BALI.DISHUB.SETDA",
        "UMUM": "BALI.DISHUB.SETDA.UMUM",
    }


def test_an_odd_number_warns_and_goes_on():
    odd = "198013012005011001"
    plan = plan_of([row(nip=odd)], known())
    assert not plan.problems
    assert [(warning.line, warning.code) for warning in plan.warnings] == [(2, "nip_birth_date")]


UNITS = ["BALI", "DISHUB", "SETDA", "UMUM", "BARU"]
DAYS = st.integers(0, 900).map(lambda days: date(2024, 1, 1) + timedelta(days=days))


@st.composite
def files(draw):
    """Files of up to six people in units old and new, all of it possible."""
    nips = draw(st.lists(st.integers(1, 6).map(lambda n: f"19800101200501100{n}"), unique=True, max_size=6))
    head = [row("BARU", "", unit_name="Baru", parent_code=draw(st.sampled_from(["BALI", "SETDA"])))]
    return head + [
        row(draw(st.sampled_from(UNITS)), nip, line=3 + place, name=draw(st.sampled_from(["Ni Made", "I Wayan"])), since=draw(DAYS))
        for place, nip in enumerate(nips)
    ]


def applied(before, plan):
    """What is there after the plan was carried out."""
    people = dict(before.people)
    for change in plan.people:
        people[change.after.nip] = change.after
    for place, change in enumerate(plan.postings):
        person = people[change.after.nip]
        kept = tuple(held for held in person.postings if change.before is None or held.id != change.before.id)
        made = change.after if change.after.id else replace(change.after, id=1000 + place)
        people[change.after.nip] = replace(person, postings=(*kept, made))
    return replace(before, units=before.units | {change.after.code: change.after for change in plan.units}, people=people)


@given(st.lists(files(), min_size=1, max_size=4))
def test_a_file_imported_twice_is_imported_once_and_no_day_is_ever_held_twice(history):
    state = known(people=())
    for rows in history:
        plan = plan_of(rows, state)
        if plan.problems:
            assert {code for _, code in codes(plan)} <= {"import_before_record", "import_same_day"}
            continue
        state = applied(state, plan)
        assert plan_of(rows, state).is_empty()
        for person in state.people.values():
            held = sorted(person.postings, key=lambda posting: posting.since)
            assert all(one.until is not None and one.until <= other.since for one, other in zip(held, held[1:], strict=False))
            assert all(one.until is None or one.until > one.since for one in held)
