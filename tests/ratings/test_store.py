"""Ratings in the database: from days to figures, and only what changed is written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app import errors
from app.access import Actor, Grant, Role
from app.attendance.actions import close_day
from app.attendance.store import DayRecord
from app.ratings import store
from app.ratings.actions import Judged, assess, update_month
from app.ratings.store import Assessment, Rating
from tests import make
from tests.attendance.worlds import at

NOVEMBER = date(2026, 11, 1)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
NOW = datetime(2026, 11, 25, 17, 10, tzinfo=UTC)
GOOD = Judged(Decimal(80), Decimal(100), Decimal(90), False, "Baik sekali")


@pytest.fixture
def office(session: Session) -> SimpleNamespace:
    """Two days of two people, one late, one never there, and their head."""
    agency = make.unit(session)
    unit = make.unit(session, "DISHUB", agency)
    late, absent, head = make.person(session, unit), make.person(session, unit), make.person(session, agency)
    for day in (MONDAY, TUESDAY):
        make.checkin(session, late, "in", at("08:10:00", day), day)
        make.checkin(session, late, "out", at("16:30:00", day), day)
        close_day(session, day, NOW)
    by = Actor(head.id, head.nip, head.name, (Grant(Role.SUPERVISOR, "BALI.DISHUB"),), uuid4())
    return SimpleNamespace(unit=unit, late=late, absent=absent, head=head, by=by)


def ratings(session: Session) -> dict[int, Rating]:
    session.expire_all()
    return {row.person_id: row for row in session.scalars(select(Rating))}


def test_a_month_is_rated_for_everybody_with_a_day_in_it(session: Session, office) -> None:
    assert update_month(session, TUESDAY, NOW) == 3
    rated = ratings(session)
    assert {person_id: row.discipline_pct for person_id, row in rated.items()} == {
        office.late.id: Decimal(98),
        office.absent.id: Decimal(94),
        office.head.id: Decimal(94),
    }
    late = rated[office.late.id]
    assert (late.month, late.provisional, late.tpp_pct, late.predicate) == (NOVEMBER, True, None, None)
    assert [(line["code"], line["params"], line.get("pct")) for line in late.breakdown] == [
        ("rating_full", {}, "100"),
        ("rating_late", {"days": 2}, "-2"),
        ("rating_unassessed", {}, None),
        ("rating_unassessed", {}, None),
    ]
    assert late.breakdown[1]["clause"] == "bali.lateness.2024-01-02"


def test_rating_again_changes_nothing_and_one_more_day_changes_one(session: Session, office) -> None:
    update_month(session, TUESDAY, NOW)
    assert update_month(session, TUESDAY, NOW + timedelta(days=1)) == 0
    make.checkin(session, office.absent, "in", at("07:20:00", TUESDAY), TUESDAY)
    close_day(session, TUESDAY, NOW)
    assert update_month(session, TUESDAY, NOW + timedelta(days=1)) == 1
    rated = ratings(session)
    assert (rated[office.absent.id].discipline_pct, rated[office.late.id].rated_at) == (Decimal("95.5"), NOW)


def test_each_rating_is_the_sum_of_its_day_records(session: Session, office) -> None:
    update_month(session, TUESDAY, NOW)
    for person_id, row in ratings(session).items():
        days = session.scalars(select(DayRecord.deduction_pct).where(DayRecord.person_id == person_id))
        assert row.discipline_pct == 100 - sum(days)


def test_an_assessment_rates_at_once_and_the_last_one_counts(session: Session, office) -> None:
    update_month(session, TUESDAY, NOW)
    assess(session, office.late.nip, NOVEMBER, GOOD, by=office.by, now=NOW)
    better = Judged(Decimal(90), Decimal(118), Decimal(115), True, "")
    assess(session, office.late.nip, NOVEMBER, better, by=office.by, now=NOW + timedelta(hours=1))
    row = ratings(session)[office.late.id]
    assert (row.productivity_pct, row.tpp_pct, row.score, row.predicate) == (
        Decimal(90),
        Decimal("93.2"),
        Decimal("117.1"),
        "very_good",
    )
    assert session.scalar(text("SELECT count(*) FROM assessments")) == 2
    assert session.scalar(text("SELECT count(*) FROM ledger_leaves WHERE kind = 'assessment'")) == 2


def test_saying_the_same_again_adds_nothing(session: Session, office) -> None:
    first = assess(session, office.late.nip, NOVEMBER, GOOD, by=office.by, now=NOW)
    again = assess(session, office.late.nip, NOVEMBER, GOOD, by=office.by, now=NOW + timedelta(hours=1))
    assert (again.id, again.assessed_at) == (first.id, NOW)
    assert session.scalar(text("SELECT count(*) FROM ledger_leaves WHERE kind = 'assessment'")) == 1


def test_an_assessment_can_be_proven_by_its_leaf(session: Session, office) -> None:
    row = assess(session, office.late.nip, NOVEMBER, GOOD, by=office.by, now=NOW)
    [told] = make.told(session, "assessment")
    assert told["subject"] == f"assessment:{row.id}"
    assert (told["nip"], told["by"], told["productivity_pct"]) == (office.late.nip, office.by.nip, "80")


def test_an_assessment_is_never_overwritten(session: Session, office) -> None:
    assess(session, office.late.nip, NOVEMBER, GOOD, by=office.by, now=NOW)
    with pytest.raises(ProgrammingError), session.begin_nested():
        session.execute(update(Assessment).values(productivity_pct=100))


def test_a_sealed_month_keeps_its_rating_and_takes_no_assessment(session: Session, office) -> None:
    update_month(session, TUESDAY, NOW)
    session.execute(update(DayRecord).values(frozen_at=NOW))
    assert update_month(session, TUESDAY, NOW) == 3
    assert not any(row.provisional for row in ratings(session).values())
    with pytest.raises(errors.Conflict, match="month_sealed"):
        assess(session, office.late.nip, NOVEMBER, GOOD, by=office.by, now=NOW)
    session.execute(update(DayRecord).values(frozen_at=None))
    assert update_month(session, TUESDAY, NOW) == 0
    assert not any(row.provisional for row in ratings(session).values())


def test_without_days_there_is_no_rating(session: Session, office) -> None:
    update_month(session, TUESDAY, NOW)
    session.execute(text("DELETE FROM day_records WHERE person_id = :person"), {"person": office.absent.id})
    assert update_month(session, TUESDAY, NOW) == 1
    assert office.absent.id not in ratings(session)
    assert update_month(session, date(2026, 12, 31), NOW) == 0


def test_rating_one_person_leaves_the_others_alone(session: Session, office) -> None:
    assert update_month(session, TUESDAY, NOW, [office.late.id]) == 1
    assert set(ratings(session)) == {office.late.id}
    assert update_month(session, TUESDAY, NOW) == 2
    assert update_month(session, TUESDAY, NOW, [office.late.id]) == 0
    assert len(ratings(session)) == 3


def test_who_moved_during_the_month_is_rated_where_the_month_ended(session: Session, office) -> None:
    other = make.unit(session, "DINKES", make.unit(session))
    session.execute(
        update(DayRecord).where(DayRecord.person_id == office.late.id, DayRecord.day == TUESDAY).values(unit_id=other.id)
    )
    update_month(session, TUESDAY, NOW)
    assert ratings(session)[office.late.id].unit_id == other.id
    listed = store.list_of_unit(session, NOVEMBER, ["BALI.DINKES"], None, 10)
    assert [row.nip for row in listed] == [office.late.nip]


@pytest.mark.parametrize(
    ("nip", "month", "refusal", "code"),
    [
        pytest.param("head", NOVEMBER, errors.Denied, "own_decision", id="oneself"),
        pytest.param("stranger", NOVEMBER, errors.NotFound, "unknown_person", id="out of scope"),
        pytest.param("late", date(2026, 12, 1), errors.Invalid, "assessment_too_early", id="a month to come"),
    ],
)
def test_who_and_what_may_not_be_assessed(session: Session, office, nip: str, month: date, refusal: type, code: str) -> None:
    office.stranger = make.person(session, make.unit(session, "DINKES", make.unit(session)))
    with pytest.raises(refusal, match=code):
        assess(session, getattr(office, nip).nip, month, GOOD, by=office.by, now=NOW)
