"""The table of devices and everything asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, Select, Text, and_, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session, in_scope
from app.devices.rules import is_device_id
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
    return session.get(Device, device_id, populate_existing=True) if is_device_id(device_id) else None


def statuses_of(session: Session, person_id: int) -> Sequence[str]:
    """Statuses that occur among all devices the person ever enrolled."""
    return session.scalars(select(Device.status).where(Device.person_id == person_id).distinct()).all()


def list_devices(session: Session, person_id: int, status: str | None, after: str | None, limit: int) -> Sequence[Device]:
    """Devices the person ever enrolled, in order of id, beginning after the id `after`."""
    return session.scalars(_narrowed(select(Device).where(Device.person_id == person_id), status, after, limit)).all()


def find_owned(session: Session, device_id: str, day: date) -> Owned | None:
    """The device with its owner as posted that day."""
    row = session.execute(_owned_on(day).where(Device.id == device_id)).first() if is_device_id(device_id) else None
    return None if row is None else Owned(*row)


def list_owned(session: Session, day: date, paths: Sequence[str], status: str | None, after: str | None, limit: int) -> list[Owned]:
    """Devices of people posted in the subtrees that day, in order of id, beginning after the id `after`."""
    query = _owned_on(day).where(in_scope(Unit.path, paths))
    return [Owned(*row) for row in session.execute(_narrowed(query, status, after, limit))]


def add_device(session: Session, device: Device) -> Device | None:
    """The device, kept; None when somebody else's device took that key meanwhile."""
    added = session.scalar(
        insert(Device)
        .values({column.key: getattr(device, column.key) for column in Device.__mapper__.column_attrs})
        .on_conflict_do_nothing(index_elements=[Device.id])
        .returning(Device)
        .execution_options(populate_existing=True)
    )
    return added


def revoke_all(session: Session, person_id: int, status: str, by: int | None, now: datetime) -> Sequence[str]:
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


def _narrowed(query: Select[*tuple[Any, ...]], status: str | None, after: str | None, limit: int) -> Select[*tuple[Any, ...]]:
    """One page of the query."""
    if status is not None:
        query = query.where(Device.status == status)
    if after is not None:
        query = query.where(Device.id > after)
    return query.order_by(Device.id).limit(limit)
