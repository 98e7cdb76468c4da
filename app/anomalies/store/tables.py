"""The tables of findings: what was noticed, what was done about it, and who looked at a position for it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKey, Identity, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.people.store import Person, Unit


class Finding(Base):
    """Something noticed about one person's day, written once for each state of its evidence."""

    __tablename__ = "findings"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    day: Mapped[date]
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    evidence_hash: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (
        UniqueConstraint("kind", "person_id", "day", "evidence_hash"),
        Index("ix_findings_person_id", "person_id", "day"),
    )


class FindingStep(Base):
    """What somebody did about a finding; each step once, but for replies. Nobody took it where the time did."""

    __tablename__ = "finding_steps"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey(Finding.id))
    step: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    checkins: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    shows_position: Mapped[bool] = mapped_column(server_default=text("false"))
    taken_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    level: Mapped[str | None] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (
        Index("ix_finding_steps_finding_id", "finding_id", "id"),
        Index("uq_finding_steps_finding_id", "finding_id", "step", unique=True, postgresql_where=text("step <> 'reply'")),
    )


class PositionView(Base):
    """That somebody looked at where a person had been; its person can read it. Nobody looked where a file was made of it."""

    __tablename__ = "position_views"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    viewer_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    cause: Mapped[str] = mapped_column(Text)
    shown: Mapped[str] = mapped_column(Text)
    checkins: Mapped[int]
    viewed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (Index("ix_position_views_person_id", "person_id", "id"),)
