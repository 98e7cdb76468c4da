"""The watch over absence: told once for each step, taken back when the days come to less, and never more than told."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app import clock, decrees
from app.jobs import steps
from app.jobs.steps import Turn
from app.ratings.actions import watch_absence
from app.ratings.rules import CONSECUTIVE, Year, due_notices, reached, steps_of
from tests import make
from tests.laws import in_use

LADDER = decrees.on("bali", date(2026, 11, 24)).ladder
MONDAY = date(2026, 2, 2)
UNTIL = date(2026, 2, 27)
NOW = clock.now()


def counted(days: int, in_a_row: bool = False):
    statuses = ["absent"] * days if in_a_row else ["absent", "present"] * days
    return reached(Year(1, tuple((MONDAY + timedelta(days=n), status) for n, status in enumerate(statuses)), 0), LADDER)


@pytest.mark.parametrize(
    ("days", "in_a_row", "standing", "given", "withdrawn"),
    [
        pytest.param(2, False, (), (), (), id="below the ladder"),
        pytest.param(3, False, (), ("oral_warning",), (), id="the first step"),
        pytest.param(3, False, ("oral_warning",), (), (), id="told already"),
        pytest.param(4, False, ("oral_warning",), ("written_warning",), (), id="the next step"),
        pytest.param(8, False, (), ("statement",), (), id="of steps passed at once the highest"),
        pytest.param(3, False, ("oral_warning", "written_warning"), (), ("written_warning",), id="a day less"),
        pytest.param(0, False, ("oral_warning", "written_warning"), (), ("oral_warning", "written_warning"), id="none left"),
        pytest.param(10, True, (), ("statement", CONSECUTIVE), (), id="ten in a row beside the days of the year"),
        pytest.param(9, True, ("statement", CONSECUTIVE), (), (CONSECUTIVE,), id="nine in a row"),
        pytest.param(28, False, ("released",), ("discharge",), (), id="28 days"),
    ],
)
def test_a_step_is_told_once_and_taken_back_below_it(days, in_a_row, standing, given, withdrawn) -> None:
    due = due_notices(counted(days, in_a_row), LADDER, standing)
    assert (due.given, due.withdrawn) == (given, withdrawn)


@given(st.integers(0, 40), st.booleans(), st.sets(st.sampled_from([*(rung.sanction for rung in LADDER.rungs), CONSECUTIVE])))
def test_after_one_watch_the_next_has_nothing_to_say(days, in_a_row, standing) -> None:
    found = counted(days, in_a_row)
    due = due_notices(found, LADDER, standing)
    after = (standing | set(due.given)) - set(due.withdrawn)
    again = due_notices(found, LADDER, after)
    assert (again.given, again.withdrawn) == ((), ())
    assert after <= set(steps_of(found, LADDER))


@pytest.fixture
def office(session, client, sign_in):
    """An office with a head and a member, another office, and personnel of the agency."""
    agency = make.unit(session)
    unit, other = make.unit(session, "DISHUB", agency), make.unit(session, "DINKES", agency)
    member, head, stranger, hr = (make.person(session, at) for at in (unit, unit, other, agency))
    make.grant(session, head, "supervisor", unit)
    make.grant(session, stranger, "supervisor", other)
    make.grant(session, hr, "hr", agency)

    def absent(days, first=MONDAY, person=member):
        for n in range(days):
            make.day_record(session, person, first + timedelta(days=n), "absent")

    def read(person, path="/notices", **query):
        answer = client.get(f"/v1{path}", query_string=query, headers=sign_in(person.id))
        return answer.json["items"] if answer.status_code == 200 else (answer.status_code, answer.json["code"])

    return SimpleNamespace(session=session, unit=unit, member=member, head=head, stranger=stranger, hr=hr, absent=absent, read=read)


def test_superior_personnel_and_the_person_read_what_was_told_and_nobody_else(office) -> None:
    office.absent(3)
    assert watch_absence(office.session, UNTIL, NOW) == 1
    [told] = office.read(office.head)
    assert (told["nip"], told["step"], told["absent_days"], told["withdrawn_at"]) == (office.member.nip, "oral_warning", 3, None)
    assert told["message"] == (
        "3 hari kerja tanpa keterangan dalam tahun 2026: dapat berujung pada ringan, teguran lisan, setelah pemeriksaan oleh"
        " pejabat yang berwenang."
    )
    assert (told["clause"], told["quality"], told["until"]) == ("bali.ladder.2024-01-02", "S", "2026-02-27")
    assert office.read(office.hr) == [told]
    [own] = office.read(office.member, "/me/notices")
    assert own == {name: told[name] for name in own}
    assert office.read(office.stranger) == [] and office.read(office.head, "/me/notices") == []
    assert office.read(office.member) == (403, "role_missing")
    assert office.read(office.stranger, unit="DISHUB") == (404, "unknown_unit")


def test_a_second_night_tells_nothing_and_the_next_step_one_thing(office) -> None:
    office.absent(3)
    assert [watch_absence(office.session, UNTIL, NOW) for _ in range(3)] == [1, 0, 0]
    office.absent(1, date(2026, 2, 23))
    assert [watch_absence(office.session, UNTIL, NOW) for _ in range(2)] == [1, 0]
    assert [one["step"] for one in office.read(office.head)] == ["written_warning", "oral_warning"]
    [first, second] = make.told(office.session, "discipline_notice")
    assert (first["act"], first["step"], second["step"]) == ("give", "oral_warning", "written_warning")


def test_when_the_days_come_to_less_the_notice_is_taken_back_and_stays_readable(office) -> None:
    office.absent(4)
    watch_absence(office.session, UNTIL, NOW)
    office.session.execute(text("UPDATE day_records SET status = 'leave' WHERE day >= '2026-02-04'"))
    assert [watch_absence(office.session, UNTIL, NOW) for _ in range(2)] == [1, 0]
    [told] = office.read(office.head)
    assert (told["step"], told["days_then"], bool(told["withdrawn_at"])) == ("written_warning", 2, True)
    assert office.read(office.head, standing=True) == [] and office.read(office.head, standing=False) == [told]
    assert [one["act"] for one in make.told(office.session, "discipline_notice")] == ["give", "withdraw"]
    office.session.execute(text("UPDATE day_records SET status = 'absent' WHERE day >= '2026-02-04'"))
    assert watch_absence(office.session, UNTIL, NOW) == 1
    assert [bool(one["withdrawn_at"]) for one in office.read(office.head)] == [False, True]


def test_each_calendar_year_is_counted_by_itself(office) -> None:
    office.absent(3, date(2025, 12, 29))
    office.absent(2, date(2026, 1, 5))
    assert watch_absence(office.session, date(2026, 1, 9), NOW) == 0
    assert watch_absence(office.session, date(2025, 12, 31), NOW) == 1
    assert [one["year"] for one in office.read(office.head)] == [2025]
    assert office.read(office.head, year=2026) == []


def test_a_night_in_january_still_watches_december(office) -> None:
    office.absent(3, date(2025, 12, 29))
    days = tuple(date(2026, 1, day) for day in (6, 7, 8))
    turn = Turn(NOW, days, NOW)
    assert [steps.watch_absence(office.session, turn) for _ in range(2)] == [1, 0]
    assert office.read(office.head)[0]["until"] == "2025-12-31"


def test_who_moves_takes_his_notices_to_the_new_superior(office) -> None:
    office.absent(3)
    watch_absence(office.session, UNTIL, NOW)
    health = make.unit(office.session, "DINKES")
    office.session.execute(
        text("UPDATE postings SET unit_id = :unit WHERE person_id = :id"), {"unit": health.id, "id": office.member.id}
    )
    assert office.read(office.head) == [] and len(office.read(office.stranger)) == 1
    office.session.execute(text("UPDATE postings SET until = '2026-03-01' WHERE person_id = :id"), {"id": office.member.id})
    assert len(office.read(office.head)) == 1 and office.read(office.stranger) == []
    assert watch_absence(office.session, UNTIL + timedelta(days=5), NOW) == 0


def test_minutes_make_days_only_where_the_law_says_so(office, session, tmp_path) -> None:
    for n in range(4):
        make.day_record(session, office.member, MONDAY + timedelta(days=n))
    session.execute(text("UPDATE day_records SET late_min = 300, early_min = 38"))
    assert watch_absence(session, UNTIL, NOW) == 0
    words = decrees.path_of("bali").read_text("utf-8").replace('code = "bali"', 'code = "menit"')
    (tmp_path / "menit.toml").write_text(
        words.replace("consecutive_days = 10\n", "consecutive_days = 10\nday_min = 450\n"), "utf-8"
    )
    with in_use(tmp_path):
        session.execute(text("UPDATE units SET decree = 'menit'"))
        assert watch_absence(session, UNTIL, NOW) == 1
        [told] = office.read(office.head)
        assert (told["absent_days"], told["made_days"], told["step"]) == (0, 3, "oral_warning")


def test_a_law_without_a_ladder_or_without_that_day_tells_nothing(office, session) -> None:
    office.absent(3, date(2021, 8, 2))
    session.execute(text("UPDATE units SET decree = 'indonesia'"))
    assert watch_absence(session, date(2021, 8, 30), NOW) == 0
    session.execute(text("UPDATE units SET decree = 'bali'"))
    assert watch_absence(session, date(2021, 8, 30), NOW) == 0
    session.execute(text("UPDATE units SET decree = 'indonesia'"))
    assert watch_absence(session, date(2021, 8, 31), NOW) == 1
