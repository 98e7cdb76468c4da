"""The code at the door lifts the right place in its time, makes nothing worse, and is never needed."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock, jws
from app.checkins import actions, store
from app.checkins.rules import door_code as rules
from app.checkins.rules import verdict
from app.checkins.rules.place import Measured, Outcome
from app.checkins.rules.timing import Grade, Timing
from app.config import var
from app.geofences import actions as geofences
from app.geofences import store as doors_kept
from app.geofences.rules import door_code
from app.texts import catalogue
from tests import make, worlds
from tests.checkins import scenes
from tests.checkins.test_actions import MORNING, NORTH_80_M, NORTH_400_M, record
from tests.checkins.test_place import site
from tests.phones import INSIDE, Phone, enrolled

ORDER = list(Outcome)
SECRETS = {"UTARA": b"\x01" * 32, "SELATAN": b"\x02" * 32}
BARE = "TANPA"


def timed(before_s: float, after_s: float, grade: Grade = Grade.VERIFIED) -> Timing:
    """A bracket around the morning."""
    return Timing(MORNING, MORNING - timedelta(seconds=before_s), MORNING + timedelta(seconds=after_s), grade)


def code_of(name: str, at: datetime = MORNING, steps: int = 0) -> str:
    return door_code.code_in(SECRETS[name], name, door_code.step_at(at) + steps)


def door(name: str, east_m: float, radius_m: float = 60) -> Measured:
    """A round site so far east of the fix, with a code at its door unless it is the bare one."""
    found = site(worlds.moved((worlds.disc(radius_m, 24),), east_m, 0), name)
    return replace(found, site_code=name, door_secret=SECRETS.get(name))


distances = st.floats(0, 120) | st.floats(0, 700)
accuracies = st.sampled_from([20.0, 65.0, 300.0])
widths = st.tuples(st.floats(0, 150), st.floats(0, 149))
shifts = st.integers(-20, 20)
names = st.sampled_from(sorted(SECRETS))


def judged(candidates: list[Measured], accuracy_m: float, code: str | None, timing: Timing) -> tuple[Outcome, str, str | None]:
    """Verdict, reason and site of the place, as the whole judgement finds it."""
    seen = scenes.fix(point=worlds.RENON, accuracy_m=accuracy_m)
    report = scenes.report(fixes=(seen,), code=code)
    place = verdict.judge(report, seen, timing, scenes.context(candidates=tuple(candidates))).place
    assert place.site is not None
    return place.verdict, place.reason_code, place.site.site_code


@given(distances, distances, distances, accuracies, widths, names, shifts)
@example(600.0, 0.0, 600.0, 65.0, (0.0, 0.0), "UTARA", 0)  # the doubtful site is not the one whose code it is
@example(90.0, 20.0, 600.0, 65.0, (0.0, 0.0), "UTARA", 0)  # nor is the likelier of two doubtful ones
def test_only_the_right_sites_code_in_its_time_lifts_and_it_lifts_that_site(near, far, bare, accuracy_m, width, name, shift):
    candidates = [door("UTARA", near), door("SELATAN", -far), door(BARE, bare)]
    timing = timed(*width)
    without = judged(candidates, accuracy_m, None, timing)
    found = judged(candidates, accuracy_m, code_of(name, steps=shift), timing)
    first, last = (door_code.step_at(at) - door_code.step_at(MORNING) for at in (timing.earliest_at, timing.latest_at))
    if not first - 1 <= shift <= last + 1:
        assert found == without
        return
    own = judged([place for place in candidates if place.site_code == name], accuracy_m, None, timing)
    verdict_of_own, reason = rules.LIFTS.get(own[1], own[:2])
    assert ORDER.index(found[0]) == min(ORDER.index(without[0]), ORDER.index(verdict_of_own))
    if found[0] is not without[0]:
        assert found == (verdict_of_own, reason, name)


@given(st.lists(distances, min_size=1, max_size=3), accuracies, st.text(max_size=12) | names.map(code_of), widths)
def test_no_code_makes_a_verdict_worse_and_none_lifts_a_position_elsewhere(away, accuracy_m, code, width):
    candidates = [door(name, east_m) for name, east_m in zip([*SECRETS, BARE], away, strict=False)]
    without = judged(candidates, accuracy_m, None, timed(*width))
    found = judged(candidates, accuracy_m, code, timed(*width))
    assert ORDER.index(found[0]) <= ORDER.index(without[0])
    for candidate in candidates:
        if judged([candidate], accuracy_m, None, timed(*width))[1] == "place_outside":
            assert judged([candidate], accuracy_m, code, timed(*width))[:2] == (Outcome.REJECTED, "place_outside")


@pytest.mark.parametrize(
    "timing, steps, is_right",
    [
        (timed(0, 0), 0, True),
        (timed(0, 0), -1, True),
        (timed(0, 0), 1, True),
        (timed(0, 0), -2, False),
        (timed(0, 0), 2, False),
        (timed(25, 5), -4, True),
        (timed(25, 5), -5, False),
        (timed(150, 150), 0, True),
        (timed(150, 151), 0, False),
        (timed(86_400 * 30, 0, Grade.UNVERIFIED), 0, True),
        (timed(86_400 * 30, 0, Grade.UNVERIFIED), -1, True),
        (timed(86_400 * 30, 0, Grade.UNVERIFIED), -2, False),
    ],
)
def test_the_code_must_be_of_the_time_that_is_proved(timing, steps, is_right):
    assert bool(rules.doors_of(code_of("UTARA", steps=steps), timing, [door("UTARA", 0)])) is is_right


@pytest.mark.parametrize("name", sorted(rules.LIFTS))
def test_what_a_code_lifts_is_a_reason_there_is_and_gets_better(name):
    lifted_to, reason = rules.LIFTS[name]
    assert {name, reason} <= set(catalogue())
    assert lifted_to is (Outcome.DOUBTFUL if name == "place_too_coarse" else Outcome.ACCEPTED)


def test_a_guess_is_hopeless():
    """What docs/decisions.md says: of 2^40 codes at most 33 are right for one site."""
    timing = timed(150, 150)
    window = rules.window_of(timing)
    assert window is not None
    for second in range(10):
        earliest_at, latest_at = (at + timedelta(seconds=second) for at in window)
        assert door_code.step_at(latest_at) + 1 - (door_code.step_at(earliest_at) - 1) + 1 <= 33
    assert len(door_code.ALPHABET) ** door_code.LENGTH == 2**40


def test_a_code_does_not_clear_a_mocked_position():
    context = scenes.context(candidates=(door("UTARA", 0),))
    fake = scenes.fix(point=worlds.RENON, accuracy_m=65.0, is_mock=True)
    report = scenes.report(fixes=(fake,), code=code_of("UTARA"))
    found = verdict.judge(report, fake, timed(1, 1), context)
    assert (found.outcome, found.place.verdict, found.is_code_right) == (Outcome.DOUBTFUL, Outcome.ACCEPTED, True)


# Here with everything it needs: the database, an office of 60 m, and a phone.


@pytest.fixture
def phone(session: Session) -> Phone:
    store.make_partitions(session, date(2026, 1, 1), 4)
    make.site(session)
    return enrolled(session, make.person(session))


@pytest.fixture
def screen(session: Session, phone: Phone) -> Callable[[datetime], str]:
    """What the screen at the office's door shows at an instant."""
    geofences.renew_door_code(session, "KANTOR", None, MORNING - timedelta(days=1))

    def shown(at: datetime) -> str:
        door = doors_kept.find_door(session, "KANTOR", at)
        assert door is not None
        return door_code.code_in(door.secret, "KANTOR", door_code.step_at(at))

    return shown


def reasons(answer: dict) -> list[str]:
    return [reason["code"] for reason in answer["reasons"] if reason["code"] not in ("time_unverified", "outside_hours")]


@pytest.mark.parametrize(
    "place, accuracy_m, without, lifted",
    [
        (INSIDE, 10, ("accepted", ["place_inside"]), ("accepted", ["place_inside"])),
        (INSIDE, 65, ("doubtful", ["place_unsure", "door_code_offered"]), ("accepted", ["place_by_code"])),
        (NORTH_80_M, 65, ("doubtful", ["place_near", "door_code_offered"]), ("accepted", ["place_by_code"])),
        (
            NORTH_400_M, 5000,
            ("rejected", ["place_too_coarse", "door_code_offered"]), ("doubtful", ["place_coarse_by_code"]),
        ),
        (NORTH_400_M, 20, ("rejected", ["place_outside"]), ("rejected", ["place_outside", "door_code_alone"])),
    ],
    ids=["inside", "65 m indoors", "65 m next door", "cell tower", "elsewhere"],
)  # fmt: skip
def test_what_the_code_is_worth_at_each_place(session, phone, screen, place, accuracy_m, without, lifted):
    code = screen(MORNING)
    bare, right, typed, wrong = record(
        session,
        *(
            phone.report(MORNING, place=place, accuracy_m=accuracy_m, **given)
            for given in ({}, {"code": code}, {"code": f"{code[:4]}-{code[4:]}".lower()}, {"code": "ZZZZ-ZZZZ"})
        ),
    )
    assert (bare["verdict"], reasons(bare)) == without
    assert (right["verdict"], reasons(right)) == (typed["verdict"], reasons(typed)) == lifted
    assert right["counts"] is (lifted[0] != "rejected")
    noted = [reason for reason in without[1] if reason != "door_code_offered"]
    assert (wrong["verdict"], reasons(wrong)) == (without[0], [*noted, "door_code_wrong"])


def test_a_site_without_a_code_offers_none(session, phone):
    coarse = phone.report(MORNING, accuracy_m=65)
    [answer] = record(session, coarse)
    assert reasons(answer) == ["place_unsure"]
    assert "kode" not in answer["reasons"][0]["message"]


def test_a_report_made_offline_is_judged_by_when_the_code_was_seen_not_by_when_it_arrives(session, phone, screen):
    anchored_at = MORNING - timedelta(hours=4)
    anchor = jws.keyring(var("keys")).sign(actions.ANCHOR_TYPE, {"now": anchored_at.isoformat(), "nonce": "x"})
    arrival = MORNING + timedelta(days=2)

    def made(elapsed: timedelta, code: str) -> dict:
        elapsed_ms = round(elapsed.total_seconds() * 1000)
        report = phone.report(MORNING, accuracy_m=65, anchor=anchor, elapsed_ms=elapsed_ms, code=code)
        return record(session, report, at=arrival)[0]

    assert made(timedelta(hours=4), screen(MORNING))["verdict"] == "accepted"
    assert made(timedelta(hours=4, minutes=1), screen(MORNING))["verdict"] == "doubtful"
    assert reasons(made(timedelta(hours=4, minutes=2), screen(arrival))) == ["place_unsure", "door_code_wrong"]


def test_without_an_anchor_the_code_must_be_of_the_arrival(session, phone, screen):
    given = {"accuracy_m": 65, "code": screen(MORNING)}
    assert record(session, phone.report(MORNING, **given))[0]["verdict"] == "accepted"
    late = MORNING + timedelta(seconds=40)
    assert record(session, phone.report(MORNING, **given), at=late)[0]["verdict"] == "doubtful"


def test_a_new_secret_ends_the_old_code_but_not_for_what_was_made_under_it(session, phone, screen):
    renewed_at = MORNING + timedelta(hours=1)
    old = screen(MORNING)
    before = doors_kept.find_door(session, "KANTOR", MORNING)
    assert before is not None
    geofences.renew_door_code(session, "KANTOR", None, renewed_at)
    anchor = jws.keyring(var("keys")).sign(actions.ANCHOR_TYPE, {"now": MORNING.isoformat(), "nonce": "x"})
    made_before = phone.report(MORNING, accuracy_m=65, anchor=anchor, elapsed_ms=0, code=old)
    stale = door_code.code_in(before.secret, "KANTOR", door_code.step_at(renewed_at))
    made_after = phone.report(MORNING, accuracy_m=65, code=stale)
    first, second, third = (
        record(session, report, at=at)[0]
        for report, at in [
            (made_before, renewed_at + timedelta(days=1)),
            (made_after, renewed_at),
            (phone.report(MORNING, accuracy_m=65, code=screen(renewed_at)), renewed_at),
        ]
    )
    assert [answer["verdict"] for answer in (first, second, third)] == ["accepted", "doubtful", "accepted"]


def test_a_site_one_may_not_use_has_a_code_that_says_nothing(session, phone, screen):
    other = make.unit(session, "LAIN", make.unit(session))
    make.site(session, other, code="LAIN", lat=INSIDE[0], lon=INSIDE[1])
    geofences.renew_door_code(session, "LAIN", None, MORNING)
    found = doors_kept.find_door(session, "LAIN")
    assert found is not None
    code = door_code.code_in(found.secret, "LAIN", door_code.step_at(MORNING))
    [answer] = record(session, phone.report(MORNING, accuracy_m=65, code=code))
    assert (answer["verdict"], reasons(answer)) == ("doubtful", ["place_unsure", "door_code_wrong"])


def test_a_stale_fix_stays_rejected_and_nothing_is_said_of_the_code(session, phone, screen):
    [answer] = record(session, phone.report(MORNING, fix={"age_ms": 61_000}, code=screen(MORNING)))
    assert (answer["verdict"], reasons(answer)) == ("rejected", ["stale_fix"])


@pytest.mark.parametrize("code", ["", "x" * 100, "\x00", "ＫＭ１２３４５６", "K7PM3XQ2K7PM3XQ2", "é" * 8])
def test_any_text_may_be_sent_as_a_code(session, phone, screen, code):
    [answer] = record(session, phone.report(MORNING, accuracy_m=65, code=code))
    assert (answer["verdict"], reasons(answer)) == ("doubtful", ["place_unsure", "door_code_wrong"])


def test_the_ledger_keeps_whether_the_code_was_right_and_not_the_code(session, phone, screen):
    codes = {"code": screen(MORNING)}, {"code": "ZZZZZZZZ"}, {}
    answers = record(session, *(phone.report(MORNING, accuracy_m=65, **given) for given in codes))
    entries = [
        session.scalars(text("SELECT entry FROM ledger_leaves WHERE subject = :id"), {"id": answer["id"]}).one()
        for answer in answers
    ]
    assert ['"door_code":true' in entries[0], '"door_code":false' in entries[1], '"door_code":null' in entries[2]] == [True] * 3
    assert not any(screen(MORNING) in entry for entry in entries)


def test_the_secret_is_written_down_in_one_table_only(session, phone, screen):
    record(
        session, *(phone.report(MORNING, accuracy_m=65, **given) for given in ({"code": screen(MORNING)}, {"code": "ZZZZZZZZ"}, {}))
    )
    ((secret,),) = session.execute(text("SELECT secret FROM door_codes"))
    forms = bytes(secret).hex(), jws.b64(bytes(secret)), b64encode(bytes(secret)).decode()
    tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    holding = {
        table
        for table in tables
        for row in session.scalars(text(f"SELECT row::text FROM {table} AS row"))
        if any(form in row for form in forms)
    }
    assert holding == {"door_codes"}


def test_what_the_screen_shows_is_what_the_phone_may_send(client: FlaskClient, session: Session, phone: Phone) -> None:
    screen = geofences.renew_door_code(session, "KANTOR", None, clock.now())
    shown = client.get("/v1/sites/KANTOR/screen/codes", headers={"Screen-Key": screen.key}).json
    compact = phone.checkin(clock.now(), accuracy_m=65, code=shown["codes"][0]["code"])
    [result] = client.post("/v1/checkins", json={"checkins": [compact]}).json["results"]
    assert (result["verdict"], result["reasons"][0]["code"]) == ("accepted", "place_by_code")
