"""The tables of workdays: shifts, rosters, declared days, leaves and their decisions."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Date, DateTime, ForeignKey, Identity, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.people.store import Person, Unit


class Shift(Base):
    """Hours by the wall clock that an agency puts on its rosters."""

    __tablename__ = "shifts"
    __table_args__ = (UniqueConstraint("agency_id", "code"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, server_default="fixed")
    starts: Mapped[time]
    ends: Mapped[time]
    breaks: Mapped[list[list[str]]] = mapped_column(JSONB, server_default=text("'[]'"))
    core_starts: Mapped[time | None]
    core_ends: Mapped[time | None]
    owed_min: Mapped[int | None]


class RosterEntry(Base):
    """The shifts a person has on a day, and by which zone's wall clock (none: his unit's).

    No shifts is rest; NULL is the decree's own hours, as without a row: so what is taken back leaves its mark. `changed_at` is the
    mark by which attendance finds late changes. Shifts are never deleted, so their ids need no key.
    """

    __tablename__ = "roster_entries"
    __table_args__ = (Index("ix_roster_entries_day", "day", "changed_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    shift_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    zone: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))


class RestRule(Base):
    """How much rest a unit, and every unit below without a rule of its own, demands between two days' shifts."""

    __tablename__ = "rest_rules"

    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), primary_key=True, autoincrement=False)
    min_rest_min: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RosterPattern(Base):
    """A cycle of days that an agency's rosters repeat; each day a list of shift codes, none for rest."""

    __tablename__ = "roster_patterns"
    __table_args__ = (UniqueConstraint("agency_id", "code"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    cycle: Mapped[list[list[str]]] = mapped_column(JSONB)


class RosterDraft(Base):
    """A unit's roster of a month while it is drawn up; nobody is judged by it. `began_at`: as of when it was copied."""

    __tablename__ = "roster_drafts"

    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    lines: Mapped[list[Any]] = mapped_column(JSONB)
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RosterVersion(Base):
    """A unit's roster of a month as it was published, written once; what is judged are the entries that it wrote."""

    __tablename__ = "roster_versions"

    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lines: Mapped[list[Any]] = mapped_column(JSONB)
    note: Mapped[str] = mapped_column(Text)
    published_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Swap(Base):
    """Two people who want to exchange their rosters of some days; `before` is what both had when one asked the other."""

    __tablename__ = "swaps"
    __table_args__ = (Index("ix_swaps_proposer_id", "proposer_id"), Index("ix_swaps_partner_id", "partner_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    proposer_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    partner_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    days: Mapped[list[date]] = mapped_column(ARRAY(Date))
    before: Mapped[list[Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SwapAnswer(Base):
    """The one answer of the partner, or of the proposer who withdraws before there is one."""

    __tablename__ = "swap_answers"

    swap_id: Mapped[int] = mapped_column(ForeignKey(Swap.id), primary_key=True, autoincrement=False)
    answer: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    answered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SwapDecision(Base):
    """The one decision of a superior who is neither of the two."""

    __tablename__ = "swap_decisions"

    swap_id: Mapped[int] = mapped_column(ForeignKey(Swap.id), primary_key=True, autoincrement=False)
    decision: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CalendarGroup(Base):
    """People of an agency who share holy days or a season; `calendar` is the shipped one whose feasts free them."""

    __tablename__ = "calendar_groups"
    __table_args__ = (UniqueConstraint("agency_id", "code"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CalendarMembership(Base):
    """That a person belongs to a group from one day until before another; for each group once at a time."""

    __tablename__ = "calendar_memberships"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    group_id: Mapped[int] = mapped_column(ForeignKey(CalendarGroup.id))
    since: Mapped[date]
    until: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Holiday(Base):
    """A day declared for a unit and those below it, or for all when it names none; for one group only when it names one.

    What is taken back stays, withdrawn, so that it leaves its mark.
    """

    __tablename__ = "holidays"
    __table_args__ = (UniqueConstraint("day", "unit_id", "group_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id))
    group_id: Mapped[int | None] = mapped_column(ForeignKey(CalendarGroup.id))
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    is_withdrawn: Mapped[bool] = mapped_column(server_default=text("false"))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))


class Leave(Base):
    """A request to be absent, both days included, or for half of one day; what became of it is its decision."""

    __tablename__ = "leaves"
    __table_args__ = (Index("ix_leaves_person_id", "person_id", "first_day"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    kind: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date]
    part: Mapped[str] = mapped_column(Text, server_default="whole")
    cause: Mapped[str | None] = mapped_column(Text)
    child: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LeaveDecision(Base):
    """The one answer of a step to a request, each by another person; or that its person withdrew it before there was one."""

    __tablename__ = "leave_decisions"
    __table_args__ = (UniqueConstraint("leave_id", "decided_by"),)

    leave_id: Mapped[int] = mapped_column(ForeignKey(Leave.id), primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    decision: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LeaveOpening(Base):
    """How many days of a leave somebody brings into a year, as a paper says; of several statements the newest holds."""

    __tablename__ = "leave_openings"
    __table_args__ = (Index("ix_leave_openings_person_id", "person_id", "year"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    kind: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    days: Mapped[Decimal] = mapped_column(Numeric(4, 1))
    source: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    stated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LeaveCut(Base):
    """That an approved leave ends before a day, whatever was asked for; of several the earliest day holds."""

    __tablename__ = "leave_cuts"

    leave_id: Mapped[int] = mapped_column(ForeignKey(Leave.id), primary_key=True, autoincrement=False)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    cut_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    cut_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
