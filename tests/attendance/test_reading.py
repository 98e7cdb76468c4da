"""One's own days are right this moment: derived anew where no night has been since, each saying which record it is and why."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.assignments.rules import LetterKind, Proof
from app.attendance.actions import close_changed, close_day, days_of
from app.attendance.actions.closing import changed_days
from app.attendance.rules import inputs_told
from app.attendance.store import DayRecord
from app.incidents import store as incidents
from app.incidents.rules import IncidentKind
from app.people.store import Posting
from tests import make
from tests.attendance.worlds import TUESDAY, WITA, at
from tests.phones import INSIDE, enrolled

WEEK = [TUESDAY - timedelta(days=n) for n in (8, 7, 6, 5, 4)]  # Monday to Friday of the week before
OLD = WEEK[0]
NOON = at("12:00:00")  # of TUESDAY


@pytest.fixture
def office(session):
    """Two people of an office whose days the nights recorded until yesterday."""
    unit = make.unit(session, "DISHUB", make.unit(session))
    site = make.site(session, unit)
    made = SimpleNamespace(unit=unit, me=make.person(session, unit), other=make.person(session, unit), site=site)
    for day in (OLD + timedelta(days=n) for n in range(8)):
        close_day(session, day, datetime.combine(day + timedelta(days=1), time(0, 10), ZoneInfo(WITA)))
    return made


def mine(session, office, now=NOON, first=OLD, last=TUESDAY):
    session.expire_all()
    return {shown.day.day: shown for shown in days_of(session, office.me.id, first, last, now)}


def standings(found) -> dict[date, str]:
    return {day: str(shown.standing) for day, shown in found.items()}


def test_what_the_night_recorded_is_shown_as_it_is_and_the_running_day_is_derived(session, office) -> None:
    make.checkin(session, office.me, "in", at("07:20:00"), TUESDAY)
    rows = session.scalar(select(func.count()).select_from(DayRecord))
    found = mine(session, office)
    assert set(standings(found).values()) == {"recorded", "running"} and standings(found)[TUESDAY] == "running"
    today = found[TUESDAY]
    assert (today.day.status, today.day.in_at, today.day.derived_at, today.recorded_at) == ("present", at("07:20:00"), NOON, None)
    assert found[OLD].recorded_at == found[OLD].day.derived_at < NOON
    assert session.scalar(select(func.count()).select_from(DayRecord)) == rows, "looking writes nothing"


LATE_FACTS = {
    "check-in": lambda s, o: make.checkin(s, o.me, "in", at("07:20:00", OLD), OLD, received_at=NOON - timedelta(seconds=2)),
    "leave": lambda s, o: make.leave(s, o.me, "sick", OLD, OLD, by=o.other, decided_at=NOON - timedelta(hours=1)),
    "letter": lambda s, o: make.letter(
        s, o.other, o.me, first_day=OLD, proof=Proof.LETTER, kind=LetterKind.TRAVEL, now=NOON - timedelta(hours=1)
    ),
    "incident": lambda s, o: incidents.add_incident(
        s, IncidentKind.POWER, at("05:00:00", OLD), at("23:00:00", OLD), "Padam", [o.unit.id], o.other.id, NOON - timedelta(hours=1)
    ),
}


@pytest.mark.parametrize("fact", LATE_FACTS)
def test_a_day_of_last_week_that_something_reached_is_stale_and_right(session, office, fact: str) -> None:
    before = mine(session, office)
    assert (str(before[OLD].standing), before[OLD].day.status) == ("recorded", "absent")
    LATE_FACTS[fact](session, office)
    after = mine(session, office)
    assert standings(after) == standings(before) | {OLD: "stale"}
    assert after[OLD].recorded_at == before[OLD].day.derived_at and after[OLD].day.status != "absent"
    assert close_changed(session, NOON - timedelta(hours=48), TUESDAY, NOON) == 1
    settled = mine(session, office)
    assert standings(settled) == standings(before)
    assert settled[OLD].day.lines == after[OLD].day.lines and settled[OLD].day.trace == after[OLD].day.trace


@pytest.mark.parametrize("fact", LATE_FACTS)
def test_what_reached_somebody_else_is_not_derived_for_me(session, office, fact: str) -> None:
    elsewhere = make.unit(session, "DINKES", make.unit(session))
    theirs = SimpleNamespace(me=make.person(session, elsewhere), other=office.me, unit=elsewhere)
    close_day(session, OLD, NOON)
    since, until = NOON - timedelta(hours=2), TUESDAY
    LATE_FACTS[fact](session, theirs)
    assert changed_days(session, since, until, [office.me.id]) == {}
    assert changed_days(session, since, until) == {OLD: {theirs.me.id}}
    assert "stale" not in standings(mine(session, office)).values()


def test_a_sealed_day_stays_as_it_was_paid(session, office) -> None:
    session.execute(update(DayRecord).where(DayRecord.person_id == office.me.id).values(frozen_at=NOON))
    make.checkin(session, office.me, "in", at("07:20:00", OLD), OLD, received_at=NOON)
    found = mine(session, office)
    assert (str(found[OLD].standing), found[OLD].day.status) == ("final", "absent")


def test_days_for_which_no_night_came_are_derived(session, office) -> None:
    later = NOON + timedelta(days=3)  # a Friday; the nights after Monday never ran
    make.checkin(session, office.me, "in", at("07:20:00"), TUESDAY, received_at=at("07:20:01"))
    found = mine(session, office, now=later, last=TUESDAY + timedelta(days=9))
    newest = max(found)
    assert newest == TUESDAY + timedelta(days=3)
    assert [found[TUESDAY + timedelta(days=n)].day.status for n in range(4)] == ["present", "absent", "absent", "not_yet"]
    assert {str(found[TUESDAY + timedelta(days=n)].standing) for n in range(4)} == {"running"}


def test_who_is_not_employed_any_more_has_no_day_that_is_not_final(session, office) -> None:
    session.execute(update(Posting).where(Posting.person_id == office.me.id).values(until=TUESDAY - timedelta(days=1)))
    assert TUESDAY not in mine(session, office) and TUESDAY - timedelta(days=1) not in mine(session, office)


def test_a_day_west_of_the_installation_and_one_east_of_it_begin_by_their_own_clocks(session) -> None:
    """23:30 in Bali is half past midnight in Papua: the new day is there with its first check-in."""
    unit = make.unit(session, "PAPUA", zone="Asia/Jayapura")
    person = make.person(session, unit)
    now = at("23:30:00")
    make.checkin(session, person, "in", now, TUESDAY + timedelta(days=1))
    found = days_of(session, person.id, TUESDAY, TUESDAY + timedelta(days=5), now)
    assert [shown.day.day for shown in found] == [TUESDAY, TUESDAY + timedelta(days=1)]


def test_the_trace_names_every_input_and_its_sentences_say_it(client, sign_in, session, office) -> None:
    """The record alone leads to each row it came from: decree version, shift, check-ins with outline, leave and the rest."""
    day = WEEK[1]
    came = make.checkin(session, office.me, "in", at("08:10:00", day), day, site_version_id=office.site)
    left = make.checkin(session, office.me, "out", at("15:00:00", day), day, counts=False)
    letter = make.letter(session, office.other, office.me, first_day=day)
    incident = incidents.add_incident(
        session, IncidentKind.POWER, at("10:00:00", day), at("10:30:00", day), "Padam", [office.unit.id], office.other.id, NOON
    )
    close_day(session, day, NOON)
    [trace] = session.scalars(select(DayRecord.trace).where(DayRecord.person_id == office.me.id, DayRecord.day == day))
    assert trace["decree"][0] == "bali" and len(trace["decree"][1]) == 12
    assert trace["checkins"] == [
        [str(came.id), "in", "2026-11-17T00:10:00+00:00", "KANTOR@1", True],
        [str(left.id), "out", "2026-11-17T07:00:00+00:00", None, False],
    ]
    assert (trace["letters"], trace["incidents"], "leave" in trace) == ([letter], [incident], False)
    assert trace["priced"] == [
        ["bali.lateness.2024-01-02", "1", 31, 61, "floor"],
        ["bali.early.2024-01-02", "1.5"],
    ]
    said = client.get(f"/v1/me/attendance?month={day:%Y-%m}", headers=sign_in(office.me.id, "en")).json["items"]
    [shown] = [item for item in said if item["day"] == str(day)]
    messages = [told["message"] for told in shown["trace"]]
    assert f"Check-in at 08:10 at KANTOR (outline version 1), {came.id}." in messages
    assert f"Check-out at 15:00 that does not count, {left.id}." in messages
    assert "1 % by bali.lateness.2024-01-02: from 31 to less than 61 minutes; seconds are not counted." in messages
    assert len(messages) == 2 + 2 + 2 + len(trace["priced"])
    assert shown["standing_message"] == "The record of this day as it was written 2026-11-24 12:00."
    assert [line.code for line in inputs_told(trace, day)] == [told["code"] for told in shown["trace"]]


def test_pain_17_results_do_not_arrive_a_day_late(client, sign_in, session) -> None:
    """A phone's check-in is in its person's day with the next request: no night, no watermark, nothing to press."""
    person = make.person(session)
    make.site(session)
    phone = enrolled(session, person)
    now = clock.now()
    started = (now - timedelta(hours=1)).astimezone(ZoneInfo(WITA))
    make.roster(session, person.nip, started.date(), f"{started:%H:%M}", f"{started + timedelta(hours=8):%H:%M}")
    headers = sign_in(person.id, "en")

    def day():
        items = client.get(f"/v1/me/attendance?month={started:%Y-%m}", headers=headers).json["items"]
        return next(item for item in items if item["day"] == str(started.date()))

    assert (day()["status"], day()["standing"], day()["in_at"]) == ("not_yet", "running", None)
    sent = client.post("/v1/checkins", json={"checkins": [phone.checkin(now, place=INSIDE)]}).json["results"][0]
    assert (sent["status"], sent["counts"], sent["work_date"]) == ("stored", True, str(started.date()))
    assert (day()["status"], day()["in_at"], day()["late_min"] in (60, 61)) == ("present", sent["taken_at"], True)
    assert day()["standing_message"].startswith("Derived this moment")
    assert client.get("/v1/me/today", headers=headers).json["done"][0]["id"] == sent["id"]
    close_day(session, started.date(), clock.now(), [person.id])
    assert (day()["status"], day()["in_at"]) == ("present", sent["taken_at"])
