"""What a night gathers about the days before: each history found once, by whom it is about, and again only when it goes on."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import text

from app.anomalies import actions
from app.anomalies import store as findings
from app.anomalies.rules import Kind
from app.anomalies.store import Wanted
from app.geo import Point, metres_from
from tests import make

from . import desks
from .test_actions import DAY, MORNING, NOW, place

MIDDLE = Point(-8.65, 115.22)
EAST_M, NORTH_M = metres_from(MIDDLE, Point(MIDDLE.lat + 1, MIDDLE.lon + 1))


def found(session, kind):
    return [(one.person_id, one.day) for one in reversed(findings.list_reviewed(session, None, 99, Wanted(kind=kind)))]


def came(session, person, back, at=MIDDLE, way="in", minutes=0, **known):
    """A check-in so many days before the day, with its position."""
    when, day = MORNING + timedelta(minutes=minutes) - timedelta(days=back), DAY - timedelta(days=back)
    made = make.checkin(session, person, way, when, day, **known)
    place(session, made, lat=at.lat, lon=at.lon)
    return made


def weeks_at(session, person, version, spot, days, counts=True):
    """Two check-ins a day from the spot, east and north of the middle of a round office."""
    for n, fix in enumerate(desks.weeks(Random(person.id), spot, (100.0, 100.0), desks.satellite, days=days, shared=0.2)):
        outside_m = max(0.0, (fix.east_m**2 + fix.north_m**2) ** 0.5 - 60)
        at = Point(MIDDLE.lat + fix.north_m / NORTH_M, MIDDLE.lon + fix.east_m / EAST_M)
        known = {"site_version_id": version, "distance_m": outside_m, "accuracy_m": 11.0, "counts": counts or outside_m == 0}
        came(session, person, days - 1 - (fix.day - desks.FIRST).days, at, ("in", "out")[n % 2], 540 * (n % 2), **known)


@pytest.mark.parametrize("counts", [True, False], ids=["doubtful", "rejected every time"])
def test_the_daily_cafe_is_found_and_asked_about_again_a_week_later_with_new_days_only(session, counts):
    version = make.site(session)
    cheat, honest = make.person(session), make.person(session)
    weeks_at(session, cheat, version, (140, 0), 10, counts)
    weeks_at(session, honest, version, (58, 0), 10)
    for back in range(9, -1, -1):
        day = DAY - timedelta(days=back)
        actions.scan_day(session, day, NOW)
        assert actions.scan_day(session, day, NOW) == 0
    days = found(session, Kind.CONSTANT_OFFSET)
    assert [person_id for person_id, _ in days] == [cheat.id] * 2
    assert days[1][1] - days[0][1] == timedelta(days=7)
    later, first = (one.evidence["checkins"] for one in findings.list_reviewed(session, None, 9, Wanted(kind=Kind.CONSTANT_OFFSET)))
    assert first and later and not set(first) & set(later)


def test_a_rejected_fix_says_nothing_where_another_of_that_day_counts(session):
    version, person = make.site(session), make.person(session)
    for back in range(4):
        out = Point(MIDDLE.lat, MIDDLE.lon + 150 / EAST_M)
        came(session, person, back, out, site_version_id=version, distance_m=90.0, counts=False)
        came(session, person, back, MIDDLE, minutes=4, site_version_id=version, distance_m=0.0)
    assert {fix.outside_m for fix in findings.list_near(session, DAY, 30, 204, 3)} == {0.0}


def test_two_who_share_coordinates_day_after_day_are_found_and_not_asked_again_for_two_weeks(session):
    one, two, other = (make.person(session) for _ in range(3))
    for back in range(4):
        shared = Point(-8.61 - back / 1000, 115.2)
        for n, person in enumerate((one, two)):
            came(session, person, back, shared, minutes=60 * n)
        came(session, other, back, Point(-8.7, 115.1 + back / 1000))
    for back in (1, 0):
        actions.scan_day(session, DAY - timedelta(days=back), NOW)
    day = DAY - timedelta(days=1)
    assert sorted(found(session, Kind.SHARED_HISTORY)) == [(one.id, day), (two.id, day)]
    about = next(item for item in findings.list_reviewed(session, None, 99) if item.kind is Kind.SHARED_HISTORY)
    assert findings.is_party(session, about, one.id) and findings.is_party(session, about, two.id)
    assert not findings.is_party(session, about, other.id)


@pytest.mark.parametrize("people, is_found", [(3, True), (2, False)])
def test_a_phone_that_served_three_people_in_a_month_is_found(session, people, is_found):
    for n in range(people):
        person = make.person(session)
        phone = make.device(session, person, installation_id="bersama")
        came(session, person, 10 * n, Point(-8.6 - n / 100, 115.2), device_id=phone.id)
    actions.scan_day(session, DAY, NOW)
    assert len(found(session, Kind.PHONE_OF_SEVERAL)) == is_found


@pytest.mark.parametrize("seqs, is_found", [((1, 3, 5, 7), True), ((1, 3, 4, 6), False)], ids=["three gaps", "two"])
def test_numbers_that_never_came_on_three_days_are_found_once_in_two_weeks(session, seqs, is_found):
    person = make.person(session)
    for n, seq in enumerate(seqs):
        came(session, person, 3 - n, Point(-8.6 - n / 100, 115.2), seq=seq, flags=["chain_gap"])
    for back in (1, 0):
        actions.scan_day(session, DAY - timedelta(days=back), NOW)
    assert found(session, Kind.MISSING_REPORTS) == ([(person.id, DAY)] if is_found else [])


def on_record(session, person, day, status="present", late_min=0):
    session.execute(
        text(
            "INSERT INTO day_records (person_id, day, unit_id, status, start_at, late_min, early_min, deduction_pct, lines, trace,"
            " evidence_hash, derived_at) SELECT :person, :day, unit_id, :status, :start, :late, 0, 0, '[]', '{}', '', :now"
            " FROM postings WHERE person_id = :person"
        ),
        {"person": person.id, "day": day, "status": status, "late": late_min, "now": NOW,
         "start": MORNING + timedelta(minutes=10) - (DAY - day)},
    )  # fmt: skip


@pytest.mark.parametrize(
    "minutes, late_s, late_min, is_found",
    [(9.5, 3600, 0, True), (10.5, 3600, 0, True), (8.5, 3600, 0, False), (9.5, 60, 0, False), (10.5, 3600, 1, False)],
    ids=["the last minute before", "the first of work", "earlier", "sent at once", "late"],
)
def test_arrivals_on_the_edge_that_were_sent_later_are_found_on_the_fourth_day(session, minutes, late_s, late_min, is_found):
    person = make.person(session)
    for back in range(4):
        at = MORNING + timedelta(minutes=minutes) - timedelta(days=back)
        came(session, person, back, Point(-8.6 - back / 100, 115.2), minutes=minutes, received_at=at + timedelta(seconds=late_s))
        on_record(session, person, DAY - timedelta(days=back), late_min=late_min)
    actions.scan_day(session, DAY, NOW)
    assert found(session, Kind.LIMIT_CLUSTER) == ([(person.id, DAY)] if is_found else [])


def test_a_check_in_on_a_day_of_leave_is_asked_about(session):
    away, there = make.person(session), make.person(session)
    for n, (person, status) in enumerate(((away, "leave"), (there, "present"))):
        came(session, person, 0, Point(-8.6 - n / 100, 115.2))
        on_record(session, person, DAY, status)
    actions.scan_day(session, DAY, NOW)
    assert found(session, Kind.PRESENT_ON_LEAVE) == [(away.id, DAY)]
