"""Keeping check-ins: once, whole, in the law of their day, and with the same answer for ever."""

from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import jws
from app.checkins import actions, store
from app.checkins.rules.report import Report
from app.config import var
from tests import make
from tests.phones import INSIDE, Phone, enrolled

# Tuesday 10 March 2026, 07:25 in Bali.
MORNING = datetime(2026, 3, 9, 23, 25, tzinfo=UTC)
NORTH_80_M = (INSIDE[0] + 0.00127, INSIDE[1])
NORTH_400_M = (INSIDE[0] + 0.0042, INSIDE[1])


@pytest.fixture
def phone(session: Session) -> Phone:
    """The phone of somebody with an office of 60 m radius."""
    store.make_partitions(session, date(2026, 1, 1), 4)
    person = make.person(session)
    make.site(session)
    return enrolled(session, person)


def keyring() -> jws.Keyring:
    return jws.keyring(var("keys"))


def record(session: Session, *reports: Report, at: datetime = MORNING) -> list[dict]:
    """The answers as the phone reads them; a refusal shows as its code."""
    outcomes = actions.record_all(session, [actions.Arrival(report, at, "id") for report in reports], keyring())
    return [orjson.loads(one) if isinstance(one, str) else {"code": one.code} for one in outcomes]


def test_a_check_in_inside_the_office_is_accepted_and_counts(session: Session, phone: Phone) -> None:
    [answer] = record(session, phone.report(MORNING))
    assert answer["status"] == "stored"
    assert (answer["verdict"], answer["counts"], answer["next"]) == ("accepted", True, "out")
    assert answer["site"] == {"code": "KANTOR", "name": "Kantor KANTOR"}
    assert answer["p_inside"] > 0.95 and answer["distance_m"] == 0
    assert answer["work_date"] == "2026-03-10"
    assert answer["reasons"][0]["code"] == "place_inside"


@pytest.mark.parametrize(
    "place, accuracy_m, verdict, reason",
    [
        (INSIDE, 10, "accepted", "place_inside"),
        (INSIDE, 65, "doubtful", "place_unsure"),
        (NORTH_80_M, 65, "doubtful", "place_near"),
        (NORTH_80_M, 2, "rejected", "place_outside"),
        (NORTH_400_M, 20, "rejected", "place_outside"),
        (NORTH_400_M, 5000, "rejected", "place_too_coarse"),
    ],
    ids=str,
)
def test_the_verdict_follows_the_place(
    session: Session, phone: Phone, place: tuple[float, float], accuracy_m: float, verdict: str, reason: str
) -> None:
    [answer] = record(session, phone.report(MORNING, place=place, accuracy_m=accuracy_m))
    assert (answer["verdict"], answer["reasons"][0]["code"]) == (verdict, reason)
    assert answer["counts"] is (verdict != "rejected")
    assert answer["next"] == ("in" if verdict == "rejected" else "out")


def test_postgis_and_the_integral_agree_about_a_fix_on_the_fence(session: Session, phone: Phone) -> None:
    """A long straight side looks the same to both: half."""
    session.execute(
        text(
            "INSERT INTO site_versions (site_id, version, outline, valid_from, lint) SELECT site_id, 2,"
            " ST_Multi(ST_MakeEnvelope(115.21, -8.65, 115.23, -8.60, 4326)), valid_from, '{}' FROM site_versions"
        )
    )
    [answer] = record(session, phone.report(MORNING, place=(-8.65, 115.22), accuracy_m=10))
    assert answer["p_inside"] == pytest.approx(0.5, abs=1e-3)


def test_a_person_may_use_the_sites_of_every_posting_and_every_unit_above(session: Session) -> None:
    store.make_partitions(session, date(2026, 1, 1), 4)
    agency = make.unit(session)
    left, right = make.unit(session, "KIRI", agency), make.unit(session, "KANAN", agency)
    make.site(session, left, code="KIRI")
    make.site(session, right, code="KANAN", lat=-8.70)
    make.site(session, agency, code="INDUK", lat=-8.75)
    person = make.person(session, unit=left)
    phone = enrolled(session, person)
    places = {"KIRI": (-8.65, 115.22), "KANAN": (-8.70, 115.22), "INDUK": (-8.75, 115.22)}
    found = {code: record(session, phone.report(MORNING, place=place))[0]["counts"] for code, place in places.items()}
    assert found == {"KIRI": True, "KANAN": False, "INDUK": True}
    make.secondary(session, person, right)
    assert record(session, phone.report(MORNING, place=places["KANAN"]))[0]["counts"]


def test_a_site_is_judged_by_the_version_of_that_instant(session: Session, phone: Phone) -> None:
    session.execute(
        text(
            "INSERT INTO site_versions (site_id, version, outline, valid_from, lint) SELECT site_id, 2,"
            " ST_Translate(outline, 1, 0), :moved, '{}' FROM site_versions"
        ),
        {"moved": MORNING + timedelta(hours=1)},
    )
    assert record(session, phone.report(MORNING))[0]["counts"]
    later = MORNING + timedelta(hours=2)
    assert not record(session, phone.report(later), at=later)[0]["counts"]


def test_sending_again_gives_the_first_answer_to_the_byte_whatever_changed_since(session: Session, phone: Phone) -> None:
    report = phone.report(MORNING)
    first = actions.record_all(session, [actions.Arrival(report, MORNING, "id")], keyring())
    session.execute(text("UPDATE devices SET status = 'revoked'"))
    keyring().rotate()
    later = MORNING + timedelta(days=90)
    assert actions.record_all(session, [actions.Arrival(report, later, "en")], keyring()) == first
    assert session.scalar(select(func.count()).select_from(store.Checkin)) == 1
    assert session.scalar(select(func.count()).select_from(store.CheckinReplay)) == 1


def test_an_id_used_for_another_payload_is_a_conflict_and_the_first_stays(session: Session, phone: Phone) -> None:
    first = phone.report(MORNING)
    other = phone.report(MORNING, "out", id=str(first.id))
    assert record(session, first)[0]["status"] == "stored"
    assert record(session, other) == [{"code": "id_conflict"}]
    assert session.scalars(select(store.Checkin.direction)).all() == ["in"]


def test_one_batch_may_hold_the_same_check_in_twice_and_a_conflict(session: Session, phone: Phone) -> None:
    first = phone.report(MORNING)
    other = phone.report(MORNING, "out", id=str(first.id))
    one, two, three = record(session, first, first, other)
    assert one == two and one["status"] == "stored"
    assert three == {"code": "id_conflict"}


def refused(phone: Phone, session: Session) -> dict[str, Report]:
    """Every way a check-in can be nobody's."""
    stranger = Phone(phone.nip)
    thief = Phone(phone.nip)
    other = enrolled(session, make.person(session))
    pending = enrolled(session, make.person(session), status="pending")
    revoked = enrolled(session, make.person(session), status="revoked")
    cooling = enrolled(session, make.person(session), usable_from=MORNING + timedelta(hours=1))
    return {
        "device_not_enrolled": stranger.report(MORNING),
        "bad_signature": thief.report(MORNING, header={"kid": phone.device_id}),
        "other_persons_device": other.report(MORNING, nip=phone.nip),
        "revoked_device": revoked.report(MORNING),
        "device_not_active": pending.report(MORNING),
        "device_not_active ": cooling.report(MORNING),
        "id_out_of_window": phone.report(MORNING - timedelta(days=35, minutes=1)),
        "id_out_of_window ": phone.report(MORNING + timedelta(minutes=6)),
        "id_out_of_window  ": phone.report(MORNING, id="6ba7b810-9dad-41d1-80b4-00c04fd430c8"),
    }


def test_each_refusal_has_its_code_and_keeps_nothing(session: Session, phone: Phone) -> None:
    reports = refused(phone, session)
    answers = record(session, *reports.values())
    assert [answer["code"] for answer in answers] == [code.strip() for code in reports]
    assert session.scalar(select(func.count()).select_from(store.Checkin)) == 0


def test_an_id_is_taken_to_the_edge_of_its_window(session: Session, phone: Phone) -> None:
    edges = [MORNING - timedelta(days=34, hours=23), MORNING + timedelta(minutes=5)]
    assert [answer["status"] for answer in record(session, *(phone.report(at) for at in edges))] == ["stored", "stored"]


@pytest.mark.parametrize("poisoned_at", range(4))
def test_a_poison_item_at_any_position_leaves_the_others_stored(session: Session, phone: Phone, poisoned_at: int) -> None:
    reports = [phone.report(MORNING + timedelta(seconds=second)) for second in range(3)]
    reports.insert(poisoned_at, Phone(phone.nip).report(MORNING))
    answers = record(session, *reports)
    assert [answer.get("status", answer.get("code")) for answer in answers] == [
        "device_not_enrolled" if at == poisoned_at else "stored" for at in range(4)
    ]


def test_an_unexpected_error_while_judging_is_a_retry_and_keeps_nothing_of_that_item(session: Session, phone: Phone) -> None:
    broken = make.unit(session, "RUSAK", decree="no-such-decree")
    victim = enrolled(session, make.person(session, unit=broken))
    answers = record(session, phone.report(MORNING), victim.report(MORNING), phone.report(MORNING))
    assert [answer.get("status", answer.get("code")) for answer in answers] == ["stored", "checkin_retry", "stored"]
    assert session.scalar(select(func.count()).select_from(store.Checkin)) == 2


def test_without_an_anchor_the_arrival_is_the_time_and_the_phones_clock_moves_nothing(session: Session, phone: Phone) -> None:
    lying = phone.report(MORNING, claimed_at=(MORNING - timedelta(hours=20)).isoformat())
    [answer] = record(session, lying)
    assert answer["taken_at"] == "2026-03-09T23:25:00.000Z" == answer["latest_at"]
    assert (answer["time_grade"], answer["earliest_at"]) == ("unverified", "2026-01-05T00:00:00.000Z")
    # A clock that was right and a report that was late look the same.
    assert "signal_clock_skew" not in [reason["code"] for reason in answer["reasons"]]
    assert answer["counts"]


def test_with_an_anchor_a_late_delivery_keeps_the_time_it_was_made(session: Session, phone: Phone) -> None:
    anchored = MORNING - timedelta(minutes=10)
    anchor = keyring().sign(actions.ANCHOR_TYPE, {"now": anchored.isoformat(), "nonce": "x"})
    report = phone.report(MORNING, anchor=anchor, elapsed_ms=600_000, boot_id="one")
    [answer] = record(session, report, at=MORNING + timedelta(days=2))
    assert answer["taken_at"] == "2026-03-09T23:25:00.000Z"
    assert answer["earliest_at"] < answer["taken_at"] < answer["latest_at"]
    assert (answer["time_grade"], answer["work_date"]) == ("verified", "2026-03-10")


def test_an_anchor_signed_by_somebody_else_is_no_anchor(session: Session, phone: Phone, tmp_path) -> None:
    anchor = jws.Keyring(tmp_path).sign(actions.ANCHOR_TYPE, {"now": MORNING.isoformat(), "nonce": "x"})
    [answer] = record(session, phone.report(MORNING, anchor=anchor, elapsed_ms=0), at=MORNING + timedelta(hours=1))
    assert answer["time_grade"] == "unverified"


def test_a_guards_check_out_at_dawn_belongs_to_the_shift_of_the_evening_before(session: Session, phone: Phone) -> None:
    make.roster(session, phone.nip, date(2026, 3, 9), starts="22:00", ends="06:00")
    dawn = datetime(2026, 3, 9, 22, 5, tzinfo=UTC)
    [answer] = record(session, phone.report(dawn, "out"), at=dawn)
    assert answer["work_date"] == "2026-03-09"


def test_a_mock_flag_makes_an_accepted_check_in_doubtful_and_it_still_counts(session: Session, phone: Phone) -> None:
    [answer] = record(session, phone.report(MORNING, fix={"is_mock": True}))
    assert (answer["verdict"], answer["counts"]) == ("doubtful", True)
    assert session.scalars(select(store.Checkin.flags)).one() == ["mock_location"]


def test_a_stale_fix_is_kept_and_does_not_count(session: Session, phone: Phone) -> None:
    [answer] = record(session, phone.report(MORNING, fix={"age_ms": 61_000}))
    assert (answer["verdict"], answer["reasons"][0]["code"]) == ("rejected", "stale_fix")


def test_the_receipt_and_the_ledger_hold_what_was_answered(session: Session, phone: Phone) -> None:
    report = phone.report(MORNING)
    [answer] = record(session, report)
    receipt = keyring().opened(answer["receipt"], "receipt+jws")
    [(entry, hashed)] = session.execute(
        text("SELECT entry, leaf_hash FROM ledger_leaves WHERE subject = :id"), {"id": answer["id"]}
    )
    assert receipt["payload_hash"] == jws.b64(report.payload_hash)
    assert receipt["leaf_hash"] == jws.b64(bytes(hashed))
    assert (receipt["verdict"], receipt["received_at"]) == (answer["verdict"], answer["received_at"])
    assert phone.nip not in entry and "115.2" not in entry


def test_a_kept_check_in_cannot_be_changed_or_removed(session: Session, phone: Phone) -> None:
    record(session, phone.report(MORNING))
    for statement in (
        "UPDATE checkins SET counts = false",
        "DELETE FROM checkins",
        "TRUNCATE checkins",
        "DELETE FROM checkin_reports",
    ):
        with pytest.raises(Exception, match="permission denied|written once"), session.begin_nested():
            session.execute(text(statement))


def test_a_person_posted_nowhere_is_heard_and_does_not_count(session: Session) -> None:
    store.make_partitions(session, date(2026, 1, 1), 4)
    former = enrolled(session, make.person(session, until=date(2026, 1, 31)))
    [answer] = record(session, former.report(MORNING))
    assert (answer["status"], answer["verdict"], answer["reasons"][0]["code"]) == ("stored", "rejected", "no_site")


@pytest.mark.parametrize(("until", "reason"), [(date(2026, 3, 11), "place_inside"), (date(2026, 3, 10), "no_site")], ids=str)
def test_the_last_day_of_a_posting_is_the_day_before_it_ends(session: Session, until: date, reason: str) -> None:
    store.make_partitions(session, date(2026, 1, 1), 4)
    make.site(session)
    leaving = enrolled(session, make.person(session, until=until))
    [answer] = record(session, leaving.report(MORNING))
    assert answer["reasons"][0]["code"] == reason


def anchored_at(at: datetime, **named: str) -> str:
    return keyring().sign(actions.ANCHOR_TYPE, {"now": at.isoformat(), "nonce": "x", **named})


def test_an_anchor_made_for_another_boot_or_phone_leaves_only_the_arrival(session: Session, phone: Phone) -> None:
    noon = MORNING + timedelta(hours=4)
    for named, grade in (({}, "verified"), ({"boot": "one", "device": phone.device_id}, "verified"),
                         ({"boot": "two"}, "unverified"), ({"device": "another"}, "unverified")):  # fmt: skip
        report = phone.report(MORNING, anchor=anchored_at(MORNING, **named), elapsed_ms=0, boot_id="one")
        [answer] = record(session, report, at=noon)
        assert answer["time_grade"] == grade
        assert (answer["taken_at"] == answer["received_at"]) is (grade == "unverified")


def test_a_collected_anchor_brings_nobody_back_to_the_morning(session: Session, phone: Phone) -> None:
    """Signed at 07:25 and kept; the phone reports at 10:00, then claims 07:25 with the old anchor."""
    ten = MORNING + timedelta(hours=2, minutes=35)
    honest = phone.report(ten, anchor=anchored_at(ten), elapsed_ms=0, boot_id="one")
    lying = phone.report(ten, anchor=anchored_at(MORNING), elapsed_ms=0, boot_id="one")
    first, second = record(session, lying, honest, at=ten + timedelta(minutes=5))
    assert (second["time_grade"], second["taken_at"]) == ("verified", "2026-03-10T02:00:00.000Z")
    assert (first["time_grade"], first["taken_at"]) == ("unverified", "2026-03-10T02:05:00.000Z")
    assert first["earliest_at"] >= second["earliest_at"]


def test_a_time_that_is_not_believed_is_judged_by_the_calendar_of_the_arrival(session: Session, phone: Phone) -> None:
    """Claimed for a Tuesday, arrived on a Saturday on which the guard works."""
    make.roster(session, phone.nip, date(2026, 3, 14), starts="07:00", ends="15:00")
    saturday = datetime(2026, 3, 13, 23, 10, tzinfo=UTC)
    record(session, phone.report(saturday, anchor=anchored_at(saturday), elapsed_ms=0, boot_id="one"), at=saturday)
    lying = phone.report(MORNING, anchor=anchored_at(MORNING), elapsed_ms=0, boot_id="one")
    [answer] = record(session, lying, at=saturday + timedelta(minutes=1))
    assert answer["work_date"] == "2026-03-14"
    assert "outside_hours" not in [reason["code"] for reason in answer["reasons"]]


def test_each_is_judged_in_the_order_of_its_chain_whatever_the_order_in_the_request(session: Session, phone: Phone) -> None:
    here, there = {}, {"lat": -8.10, "lon": 115.09}
    chain = [
        phone.report(
            MORNING + timedelta(minutes=5 * n), anchor=anchored_at(MORNING), elapsed_ms=300_000 * n, boot_id="one", fix=fix
        )
        for n, fix in enumerate((here, there, here))
    ]
    answers = record(session, *reversed(chain), at=MORNING + timedelta(hours=1))
    flown = ["signal_impossible_travel" in [reason["code"] for reason in answer["reasons"]] for answer in answers]
    assert flown == [True, True, False]
    rows = session.execute(select(store.Checkin.id, store.Checkin.earlier_id).order_by(store.Checkin.seq)).all()
    assert [row.earlier_id for row in rows] == [None, rows[0].id, rows[1].id]


def test_the_check_in_before_is_found_across_months_and_is_never_a_later_one(session: Session, phone: Phone) -> None:
    eve = datetime(2026, 2, 27, 8, 30, tzinfo=UTC)
    first = phone.report(eve, "out", anchor=anchored_at(eve), elapsed_ms=0, boot_id="one")
    late = phone.report(MORNING, anchor=anchored_at(MORNING), elapsed_ms=0, boot_id="one")
    newest = phone.report(MORNING + timedelta(hours=9), "out", anchor=anchored_at(MORNING), elapsed_ms=9 * 3_600_000, boot_id="one")
    for report in (first, newest, late):
        record(session, report, at=MORNING + timedelta(hours=10))
    rows = dict(session.execute(select(store.Checkin.id, store.Checkin.earlier_id)).all())
    assert (rows[first.id], rows[newest.id], rows[late.id]) == (None, first.id, first.id)
