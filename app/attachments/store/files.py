"""What is asked of attachments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, cast, func, select

from app.attachments.store.tables import Attachment, AttachmentContent, AttachmentLink
from app.db import Session


@dataclass(frozen=True, slots=True)
class Attached:
    """A file somebody sent. `name` is None once it is forgotten, `about` and `linked_at` as long as it stands beside nothing."""

    id: UUID
    person_id: int
    type: str
    bytes: int
    sha256: str
    uploaded_at: datetime
    name: str | None
    about: str | None
    linked_at: datetime | None

    @property
    def is_kept(self) -> bool:
        """Whether the file itself is still there."""
        return self.name is not None


def lock(session: Session, person_id: int) -> None:
    """Let nobody else add or link a file of the person until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"attachments of {person_id}"))))


def add(
    session: Session, id: UUID, person_id: int, kind: str, name: str, content: bytes, sha256: str, now: datetime
) -> None:  # fmt: skip
    """Keep a file."""
    session.add(
        Attachment(id=id, person_id=person_id, type=kind, bytes=len(content), sha256=sha256, uploaded_at=now)
    )  # fmt: skip
    session.flush()
    session.add(AttachmentContent(attachment_id=id, name=name, content=content))
    session.flush()


def find(session: Session, attachment_id: UUID) -> Attached | None:
    """The file without its bytes."""
    row = session.execute(_attached().where(Attachment.id == attachment_id)).first()
    return None if row is None else Attached(*row)


def find_same(session: Session, person_id: int, sha256: str) -> Attached | None:
    """A file of the person with the same bytes that stands beside nothing yet."""
    row = session.execute(_waiting(person_id).where(Attachment.sha256 == sha256)).first()
    return None if row is None else Attached(*row)


def count_waiting(session: Session, person_id: int) -> int:
    """How many files of the person stand beside nothing yet."""
    return session.scalar(select(func.count()).select_from(_waiting(person_id).subquery())) or 0


def content_of(session: Session, attachment_id: UUID) -> bytes:
    """The bytes of a file that is kept."""
    return session.scalars(select(AttachmentContent.content).where(AttachmentContent.attachment_id == attachment_id)).one()


def link(session: Session, attachment_ids: Sequence[UUID], about: str, now: datetime) -> None:
    """Put the files beside what they were sent with; whether they are free was asked before, under the person's lock."""
    session.add_all(AttachmentLink(attachment_id=one, about=about, linked_at=now) for one in attachment_ids)
    session.flush()


def about(session: Session, subjects: Sequence[str]) -> dict[str, list[Attached]]:
    """The files beside each of the subjects, oldest first."""
    query = _attached().where(AttachmentLink.about == func.any(list(subjects))).order_by(Attachment.uploaded_at, Attachment.id)
    found: dict[str, list[Attached]] = defaultdict(list)
    for row in session.execute(query) if subjects else ():
        found[row.about].append(Attached(*row))
    return found


def list_over(session: Session, linked_before: datetime, uploaded_before: datetime, limit: int) -> list[UUID]:
    """Files whose time is up: linked before the one instant, or never linked and sent before the other."""
    linked = AttachmentLink.linked_at
    is_over = (linked < linked_before) | (linked.is_(None) & (Attachment.uploaded_at < uploaded_before))
    query = (
        select(Attachment.id)
        .join(AttachmentContent, AttachmentContent.attachment_id == Attachment.id)
        .outerjoin(AttachmentLink, AttachmentLink.attachment_id == Attachment.id)
        .where(is_over)
        .order_by(Attachment.uploaded_at)
        .limit(limit)
    )
    return list(session.scalars(query))


def erase(session: Session, attachment_ids: Sequence[UUID]) -> int:
    """Number of files whose bytes and name are gone; the database refuses it without a leaf that says so."""
    return session.scalar(select(func.erase_attachments(cast(list(attachment_ids), ARRAY(Uuid))))) or 0


def _waiting(person_id: int) -> Select[*tuple[Any, ...]]:
    return _attached().where(Attachment.person_id == person_id, AttachmentLink.about.is_(None), AttachmentContent.name.is_not(None))


def _attached() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Attachment.id, Attachment.person_id, Attachment.type, Attachment.bytes, Attachment.sha256, Attachment.uploaded_at,
            AttachmentContent.name, AttachmentLink.about, AttachmentLink.linked_at,
        )
        .select_from(Attachment)
        .outerjoin(AttachmentContent, AttachmentContent.attachment_id == Attachment.id)
        .outerjoin(AttachmentLink, AttachmentLink.attachment_id == Attachment.id)
    )  # fmt: skip
