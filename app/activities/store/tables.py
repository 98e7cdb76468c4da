"""The tables of activities: what was logged, what was answered, and standard activities; all of it only ever added."""

from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.people.store import Person, Unit


class ActivityStandard(Base):
    """A standard activity of a unit and those below it; of one position, or of every one where it is empty.

    Stated again from the same day, the newer one stands.
    """

    __tablename__ = "activity_standards"
    __table_args__ = (Index("ix_activity_standards_unit_id", "unit_id", "position", "code", "since", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    position: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    volume_unit: Mapped[str] = mapped_column(Text)
    norm_min: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    since: Mapped[date]
    until: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    stated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Activity(Base):
    """What somebody says he did on a day, with the minutes it came to by the norm of that day and the unit he was in."""

    __tablename__ = "activities"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    day: Mapped[date]
    description: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int]
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    standard_id: Mapped[int | None] = mapped_column(ForeignKey(ActivityStandard.id))
    volume: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    attachment: Mapped[str | None] = mapped_column(Text)
    target_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("targets.id"))
    replaces_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("activities.id"), unique=True)
    logged_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (
        Index("ix_activities_person_id", "person_id", "day"),
        Index("ix_activities_day", "day", "unit_id"),
        Index("ix_activities_target_id", "target_id", postgresql_where=text("target_id IS NOT NULL")),
    )


class ActivityDecision(Base):
    """An answer about an activity and the minutes that count from then on; the newest counts."""

    __tablename__ = "activity_decisions"
    __table_args__ = (Index("ix_activity_decisions_activity_id", "activity_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id))
    decision: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
