"""How much leave there is, what is left of it, and that what goes beyond it is refused with the reason."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.people.rules.nip import appointed_on
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.rules.openingfile import parse
from tests import make
from tests.workdays.test_api import TODAY, World, code

DAY = date(2026, 11, 24)
QUOTAS = decrees.on("bali", DAY).quota
CARRIED = QUOTAS["annual"].carried
NEXT = TODAY.year + 1
MONDAY = date(NEXT, 2, 1) + timedelta(days=-date(NEXT, 2, 1).weekday() % 7)


@pytest.fixture
def world(session, client, sign_in):
    return World(session, client, sign_in)


def year(number, taken=0, waiting=0, opening=None, entitled=12):
    opening = None if opening is None else Decimal(opening)
    return rules.YearSeen(number, Decimal(entitled), Decimal(taken), Decimal(waiting), opening)


# Rules


@pytest.mark.parametrize(
    ("years", "brought", "left"),
    [
        ([year(2026)], 0, 12),
        ([year(2026, taken=10), year(2027)], 2, 14),
        ([year(2026, taken=5), year(2027)], 6, 18),
        ([year(2026), year(2027)], 6, 18),
        ([year(2026), year(2027), year(2028)], 12, 24),
        ([year(2026), year(2027), year(2028), year(2029)], 12, 24),
        ([year(2026), year(2027, taken=1), year(2028)], 6, 18),
        ([year(2026, opening=12)], 12, 24),
        ([year(2026), year(2027, opening=1)], 1, 13),
        ([year(2026, entitled=0), year(2027)], 0, 12),
        ([year(2026, taken=20), year(2027)], 0, 12),
        ([year(2026, taken="11.5"), year(2027, taken=1, waiting=2)], Decimal("0.5"), Decimal("9.5")),
    ],
    ids=["first year", "two left", "seven left", "one year unused", "two years unused", "three years unused", "one day used",
         "stated", "stated beside a history", "no right yet", "more taken than there was", "halves and waiting"],
)  # fmt: skip
def test_article_313_says_what_a_year_brings_into_the_next(years, brought, left) -> None:
    found = rules.balance_of("annual", years, CARRIED, "c")
    assert (found.brought, found.left) == (brought, left)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=6))
def test_no_year_ever_has_more_than_24_days_and_none_less_than_nothing(seen) -> None:
    years = [year(2020 + n, taken, waiting) for n, (taken, waiting) in enumerate(seen)]
    found = rules.balance_of("annual", years, CARRIED, "c")
    assert 0 <= found.left <= found.entitled + found.brought <= 24


@pytest.mark.parametrize(
    ("day", "months", "days", "after"),
    [
        (date(2026, 11, 30), 3, 0, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, 0, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, 0, date(2027, 1, 1)),
        (date(2026, 1, 31), 1, 15, date(2026, 3, 15)),
        (date(2026, 5, 4), 0, 0, date(2026, 5, 4)),
    ],
    ids=str,
)
def test_months_by_the_calendar(day, months, days, after) -> None:
    assert rules.months_after(day, months, days) == after


def wish(kind, days, first=DAY, **more):
    return rules.Wish(rules.LeaveKind(kind), first, first + timedelta(days=days - 1), "uji", **more)


LONG_SERVED, NEW = date(2010, 1, 1), DAY - timedelta(days=364)


@pytest.mark.parametrize(
    ("asked", "served", "code"),
    [
        pytest.param(wish("annual", 1), date(2025, 11, 24), None, id="art. 311: a year of service"),
        pytest.param(wish("annual", 1), date(2025, 11, 25), "leave_service", id="art. 311: a day less"),
        pytest.param(wish("long", 92), LONG_SERVED, None, id="three months from 24 November"),
        pytest.param(wish("long", 93), LONG_SERVED, "leave_too_long", id="a day longer"),
        pytest.param(wish("long", 30), date(2021, 11, 25), "leave_service", id="five years but a day"),
        pytest.param(wish("long", 30, cause="hajj"), NEW, None, id="the first hajj"),
        pytest.param(wish("long", 30, cause="birth"), NEW, None, id="the fourth birth"),
        pytest.param(wish("long", 30, cause="marriage"), NEW, "leave_service", id="another cause"),
        pytest.param(wish("maternity", 90, child=3), NEW, None, id="art. 325: the third child"),
        pytest.param(wish("maternity", 90, child=4), NEW, "leave_children", id="art. 325: the fourth"),
        pytest.param(wish("maternity", 90), NEW, "leave_child_missing", id="no number"),
        pytest.param(wish("important", 30), NEW, None, id="a month"),
        pytest.param(wish("important", 31), NEW, "leave_too_long", id="a month and a day"),
        pytest.param(wish("sick", 547), NEW, None, id="a year and six months"),
        pytest.param(wish("sick", 548), NEW, "leave_too_long", id="longer"),
        pytest.param(wish("sick", 45, cause="miscarriage"), NEW, None, id="a miscarriage: a month and 15 days"),
        pytest.param(wish("sick", 46, cause="miscarriage"), NEW, "leave_too_long", id="a miscarriage: longer"),
        pytest.param(wish("sick", 1000, cause="work_accident"), NEW, None, id="an accident at work"),
        pytest.param(wish("unpaid", 30), NEW, "leave_service", id="unpaid: five years (G)"),
    ],
)
def test_what_keeps_a_leave_from_being_one(asked, served, code) -> None:
    found = rules.hindrance(asked, [], QUOTAS[asked.kind], served)
    assert (found and found.code) == code


def leave(first, last, kind="important", cause=None):
    return rules.Leave(first.toordinal(), rules.LeaveKind(kind), first, last, cause=cause)


def test_a_span_asked_for_in_pieces_is_one_span() -> None:
    pieces = [leave(DAY - timedelta(days=20), DAY - timedelta(days=11)), leave(DAY - timedelta(days=10), DAY - timedelta(days=1))]
    apart = [leave(DAY - timedelta(days=30), DAY - timedelta(days=22)), leave(DAY + timedelta(days=12), DAY + timedelta(days=13))]
    others = [leave(DAY - timedelta(days=21), DAY - timedelta(days=21), "annual"), leave(DAY, DAY, cause="birth")]
    asked = wish("important", 11)
    assert sorted(found.id for found in rules.run_of(asked, [*pieces, *apart, *others])) == sorted(one.id for one in pieces)
    assert rules.hindrance(asked, [], QUOTAS["important"], NEW) is None
    assert rules.hindrance(asked, pieces, QUOTAS["important"], NEW).code == "leave_too_long"


@pytest.mark.parametrize(
    ("cause", "left", "days", "fits"),
    [(None, 5, 5, True), (None, 4, 5, False), ("remote", 4, 5, True), ("remote", 2, 11, False), ("remote", 0, 1, False)],
)
def test_a_year_that_is_used_up_goes_on_only_where_it_is_hard_to_reach(cause, left, days, fits) -> None:
    """11 working days are 15 calendar days, so of 2 left the rest lasts 13 days: one more than there may be."""
    monday = date(2026, 11, 2)
    working = [monday + timedelta(days=n) for n in range(60) if (monday + timedelta(days=n)).weekday() < 5][:days]
    asked = rules.Wish(rules.LeaveKind.ANNUAL, monday, working[-1], "uji", cause=cause)
    balance = rules.Balance("annual", 2026, Decimal(left), Decimal(0), Decimal(0), Decimal(0), None)
    assert (rules.over_quota(asked, working, balance, QUOTAS["annual"]) is None) == fits


@pytest.mark.parametrize(
    ("nip", "day"),
    [
        ("198001012005011001", date(2005, 1, 1)),
        ("199001012022211001", date(2022, 1, 1)),
        ("199001012022131001", None),
        ("999999999999999999", None),
    ],
    ids=["civil servant", "contract", "no such month", "nonsense"],
)
def test_the_appointment_in_a_number(nip, day) -> None:
    assert appointed_on(nip) == day


# Over HTTP


def ask(world, first=MONDAY, days=1, **changes):
    return world.ask(first_day=str(first), last_day=str(first + timedelta(days=days - 1)), **changes)


def balance(world, person=None, **query):
    """This year's annual balance as one sees it oneself."""
    [found] = world.call(person or world.employee, "GET", "/me/leaves", **query).json["balances"]
    return found


def test_the_balance_follows_what_is_asked_for_approved_and_given_back(world) -> None:
    opening = {"nip": world.employee.nip, "year": TODAY.year, "days": "3.5", "source": "Kartu cuti"}
    assert world.call(world.hr, "POST", "/leave-openings", opening).status_code == 204
    first = date(TODAY.year, 2, 2) + timedelta(days=-date(TODAY.year, 2, 2).weekday() % 7)
    make.leave(world.session, world.employee, "annual", first, first + timedelta(days=1), by=world.supervisor)
    assert balance(world) == {
        "kind": "annual", "year": TODAY.year, "entitled": "12", "brought": "3.5", "taken": "2", "waiting": "0", "left": "13.5",
        "clause": "indonesia.quota.annual.2017-04-07",
    }  # fmt: skip
    asked = ask(world, first + timedelta(days=7), part="morning")
    assert (asked.status_code, balance(world)["waiting"], balance(world)["left"]) == (201, "0.5", "13")
    world.decide(world.supervisor, asked.json["id"], "refuse")
    assert balance(world)["waiting"] == "0"


def test_the_same_twelve_days_are_not_asked_for_twice(world) -> None:
    person = world.employee
    make.leave(world.session, person, "annual", date(TODAY.year, 1, 1), date(TODAY.year, 12, 31), by=world.supervisor)
    assert ask(world, MONDAY, 14).status_code == 201
    over = ask(world, MONDAY + timedelta(days=21), 5)
    assert code(over) == (422, "leave_over_quota")
    assert "indonesia.quota.annual" in over.json["detail"] and list(over.json["errors"]) == ["/last_day"]


def test_holidays_free_days_and_rests_of_the_roster_are_not_counted(world) -> None:
    for n in range(5, 14):
        rest = MONDAY + timedelta(days=n)
        world.roster(world.hr, (world.employee.nip, rest, None))
    make.leave(world.session, world.employee, "annual", date(TODAY.year, 1, 1), date(TODAY.year, 12, 31), by=world.supervisor)
    assert ask(world, MONDAY, 14).status_code == 201
    owed = [found for found in world.call(world.hr, "GET", "/leave-balances", unit="DISHUB", year=NEXT).json["items"]
            if found["nip"] == world.employee.nip]  # fmt: skip
    declared = [day for day in rules.calendar_of(NEXT, {}) if MONDAY <= day.day < MONDAY + timedelta(days=5)]
    assert owed[0]["balances"][0]["waiting"] == str(5 - len(declared))


def test_a_leave_that_fitted_when_asked_for_is_looked_at_again_when_granted(world) -> None:
    make.leave(world.session, world.employee, "annual", date(TODAY.year, 1, 1), date(TODAY.year, 12, 31), by=world.supervisor)
    leave_id = ask(world, MONDAY, 5).json["id"]
    later = MONDAY + timedelta(days=28)
    make.leave(world.session, world.employee, "annual", later, later + timedelta(days=20), by=world.supervisor)
    assert code(world.decide(world.supervisor, leave_id)) == (422, "leave_over_quota")
    assert world.decide(world.supervisor, leave_id, "refuse").status_code == 200


def test_who_reads_balances_and_who_states_what_is_brought(world) -> None:
    opening = {"nip": world.employee.nip, "year": TODAY.year, "days": "6", "source": "Kartu cuti"}
    assert code(world.call(world.stranger, "POST", "/leave-openings", opening)) == (404, "unknown_person")
    assert code(world.call(world.supervisor, "POST", "/leave-openings", opening)) == (403, "role_missing")
    assert code(world.call(world.hr, "POST", "/leave-openings", opening | {"nip": world.hr.nip})) == (403, "own_decision")
    for days in ("-1", "0.3", "NaN", "201"):
        assert code(world.call(world.hr, "POST", "/leave-openings", opening | {"days": days})) == (422, "invalid_input")
    page = world.call(world.auditor, "GET", "/leave-balances", unit="DISHUB", limit=1).json
    assert len(page["items"]) == 1 and page["next"] == page["items"][0]["nip"]
    assert world.call(world.stranger, "GET", "/leave-balances").json["items"][0]["nip"] == world.stranger.nip
    assert code(world.call(world.stranger, "GET", "/leave-balances", unit="DISHUB")) == (404, "unknown_unit")
    assert code(world.call(world.employee, "GET", "/leave-balances")) == (403, "role_missing")


# Opening balances by file

HEAD = "nip,year,days,source\n"
GOOD = "198001012005011001,2026,4.5,Kartu cuti 2025\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("19800101,2026,4,Kartu cuti\n", "csv_nip"),
        ("198001012005011002,26,4,Kartu cuti\n", "opening_year"),
        ("198001012005011002,2026,4.3,Kartu cuti\n", "opening_days"),
        ("198001012005011002,2026,-1,Kartu cuti\n", "opening_days"),
        ("198001012005011002,2026,1e1,Kartu cuti\n", "opening_days"),
        ("198001012005011002,2026,4,\n", "opening_source"),
        ("198001012005011001,2026,5,Kartu cuti\n", "opening_twice"),
        ("198001012005011002,2026,4\n", "csv_field_count"),
    ],
)
def test_a_wrong_line_is_named_by_its_number(line, code) -> None:
    found = parse((HEAD + GOOD + line).encode())
    assert [(problem.line, problem.code) for problem in found.problems] == [(3, code)]


def test_a_file_is_written_whole_or_not_at_all_and_twice_changes_nothing(app, session, tmp_path) -> None:
    make.unit(session)
    person = make.person(session, nip="198001012005011001")
    file = tmp_path / "saldo.csv"

    def run(words, *options):
        file.write_text(HEAD + words, "utf-8")
        answer = app.test_cli_runner().invoke(args=["leaves", "openings", str(file), "--lang", "en", *options])
        session.expire_all()
        return answer.exit_code, answer.output

    status, said = run(GOOD + "198001012005011009,2026,4,Kartu cuti\n")
    assert status == 1 and "line 3:" in said and workdays.openings_of(session, [person.id]) == {}
    assert run(GOOD, "--dry-run") == (0, "Dry run: 1 opening balances would be new, 0 changed.\n")
    assert workdays.openings_of(session, [person.id]) == {}
    assert run(GOOD) == (0, "1 new opening balances, 0 changed.\n")
    assert run(GOOD) == (0, "0 new opening balances, 0 changed.\n")
    assert run(GOOD.replace("4.5", "3")) == (0, "0 new opening balances, 1 changed.\n")
    assert workdays.openings_of(session, [person.id]) == {(person.id, "annual", 2026): Decimal(3)}
    assert [told["days"] for told in make.told(session, "leave_opening")] == ["4.5", "3"]
