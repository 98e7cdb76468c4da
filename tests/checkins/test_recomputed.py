"""What was decided about signals can be computed again from what is stored."""

from datetime import date, datetime, timedelta

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.checkins import store
from app.checkins.rules.context import Context, Scene
from app.checkins.rules.place import best_fix
from app.checkins.rules.report import Earlier
from app.checkins.rules.signals import CHECKS, Flag, flags_of, is_held, score_of
from app.checkins.rules.signed import opened
from app.checkins.rules.timing import Grade, Timing
from app.checkins.store import Checkin, CheckinReport
from app.geo import Point
from tests import make
from tests.checkins.test_actions import MORNING, anchored_at, record
from tests.phones import INSIDE, Phone, enrolled

FAR = {"lat": -8.10, "lon": 115.09}
TAP = {"lat": INSIDE[0] + 1.2345678e-7, "lon": INSIDE[1] + 2.3456789e-7}
T1 = {**TAP, "provider": "gps", "is_mock": True, "altitude_m": 3.0, "speed_mps": 0.01, "bearing_deg": 1.0, "accuracy_m": 3.0}


@pytest.fixture
def phone(session: Session) -> Phone:
    """The phone of somebody with an office."""
    store.make_partitions(session, date(2026, 1, 1), 4)
    person = make.person(session)
    make.site(session)
    return enrolled(session, person)


def made(phone: Phone, at: datetime, direction: str = "in", **changes):
    return phone.report(at, direction, anchor=anchored_at(at), elapsed_ms=0, boot_id="one", **changes)


def week(phone: Phone):
    """A week with something odd on each day: a fake, a fake again, a far place at once, a lost report, a moved clock."""
    days = [MORNING + timedelta(days=n) for n in range(5)]
    yield made(phone, days[0])
    yield made(phone, days[0] + timedelta(hours=9), "out", fix=T1)
    yield made(phone, days[1], fix=T1)
    yield made(phone, days[1] + timedelta(minutes=10), fix=FAR)
    phone.report(days[2])  # never sent
    yield made(phone, days[2], claimed_at=(days[2] - timedelta(hours=1)).isoformat())
    yield phone.report(days[3])


def test_flags_and_score_are_computed_again_from_the_row_the_report_and_the_row_before(session: Session, phone: Phone) -> None:
    for report in week(phone):
        record(session, report, at=report.claimed_at + timedelta(hours=1, seconds=2))
    rows = {row.id: row for row in session.scalars(select(Checkin))}
    reports = {
        row.id: (row.jws, Point(row.lat, row.lon))
        for row in session.execute(
            select(
                CheckinReport.id,
                CheckinReport.jws,
                func.ST_Y(CheckinReport.position).label("lat"),
                func.ST_X(CheckinReport.position).label("lon"),
            )
        )
    }
    assert len(rows) == 6
    for row in rows.values():
        report = opened(reports[row.id][0])
        timing = Timing(row.taken_at, row.earliest_at, row.latest_at, Grade(row.time_grade))
        context = Context(row.person_id, row.unit_id, "UTC", None, {}, {}, (), earlier_of(row, rows, reports))
        flags = flags_of(Scene(report, best_fix(report.fixes) or report.fixes[0], timing, context))
        assert [flag.value for flag in flags] == row.flags
        assert score_of(flags) == score_of(map(Flag, reversed(row.flags))) == row.score
        said = {reason["code"] for reason in orjson.loads(row.answer)["reasons"]}
        assert {f"signal_{flag}" for flag in flags} == {code for code in said if code.startswith("signal_")}
        assert ("signals_held" in said) is is_held(flags, row.score)
    tripped = {flag for row in rows.values() for flag in row.flags}
    assert tripped == {
        "mock_location", "fake_template", "too_many_decimals", "repeated_fix", "replayed_fix", "impossible_travel", "clock_skew",
        "clock_moved", "chain_gap",
    }  # fmt: skip
    assert any(row.verdict == "rejected" and is_held(map(Flag, row.flags), row.score) for row in rows.values())
    assert tripped <= set(CHECKS)


def earlier_of(row, rows, reports) -> Earlier | None:
    if row.earlier_id is None:
        return None
    before = rows[row.earlier_id]
    return Earlier(
        before.id, before.device_id, before.boot_id, before.seq, before.payload_hash, before.taken_at, before.earliest_at,
        before.latest_at, before.claimed_at, reports[before.id][1], before.accuracy_m,
    )  # fmt: skip
