"""The table of devices and everything asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, Select, Text, and_, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session, in_scope
from app.people.store import Person, Posting, Unit


class Device(Base):
    """A phone by its key; `usable_from` is when its check-ins begin to be taken."""

    __tablename__ = "devices"
    __table_args__ = (Index("uq_devices_active", "person_id", unique=True, postgresql_where=text("status = 'active'")),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    jwk: Mapped[dict[str, str]] = mapped_column(JSONB)
    name: Mapped[str] = mapped_column(Text)
    platform: Mapped[str] = mapped_column(Text)
    installation_id: Mapped[str] = mapped_column(Text)
    attestation: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    status: Mapped[str] = mapped_column(Text)
    enrolled_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    usable_from: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Owned:
    """A device with its owner and the unit the owner is posted to."""

    device: Device
    nip: str
    name: str
    unit_code: str
    unit_path: str


def hold_owner(session: Session, person_id: int) -> None:
    """Let nobody else change this person's devices until the transaction ends; check-ins go on."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def find_device(session: Session, device_id: str) -> Device | None:
    """The device of that key, whoever owns it and whatever its status."""
    return session.get(Device, device_id, populate_existing=True)


def list_devices(session: Session, person_id: int) -> Sequence[Device]:
    """All devices a person ever enrolled, newest first."""
    query = select(Device).where(Device.person_id == person_id).order_by(Device.enrolled_at.desc(), Device.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def find_owned(session: Session, device_id: str, day: date) -> Owned | None:
    """The device with its owner as posted that day."""
    row = session.execute(_owned_on(day).where(Device.id == device_id)).first()
    return None if row is None else Owned(*row)


def list_owned(session: Session, day: date, paths: Sequence[str], status: str | None, after: str | None, limit: int) -> list[Owned]:
    """Devices of people posted in the subtrees that day, in order of id, beginning after the id `after`."""
    query = _owned_on(day).where(in_scope(Unit.path, paths)).order_by(Device.id).limit(limit)
    if status is not None:
        query = query.where(Device.status == status)
    if after is not None:
        query = query.where(Device.id > after)
    return [Owned(*row) for row in session.execute(query)]


def add_device(session: Session, device: Device) -> Device:
    """The device, kept."""
    session.add(device)
    session.flush()
    return device


def revoke_others(session: Session, person_id: int, status: str, by: int | None, now: datetime) -> Sequence[str]:
    """Ids of the person's devices of that status, now revoked."""
    query = (
        update(Device)
        .where(Device.person_id == person_id, Device.status == status)
        .values(status="revoked", decided_by=by, decided_at=now)
        .returning(Device.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(query).all()


def set_status(session: Session, device_id: str, status: str, usable_from: datetime | None, by: int, now: datetime) -> None:
    """Write a decision about a device; `usable_from` None leaves it as it is."""
    values: dict[str, Any] = {"status": status, "decided_by": by, "decided_at": now}
    if usable_from is not None:
        values["usable_from"] = usable_from
    session.execute(update(Device).where(Device.id == device_id).values(values).execution_options(synchronize_session=False))


def _owned_on(day: date) -> Select[*tuple[Any, ...]]:
    in_force = and_(Posting.kind == "primary", Posting.since <= day, or_(Posting.until.is_(None), Posting.until > day))
    return (
        select(Device, Person.nip, Person.name, Unit.code, Unit.path)
        .join(Person, Person.id == Device.person_id)
        .join(Posting, and_(Posting.person_id == Device.person_id, in_force))
        .join(Unit, Unit.id == Posting.unit_id)
        .execution_options(populate_existing=True)
    )
