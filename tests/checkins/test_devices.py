"""Which phone's reports are taken: the one that was the person's when it signed, however late they arrive."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.checkins import store
from app.checkins.actions import ANCHOR_TYPE
from app.checkins.store.context import GATHER
from app.devices.store import AttestationPolicy
from tests import make
from tests.checkins.test_actions import MORNING, keyring, record
from tests.phones import Phone, enrolled

CHANGED = MORNING + timedelta(hours=1)


@pytest.fixture
def phones(session: Session) -> tuple[Phone, Phone]:
    """One person's old phone, replaced at CHANGED, and the new one."""
    store.make_partitions(session, date(2026, 1, 1), 4)
    make.site(session)
    person = make.person(session)
    old = enrolled(session, person, usable_until=CHANGED)
    return old, enrolled(session, person, usable_from=CHANGED)


def anchored(phone: Phone, at: datetime, minutes: int = 30):
    """A report of that instant that proves it by an anchor so many minutes older."""
    anchor = keyring().sign(ANCHOR_TYPE, {"now": (at - timedelta(minutes=minutes)).isoformat()})
    return phone.report(at, anchor=anchor, elapsed_ms=minutes * 60_000, boot_id="satu")


def outcome(session: Session, report, at: datetime) -> str:
    [answer] = record(session, report, at=at)
    return answer.get("code") or answer["status"]


def test_the_old_phone_is_taken_up_to_the_instant_the_new_one_is_and_not_one_moment_longer(session, phones) -> None:
    old, new = phones
    moment = timedelta(milliseconds=1)
    for at, of_old, of_new in [
        (CHANGED - moment, "stored", "device_not_active"),
        (CHANGED, "superseded_device", "stored"),
        (CHANGED + timedelta(days=1), "superseded_device", "stored"),
    ]:
        assert outcome(session, old.report(at), at) == of_old
        assert outcome(session, new.report(at), at) == of_new


@pytest.mark.parametrize("days", [0, 1, 30])
def test_what_the_old_phone_reported_before_counts_however_late_it_arrives(session, phones, days) -> None:
    old, _ = phones
    made = CHANGED - timedelta(minutes=20)
    assert outcome(session, anchored(old, made), CHANGED + timedelta(days=days, hours=1)) == "stored"
    assert session.scalars(select(store.Checkin.taken_at)).all() == [made]


def test_without_proof_that_it_was_before_it_is_too_late(session, phones) -> None:
    old, _ = phones
    assert outcome(session, old.report(CHANGED - timedelta(minutes=20)), CHANGED + timedelta(hours=1)) == "superseded_device"
    assert outcome(session, anchored(old, CHANGED + timedelta(minutes=1)), CHANGED + timedelta(hours=1)) == "superseded_device"


def test_a_replaced_phone_cannot_count_itself_back_behind_what_it_has_signed(session, phones) -> None:
    old, _ = phones
    assert outcome(session, anchored(old, CHANGED - timedelta(minutes=10)), CHANGED - timedelta(minutes=9)) == "stored"
    backdated = anchored(old, CHANGED - timedelta(hours=1))
    assert outcome(session, backdated, CHANGED + timedelta(hours=1)) == "superseded_device"


def test_holding_a_report_back_until_the_new_phone_is_usable_does_not_make_it_count(session, phones) -> None:
    _, new = phones
    assert outcome(session, anchored(new, CHANGED - timedelta(hours=2)), CHANGED + timedelta(hours=1)) == "device_not_active"


def test_a_revoked_key_is_refused_from_the_next_request_on_whatever_time_it_speaks_of(session, phones) -> None:
    old, _ = phones
    first = anchored(old, CHANGED - timedelta(hours=3))
    second = anchored(old, CHANGED - timedelta(hours=2))
    assert outcome(session, first, CHANGED) == "stored"
    session.execute(text("UPDATE devices SET status = 'revoked' WHERE id = :id"), {"id": old.device_id})
    assert outcome(session, second, CHANGED) == "revoked_device"
    assert outcome(session, first, CHANGED) == "stored"


@pytest.mark.parametrize(
    "other, shared",
    [
        ({}, True),
        ({"usable_until": MORNING + timedelta(seconds=1)}, True),
        ({"usable_until": MORNING}, False),
        ({"usable_from": MORNING + timedelta(seconds=1)}, False),
        ({"status": "pending"}, False),
        ({"status": "revoked"}, False),
        ({"installation_id": "lain"}, False),
    ],
    ids=str,
)
def test_one_installation_in_use_by_two_people_is_a_doubt_about_both_that_costs_neither(session: Session, other, shared) -> None:
    store.make_partitions(session, date(2026, 1, 1), 4)
    make.site(session)
    mine = enrolled(session, make.person(session), installation_id="satu")
    theirs = enrolled(session, make.person(session), **{"installation_id": "satu", **other})
    [answer] = record(session, mine.report(MORNING))
    assert ("signal_shared_device" in [reason["code"] for reason in answer["reasons"]]) is shared
    assert (answer["verdict"], answer["counts"]) == ("doubtful" if shared else "accepted", True)
    if shared:
        [answer] = record(session, theirs.report(MORNING))
        assert "signal_shared_device" in [reason["code"] for reason in answer["reasons"]]


def test_a_persons_own_second_key_on_the_installation_is_no_doubt(session: Session) -> None:
    store.make_partitions(session, date(2026, 1, 1), 4)
    make.site(session)
    person = make.person(session)
    make.device(session, person, installation_id="satu", usable_until=MORNING - timedelta(hours=1))
    phone = enrolled(session, person, installation_id="satu", usable_from=MORNING - timedelta(hours=1))
    [answer] = record(session, phone.report(MORNING))
    assert answer["verdict"] == "accepted"


@pytest.mark.parametrize(
    "policy, tier, noted",
    [
        (None, "none", False),
        ("ignore", "none", False),
        ("note", "none", True),
        ("note", "software", True),
        ("note", "hardware", False),
        ("required", "strong", False),
        ("required", "none", True),
    ],
)
def test_an_agency_that_asks_has_a_note_on_check_ins_of_phones_that_prove_nothing(session: Session, policy, tier, noted) -> None:
    store.make_partitions(session, date(2026, 1, 1), 4)
    agency, other = make.unit(session), make.unit(session, "JATENG")
    make.site(session, agency)
    person = make.person(session, make.unit(session, "DISHUB", agency))
    phone = enrolled(session, person)
    session.execute(text("UPDATE devices SET attestation_tier = :tier"), {"tier": tier})
    for unit, asks in ((agency, policy), (other, "required")):
        if asks is not None:
            session.add(AttestationPolicy(agency_id=unit.id, policy=asks, decided_by=person.id, decided_at=MORNING))
    session.flush()
    [answer] = record(session, phone.report(MORNING))
    assert ("signal_unproved_device" in [reason["code"] for reason in answer["reasons"]]) is noted
    assert (answer["verdict"], answer["counts"]) == ("accepted", True)


def test_looking_for_somebody_elses_phone_does_not_read_everybodys(session: Session) -> None:
    """The index that keeps two phones of one person apart also answers "not this person", with every phone there is."""
    session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    session.connection().exec_driver_sql(f"PREPARE gather_explained AS {GATHER}")
    ids = f", '{UUID(int=0)}'" * 4
    plan = session.connection().exec_driver_sql(f"EXPLAIN EXECUTE gather_explained ('[]'{ids})").scalars().all()
    session.connection().exec_driver_sql("DEALLOCATE gather_explained")
    assert any("ix_devices_installation_id" in line for line in plan)
    assert not any("ex_devices_one_in_use" in line for line in plan)
