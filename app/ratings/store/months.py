"""Assessments, which are only ever added, and ratings, one a person and month, rewritten only when their inputs changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Numeric, Select, Text, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session, in_scope
from app.people.store import Person, Unit
from app.ratings import rules


class Assessment(Base):
    """What a superior judged of `months` months from `month` on; the one assessed last counts, the others stay."""

    __tablename__ = "assessments"
    __table_args__ = (Index("ix_assessments_person_id", "person_id", "month"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    month: Mapped[date]
    months: Mapped[int]
    productivity_pct: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    work_score: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    behaviour_score: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    has_new_idea: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    work_result: Mapped[str | None] = mapped_column(Text)
    behaviour_result: Mapped[str | None] = mapped_column(Text)
    behaviour_values: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    level: Mapped[str | None] = mapped_column(Text)
    assessed_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    assessed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Rating(Base):
    """A month's figures with the breakdown that adds up to them; provisional until every day of the month is frozen."""

    __tablename__ = "ratings"
    __table_args__ = (Index("ix_ratings_month", "month", "unit_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    discipline_pct: Mapped[Decimal] = mapped_column(Numeric(7, 3))
    productivity_pct: Mapped[Decimal | None] = mapped_column(Numeric(7, 3))
    tpp_pct: Mapped[Decimal | None] = mapped_column(Numeric(7, 3))
    score: Mapped[Decimal | None] = mapped_column(Numeric(7, 3))
    predicate: Mapped[str | None] = mapped_column(Text)
    provisional: Mapped[bool]
    breakdown: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    decree: Mapped[str] = mapped_column(Text)
    law: Mapped[str] = mapped_column(Text)
    formula: Mapped[str] = mapped_column(Text)
    series: Mapped[date]
    inputs_hash: Mapped[str] = mapped_column(Text)
    rated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Rated:
    """One person's rating ready to be written."""

    person_id: int
    unit_id: int
    is_provisional: bool
    rating: rules.Rating
    inputs_hash: str
    formula: rules.Formula


@dataclass(frozen=True, slots=True)
class Known:
    """What a rating was made of, and whether it is final."""

    inputs_hash: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A rating with the names it is read by."""

    nip: str
    name: str
    unit_code: str
    month: date
    discipline_pct: Decimal
    productivity_pct: Decimal | None
    tpp_pct: Decimal | None
    score: Decimal | None
    predicate: str | None
    provisional: bool
    breakdown: Sequence[Mapping[str, Any]]
    decree: str
    law: str
    formula: str
    series: date
    rated_at: datetime


REPLACE = """
INSERT INTO ratings AS old (
    person_id, month, unit_id, discipline_pct, productivity_pct, tpp_pct, score, predicate, provisional, breakdown, decree, law,
    formula, series, inputs_hash, rated_at)
SELECT person_id, :month, unit_id, discipline_pct, productivity_pct, tpp_pct, score, predicate, provisional, breakdown,
       decree, law, formula, series, inputs_hash, :now
FROM json_to_recordset(CAST(:rows AS json)) AS row (
    person_id bigint, unit_id bigint, discipline_pct numeric, productivity_pct numeric, tpp_pct numeric, score numeric,
    predicate text, provisional boolean, breakdown jsonb, decree text, law text, formula text, series date,
    inputs_hash text)
ORDER BY person_id
ON CONFLICT (person_id, month) DO UPDATE SET
    unit_id = excluded.unit_id, discipline_pct = excluded.discipline_pct, productivity_pct = excluded.productivity_pct,
    tpp_pct = excluded.tpp_pct, score = excluded.score, predicate = excluded.predicate, provisional = excluded.provisional,
    breakdown = excluded.breakdown, decree = excluded.decree, law = excluded.law, formula = excluded.formula,
    series = excluded.series, inputs_hash = excluded.inputs_hash, rated_at = excluded.rated_at
WHERE old.provisional
"""


def replace_ratings(session: Session, month: date, rows: Sequence[Rated], now: datetime) -> None:
    """Write the ratings of these people; a final one stays."""
    words = orjson.dumps([_row(rated) for rated in rows]).decode()
    session.execute(text(REPLACE), {"rows": words, "month": month, "now": now})


def remove_ratings(session: Session, month: date, person_ids: Sequence[int]) -> None:
    """Take back the provisional ratings of people who have no day in that month any more."""
    query = delete(Rating).where(Rating.month == month, Rating.person_id == func.any(list(person_ids)), Rating.provisional)
    session.execute(query.execution_options(synchronize_session=False))


def reopen(session: Session, month: date, person_ids: Sequence[int]) -> None:
    """Let the ratings of these people be made anew although they were final: an amendment changes what they rest on."""
    session.execute(
        update(Rating).where(Rating.month == month, Rating.person_id == func.any(list(person_ids))).values(provisional=True)
    )


def known_in(session: Session, month: date, person_ids: Sequence[int] | None = None) -> dict[int, Known]:
    """What each rating of the month was made of, by person."""
    query = select(Rating.person_id, Rating.inputs_hash, Rating.provisional).where(Rating.month == month)
    if person_ids is not None:
        query = query.where(Rating.person_id == func.any(list(person_ids)))
    return {person_id: Known(made_of, not provisional) for person_id, made_of, provisional in session.execute(query)}


# A provisional rating by a law that no decree has now is made anew; the law itself is in its fingerprint, so it changes then.
OTHER_LAW = """
SELECT person_id FROM ratings
WHERE month = :month AND provisional
  AND NOT EXISTS (SELECT FROM unnest(CAST(:decrees AS text[]), CAST(:laws AS text[])) AS now (decree, law)
                  WHERE now.decree = ratings.decree AND now.law = ratings.law)
"""


def list_by_other_law(session: Session, month: date, laws: Sequence[tuple[str, str]]) -> Sequence[int]:
    """Everybody whose provisional rating of the month was made by none of these laws, each a decree and its version."""
    asked = {"month": month, "decrees": [decree for decree, _ in laws], "laws": [law for _, law in laws]}
    return session.scalars(text(OTHER_LAW), asked).all()


def assessments_in(session: Session, month: date, person_ids: Sequence[int] | None = None) -> dict[int, rules.Assessment]:
    """The assessment of the month that counts, by person: of several the one assessed last."""
    act = Assessment
    query = (
        select(act.person_id, act.id, act.productivity_pct, act.work_score, act.behaviour_score, act.has_new_idea)
        .where(act.month == month, act.months == rules.MONTHLY)
        .order_by(act.person_id, act.assessed_at.desc(), act.id.desc())
        .ext(distinct_on(act.person_id))
    )
    if person_ids is not None:
        query = query.where(act.person_id == func.any(list(person_ids)))
    return {row[0]: rules.Assessment(*row[1:]) for row in session.execute(query)}


def find_assessment(session: Session, person_id: int, month: date, months: int = rules.MONTHLY) -> Assessment | None:
    """The assessment of the person's months from that one on that counts."""
    query = select(Assessment).where(Assessment.person_id == person_id, Assessment.month == month, Assessment.months == months)
    return session.scalars(query.order_by(Assessment.assessed_at.desc(), Assessment.id.desc()).limit(1)).first()


def latest_in(session: Session, period: rules.Period, person_ids: Sequence[int]) -> dict[int, Assessment]:
    """The assessment of the period that counts, by person, as it is kept."""
    row = Assessment
    query = (
        select(row)
        .where(row.month == period.first_day, row.months == period.months, row.person_id == func.any(list(person_ids)))
        .order_by(row.person_id, row.assessed_at.desc(), row.id.desc())
        .ext(distinct_on(row.person_id))
    )
    return {found.person_id: found for found in session.scalars(query)}


def add_assessments(session: Session, assessments: Sequence[Assessment]) -> None:
    """Keep the assessments beside those before them."""
    session.add_all(assessments)
    session.flush()


def lock_results(session: Session) -> None:
    """Make every other file of results wait until this transaction ends: each is compared with what the last one left."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("ratings.results"))))


def hold_assessments(session: Session, person_id: int, month: date) -> None:
    """Make everybody else who assesses this month of this person wait until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"assessments of {person_id} in {month}"))))


def list_of_person(session: Session, person_id: int, before: date | None, limit: int) -> list[Listed]:
    """One person's ratings, newest first, beginning before the month `before`."""
    query = _listed().where(Rating.person_id == person_id).order_by(Rating.month.desc()).limit(limit)
    if before is not None:
        query = query.where(Rating.month < before)
    return [Listed(*row) for row in session.execute(query)]


def list_of_unit(session: Session, month: date, paths: Sequence[str], after: str | None, limit: int) -> list[Listed]:
    """The month's ratings within the subtrees, in order of NIP, beginning after the NIP `after`."""
    query = _listed().where(Rating.month == month, in_scope(Unit.path, paths)).order_by(Person.nip).limit(limit)
    if after is not None:
        query = query.where(Person.nip > after)
    return [Listed(*row) for row in session.execute(query)]


def _listed() -> Select[*tuple[Any, ...]]:
    row = Rating
    return (
        select(
            Person.nip, Person.name, Unit.code, row.month, row.discipline_pct, row.productivity_pct, row.tpp_pct, row.score,
            row.predicate, row.provisional, row.breakdown, row.decree, row.law, row.formula, row.series, row.rated_at,
        )
        .join(Person, Person.id == row.person_id)
        .join(Unit, Unit.id == row.unit_id)
    )  # fmt: skip


def _row(rated: Rated) -> dict[str, Any]:
    """A rating as PostgreSQL reads it from JSON; per cents as text, because JSON numbers are not exact."""
    rating = rated.rating
    return {
        "person_id": rated.person_id,
        "unit_id": rated.unit_id,
        "discipline_pct": str(rating.discipline_pct),
        "productivity_pct": _text(rating.productivity_pct),
        "tpp_pct": _text(rating.tpp_pct),
        "score": _text(rating.score),
        "predicate": rating.predicate,
        "provisional": rated.is_provisional,
        "breakdown": [_words(line) for line in rating.breakdown],
        "decree": rated.formula.decree,
        "law": rated.formula.law,
        "formula": rated.formula.code,
        "series": rated.formula.since,
        "inputs_hash": rated.inputs_hash,
    }


def _words(line: rules.Line) -> dict[str, Any]:
    words: dict[str, Any] = {"part": line.part, "code": line.code, "params": line.params}
    if line.pct is not None:
        words["pct"] = str(line.pct)
    if line.clause is not None:
        words |= {"clause": line.clause, "quality": line.quality}
    return words


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
