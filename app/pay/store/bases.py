"""Base amounts: only ever added, of a person or of a position in a unit, and which of them holds for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Select, Text, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base as Table
from app.db import Session, in_scope
from app.pay.rules import Said
from app.people.store import Person, Posting, Unit


class BaseAmount(Table):
    """What 100 per cent is worth from the day `since`: of a person, or of whoever holds the position in the unit or below it."""

    __tablename__ = "base_amounts"
    __table_args__ = (
        Index("ix_base_amounts_person_id", "person_id", "since"),
        Index("ix_base_amounts_unit_id", "unit_id", "position", "since"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id))
    position: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[date]
    source: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    stated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Base:
    """The base amount that holds for somebody, and where it stands."""

    amount: int
    since: date
    source: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A base amount with the names it is read by."""

    id: int
    nip: str | None
    unit: str | None
    position: str | None
    amount: int
    since: date
    source: str
    stated_at: datetime


# Everybody with a day of the month, by the posting of the last such day. What is said of the person goes before what is said of
# the position, the nearest unit before those above, the later day before the earlier, and what was said last before the rest.
HOLDING = """
WITH member AS (
    SELECT person_id, max(day) AS day FROM day_records
    WHERE day BETWEEN :first_day AND :last_day
      AND (CAST(:person_ids AS bigint[]) IS NULL OR person_id = ANY(CAST(:person_ids AS bigint[])))
    GROUP BY person_id
), said AS (
    SELECT member.person_id, made.*, NULL::int AS depth
    FROM member JOIN base_amounts made ON made.person_id = member.person_id AND made.since <= :last_day
    UNION ALL
    SELECT member.person_id, made.*, nlevel(above.path)
    FROM member
    JOIN postings posted ON posted.person_id = member.person_id AND posted.kind = 'primary'
        AND posted.since <= member.day AND (posted.until IS NULL OR posted.until > member.day)
    JOIN units own ON own.id = posted.unit_id
    JOIN base_amounts made ON made.position = posted.position AND made.since <= :last_day
    JOIN units above ON above.id = made.unit_id AND above.path @> own.path
)
SELECT DISTINCT ON (person_id) person_id, amount, since, source FROM said AS ranked (person_id, id, of_person, of_unit, position,
    amount, since, source, stated_by, stated_at, depth)
ORDER BY person_id, depth DESC NULLS FIRST, since DESC, stated_at DESC, id DESC
"""


def bases_in(session: Session, first_day: date, last_day: date, person_ids: Sequence[int] | None = None) -> dict[int, Base]:
    """The base amount of the month of everybody who has a day in it, by person; who has none is not there."""
    ids = None if person_ids is None else list(person_ids)
    asked = {"first_day": first_day, "last_day": last_day, "person_ids": ids}
    return {row[0]: Base(*row[1:]) for row in session.execute(text(HOLDING), asked)}


def known_of(session: Session) -> dict[tuple[tuple[str, str, str], date], tuple[int, str]]:
    """What was said last of each person or position for each day: amount and source, by whose it is and since when."""
    rows = session.execute(_stated().order_by(BaseAmount.stated_at, BaseAmount.id))
    return {((row.nip or "", row.unit or "", row.position or ""), row.since): (row.amount, row.source) for row in rows}


def add_all(
    session: Session, said: Sequence[Said], people: Mapping[str, int], units: Mapping[str, int], by: int | None, now: datetime
) -> list[int]:
    """The ids of new base amounts, in the order of `said`."""
    rows = [
        {
            "person_id": people[one.nip] if one.nip else None,
            "unit_id": units[one.unit] if one.unit else None,
            "position": one.position or None,
            "amount": one.amount,
            "since": one.since,
            "source": one.source,
            "stated_by": by,
            "stated_at": now,
        }
        for one in said
    ]
    if not rows:
        return []
    return list(session.scalars(insert(BaseAmount).returning(BaseAmount.id, sort_by_parameter_order=True), rows))


def lock_bases(session: Session) -> None:
    """Make every other statement of base amounts wait until this transaction ends: each is compared with what the last one left."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("pay.bases"))))


def list_stated(session: Session, paths: Sequence[str], day: date, after: int | None, limit: int) -> list[Stated]:
    """What was stated of positions in the subtrees and of people posted there that day, newest first, before the id `after`."""
    posted = (
        select(Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.since <= day, (Posting.until.is_(None)) | (Posting.until > day), in_scope(Unit.path, paths))
    )
    query = _stated().where(in_scope(Unit.path, paths) | BaseAmount.person_id.in_(posted))
    if after is not None:
        query = query.where(BaseAmount.id < after)
    return [Stated(*row) for row in session.execute(query.order_by(BaseAmount.id.desc()).limit(limit))]


SEALED = """
SELECT rating.month, rating.person_id, units.path::text
FROM ratings rating JOIN units ON units.id = rating.unit_id
WHERE NOT rating.provisional AND rating.month >= date_trunc('month', CAST(:since AS date))
"""


def sealed_since(session: Session, since: date) -> dict[date, dict[int, str]]:
    """Whose months are sealed from the month of that day on: by month and person, the path of the unit."""
    found: dict[date, dict[int, str]] = {}
    for month, person_id, path in session.execute(text(SEALED), {"since": since}):
        found.setdefault(month, {})[person_id] = path
    return found


def _stated() -> Select[*tuple[Any, ...]]:
    row = BaseAmount
    return (
        select(
            row.id, Person.nip.label("nip"), Unit.code.label("unit"), row.position, row.amount, row.since, row.source, row.stated_at
        )
        .outerjoin(Person, Person.id == row.person_id)
        .outerjoin(Unit, Unit.id == row.unit_id)
    )  # fmt: skip


def people_of(session: Session, nips: Sequence[str], paths: Sequence[str] | None) -> dict[str, int]:
    """Those of the NIPs whose last primary posting is within the subtrees (None: anywhere), also of people who have left."""
    last = (
        select(Posting.person_id, Posting.unit_id)
        .where(Posting.kind == "primary")
        .order_by(Posting.person_id, Posting.since.desc())
        .ext(distinct_on(Posting.person_id))
        .subquery()
    )
    query = (
        select(Person.nip, Person.id)
        .join(last, last.c.person_id == Person.id)
        .join(Unit, Unit.id == last.c.unit_id)
        .where(Person.nip == func.any(list(nips)))
    )
    if paths is not None:
        query = query.where(in_scope(Unit.path, paths))
    return {nip: person_id for nip, person_id in session.execute(query)}
