"""Whose calendar a link opens."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, LargeBinary, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session
from app.people.store import Person


class Feed(Base):
    """A person's link: how often it was made anew, and the SHA-256 of the secret in it. The secret itself is kept nowhere."""

    __tablename__ = "feeds"

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, autoincrement=False)
    turn: Mapped[int]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Link:
    """A person's link as it stands."""

    person_id: int
    turn: int
    secret_hash: bytes
    made_at: datetime


def find_link(session: Session, person_id: int) -> Link | None:
    """The person's link."""
    row = session.execute(
        select(Feed.person_id, Feed.turn, Feed.secret_hash, Feed.made_at).where(Feed.person_id == person_id)
    ).first()
    return None if row is None else Link(*row)


def person_of(session: Session, secret_hash: bytes) -> int | None:
    """Whose link holds the secret with that hash."""
    return session.scalar(select(Feed.person_id).where(Feed.secret_hash == secret_hash))


def replace_link(session: Session, link: Link) -> None:
    """Let this be the person's link, and none before it."""
    words = {"turn": link.turn, "secret_hash": link.secret_hash, "made_at": link.made_at}
    session.execute(
        insert(Feed).values(person_id=link.person_id, **words).on_conflict_do_update(index_elements=["person_id"], set_=words)
    )


def lock(session: Session, person_id: int) -> None:
    """Let nobody else make a link of the person until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"feed of {person_id}"))))
