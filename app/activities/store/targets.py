"""Targets and the answers about them, only ever added, and what was done for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app import errors
from app.activities.rules import Answer, Standing, standing_of
from app.activities.rules.period import Period
from app.activities.rules.targets import Aim
from app.db import Base, Session
from app.people.store import Person, Unit


class Target(Base):
    """A planned result of work of some months, and how it is measured."""

    __tablename__ = "targets"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    month: Mapped[date]
    months: Mapped[int]
    description: Mapped[str] = mapped_column(Text)
    indicator: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    quantity_unit: Mapped[str] = mapped_column(Text)
    replaces_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("targets.id"), unique=True)
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (Index("ix_targets_person_id", "person_id", "month"),)


class TargetDecision(Base):
    """An answer about a target; the newest counts."""

    __tablename__ = "target_decisions"
    __table_args__ = (Index("ix_target_decisions_target_id", "target_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey(Target.id))
    decision: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Aimed:
    """A target with the names it is read by, its newest answer, and the approved activities done for it."""

    id: int
    person_id: int
    nip: str
    name: str
    unit_code: str
    unit_path: str
    month: date
    months: int
    description: str
    indicator: str
    quantity: Decimal
    quantity_unit: str
    replaces: int | None
    replaced_by: int | None
    set_at: datetime
    answer: str | None
    decision_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    done_activities: int
    done_min: int

    @property
    def standing(self) -> Standing:
        """What it is after its newest answer."""
        return standing_of(self.answer)

    @property
    def period(self) -> Period:
        """The months it is about."""
        return Period(self.month, self.months)


AIMED = """
SELECT aim.id, aim.person_id, person.nip, person.name, unit.code, unit.path, aim.month, aim.months, aim.description, aim.indicator,
       aim.quantity, aim.quantity_unit, aim.replaces_id, later.id, aim.set_at, answer.decision, answer.reason, decider.name,
       answer.decided_at, done.activities, done.minutes
FROM targets aim JOIN people person ON person.id = aim.person_id JOIN units unit ON unit.id = aim.unit_id
LEFT JOIN targets later ON later.replaces_id = aim.id
LEFT JOIN LATERAL (
    SELECT decision, reason, decided_by, decided_at FROM target_decisions WHERE target_id = aim.id ORDER BY id DESC LIMIT 1
) answer ON true
LEFT JOIN people decider ON decider.id = answer.decided_by
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE newest.minutes > 0) AS activities, coalesce(sum(newest.minutes), 0) AS minutes
    FROM activities activity JOIN LATERAL (
        SELECT minutes FROM activity_decisions WHERE activity_id = activity.id ORDER BY id DESC LIMIT 1
    ) newest ON true
    WHERE activity.target_id = aim.id
) done
WHERE (CAST(:id AS bigint) IS NULL OR aim.id = :id)
  AND (CAST(:after AS bigint) IS NULL OR aim.id < :after)
  AND (CAST(:person_id AS bigint) IS NULL OR aim.person_id = :person_id)
  AND (CAST(:nip AS text) IS NULL OR person.nip = :nip)
  AND (CAST(:paths AS ltree[]) IS NULL OR unit.path <@ ANY(CAST(:paths AS ltree[])))
  AND (CAST(:month AS date) IS NULL OR (aim.month = :month AND aim.months = :months))
ORDER BY aim.id DESC LIMIT :limit
"""


def add_target(session: Session, person_id: int, unit_id: int, aim: Aim, now: datetime) -> int:
    """The id of the target."""
    row = Target(
        person_id=person_id, unit_id=unit_id, month=aim.period.first_day, months=aim.period.months, description=aim.description,
        indicator=aim.indicator, quantity=aim.quantity, quantity_unit=aim.quantity_unit, replaces_id=aim.replaces, set_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def add_target_decision(session: Session, target_id: int, answer: Answer, reason: str, by: int, now: datetime) -> int:
    """The id of the answer, which from now on counts."""
    row = TargetDecision(target_id=target_id, decision=answer, reason=reason, decided_by=by, decided_at=now)
    session.add(row)
    session.flush()
    return row.id


def find_aimed(session: Session, target_id: int) -> Aimed | None:
    """The target."""
    return next(iter(_aimed(session, 1, id=target_id)), None)


def get_aimed(session: Session, target_id: int) -> Aimed:
    """The target.

    Raises: NotFound.
    """
    found = find_aimed(session, target_id)
    if found is None:
        raise errors.NotFound("unknown_target", target=target_id)
    return found


def list_aimed(
    session: Session, after: int | None, limit: int, paths: Sequence[str] | None = None, person_id: int | None = None,
    nip: str | None = None, period: Period | None = None,
) -> list[Aimed]:  # fmt: skip
    """Targets of units or of one person, newest first, beginning below the id `after`."""
    asked: dict[str, Any] = {"after": after, "paths": None if paths is None else list(paths), "person_id": person_id, "nip": nip}
    if period is not None:
        asked |= {"month": period.first_day, "months": period.months}
    return _aimed(session, limit, **asked)


def _aimed(session: Session, limit: int, **asked: Any) -> list[Aimed]:
    names = ("id", "after", "person_id", "nip", "paths", "month", "months")
    return [Aimed(*row) for row in session.execute(text(AIMED), {name: asked.get(name) for name in names} | {"limit": limit})]
