"""Check-ins under assignment letters: at the sites they name, without a place, at their hours; and what the phone sees of them."""

import json
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app import db
from app.assignments import store as assignments
from app.assignments.rules import LetterKind, PlaceRule
from app.checkins.actions.today import today_of
from app.checkins.rules.evidence import reread
from app.checkins.rules.place import best_fix
from app.checkins.rules.signed import opened
from app.checkins.rules.timing import timing_of
from app.checkins.rules.verdict import weigh
from app.checkins.store.context import GATHER
from app.geo import Point
from tests import make
from tests.checkins.test_actions import MORNING, NORTH_400_M, anchored_at, phone, record
from tests.checkins.test_recomputed import FAR, T1
from tests.phones import INSIDE, Phone

assert phone  # the fixture

TUESDAY = date(2026, 3, 10)
HOTEL = (-8.70, 115.26)


def local(clock: str, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo("Asia/Makassar")).astimezone(UTC)


class Sent:
    """Somebody with a phone, and an officer who sends him places."""

    def __init__(self, session: Session, phone: Phone):
        self.session, self.phone = session, phone
        self.person, self.officer = make.find_person(session, phone.nip), make.person(session)

    def letter(self, *named, first_day: date = TUESDAY, **terms) -> int:
        return make.letter(self.session, self.officer, *(named or (self.person,)), first_day=first_day, **terms)

    def number(self, letter_id: int) -> str:
        return self.session.scalar(text("SELECT number FROM assignment_letters WHERE id = :id"), {"id": letter_id})

    def hotel(self) -> int:
        """A site of nobody's unit."""
        version = make.site(self.session, code="HOTEL", lat=HOTEL[0], lon=HOTEL[1])
        self.session.execute(text("DELETE FROM site_units WHERE site_id = (SELECT id FROM sites WHERE code = 'HOTEL')"))
        return version

    def says(self, at: datetime = MORNING, direction: str = "in", **made) -> tuple[str, bool, list[str]]:
        timed = {"anchor": anchored_at(at), "elapsed_ms": 0, "boot_id": "one"}
        [answer] = record(self.session, self.phone.report(at, direction, **timed, **made), at=at)
        self.answer = answer
        return answer["verdict"], answer["counts"], [reason["code"] for reason in answer["reasons"]]


@pytest.fixture
def sent(session: Session, phone: Phone) -> Sent:
    return Sent(session, phone)


def test_at_a_site_that_a_letter_names_the_named_are_accepted_and_told_by_which(session: Session, sent: Sent) -> None:
    other = make.person(session)
    sent.letter(other, sites=[sent.hotel()])
    assert sent.says(place=HOTEL)[:2] == ("rejected", False)
    letter_id = sent.letter(sites=[session.scalar(text("SELECT max(id) FROM site_versions"))])
    assert sent.says(MORNING + timedelta(minutes=1), place=HOTEL) == ("accepted", True, ["place_inside", "site_by_letter"])
    assert sent.answer["site"]["code"] == "HOTEL" and sent.number(letter_id) in sent.answer["reasons"][1]["message"]
    assert sent.says(MORNING + timedelta(hours=2), place=INSIDE)[2] == ["place_inside"]


@pytest.mark.parametrize(("n", "verdict"), [(-1, "rejected"), (0, "accepted"), (1, "accepted"), (2, "rejected")])
def test_its_sites_count_on_its_days_only(sent: Sent, n: int, verdict: str) -> None:
    sent.letter(last_day=TUESDAY + timedelta(days=1), sites=[sent.hotel()])
    assert sent.says(MORNING + timedelta(days=n), place=HOTEL)[0] == verdict


def test_the_morning_after_a_night_under_a_letter_is_still_its_day(sent: Sent) -> None:
    sent.letter(sites=[sent.hotel()], starts=time(22), ends=time(6))
    sent.says(local("21:50"), place=HOTEL)
    assert sent.answer["work_date"] == "2026-03-10" and sent.answer["verdict"] == "accepted"
    sent.says(local("06:05", TUESDAY + timedelta(days=1)), "out", place=HOTEL)
    assert (sent.answer["work_date"], sent.answer["verdict"], sent.answer["next"]) == ("2026-03-10", "accepted", None)
    assert sent.says(local("07:25", TUESDAY + timedelta(days=1)), place=HOTEL)[0] == "rejected"


@pytest.mark.parametrize(
    "made",
    [{"place": NORTH_400_M}, {"place": NORTH_400_M, "accuracy_m": 5000}, {"fix": {"age_ms": 900_000}}, {"fix": {"accuracy_m": 0}}],
    ids=["elsewhere", "coarse", "stale", "no accuracy"],
)
def test_under_a_letter_for_anywhere_no_place_is_asked_for_and_the_reason_names_it(sent: Sent, made) -> None:
    letter_id = sent.letter(kind=LetterKind.HOME, place=PlaceRule.ANYWHERE)
    assert sent.says(**made) == ("accepted", True, ["place_by_letter"])
    assert sent.number(letter_id) in sent.answer["reasons"][0]["message"]
    assert (sent.answer["site"], sent.answer["p_inside"], sent.answer["distance_m"]) == (None, None, None)


def test_who_is_surely_at_the_office_is_there_also_under_a_letter_for_anywhere(sent: Sent) -> None:
    sent.letter(place=PlaceRule.ANYWHERE)
    assert sent.says() == ("accepted", True, ["place_inside"])


def test_a_letter_never_lifts_what_signals_say(sent: Sent) -> None:
    sent.letter(place=PlaceRule.ANYWHERE)
    sent.says(fix=T1)
    verdict, counts, reasons = sent.says(MORNING + timedelta(minutes=10), fix={**T1, **FAR})
    assert (verdict, counts) == ("rejected", False) and {"place_by_letter", "signals_held"} <= set(reasons)


def test_a_letter_withdrawn_or_not_yet_approved_for_its_issuer_allows_nothing(session: Session, sent: Sent) -> None:
    own = make.letter(session, sent.person, sent.person, first_day=TUESDAY, place=PlaceRule.ANYWHERE)
    assert sent.says(place=NORTH_400_M)[0] == "rejected"
    assignments.add_approval(session, own, sent.officer.id, MORNING)
    assert sent.says(MORNING + timedelta(minutes=1), place=NORTH_400_M)[0] == "accepted"
    assignments.add_withdrawal(session, own, TUESDAY, "Batal", sent.officer.id, MORNING)
    assert sent.says(MORNING + timedelta(minutes=2), place=NORTH_400_M)[0] == "rejected"


def test_an_auditor_comes_to_the_same_verdicts_from_what_was_kept(session: Session, sent: Sent) -> None:
    sent.letter(sites=[sent.hotel()])
    sent.letter(first_day=TUESDAY + timedelta(days=1), place=PlaceRule.ANYWHERE, starts=time(9), ends=time(12))
    sent.says(place=HOTEL)
    sent.says(MORNING + timedelta(days=1), place=NORTH_400_M)
    kept = session.execute(
        text(
            "SELECT jws, evidence, verdict, work_date, site_version_id"
            " FROM checkins JOIN checkin_reports USING (id) ORDER BY checkins.id"
        )
    ).all()
    outlines = {
        version: json.loads(drawn)
        for version, drawn in session.execute(text("SELECT id, ST_AsGeoJSON(outline, 9) FROM site_versions"))
    }
    assert len(kept) == 2
    for row in kept:
        report, known = opened(row.jws), json.loads(row.evidence)
        earlier_at = Point(HOTEL[0], HOTEL[1]) if known["context"]["earlier"] else None
        evidence = reread(row.evidence, outlines, earlier_at)
        timing = timing_of(report, None, evidence.received_at, evidence.context.earlier, evidence.enrolled_at)
        again = weigh(report, best_fix(report.fixes), timing, evidence.context, evidence.doors)
        version = again.place.site.version_id if again.place.site else None
        assert (again.outcome, again.work_date, version) == (row.verdict, row.work_date, row.site_version_id)


def test_the_phone_sees_the_letters_of_the_day_their_sites_and_their_hours(session: Session, sent: Sent) -> None:
    hotel = sent.hotel()
    letter_id = sent.letter(sites=[hotel], starts=time(9), ends=time(12))
    sent.letter(first_day=TUESDAY + timedelta(days=1), sites=[hotel])
    today = today_of(session, sent.person.id, local("08:50"))
    assert [letter.id for letter in today.letters] == [letter_id]
    assert [site.code for site in today.sites] == ["HOTEL", "KANTOR"]
    assert (today.shift.start_at, today.shift.end_at) == (local("09:00"), local("12:00"))
    plain = today_of(session, sent.officer.id, local("08:50"))
    assert (plain.letters, [site.code for site in plain.sites]) == ((), ["KANTOR"])


def test_gathering_reads_no_letter_that_is_over(database: Engine) -> None:
    """The night's and the phone's way to a person's letters is by his last days: a thousand old ones cost nothing."""
    with db.transaction() as session:
        person, officer = make.person(session), make.person(session)
        for n in range(400):
            make.letter(session, officer, person, first_day=date(2024, 1, 1) + timedelta(days=n), place=PlaceRule.ANYWHERE)
        others = [make.person(session) for _ in range(200)]
        make.letter(session, officer, *others, first_day=TUESDAY, place=PlaceRule.ANYWHERE)
        held = make.letter(session, officer, person, first_day=TUESDAY, place=PlaceRule.ANYWHERE)
        phone = Phone(person.nip)
        make.device(session, person, key=phone.key)
    asked = {
        "at": 0, "id": str(UUID(int=1)), "device": phone.device_id, "lat": None, "lon": None, "near_m": None,
        "taken_at": MORNING.isoformat(), "seq": 1,
    }  # fmt: skip
    with database.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
        connection.exec_driver_sql(f"PREPARE gathered AS {GATHER}")
        ids = f", '{asked['id']}'" * 4
        execute = f"EXECUTE gathered('{json.dumps([asked])}'{ids})"
        row = connection.exec_driver_sql(execute).one()
        assert [letter["id"] for letter in json.loads(row[-1])] == [held]
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {execute}").scalar_one()
    reads = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") in ("letter_people", "assignment_letters")]
    assert reads and max(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in reads) <= 2, json.dumps(reads)


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
