"""A day looked through twice is found out once, and only somebody who is no party to it decides."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from app import errors
from app.access import Actor, Grant, Role
from app.anomalies import actions
from app.anomalies import store as findings
from app.anomalies.rules import Kind, Status
from app.anomalies.store import Wording
from app.attendance import actions as attendance
from app.ledger.store import Leaf
from tests import make

DAY = date(2026, 1, 13)
NOW = datetime(2026, 1, 14, tzinfo=UTC)
# The time to reply is over.
HEARD = NOW + timedelta(days=15)
MORNING = datetime(2026, 1, 12, 23, 20, tzinfo=UTC)


def place(session, checkin, lat=-8.65, lon=115.22):
    """The report of a check-in, without its words."""
    session.execute(
        text("INSERT INTO checkin_reports VALUES (:id, 'jws', ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), '{}')"),
        {"id": checkin.id, "lat": lat, "lon": lon},
    )


def crowd(session, *people, minute=0, **at):
    """Everybody checks in at one coordinate."""
    for n, person in enumerate(people):
        place(session, make.checkin(session, person, "in", MORNING + timedelta(minutes=minute + n), DAY), **at)


def actor(person, *grants):
    return Actor(person.id, person.nip, person.name, tuple(Grant(role, path) for role, path in grants), make.uuid4())


@pytest.fixture
def office(session):
    """Three employees of one unit, their head, and an officer of another agency."""
    agency = make.unit(session)
    unit = make.unit(session, "DISHUB", agency)
    people = [make.person(session, unit) for _ in range(3)]
    head = make.person(session, agency)
    stranger = make.person(session, make.unit(session, "JATENG"))
    return {
        "people": people,
        "head": actor(head, (Role.SUPERVISOR, "BALI.DISHUB")),
        "stranger": actor(stranger, (Role.HR, "JATENG")),
        "auditor": actor(stranger, (Role.AUDITOR, "BALI")),
        "head_person": head,
    }


def found_in(session):
    return findings.list_reviewed(session, None, 100)


def test_scanning_twice_adds_nothing(session, office):
    crowd(session, *office["people"])
    assert actions.scan_day(session, DAY, NOW) == 3
    assert actions.scan_day(session, DAY, NOW) == 0
    assert {(one.person_id, one.kind, one.unit_code) for one in found_in(session)} == {
        (person.id, Kind.SHARED_COORDINATES, "DISHUB") for person in office["people"]
    }


def test_other_days_are_left_alone(session, office):
    crowd(session, *office["people"])
    assert actions.scan_day(session, DAY + timedelta(days=1), NOW) == 0


def test_a_dismissed_finding_stays_dismissed_until_its_evidence_changes(session, office):
    crowd(session, *office["people"])
    actions.scan_day(session, DAY, NOW)
    first = found_in(session)[0]
    decide(session, first, office["head"])
    assert actions.scan_day(session, DAY, NOW) == 0
    late = make.person(session, make.unit(session, "DISHUB"))
    crowd(session, late, minute=3)
    assert actions.scan_day(session, DAY, NOW) == 4
    stands = sorted((one.person_id, one.status) for one in found_in(session))
    mine = [status for person_id, status in stands if person_id == first.person_id]
    other = [status for person_id, status in stands if person_id not in (first.person_id, late.id)]
    assert sorted(mine) == [Status.DISMISSED, Status.OPEN]
    assert sorted(other) == [Status.OPEN, Status.OPEN, Status.SUPERSEDED, Status.SUPERSEDED]


def test_a_decision_is_a_leaf_of_the_ledger_without_the_words_of_its_reason(session, office):
    crowd(session, *office["people"])
    actions.scan_day(session, DAY, NOW)
    finding = found_in(session)[0]
    decided = actions.decide(session, finding.id, Wording("Mengaku", Status.UPHELD), office["head"], HEARD.date(), HEARD)
    assert (decided.status, decided.decided.reason, decided.decided.at) == (Status.UPHELD, "Mengaku", HEARD)
    [told] = make.told(session, "finding_decision")
    assert (told["subject"], told["answer"], told["reason"]) == (f"finding:{finding.id}", "uphold", "Mengaku")
    assert told["evidence"] == finding.evidence_hash
    assert "Mengaku" not in session.scalars(select(Leaf.entry).where(Leaf.kind == "finding_decision")).one()


def decide(session, finding, by, answer=Status.DISMISSED, now=NOW):
    return actions.decide(session, finding.id, Wording("Tidak cukup", answer), by, now.date(), now)


def test_nobody_decides_about_himself(session, office):
    crowd(session, *office["people"])
    actions.scan_day(session, DAY, NOW)
    finding = found_in(session)[0]
    person = next(person for person in office["people"] if person.id == finding.person_id)
    with pytest.raises(errors.Denied, match="own_decision"):
        decide(session, finding, actor(person, (Role.HR, "BALI")))


def test_nobody_decides_about_those_he_was_found_with(session, office):
    crowd(session, office["head_person"], *office["people"][:2])
    actions.scan_day(session, DAY, NOW)
    for finding in found_in(session):
        with pytest.raises(errors.Denied, match="own_decision"):
            decide(session, finding, office["head"])


def test_having_been_found_elsewhere_that_day_makes_nobody_a_party(session, office):
    crowd(session, *office["people"])
    unit = make.unit(session, "DISHUB")
    crowd(session, office["head_person"], make.person(session, unit), make.person(session, unit), lat=-8.7)
    actions.scan_day(session, DAY, NOW)
    about = next(one for one in found_in(session) if one.person_id == office["people"][0].id)
    assert decide(session, about, office["head"]).status is Status.DISMISSED


@pytest.mark.parametrize("by", ["stranger", "auditor"])
def test_to_others_there_is_nothing_to_decide(session, office, by):
    crowd(session, *office["people"])
    actions.scan_day(session, DAY, NOW)
    with pytest.raises(errors.NotFound, match="unknown_finding"):
        decide(session, found_in(session)[0], office[by])


def test_a_finding_is_decided_once(session, office):
    crowd(session, *office["people"])
    actions.scan_day(session, DAY, NOW)
    decide(session, found_in(session)[0], office["head"])
    with pytest.raises(errors.Conflict, match="finding_decided"):
        decide(session, found_in(session)[0], office["head"])


def test_one_refusal_does_not_hold_up_the_others(session, office):
    crowd(session, *office["people"])
    actions.scan_day(session, DAY, NOW)
    ids = [one.id for one in found_in(session)]
    decide(session, found_in(session)[0], office["head"])
    outcomes = actions.decide_all(
        session, [*ids, 999_999], Wording("Semua sama", Status.UPHELD), office["head"], HEARD.date(), HEARD
    )
    refused = [answered.refusal and answered.refusal.code for answered in outcomes]
    assert refused == ["finding_decided", None, None, "unknown_finding"]


def test_somebody_without_a_post_that_day_is_reviewed_where_he_checked_in(session, office):
    gone = make.person(session, make.unit(session, "DISHUB"), until=DAY)
    crowd(session, gone, *office["people"])
    assert actions.scan_day(session, DAY, NOW) == 4


@pytest.mark.parametrize("days", [[0, 0], [0, -20], [-20, 0], [0, 1], [0, -36]], ids=str)
def test_a_copy_of_a_phone_is_found_in_whatever_order_its_reports_come(session, office, days):
    person, other = office["people"][:2]
    when = [(MORNING + timedelta(days=day, hours=hours), DAY + timedelta(days=day)) for hours, day in enumerate(days)]
    one, two = (make.checkin(session, person, "in", *at, seq=9) for at in when)
    fresh = make.checkin(session, person, "in", MORNING, DAY, seq=10)
    theirs = make.checkin(session, other, "in", MORNING, DAY, seq=9)
    for n, checkin in enumerate([one, two, fresh, theirs]):
        place(session, checkin, lat=-8.65 + n)
    actions.scan_day(session, DAY, NOW)
    on_the_day = {str(checkin.id) for checkin in (one, two) if checkin.work_date == DAY}
    found = [one.evidence["checkins"] for one in found_in(session) if one.kind is Kind.FORKED_CHAIN]
    assert found == ([] if days[1] == -36 else [sorted(on_the_day)])


def test_two_people_with_one_installation_are_parties_to_what_is_found(session, office):
    one, two = office["people"][:2]
    for n, person in enumerate((one, two)):
        phone = make.device(session, person, installation_id="bersama")
        checkin = make.checkin(session, person, "in", MORNING + timedelta(minutes=n), DAY, device_id=phone.id)
        place(session, checkin, lat=-8.65 + n)
    actions.scan_day(session, DAY, NOW)
    assert {(found.kind, found.person_id) for found in found_in(session)} == {(Kind.SHARED_PHONE, p.id) for p in (one, two)}
    assert all(findings.is_party(session, found, person.id) for found in found_in(session) for person in (one, two))
    assert not findings.is_party(session, found_in(session)[0], office["people"][2].id)


def time_findings(session):
    return [(one.person_id, one.evidence["words"]) for one in found_in(session) if one.kind is Kind.TIME_UNCERTAIN]


def test_a_time_that_decides_the_day_and_is_not_proved_costs_nothing_and_is_found(session, office):
    """07:31:05, certain from 07:30:55 to 07:31:20: one per cent hangs on it. A second person's is certain enough."""
    first, second, third = office["people"]
    opens = datetime(2026, 1, 12, 23, 30, 55, tzinfo=UTC)
    for person, grade in ((first, "plausible"), (second, "verified")):
        taken_at = opens + timedelta(seconds=10)
        bracket = {"earliest_at": opens, "latest_at": opens + timedelta(seconds=25), "time_grade": grade}
        place(session, make.checkin(session, person, "in", taken_at, DAY, **bracket))
        place(session, make.checkin(session, person, "out", MORNING + timedelta(hours=9, minutes=20), DAY), lat=-8.66)
    # Kept until the end of work and sent then, for all that is known.
    place(session, make.checkin(session, third, "in", MORNING, DAY), lat=-8.67)
    at_the_end = MORNING + timedelta(hours=9, minutes=15)
    kept = {"earliest_at": MORNING + timedelta(hours=1), "time_grade": "unverified"}
    place(session, make.checkin(session, third, "out", at_the_end, DAY, **kept), lat=-8.67)
    closed = datetime(2026, 1, 14, 12, tzinfo=UTC)
    attendance.close_day(session, DAY, closed)
    charged = dict(session.execute(text("SELECT person_id, deduction_pct FROM day_records WHERE day = :day"), {"day": DAY}).all())
    assert [charged[person.id] for person in (first, second, third)] == [0, Decimal("0.5"), 0]
    actions.scan_day(session, DAY, closed)
    assert sorted(time_findings(session)) == [
        (first.id, {"times": 1, "least": "0", "most": "0.5"}),
        (third.id, {"times": 1, "least": "0", "most": "1.5"}),
    ]
    assert actions.scan_day(session, DAY, closed) == 0


def test_a_day_that_is_still_open_is_not_asked_about_its_times(session, office):
    taken_at = datetime(2026, 1, 12, 23, 31, 5, tzinfo=UTC)
    bracket = {"earliest_at": taken_at - timedelta(seconds=10), "time_grade": "plausible"}
    place(session, make.checkin(session, office["people"][0], "in", taken_at, DAY, **bracket))
    actions.scan_day(session, DAY, taken_at + timedelta(hours=2))
    assert time_findings(session) == []


def test_a_strong_signal_is_a_finding_and_a_mock_flag_alone_is_none(session, office):
    strong, weak, _ = office["people"]
    for n, (person, flags) in enumerate([(strong, ["fake_template"]), (weak, ["mock_location"])]):
        place(session, make.checkin(session, person, "in", MORNING, DAY, flags=flags), lat=-8.65 - n / 100)
    actions.scan_day(session, DAY, NOW)
    assert [(one.person_id, one.kind) for one in found_in(session)] == [(strong.id, Kind.SUSPECT_SIGNALS)]


def test_a_position_that_repeats_on_four_days_of_two_weeks_is_found_and_on_three_is_not(session, office):
    often, seldom, long_ago = office["people"]
    for person, days in ((often, (0, 1, 5, 13)), (seldom, (0, 1, 5)), (long_ago, (0, 1, 5, 14))):
        for back in days:
            at, day = MORNING - timedelta(days=back), DAY - timedelta(days=back)
            place(session, make.checkin(session, person, "in", at, day, flags=["replayed_fix"]), lat=-8.65 - person.id / 100)
    actions.scan_day(session, DAY, NOW)
    found = [(one.person_id, one.evidence["words"]) for one in found_in(session)]
    assert found == [(often.id, {"times": 1, "days": 4})]
