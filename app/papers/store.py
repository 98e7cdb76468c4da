"""Papers as they were issued: bytes, number, and what is told of them in public."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Select,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, undefer

from app.db import Base, Session
from app.papers.rules import Form
from app.people.store import Person, Unit


class Paper(Base):
    """A signed PDF; it never changes. `about`: what it tells of, as the ledger names it; `person_id`: whom, if one person."""

    __tablename__ = "papers"
    __table_args__ = (
        UniqueConstraint("kind", "unit_id", "year", "sequence", name="uq_papers_kind"),
        Index("ix_papers_about", "about"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    sha256: Mapped[str] = mapped_column(Text)
    signer: Mapped[str] = mapped_column(Text)
    is_test: Mapped[bool]
    issued_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class PaperForm(Base):
    """How an agency's papers are numbered; the one set last holds, the others stay."""

    __tablename__ = "paper_forms"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), index=True)
    pattern: Mapped[str] = mapped_column(Text)
    marks: Mapped[dict[str, str]] = mapped_column(JSONB)
    set_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper with the names it is read by, without its bytes."""

    id: UUID
    kind: str
    number: str
    title: str
    about: str
    unit_code: str
    unit_name: str
    unit_path: str
    zone: str
    person_id: int | None
    sha256: str
    signer: str
    is_test: bool
    issuer: str
    issued_at: datetime


def next_sequence(session: Session, kind: str, unit_id: int, year: int) -> int:
    """The next number of the kind, unit and year; nobody else gets it before this transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"paper:{kind}:{unit_id}:{year}"})
    taken = select(func.max(Paper.sequence)).where(Paper.kind == kind, Paper.unit_id == unit_id, Paper.year == year)
    return (session.scalar(taken) or 0) + 1


def find_form(session: Session, agency: str) -> Form | None:
    """The form that the agency of that code set last."""
    query = select(PaperForm.pattern, PaperForm.marks).join(Unit, Unit.id == PaperForm.agency_id).where(Unit.code == agency)
    row = session.execute(query.order_by(PaperForm.id.desc()).limit(1)).first()
    return None if row is None else Form(*row)


def add_form(session: Session, agency_id: int, form: Form, by: int, now: datetime) -> int:
    """The id of the form that holds from now on."""
    row = PaperForm(agency_id=agency_id, pattern=form.pattern, marks=dict(form.marks), set_by=by, set_at=now)
    session.add(row)
    session.flush()
    return row.id


def hold_about(session: Session, about: str) -> None:
    """Make everybody else who issues a paper about the same wait until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"paper about {about}"})


def add(session: Session, paper: Paper) -> None:
    """Keep the paper."""
    session.add(paper)
    session.flush()


def find(session: Session, paper_id: UUID) -> Issued | None:
    """The paper of that id."""
    row = session.execute(_issued().where(Paper.id == paper_id)).first()
    return None if row is None else Issued(*row)


def pdf_of(session: Session, paper_id: UUID) -> bytes:
    """The bytes of a paper that there is."""
    return session.scalars(select(Paper).options(undefer(Paper.pdf)).where(Paper.id == paper_id)).one().pdf


def list_about(session: Session, about: str) -> list[Issued]:
    """Everything issued about one thing, in order of time."""
    return [Issued(*row) for row in session.execute(_issued().where(Paper.about == about).order_by(Paper.issued_at, Paper.id))]


def _issued() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Paper.id, Paper.kind, Paper.number, Paper.title, Paper.about, Unit.code, Unit.name, Unit.path, Unit.zone,
            Paper.person_id, Paper.sha256, Paper.signer, Paper.is_test, Person.name, Paper.issued_at,
        )
        .join(Unit, Unit.id == Paper.unit_id)
        .join(Person, Person.id == Paper.issued_by)
    )  # fmt: skip
