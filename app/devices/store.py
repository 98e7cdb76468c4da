"""The table of devices and everything asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, ForeignKey, Select, Text, and_, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session, in_scope
from app.devices.rules.attestation import Policy
from app.devices.rules.keys import is_device_id
from app.devices.rules.use import Status, Use
from app.people.store import Person, Posting, Unit


class Device(Base):
    """A phone by its key; its check-ins are taken in `[usable_from, usable_until)` unless it is revoked.

    The table itself refuses two phones of one person in use at the same instant, past or to come.
    """

    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    jwk: Mapped[dict[str, str]] = mapped_column(JSONB)
    name: Mapped[str] = mapped_column(Text)
    platform: Mapped[str] = mapped_column(Text)
    installation_id: Mapped[str] = mapped_column(Text, index=True)
    attestation: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    attestation_tier: Mapped[str] = mapped_column(Text, server_default="none")
    attestation_flaw: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    enrolled_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    usable_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    usable_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def use(self) -> Use:
        """What is decided about it."""
        return Use(Status(self.status), self.usable_from, self.usable_until)


# A device as it stands, in the words of its leaves.
STANDING = """
SELECT 'device:' || id AS fact, person_id AS person, jwk, name, platform, installation_id, attestation_tier AS attestation,
       encode(sha256(convert_to(attestation::text, 'UTF8')), 'hex') AS evidence, attestation_flaw AS flaw, status, enrolled_at,
       usable_from, usable_until, decided_by, decided_at
FROM devices
"""


class AttestationPolicy(Base):
    """What an agency asks of new phones; no row is nothing."""

    __tablename__ = "attestation_policies"

    agency_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), primary_key=True)
    policy: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


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


def told_of(session: Session, device_id: str) -> dict[str, object]:
    """The device as it stands, in the words of its leaves."""
    row = dict(session.execute(text(f"{STANDING} WHERE id = :id"), {"id": device_id}).one()._mapping)
    del row["fact"]
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def statuses_of(session: Session, person_id: int) -> Sequence[str]:
    """Statuses that occur among all devices the person ever enrolled."""
    return session.scalars(select(Device.status).where(Device.person_id == person_id).distinct()).all()


def list_devices(
    session: Session, person_id: int, status: Status | None, now: datetime, after: str | None, limit: int
) -> Sequence[Device]:
    """Devices the person ever enrolled, in order of id, beginning after the id `after`."""
    query = select(Device).where(Device.person_id == person_id)
    return session.scalars(_narrowed(query, status, now, after, limit)).all()


def list_standing(session: Session, person_id: int, now: datetime, *statuses: Status) -> Sequence[Device]:
    """The person's devices that stand so now, oldest first."""
    query = select(Device).where(Device.person_id == person_id, or_(*(_stands(status, now) for status in statuses)))
    return session.scalars(query.order_by(Device.enrolled_at, Device.id).execution_options(populate_existing=True)).all()


def find_owned(session: Session, device_id: str, day: date) -> Owned | None:
    """The device with its owner as posted that day."""
    row = session.execute(_owned_on(day).where(Device.id == device_id)).first() if is_device_id(device_id) else None
    return None if row is None else Owned(*row)


def list_owned(
    session: Session, day: date, paths: Sequence[str], status: Status | None, now: datetime, after: str | None, limit: int
) -> list[Owned]:
    """Devices of people posted in the subtrees that day, in order of id, beginning after the id `after`."""
    query = _owned_on(day).where(in_scope(Unit.path, paths))
    return [Owned(*row) for row in session.execute(_narrowed(query, status, now, after, limit))]


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


def end_use(session: Session, device_id: str, until: datetime) -> None:
    """Let the phone be in use until that instant and no longer."""
    _change(session, Device.id == device_id, {"usable_until": until})


def resume_use(session: Session, person_id: int, until: datetime) -> Sequence[str]:
    """Id of the phone that was in use until that instant, if there is one; it stays in use."""
    ends_then = and_(Device.person_id == person_id, Device.status == Status.ACTIVE, Device.usable_until == until)
    return _change(session, ends_then, {"usable_until": None})


def set_use(session: Session, device_id: str, use: Use, by: int, now: datetime) -> None:
    """Write a decision about a device."""
    decided = {"status": use.status, "usable_from": use.since, "usable_until": use.until, "decided_by": by, "decided_at": now}
    _change(session, Device.id == device_id, decided)


def find_policy(session: Session, agency_id: int) -> Policy | None:
    """What the agency asks of new phones."""
    found = session.scalar(select(AttestationPolicy.policy).where(AttestationPolicy.agency_id == agency_id))
    return None if found is None else Policy(found)


def set_policy(session: Session, agency_id: int, policy: Policy, by: int, now: datetime) -> None:
    """Write what the agency asks of new phones."""
    decided = {"policy": policy, "decided_by": by, "decided_at": now}
    query = insert(AttestationPolicy).values(agency_id=agency_id, **decided)
    session.execute(query.on_conflict_do_update(index_elements=[AttestationPolicy.agency_id], set_=decided))


def _change(session: Session, which: ColumnElement[bool], values: dict[str, Any]) -> Sequence[str]:
    """Ids of the devices that were changed."""
    query = update(Device).where(which).values(values).returning(Device.id).execution_options(synchronize_session=False)
    return session.scalars(query).all()


def _stands(status: Status, at: datetime) -> ColumnElement[bool]:
    """`rules.use.status_at` as a condition."""
    if status in (Status.PENDING, Status.REVOKED):
        return Device.status == status
    has_begun, has_ended = Device.usable_from <= at, Device.usable_until <= at
    when = {
        Status.APPROVED: ~has_begun,
        Status.ACTIVE: and_(has_begun, or_(Device.usable_until.is_(None), ~has_ended)),
        Status.SUPERSEDED: has_ended,
    }
    return and_(Device.status == Status.ACTIVE, when[status])


def _owned_on(day: date) -> Select[*tuple[Any, ...]]:
    in_force = and_(Posting.kind == "primary", Posting.since <= day, or_(Posting.until.is_(None), Posting.until > day))
    return (
        select(Device, Person.nip, Person.name, Unit.code, Unit.path)
        .join(Person, Person.id == Device.person_id)
        .join(Posting, and_(Posting.person_id == Device.person_id, in_force))
        .join(Unit, Unit.id == Posting.unit_id)
        .execution_options(populate_existing=True)
    )


def _narrowed(
    query: Select[*tuple[Any, ...]], status: Status | None, now: datetime, after: str | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """One page of the query."""
    if status is not None:
        query = query.where(_stands(status, now))
    if after is not None:
        query = query.where(Device.id > after)
    return query.order_by(Device.id).limit(limit)
