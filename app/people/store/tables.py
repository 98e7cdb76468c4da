"""The tables of people; their checks and exclusions are in the migration that makes them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, LTree


class Unit(Base):
    """A unit of the organisation; `path` is its code below its parent's path, so an agency is a path of one label."""

    __tablename__ = "units"
    __table_args__ = (Index("ix_units_path", "path", postgresql_using="gist"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(LTree, unique=True)
    zone: Mapped[str] = mapped_column(Text)
    decree: Mapped[str] = mapped_column(Text)


class Person(Base):
    """Somebody with an employee number (NIP); where he works stands in his postings."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    nip: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Posting(Base):
    """A position in a unit from the day `since` up to, not including, the day `until`."""

    __tablename__ = "postings"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), index=True)
    position: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    since: Mapped[date]
    until: Mapped[date | None]


class Grant(Base):
    """A role over a unit and all below it, from `since` up to, not including, `until`; an acting official's has both."""

    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    role: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    since: Mapped[date]
    until: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))


class Account(Base):
    """How a person signs in: a password once chosen, before that a one-time code kept as its hash."""

    __tablename__ = "accounts"

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, autoincrement=False)
    password_hash: Mapped[str | None] = mapped_column(Text)
    activation_hash: Mapped[str | None] = mapped_column(Text, unique=True)
    activation_expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RefreshToken(Base):
    """One refresh token of a sign-in (`family`): good once; spent, it has one successor."""

    __tablename__ = "refresh_tokens"

    jti: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    family: Mapped[UUID] = mapped_column(Uuid, index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    spent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
