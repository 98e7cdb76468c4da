"""What a person should know without asking: what others did, and the check-in that is due until it is made."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.access import Role
from app.checkins.rules.report import Direction
from app.inbox import actions
from app.inbox.rules import BEFORE_START, Reminder, Shift, reminder_of
from app.texts import catalogue
from tests import make

START, END, CLOSES = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (0, 8, 12))
SHIFT = Shift(START, END, CLOSES)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "awaited, now, due",
    [
        (Direction.IN, START - BEFORE_START - SECOND, None),
        (Direction.IN, START - BEFORE_START, Reminder(Direction.IN, START)),
        (Direction.IN, END - SECOND, Reminder(Direction.IN, START)),
        (Direction.IN, END, None),
        (Direction.OUT, END - SECOND, None),
        (Direction.OUT, END, Reminder(Direction.OUT, END)),
        (Direction.OUT, CLOSES - SECOND, Reminder(Direction.OUT, END)),
        (Direction.OUT, CLOSES, None),
        (None, END, None),
    ],
)
def test_a_reminder_follows_the_shift_and_stops_when_it_is_done(awaited, now, due) -> None:
    assert reminder_of(SHIFT, awaited, False, now) == due
    assert reminder_of(SHIFT, awaited, True, now) is None
    assert reminder_of(None, awaited, False, now) is None


class World:
    def __init__(self, session, client, sign_in):
        self.session, self.client, self.sign_in = session, client, sign_in
        self.bali = make.unit(session)
        make.site(session)
        self.person = make.person(session)
        self.hr, self.supervisor = self.holder(Role.HR), self.holder(Role.SUPERVISOR)

    def holder(self, role):
        person = make.person(self.session, self.bali)
        make.grant(self.session, person, role, self.bali)
        return person

    def do(self, person, method, path, body=None):
        answer = self.client.open(f"/v1{path}", method=method, json=body, headers=self.sign_in(person.id))
        assert answer.status_code < 300, answer.text
        return answer.json

    def codes(self, person=None):
        return [one["code"] for one in self.do(person or self.person, "GET", "/me/inbox")["items"]]


@pytest.fixture
def world(session, client, sign_in) -> World:
    return World(session, client, sign_in)


def test_each_answer_to_leave_is_told_to_its_person_and_nobody_else(world) -> None:
    day = (clock.now() + timedelta(days=30)).date()
    wish = {"kind": "annual", "first_day": str(day), "last_day": str(day), "reason": "Upacara"}
    leave = world.do(world.person, "POST", "/me/leaves", wish)["id"]
    assert world.codes() == []
    for by, reason in ((world.supervisor, "Silakan"), (world.hr, "Sesuai kuota")):
        world.do(by, "POST", f"/leaves/{leave}/decision", {"decision": "approve", "reason": reason})
    assert sorted(world.codes()) == ["leave_approve", "leave_approve_first"]
    [told] = [one for one in world.do(world.person, "GET", "/me/inbox")["items"] if one["code"] == "leave_approve"]
    assert told["about"] == f"leave:{leave}" and str(day) in told["message"] and "Sesuai kuota" in told["message"]
    assert world.codes(world.hr) == world.codes(world.supervisor) == []
    world.do(world.person, "POST", f"/me/leaves/{leave}/cuts", {"from_day": str(day), "reason": "Batal"})
    assert "leave_cut" not in world.codes()  # one's own act is no news


def test_letters_that_name_oneself_are_told_and_their_end_too(world) -> None:
    day = str((clock.now() + timedelta(days=3)).date())
    letter = {"unit": "BALI", "number": "800/1", "kind": "home", "purpose": "Dari rumah", "first_day": day, "last_day": day}
    made = world.do(world.hr, "POST", "/assignment-letters", {**letter, "place": "anywhere", "people": [world.person.nip]})
    assert world.codes() == ["letter_issued"]
    world.do(world.hr, "POST", f"/assignment-letters/{made['id']}/withdrawal", {"reason": "Batal"})
    assert world.codes() == ["letter_withdrawn", "letter_issued"]
    assert world.codes(world.supervisor) == []


def test_a_finding_is_told_until_it_is_answered_and_its_decision_afterwards(world) -> None:
    from app.anomalies import actions as anomalies
    from tests.anomalies.test_actions import DAY, crowd

    crowd(world.session, world.person, make.person(world.session), make.person(world.session))
    anomalies.scan_day(world.session, DAY, clock.now())
    assert set(world.codes()) == {"finding_found"}
    found = world.session.scalar(text("SELECT min(id) FROM findings WHERE person_id = :id"), {"id": world.person.id})
    world.do(world.person, "POST", f"/me/findings/{found}/reply", {"reason": "Saya di kantor"})
    world.do(world.hr, "POST", f"/findings/{found}/decision", {"decision": "dismiss", "reason": "Meyakinkan"})
    told = [one for one in world.do(world.person, "GET", "/me/inbox")["items"] if one["about"] == f"finding:{found}"]
    if told:  # a proposal, where a second person must agree, is not told
        assert told[0]["code"] == "finding_decision" and "digugurkan" in told[0]["message"]


def test_what_is_older_than_thirty_days_is_gone(world) -> None:
    officer = make.person(world.session)
    make.leave(world.session, world.person, "annual", date(2026, 1, 5), date(2026, 1, 5), officer)
    assert world.codes() == []
    decided = clock.now() - actions.LOOKS_BACK + timedelta(minutes=1)
    make.leave(world.session, world.person, "annual", date(2026, 1, 6), date(2026, 1, 6), officer, decided_at=decided)
    assert world.codes() == ["leave_approve"]


def test_the_check_in_that_is_due_goes_when_it_is_made_or_on_leave(world) -> None:
    monday = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 08.00 WITA, half an hour into the office hours
    due = actions.inbox_of(world.session, world.person.id, monday).reminder
    assert due is not None and due.direction is Direction.IN
    assert actions.inbox_of(world.session, world.person.id, monday - timedelta(hours=3)).reminder is None
    make.leave(world.session, world.person, "annual", monday.date(), monday.date(), world.hr)
    assert actions.inbox_of(world.session, world.person.id, monday).reminder is None
    other = make.person(world.session)
    make.checkin(world.session, other, "in", monday - timedelta(minutes=40), monday.date())
    assert actions.inbox_of(world.session, other.id, monday).reminder is None
    over = actions.inbox_of(world.session, other.id, monday + timedelta(hours=9)).reminder
    assert over is not None and over.direction is Direction.OUT


def test_nobody_reads_it_unknown(client) -> None:
    assert client.get("/v1/me/inbox").status_code == 401


def test_every_kind_of_news_has_its_words() -> None:
    decisions = {
        "leave": ("approve_first", "approve", "refuse", "cut"), "correction": ("approve", "refuse"),
        "permission": ("approve", "refuse"), "activity": ("approve", "adjust", "return"),
        "swap": ("proposed", "approve", "refuse"), "finding": ("found", "decision", "final"), "letter": ("issued", "withdrawn"),
        "answer": ("uphold", "partial", "dismiss"), "due": ("in", "out"),
    }  # fmt: skip
    assert {f"inbox_{kind}_{one}" for kind, all_of in decisions.items() for one in all_of} <= set(catalogue())
