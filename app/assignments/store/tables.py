"""The tables of assignment letters: issued once, approved and cut short by facts of their own, never changed."""

from datetime import date, datetime, time

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.geofences.store import Site
from app.people.store import Person, Unit


class AssignmentLetter(Base):
    """A letter as it was issued; whom and which sites it names, and what became of it, is in the tables below."""

    __tablename__ = "assignment_letters"
    __table_args__ = (UniqueConstraint("unit_id", "number"), Index("ix_assignment_letters_last_day", "last_day"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    number: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date]
    place: Mapped[str] = mapped_column(Text)
    proof: Mapped[str] = mapped_column(Text)
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    zone: Mapped[str | None] = mapped_column(Text)
    issued_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LetterPerson(Base):
    """That a letter names a person, with the unit he was posted in when it began and the letter's days, by which he is found."""

    __tablename__ = "letter_people"
    __table_args__ = (Index("ix_letter_people_person_id", "person_id", "last_day"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey(AssignmentLetter.id), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    first_day: Mapped[date]
    last_day: Mapped[date]


class LetterSite(Base):
    """That those whom a letter names may check in at the site on its days."""

    __tablename__ = "letter_sites"

    letter_id: Mapped[int] = mapped_column(ForeignKey(AssignmentLetter.id), primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), primary_key=True, autoincrement=False)


class LetterApproval(Base):
    """That somebody else stands for a letter that names the one who issued it; until then it holds for the others only."""

    __tablename__ = "letter_approvals"

    letter_id: Mapped[int] = mapped_column(ForeignKey(AssignmentLetter.id), primary_key=True, autoincrement=False)
    approved_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    approved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LetterWithdrawal(Base):
    """That a letter holds no longer from a day on; from its first day on it is as if it had not been issued."""

    __tablename__ = "letter_withdrawals"

    letter_id: Mapped[int] = mapped_column(ForeignKey(AssignmentLetter.id), primary_key=True, autoincrement=False)
    from_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    withdrawn_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
