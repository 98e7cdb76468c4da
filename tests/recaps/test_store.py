"""The recap against the database: derived days in, the same sums out, whoever moved and whoever asks."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text, update

from app.attendance import actions as attendance
from app.attendance.store import DayRecord
from app.people.store import Posting
from app.ratings import actions as ratings
from app.recaps import actions, rules, store
from tests import make

OCTOBER = date(2026, 10, 1)
NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
WITA = ZoneInfo("Asia/Makassar")
DAYS = rules.days_of(OCTOBER)


def come(session, person, day, arrives="07:20", leaves="16:40"):
    """A day of check-ins; None for one that was not made."""
    for direction, clock in (("in", arrives), ("out", leaves)):
        if clock:
            at = datetime.combine(day, time.fromisoformat(clock), WITA).astimezone(UTC)
            make.checkin(session, person, direction, at, day)


class World:
    """A month of an agency with two units, derived and rated."""

    def __init__(self, session):
        self.bali = make.unit(session, "BALI")
        self.dishub = make.unit(session, "DISHUB", self.bali)
        self.diskes = make.unit(session, "DISKES", self.bali)
        self.badung = make.unit(session, "BADUNG")
        self.good, self.late, self.sick = (make.person(session, self.dishub) for _ in range(3))
        self.moved = make.person(session, self.dishub, until=date(2026, 10, 15))
        session.add(
            Posting(person_id=self.moved.id, unit_id=self.diskes.id, position="Staf", kind="primary", since=date(2026, 10, 15))
        )
        self.elsewhere = make.person(session, self.badung)
        for day in DAYS:
            if day.weekday() < 5:
                come(session, self.good, day)
                come(session, self.moved, day)
        come(session, self.late, date(2026, 10, 1), arrives="08:05")
        come(session, self.late, date(2026, 10, 5), arrives=None)
        come(session, self.late, date(2026, 10, 6), arrives="07:31", leaves=None)
        come(session, self.late, date(2026, 10, 7), arrives="07:30", leaves="16:00")
        make.leave(session, self.sick, "sick", date(2026, 10, 5), date(2026, 10, 9), by=self.good)
        for day in DAYS:
            attendance.close_day(session, day, NOW)
        ratings.update_month(session, OCTOBER, NOW)


@pytest.fixture
def world(session):
    return World(session)


def recaps_of(session, *units):
    paths = [unit.path for unit in units]
    return {recap.member.person_id: recap for recap in actions.stream_recaps(session, OCTOBER, paths)}


def test_a_persons_month_is_read_as_it_was_derived(session, world):
    found = recaps_of(session, world.dishub)
    late = found[world.late.id]
    assert late.codes[:7] == ("T", "A", "R", "R", "XM", "TXK", "P")
    assert (late.counts.late_days, late.counts.late_min, late.counts.late_by_band) == (2, 36, (1, 1, 0, 0))
    assert (late.counts.missing_in, late.counts.missing_out, late.counts.early_min) == (1, 1, 30)
    assert late.counts.deduction_pct == Decimal("1") + Decimal("1.5") + Decimal("0.5") + Decimal("1.5") + Decimal("0.5") + 18 * 3
    sick = found[world.sick.id]
    assert sick.codes[4:9] == ("CS",) * 5 and dict(zip(rules.LEAVE_KINDS, sick.counts.leave_by_kind, strict=True))["sick"] == 5
    assert found[world.good.id].counts.present == 22 and found[world.good.id].rated.discipline_pct == 100


def test_totals_reconcile_with_the_day_records_of_the_database(session, world):
    for units in ([world.bali], [world.dishub], [world.diskes], [world.bali, world.badung]):
        total = rules.total_of(recap.counts for recap in recaps_of(session, *units).values())
        paths = [unit.path for unit in units]
        within = store.in_scope(store.Unit.path, paths)
        rows = session.execute(
            select(func.count(), func.sum(DayRecord.deduction_pct), func.sum(DayRecord.late_min), func.sum(DayRecord.early_min))
            .join(store.Unit, store.Unit.id == DayRecord.unit_id)
            .where(within)
        ).one()
        days = (
            total.present
            + total.absent
            + total.leave
            + total.holiday
            + total.joint_leave
            + total.dispensation
            + total.off
            + total.not_yet
        )
        assert (days, total.deduction_pct, total.late_min, total.early_min) == tuple(rows)


def test_who_moved_stands_in_each_unit_with_the_days_spent_there_and_once_in_the_agency(session, world):
    before, after = recaps_of(session, world.dishub)[world.moved.id], recaps_of(session, world.diskes)[world.moved.id]
    assert "".join(before.codes[14:]) == "" and "".join(after.codes[:14]) == ""
    assert rules.plus(before.counts, after.counts) == recaps_of(session, world.bali)[world.moved.id].counts
    assert recaps_of(session, world.bali)[world.moved.id].member.unit_code == "DISKES"


def test_a_rating_made_in_a_unit_out_of_scope_is_not_shown(session, world):
    assert recaps_of(session, world.diskes)[world.moved.id].rated is not None
    assert recaps_of(session, world.dishub)[world.moved.id].rated is None


def test_nobody_from_outside_the_subtrees_is_in_it(session, world):
    assert world.elsewhere.id not in recaps_of(session, world.bali)
    assert recaps_of(session) == {}


def test_pages_walk_the_same_rows_as_the_stream(session, world):
    paths = [world.bali.path, world.badung.path]
    streamed = list(actions.stream_recaps(session, OCTOBER, paths))
    walked, after = [], None
    while page := actions.list_recaps(session, OCTOBER, paths, after, 2):
        walked += page
        assert len(walked) <= len(streamed)
        after = (page[-1].member.unit_path, page[-1].member.nip)
    assert walked == streamed and len(streamed) == 5
    places = [(recap.member.unit_path, recap.member.nip) for recap in streamed]
    assert places == sorted(places)


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 5])
def test_chunks_do_not_show(session, world, monkeypatch, chunk):
    whole = list(actions.stream_recaps(session, OCTOBER, [world.bali.path]))
    monkeypatch.setattr(store, "CHUNK", chunk)
    assert list(actions.stream_recaps(session, OCTOBER, [world.bali.path])) == whole


def test_people_stay_in_the_database_until_they_are_wanted(session, world, monkeypatch):
    """Memory stays flat only while the cursor is the server's and is asked for a chunk at a time."""
    monkeypatch.setattr(store, "CHUNK", 2)
    first_day = text("SELECT count(*) FROM pg_cursors WHERE name LIKE 'c_%'")
    months = store.stream_months(session, OCTOBER, [world.bali.path])
    next(months)
    assert session.scalar(first_day) == 1
    fetched = session.scalar(text("SELECT name FROM pg_cursors WHERE name LIKE 'c_%'"))
    left = session.execute(text(f'FETCH ALL FROM "{fetched}"')).all()
    assert len(left) == 2 and len(list(months)) == 1


def test_a_month_is_provisional_until_every_day_of_it_is_frozen(session, world):
    session.execute(update(DayRecord).values(frozen_at=NOW).where(DayRecord.day < date(2026, 10, 31)))
    assert store.about(session, OCTOBER, [world.bali.path]).provisional
    assert all(recap.provisional for recap in recaps_of(session, world.bali).values())
    session.execute(update(DayRecord).values(frozen_at=NOW))
    assert not store.about(session, OCTOBER, [world.bali.path]).provisional
    assert not any(recap.provisional for recap in recaps_of(session, world.bali).values())


def test_whether_a_month_may_still_change_is_asked_of_the_units_of_the_recap_only(session, world):
    session.execute(update(DayRecord).values(frozen_at=NOW).where(DayRecord.unit_id == world.dishub.id))
    assert not store.about(session, OCTOBER, [world.dishub.path]).provisional
    assert store.about(session, OCTOBER, [world.bali.path]).provisional


def test_who_asks_without_a_unit_is_shown_each_of_his_subtrees_once(session, world):
    paths = [world.dishub.path, world.bali.path, world.badung.path]
    assert [unit.code for unit in actions.units_of(session, None, paths)] == ["BALI", "BADUNG"]


def test_a_month_without_records_is_empty_and_provisional(session, world):
    found = store.about(session, date(2025, 1, 1), [world.bali.path])
    assert (found.provisional, found.decrees) == (True, ()) and list(
        actions.stream_recaps(session, date(2025, 1, 1), ["BALI"])
    ) == []
    heading = actions.heading_of(session, date(2025, 1, 1), [world.bali], "id", NOW)
    assert (heading.laws, heading.late_width, heading.lateness) == ((), 0, None)


def test_the_heading_names_the_law_that_applied(session, world):
    heading = actions.heading_of(session, OCTOBER, [world.dishub], "id", NOW)
    assert [(law.code, law.day) for law in heading.laws] == [("bali", OCTOBER)] and heading.late_width == 4
    assert heading.provisional and heading.units == (("DISHUB", "Unit DISHUB"),)
    assert timedelta(0) == heading.made_at - NOW
