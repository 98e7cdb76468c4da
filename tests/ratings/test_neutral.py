"""What costs nobody anything, and whom a month is reckoned for: leave, letters, incidents, coming, going and moving within it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import decrees
from app.access import Actor, Grant, Role
from app.assignments.rules import LetterKind, Proof
from app.attendance.actions import close_day
from app.attendance.store import DayRecord, MonthMark
from app.incidents import store as incidents
from app.incidents.rules import IncidentKind
from app.people.store import Person, Posting
from app.ratings.actions import Judged, assess, list_due, update_month
from app.ratings.store import Rating
from tests import laws, make

OCTOBER = date(2026, 10, 1)
DAYS = [OCTOBER + timedelta(days=number) for number in range(31)]
NOW = datetime(2026, 11, 1, 17, 0, tzinfo=UTC)
FULL, NOTHING = Decimal(100), Decimal(0)


@pytest.fixture
def office(session: Session) -> SimpleNamespace:
    """An agency with its head, who answers for everybody in it."""
    agency = make.unit(session)
    head = make.person(session, agency)
    by = Actor(head.id, head.nip, head.name, (Grant(Role.SUPERVISOR, "BALI"), Grant(Role.HR, "BALI")), uuid4())
    return SimpleNamespace(session=session, agency=agency, head=head, by=by)


def october(office: SimpleNamespace, person: Person) -> SimpleNamespace:
    """The person's month of October: what each day was, and what the month came to."""
    for day in DAYS:
        close_day(office.session, day, NOW, [person.id])
    update_month(office.session, OCTOBER, NOW, [person.id])
    office.session.expire_all()
    days = office.session.scalars(select(DayRecord).where(DayRecord.person_id == person.id).order_by(DayRecord.day)).all()
    rating = office.session.get(Rating, (person.id, OCTOBER))
    return SimpleNamespace(days={row.day: row for row in days}, rating=rating, lines=rating.breakdown if rating else [])


def owed(code: str = "bali") -> list[date]:
    """The days of October on which the decree has hours."""
    return [day for day in DAYS if decrees.on(code, day).hours is not None]


def test_who_never_came_pays_for_each_day_and_is_the_measure_of_the_others(office: SimpleNamespace) -> None:
    person = make.person(office.session, office.agency)
    found = october(office, person)
    assert {found.days[day].status for day in owed()} == {"absent"}
    law = decrees.on("bali", DAYS[-1])
    assert found.rating.discipline_pct == FULL - min(law.cap.pct, law.absence.pct * len(owed())) < FULL


def on_leave(office: SimpleNamespace, person: Person) -> None:
    make.leave(office.session, person, "annual", DAYS[0], DAYS[-1], office.head)


def under_a_letter(office: SimpleNamespace, person: Person) -> None:
    terms: dict[str, Any] = {"kind": LetterKind.DUTY, "proof": Proof.LETTER}
    make.letter(office.session, office.head, person, first_day=DAYS[0], last_day=DAYS[-1], **terms)


def struck(office: SimpleNamespace, person: Person) -> None:
    begins, ends = datetime(2026, 9, 30, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    at = (begins, ends, "Jaringan padam", [office.agency.id])
    incidents.add_incident(office.session, IncidentKind.NETWORK, *at, office.head.id, NOW)


@pytest.mark.parametrize("neutral, status", [(on_leave, "leave"), (under_a_letter, "assigned"), (struck, "incident")])
def test_a_month_of_it_costs_nothing(office: SimpleNamespace, neutral: Any, status: str) -> None:
    person = make.person(office.session, office.agency)
    neutral(office, person)
    found = october(office, person)
    assert {found.days[day].status for day in owed()} == {status}
    assert (found.rating.discipline_pct, [line["code"] for line in found.lines if "pct" in line]) == (FULL, ["rating_full"])


@pytest.mark.parametrize(
    "terms, employed",
    [
        ({"since": date(2026, 10, 19)}, DAYS[18:]),
        ({"until": date(2026, 10, 19)}, DAYS[:18]),
        ({"since": date(2026, 11, 1)}, []),
    ],
    ids=["hired in the middle", "retired in the middle", "not yet hired"],
)
def test_days_before_and_after_employment_are_nobody_s_absence(
    office: SimpleNamespace, terms: dict[str, date], employed: list[date]
) -> None:
    found = october(office, make.person(office.session, office.agency, **terms))
    assert list(found.days) == employed
    absent = [line["params"]["days"] for line in found.lines if line["code"] == "rating_absent"]
    assert absent == ([len([day for day in owed() if day in employed])] if employed else [])
    assert (found.rating is None) == (not employed)


def test_who_moves_in_the_middle_is_charged_by_two_laws_and_rated_by_the_one_he_ends_under(office: SimpleNamespace) -> None:
    session, moves = office.session, date(2026, 10, 19)
    other = make.unit(session, "DJP", decree="kemenkeu-221-2021")
    person = make.person(session, office.agency, until=moves)
    session.add(Posting(person_id=person.id, unit_id=other.id, position="Staf", kind="primary", since=moves))
    session.flush()
    found = october(office, person)
    clauses = {line["clause"].partition(".")[0] for line in found.lines if line["code"] == "rating_absent"}
    assert clauses == {"bali", "kemenkeu-221-2021"}
    assert {found.days[day].unit_id for day in DAYS if day < moves} == {office.agency.id}
    assert {found.days[day].unit_id for day in DAYS if day >= moves} == {other.id}
    assert (found.rating.unit_id, found.rating.decree) == (other.id, "kemenkeu-221-2021")
    total = sum((Decimal(line["pct"]) for line in found.lines if line["part"] == "discipline" and "pct" in line), NOTHING)
    assert total == found.rating.discipline_pct


# Series

AMENDED = """code = "bali-uji"
name = "Perubahan rumus, untuk uji"
amends = "bali"
[[tpp]]
since = 2026-10-14
variant = "A"
productivity_weight = "70"
discipline_weight = "30"
source = "uji"
quality = "C"
"""


def assessed(office: SimpleNamespace, person: Person, month: date) -> None:
    said = Judged(Decimal(80), Decimal(100), Decimal(90), False, "Baik")
    assess(office.session, person.nip, month, said, office.by, NOW)


def test_a_formula_that_changes_within_the_year_begins_a_series_and_older_ratings_keep_theirs(
    office: SimpleNamespace, tmp_path: Path
) -> None:
    session, september = office.session, date(2026, 9, 1)
    person = make.person(session, office.agency)
    for month in (september, OCTOBER):
        close_day(session, month.replace(day=7), NOW, [person.id])
        assessed(office, person, month)
    shipped = {row.month: row for row in session.scalars(select(Rating).where(Rating.person_id == person.id))}
    assert {row.series for row in shipped.values()} == {shipped[september].series}
    before = {month: (row.formula, row.series, row.law, row.tpp_pct, row.rated_at) for month, row in shipped.items()}
    (tmp_path / "bali-uji.toml").write_text(AMENDED, "utf-8")
    with laws.in_use(tmp_path):
        later = NOW + timedelta(days=1)
        # Nothing about the days changed; the month whose law did is found by itself, the older one is left alone.
        session.execute(update(Rating).values(rated_at=NOW))
        session.execute(delete(MonthMark))
        assert (list_due(session, september), list_due(session, OCTOBER)) == ([], [person.id])
        assert update_month(session, september, later) == 0
        assert update_month(session, OCTOBER, later) == 1
        session.expire_all()
        rows = {row.month: row for row in session.scalars(select(Rating).where(Rating.person_id == person.id))}
        after = rows[OCTOBER]
    assert (rows[september].formula, rows[september].series, rows[september].law, rows[september].tpp_pct) == before[september][:4]
    assert (after.formula, after.series) == ("bali-uji.tpp.2026-10-14", date(2026, 10, 14))
    assert (after.law != before[OCTOBER][2], after.tpp_pct != before[OCTOBER][3]) == (True, True)
    # 70 % of 80 and 30 % of the discipline, whatever the day that was missed costs.
    expected = Decimal("0.7") * 80 + Decimal("0.3") * after.discipline_pct
    assert after.tpp_pct == expected.quantize(Decimal("0.001"))


def test_a_final_rating_keeps_the_formula_it_was_made_by(office: SimpleNamespace, tmp_path: Path) -> None:
    session = office.session
    person = make.person(session, office.agency)
    close_day(session, date(2026, 10, 7), NOW, [person.id])
    assessed(office, person, OCTOBER)
    session.execute(update(DayRecord).values(frozen_at=NOW))
    update_month(session, OCTOBER, NOW)
    sealed = session.scalars(select(Rating).where(Rating.person_id == person.id)).one()
    kept = (sealed.formula, sealed.series, sealed.law, sealed.tpp_pct, sealed.provisional)
    (tmp_path / "bali-uji.toml").write_text(AMENDED, "utf-8")
    with laws.in_use(tmp_path):
        assert update_month(session, OCTOBER, NOW + timedelta(days=1)) == 0
        session.expire_all()
        row = session.scalars(select(Rating).where(Rating.person_id == person.id)).one()
    assert (row.formula, row.series, row.law, row.tpp_pct, row.provisional) == kept and row.provisional is False
