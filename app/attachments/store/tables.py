"""The tables of attachments: what came from whom, the bytes apart so that they can be forgotten, and what it stands beside."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.people.store import Person


class Attachment(Base):
    """That somebody sent a file; it never changes. `sha256`: of the bytes as they are kept, in hex."""

    __tablename__ = "attachments"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    type: Mapped[str] = mapped_column(Text)
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (Index("ix_attachments_person_id", "person_id"), Index("ix_attachments_uploaded_at", "uploaded_at"))


class AttachmentContent(Base):
    """The file itself and what it was called, as long as it is kept."""

    __tablename__ = "attachment_contents"

    attachment_id: Mapped[UUID] = mapped_column(ForeignKey(Attachment.id), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class AttachmentLink(Base):
    """What an attachment was sent with, as the ledger names it: `leave:12`. It belongs to one thing only."""

    __tablename__ = "attachment_links"

    attachment_id: Mapped[UUID] = mapped_column(ForeignKey(Attachment.id), primary_key=True)
    about: Mapped[str] = mapped_column(Text)
    linked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (Index("ix_attachment_links_about", "about"),)
