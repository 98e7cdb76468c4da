"""Day records in the database: gathered for everybody, rewritten only where something changed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.attendance import store as attendance
from app.attendance.actions import close_changed, close_day
from app.attendance.store import DayRecord
from app.geofences.store import Site
from app.incidents import store as incidents
from app.incidents.rules import IncidentKind
from app.people.store import Posting
from app.workdays import store as workdays
from app.workdays.store import RosterEntry
from tests import make
from tests.attendance.worlds import SATURDAY, TUESDAY, at

TONIGHT = datetime(2026, 11, 24, 17, 10, tzinfo=UTC)  # 01:10 of Wednesday in Bali
WEDNESDAY = TUESDAY + timedelta(days=1)
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def office(session: Session) -> SimpleNamespace:
    """Three people of one office: one came late, one is on leave, one never came."""

    unit = make.unit(session, "DISHUB", make.unit(session))
    late, away, nowhere = (make.person(session, unit) for _ in range(3))
    make.checkin(session, late, "in", at("08:10:00"), TUESDAY)
    make.checkin(session, late, "out", at("16:30:00"), TUESDAY)
    make.leave(session, away, "annual", TUESDAY, SATURDAY, by=nowhere)
    return SimpleNamespace(unit=unit, late=late, away=away, nowhere=nowhere)


def records(session: Session, day: date = TUESDAY) -> dict[int, tuple[str, Decimal]]:
    session.expire_all()
    rows = session.scalars(select(DayRecord).where(DayRecord.day == day))
    return {row.person_id: (row.status, row.deduction_pct) for row in rows}


def test_a_day_is_closed_for_everybody_employed(session: Session, office) -> None:
    assert close_day(session, TUESDAY, TONIGHT) == 3
    assert records(session) == {
        office.late.id: ("present", Decimal(1)),
        office.away.id: ("leave", Decimal(0)),
        office.nowhere.id: ("absent", Decimal(3)),
    }


def test_while_the_window_is_open_nobody_is_absent(session: Session, office) -> None:
    close_day(session, TUESDAY, NOON)
    assert records(session)[office.nowhere.id] == ("not_yet", Decimal(0))


def test_closing_again_changes_nothing(session: Session, office) -> None:
    close_day(session, TUESDAY, TONIGHT)
    first = {row.person_id: (row.derived_at, row.lines) for row in session.scalars(select(DayRecord))}
    assert close_day(session, TUESDAY, TONIGHT + timedelta(days=1)) == 0
    session.expire_all()
    assert {row.person_id: (row.derived_at, row.lines) for row in session.scalars(select(DayRecord))} == first


def test_only_the_person_whose_evidence_changed_is_rewritten(session: Session, office) -> None:
    close_day(session, TUESDAY, TONIGHT)
    make.checkin(session, office.nowhere, "in", at("07:20:00"), TUESDAY)
    assert close_day(session, TUESDAY, TONIGHT) == 1
    assert records(session)[office.nowhere.id] == ("present", Decimal("1.5"))


def test_closing_for_some_leaves_the_others_alone(session: Session, office) -> None:
    assert close_day(session, TUESDAY, TONIGHT, [office.late.id]) == 1
    assert set(records(session)) == {office.late.id}
    assert close_day(session, TUESDAY, TONIGHT, [office.nowhere.id]) == 1
    assert set(records(session)) == {office.late.id, office.nowhere.id}


def test_a_frozen_day_stays_as_it_was_paid(session: Session, office) -> None:
    close_day(session, TUESDAY, TONIGHT)
    session.execute(update(DayRecord).where(DayRecord.person_id == office.nowhere.id).values(frozen_at=TONIGHT))
    make.checkin(session, office.nowhere, "in", at("07:20:00"), TUESDAY)
    assert close_day(session, TUESDAY, TONIGHT) == 0
    assert records(session)[office.nowhere.id] == ("absent", Decimal(3))


def test_somebody_who_was_not_employed_that_day_loses_the_record_unless_it_is_frozen(session: Session, office) -> None:
    close_day(session, TUESDAY, TONIGHT)
    for person in (office.late, office.nowhere):
        end_posting(session, person.id, TUESDAY)
    session.execute(update(DayRecord).where(DayRecord.person_id == office.late.id).values(frozen_at=TONIGHT))
    assert close_day(session, TUESDAY, TONIGHT) == 1
    assert set(records(session)) == {office.late.id, office.away.id}


def test_late_evidence_of_old_days_is_found_by_when_it_arrived(session: Session, office) -> None:
    long_after = TONIGHT + timedelta(days=20)
    close_day(session, TUESDAY, TONIGHT)
    make.checkin(session, office.nowhere, "in", at("07:20:00"), TUESDAY, received_at=long_after)
    make.leave(session, office.late, "sick", TUESDAY, TUESDAY, by=office.away, decided_at=long_after)
    today = date(2026, 12, 14)
    assert close_changed(session, long_after, TUESDAY, long_after) == 0
    assert close_changed(session, long_after, today, long_after) == 2
    assert records(session)[office.nowhere.id] == ("present", Decimal("1.5"))
    assert records(session)[office.late.id] == ("leave", Decimal(0))
    assert close_changed(session, long_after + timedelta(seconds=1), today, long_after) == 0


def test_a_stored_line_names_clause_and_quality_and_where_it_costs_its_source(session: Session, office) -> None:
    close_day(session, TUESDAY, TONIGHT)
    lines = session.scalars(select(DayRecord.lines).where(DayRecord.person_id == office.late.id)).one()
    hours, late, out = lines
    assert hours == {
        "code": "day_hours",
        "params": {"start": "07:30", "end": "16:30", "zone": "WITA"},
        "clause": "bali.hours.2024-01-02",
        "quality": "S",
    }
    assert (late["pct"], late["clause"], late["quality"]) == ("1", "bali.lateness.2024-01-02", "G")
    assert "Perbup Tebo" in late["source"]
    assert out == {"code": "day_out", "params": {"at": "16:30"}}


def test_days_are_listed_by_unit_person_and_day_within_subtrees(session: Session, office) -> None:
    elsewhere = make.person(session, make.unit(session, "DINKES", make.unit(session)))
    for day in (TUESDAY, TUESDAY + timedelta(days=1)):
        close_day(session, day, TONIGHT + timedelta(days=2))
    listed = [(row.unit_code, row.nip, row.day) for row in attendance.list_days(session, TUESDAY, TUESDAY + timedelta(days=1))]
    assert listed == sorted(listed, key=lambda row: (f"BALI.{row[0]}", row[1], row[2]))
    assert len(listed) == 8
    inside = {row.nip for row in attendance.list_days(session, TUESDAY, TUESDAY, paths=["BALI.DISHUB"])}
    assert inside == {office.late.nip, office.away.nip, office.nowhere.nip}
    assert [row.nip for row in attendance.list_days(session, TUESDAY, TUESDAY, person_ids=[elsewhere.id])] == [elsewhere.nip]
    assert list(attendance.list_days(session, TUESDAY, TUESDAY, paths=[])) == []


def test_a_missing_check_out_can_be_counted(session: Session, office) -> None:
    make.checkin(session, office.nowhere, "in", at("07:20:00"), TUESDAY)
    close_day(session, TUESDAY, TONIGHT)
    (row,) = attendance.list_days(session, TUESDAY, TUESDAY, person_ids=[office.nowhere.id])
    assert (row.is_missing_in, row.is_missing_out) == (False, True)


def end_posting(session: Session, person_id: int, until: date) -> None:
    session.execute(update(Posting).where(Posting.person_id == person_id).values(until=until))


def rostered_at(session: Session, person, starts: str, ends: str, changed_at: datetime, day: date = TUESDAY) -> None:
    make.roster(session, person.nip, day, starts, ends, code=f"S{starts[:2]}")
    session.execute(update(RosterEntry).where(RosterEntry.person_id == person.id).values(changed_at=changed_at))


def test_check_ins_made_before_their_roster_was_written_belong_to_its_shifts(session: Session) -> None:
    """Pain 2 (hrms#3298): a night was worked under office hours, its roster came a week later, and nobody was absent."""
    guard = make.person(session, make.unit(session, "POS", make.unit(session)))
    morning_after = at("06:05:00", WEDNESDAY)
    make.checkin(session, guard, "in", at("21:50:00"), TUESDAY)
    make.checkin(session, guard, "out", morning_after, WEDNESDAY)
    long_after = TONIGHT + timedelta(days=7)
    close_day(session, TUESDAY, long_after), close_day(session, WEDNESDAY, long_after)
    assert records(session)[guard.id] == ("present", Decimal(3)) and records(session, WEDNESDAY)[guard.id][1] > 0
    rostered_at(session, guard, "22:00", "06:00", long_after)
    rest = workdays.Entry(guard.id, WEDNESDAY, ())
    workdays.replace_roster(session, [rest], long_after)
    close_changed(session, long_after, long_after.date(), long_after)
    assert records(session)[guard.id] == ("present", Decimal(0))
    assert records(session, WEDNESDAY)[guard.id] == ("off", Decimal(0))
    night = session.scalars(select(DayRecord).where(DayRecord.person_id == guard.id, DayRecord.day == TUESDAY)).one()
    assert (night.in_at, night.out_at) == (at("21:50:00"), morning_after)


def test_a_roster_written_in_time_is_not_asked_again(session: Session) -> None:
    guard = make.person(session, make.unit(session, "POS", make.unit(session)))
    rostered_at(session, guard, "22:00", "06:00", at("08:00:00", TUESDAY - timedelta(days=30)))
    assert workdays.list_rostered_late(session, TUESDAY, 4) == set()
    rostered_at(session, guard, "21:00", "05:00", at("08:00:00"), day=TUESDAY + timedelta(days=4))
    assert workdays.list_rostered_late(session, TUESDAY, 4) == {guard.id}
    assert workdays.list_rostered_late(session, TUESDAY - timedelta(days=1), 4, [guard.id]) == {guard.id}
    assert workdays.list_rostered_late(session, TUESDAY, 4, [guard.id + 1]) == set()


@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
def test_early_and_late_rosters_give_the_same_day(session: Session, late: bool) -> None:
    guard = make.person(session, make.unit(session, "POS", make.unit(session)))
    rostered_at(session, guard, "22:00", "06:00", TONIGHT if late else at("08:00:00", TUESDAY - timedelta(days=30)))
    make.checkin(session, guard, "in", at("22:10:00"), TUESDAY)
    make.checkin(session, guard, "out", at("06:05:00", WEDNESDAY), TUESDAY)
    close_day(session, TUESDAY, TONIGHT + timedelta(days=7))
    assert records(session)[guard.id] == ("present", Decimal("0.5"))


def test_the_zone_of_the_site_reaches_the_explanation(session: Session) -> None:
    person = make.person(session, make.unit(session, "POS", make.unit(session)))
    version = make.site(session, code="JAKARTA")
    session.execute(update(Site).where(Site.code == "JAKARTA").values(zone="Asia/Jakarta"))
    make.checkin(session, person, "in", at("07:20:00"), TUESDAY, site_version_id=version)
    close_day(session, TUESDAY, TONIGHT)
    lines = session.scalars(select(DayRecord.lines).where(DayRecord.person_id == person.id)).one()
    [there] = [line for line in lines if line["code"] == "day_clock_there_in"]
    assert there["params"] == {"at": "07:20", "there": "06:20", "zone": "WIB"}


def test_a_declared_incident_reaches_old_days_of_its_units_that_are_not_final_and_is_taken_back(session: Session, office) -> None:
    long_after = TONIGHT + timedelta(days=20)
    elsewhere = make.person(session, make.unit(session, "DINKES", make.unit(session)))
    close_day(session, TUESDAY, TONIGHT)
    before = records(session)
    incident_id = declare(session, office, at("04:00:00"), at("23:00:00"), long_after)
    [found] = incidents.list_changed_since(session, long_after)
    assert {person_id for person_id, _ in attendance.list_open(session, TUESDAY, TUESDAY, found.paths)} == {
        office.late.id, office.away.id, office.nowhere.id,
    }  # fmt: skip
    assert close_changed(session, long_after, TUESDAY, long_after) == 0
    assert close_changed(session, long_after, long_after.date(), long_after) == 2
    assert records(session) == {
        office.late.id: ("present", Decimal(0)),
        office.away.id: ("leave", Decimal(0)),
        office.nowhere.id: ("incident", Decimal(0)),
        elsewhere.id: ("absent", Decimal(3)),
    } | {office.away.id: before[office.away.id]}
    assert close_changed(session, long_after + timedelta(seconds=1), long_after.date(), long_after) == 0
    incidents.add_withdrawal(session, incident_id, "hanya di Sanur", office.away.id, long_after + timedelta(days=1))
    close_changed(session, long_after + timedelta(days=1), long_after.date(), long_after)
    assert records(session) == before


def test_a_final_day_stays_whatever_incident_is_declared_afterwards(session: Session, office) -> None:
    close_day(session, TUESDAY, TONIGHT)
    session.execute(update(DayRecord).values(frozen_at=TONIGHT))
    before = records(session)
    declare(session, office, at("04:00:00"), at("23:00:00"), TONIGHT)
    assert close_changed(session, TONIGHT, WEDNESDAY + timedelta(days=20), TONIGHT) == 0
    assert records(session) == before


def test_the_one_who_declared_it_is_judged_as_if_there_were_none(session: Session, office) -> None:
    declare(session, office, at("04:00:00"), at("23:00:00"), TONIGHT, by=office.nowhere)
    close_day(session, TUESDAY, TONIGHT)
    assert records(session)[office.nowhere.id] == ("absent", Decimal(3))
    assert records(session)[office.late.id] == ("present", Decimal(0))


def declare(session: Session, office, begins_at: datetime, ends_at: datetime, now: datetime, by=None) -> int:
    """A power cut at the office, declared by somebody of it."""
    by_id = (by or office.away).id
    return incidents.add_incident(session, IncidentKind.POWER, begins_at, ends_at, "Gardu terbakar", [office.unit.id], by_id, now)
