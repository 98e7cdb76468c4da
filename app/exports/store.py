"""Exports as they were asked for, and how far they are."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, ForeignKey, Text, Uuid, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session
from app.people.store import Person


class RecapExport(Base):
    """A recap that somebody asked for as a file; `paths` are the subtrees that were his to read when he asked."""

    __tablename__ = "recap_exports"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    month: Mapped[date]
    units: Mapped[list[str]] = mapped_column(ARRAY(Text))
    paths: Mapped[list[str]] = mapped_column(ARRAY(Text))
    form: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    people: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def state(self) -> str:
        """`waiting`, `running` once people are written, `done` or `failed`."""
        if self.ended_at is not None:
            return "failed" if self.error else "done"
        return "running" if self.people else "waiting"


def add(session: Session, export: RecapExport) -> None:
    """Keep what was asked for."""
    session.add(export)
    session.flush()


def find(session: Session, export_id: UUID, asked_by: int) -> RecapExport | None:
    """The export, for the one who asked."""
    query = select(RecapExport).where(RecapExport.id == export_id, RecapExport.asked_by == asked_by)
    return session.scalar(query.execution_options(populate_existing=True))


def next_waiting(session: Session) -> RecapExport | None:
    """The oldest one that has not ended."""
    return session.scalar(select(RecapExport).where(RecapExport.ended_at.is_(None)).order_by(RecapExport.asked_at).limit(1))


def list_ended(session: Session, before: datetime) -> list[RecapExport]:
    """Those whose file has lain long enough."""
    return list(session.scalars(select(RecapExport).where(RecapExport.ended_at < before, RecapExport.sha256.is_not(None))))


def note(session: Session, export_id: UUID, **known: object) -> None:
    """Write down how far it is, or how it ended."""
    session.execute(update(RecapExport).where(RecapExport.id == export_id).values(known))
