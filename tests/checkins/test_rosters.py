"""Check-ins of people on a roster: several shifts a day, standby, and another zone, gathered in the one statement."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.checkins.actions.today import today_of
from app.people.store import Unit
from app.workdays import store as workdays
from app.workdays.rules import Break, Shift, ShiftKind
from tests import make
from tests.checkins.test_actions import phone, record
from tests.phones import Phone

assert phone  # the fixture

MONDAY = date(2026, 3, 9)
MORNING, AFTERNOON = Shift("PAGI", time(8), time(12)), Shift("SORE", time(14), time(18))
STANDBY = Shift("SIAGA", time(20), time(6), ShiftKind.ON_CALL)
FLEXIBLE = Shift("LUWES", time(7), time(18), ShiftKind.FLEXIBLE, (Break(time(12), time(13)),), time(10), time(15), 450)


def local(clock: str, day: date = MONDAY, zone: str = "Asia/Makassar") -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)


def rostered(session: Session, phone: Phone, *shifts: Shift, day: date = MONDAY, zone: str | None = None) -> int:
    """The person's id, who has these shifts that day."""
    person = make.find_person(session, phone.nip)
    agency = session.query(Unit).filter_by(code="BALI").one()
    added = [workdays.add_shift(session, agency.id, shift, shift.code) for shift in shifts]
    ids = workdays.shift_ids(session, [agency.id])
    assert len(added) == len(shifts)
    entry = workdays.Entry(person.id, day, tuple(ids[agency.id, shift.code] for shift in shifts) if shifts else None, zone)
    workdays.replace_roster(session, [entry], local("00:00", day - timedelta(days=30)))
    return person.id


def sent(session: Session, phone: Phone, clock: str, direction: str, day: date = MONDAY) -> dict:
    at = local(clock, day)
    [answer] = record(session, phone.report(at, direction), at=at)
    return answer


def reasons(answer: dict) -> list[str]:
    return [reason["code"] for reason in answer["reasons"]]


def test_after_the_first_shift_of_a_day_the_second_one_comes_next(session: Session, phone: Phone) -> None:
    rostered(session, phone, MORNING, AFTERNOON)
    acts = (("07:50", "in"), ("12:05", "out"), ("13:55", "in"), ("18:01", "out"))
    answers = [sent(session, phone, *act) for act in acts]
    assert [answer["next"] for answer in answers] == ["out", "in", "out", None]
    assert {answer["work_date"] for answer in answers} == {"2026-03-09"}
    assert not any("outside_hours" in reasons(answer) for answer in answers)


@pytest.mark.parametrize(
    ("clock", "shift", "next_act"),
    [
        ("07:50", "PAGI", "in"), ("11:30", "PAGI", "out"), ("12:05", "PAGI", "out"), ("13:20", "SORE", "in"),
        ("17:00", "SORE", "in"),
    ],
    ids=["before the first", "near its end", "just after it", "before the second", "late for the second"],
)  # fmt: skip
def test_the_phone_speaks_of_the_shift_one_is_in_or_comes_to(
    session: Session, phone: Phone, clock: str, shift: str, next_act: str
) -> None:
    person_id = rostered(session, phone, MORNING, AFTERNOON)
    if clock > "08:00":
        sent(session, phone, "07:55", "in")
    today = today_of(session, person_id, local(clock))
    assert (today.shift.code, today.next) == (shift, next_act)


def test_a_forgotten_check_out_of_the_first_shift_does_not_flip_the_second(session: Session, phone: Phone) -> None:
    person_id = rostered(session, phone, MORNING, AFTERNOON)
    sent(session, phone, "07:55", "in")
    assert sent(session, phone, "13:58", "in")["next"] == "out"
    today = today_of(session, person_id, local("17:30"))
    assert (today.shift.code, today.next) == ("SORE", "out")


def test_the_next_morning_is_a_new_day_although_nobody_checked_out(session: Session, phone: Phone) -> None:
    tuesday = MONDAY + timedelta(days=1)
    person_id = rostered(session, phone, MORNING)
    rostered(session, phone, MORNING, day=tuesday)
    sent(session, phone, "07:55", "in")
    assert today_of(session, person_id, local("07:40", tuesday)).next == "in"
    assert sent(session, phone, "07:45", "in", tuesday)["work_date"] == "2026-03-10"


def test_a_call_out_at_night_belongs_to_the_standby(session: Session, phone: Phone) -> None:
    person_id = rostered(session, phone, STANDBY)
    called = sent(session, phone, "02:10", "in", MONDAY + timedelta(days=1))
    assert (called["work_date"], called["next"]) == ("2026-03-09", "out") and "outside_hours" not in reasons(called)
    assert today_of(session, person_id, local("02:30", MONDAY + timedelta(days=1))).next == "out"
    assert sent(session, phone, "03:00", "out", MONDAY + timedelta(days=1))["next"] == "in"
    assert today_of(session, person_id, local("03:30", MONDAY + timedelta(days=1))).next == "in"


def test_who_comes_on_a_free_day_is_asked_to_leave_and_nobody_is_asked_to_come(session: Session, phone: Phone) -> None:
    sunday = MONDAY - timedelta(days=1)
    person_id = make.find_person(session, phone.nip).id

    def next_act(clock: str) -> str | None:
        return today_of(session, person_id, local(clock, sunday)).next

    assert next_act("08:00") is None
    assert sent(session, phone, "08:30", "in", sunday)["next"] == "out" == next_act("09:00")
    assert sent(session, phone, "11:00", "out", sunday)["next"] is None
    assert next_act("11:05") is None


def test_elsewhere_the_window_goes_by_the_clock_that_the_roster_names(session: Session, phone: Phone) -> None:
    """The window opens at 05:00 (Ramadan): 04:40 in Bali is 05:40 in Jayapura."""
    before = sent(session, phone, "04:40", "in")
    assert "outside_hours" in reasons(before)
    rostered(session, phone, zone="Asia/Jayapura")
    assert "outside_hours" not in reasons(sent(session, phone, "04:41", "in"))


def test_breaks_core_hours_and_the_owed_minutes_reach_the_judge_and_the_kept_evidence(session: Session, phone: Phone) -> None:
    rostered(session, phone, FLEXIBLE)
    sent(session, phone, "08:00", "in")
    evidence = session.scalar(text("SELECT evidence FROM checkin_reports"))
    for words in ('"owed_min":450', '"core_starts":"10:00:00"', '"breaks":[{"starts":"12:00:00","ends":"13:00:00"}]', '"flexible"'):
        assert words in evidence
