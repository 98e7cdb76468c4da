"""The tables of incidents: declared once, withdrawn by a fact of its own, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Select, Text, func, or_, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session
from app.incidents.rules import Incident, IncidentKind
from app.people.store import Employed, Person, Unit


class DeclaredIncident(Base):
    """An incident as it was declared; whom it reaches is in its units, that it was withdrawn in its withdrawal."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_ends_at", "ends_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    begins_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str] = mapped_column(Text)
    declared_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    declared_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class IncidentUnit(Base):
    """That an incident reaches everybody in the unit and below it."""

    __tablename__ = "incident_units"

    incident_id: Mapped[int] = mapped_column(ForeignKey(DeclaredIncident.id), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), primary_key=True, autoincrement=False)


class IncidentWithdrawal(Base):
    """That an incident excuses nobody any more, as if it had not been declared."""

    __tablename__ = "incident_withdrawals"

    incident_id: Mapped[int] = mapped_column(ForeignKey(DeclaredIncident.id), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    withdrawn_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Declared:
    """An incident with the units it is read by and what became of it."""

    id: int
    kind: str
    begins_at: datetime
    ends_at: datetime
    reason: str
    declared_by: int
    declared_at: datetime
    units: Sequence[str]
    paths: Sequence[str]
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


def add_incident(
    session: Session, kind: IncidentKind, begins_at: datetime, ends_at: datetime, reason: str, unit_ids: Sequence[int], by: int,
    now: datetime,
) -> int:  # fmt: skip
    """The id of the new incident."""
    row = DeclaredIncident(
        kind=kind, begins_at=begins_at, ends_at=ends_at, reason=reason, declared_by=by, declared_at=now
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(IncidentUnit(incident_id=row.id, unit_id=unit_id) for unit_id in unit_ids)
    session.flush()
    return row.id


def add_withdrawal(session: Session, incident_id: int, reason: str, by: int, now: datetime) -> bool:
    """Whether it was written; there is only ever one."""
    written = (
        insert(IncidentWithdrawal)
        .values(incident_id=incident_id, reason=reason, withdrawn_by=by, withdrawn_at=now)
        .on_conflict_do_nothing()
        .returning(IncidentWithdrawal.incident_id)
    )
    return session.scalar(written) is not None


def find_incident(session: Session, incident_id: int) -> Declared | None:
    """The incident, withdrawn ones too."""
    row = session.execute(_declared().where(DeclaredIncident.id == incident_id)).first()
    return None if row is None else Declared(*row)


def list_incidents(
    session: Session, above: Sequence[str], below: Sequence[str], after: int | None, limit: int
) -> list[Declared]:  # fmt: skip
    """Incidents that reach the units at the paths `above` or lie in the subtrees `below`, newest first, below the id `after`."""
    reached = select(IncidentUnit.incident_id).join(Unit, Unit.id == IncidentUnit.unit_id)
    touching = reached.where(
        or_(
            text("units.path @> ANY(CAST(:above AS ltree[]))"),
            text("units.path <@ ANY(CAST(:below AS ltree[]))"),
        )
    )
    query = _declared().where(DeclaredIncident.id.in_(touching)).order_by(DeclaredIncident.id.desc()).limit(limit)
    if after is not None:
        query = query.where(DeclaredIncident.id < after)
    return [Declared(*row) for row in session.execute(query, {"above": list(above), "below": list(below)})]


def incidents_on(session: Session, day: date, employed: Sequence[Employed]) -> dict[int, tuple[Incident, ...]]:
    """The incidents that reach each of these people and may touch the day, in whatever zone it is; one query.

    Only people whom one reaches are in it. Shifts go over midnight, so a day on either side is looked at too.
    """
    first = datetime.combine(day - timedelta(days=1), time.min, UTC)
    near = _declared().where(
        IncidentWithdrawal.incident_id.is_(None),
        DeclaredIncident.ends_at > first,
        DeclaredIncident.begins_at < first + timedelta(days=4),
    )
    found = [_incident(Declared(*row)) for row in session.execute(near.order_by(DeclaredIncident.id))]
    reaching = {
        person.person_id: tuple(incident for incident in found if incident.reaches(person.person_id, person.unit_path))
        for person in (employed if found else ())
    }
    return {person_id: incidents for person_id, incidents in reaching.items() if incidents}


def list_changed_since(session: Session, since: datetime) -> list[Incident]:
    """Every incident declared or withdrawn at or after that instant: the days it touches are to be judged again."""
    changed = or_(DeclaredIncident.declared_at >= since, IncidentWithdrawal.withdrawn_at >= since)
    return [_incident(Declared(*row)) for row in session.execute(_declared().where(changed).order_by(DeclaredIncident.id))]


def _incident(row: Declared) -> Incident:
    kind = IncidentKind(row.kind)
    return Incident(row.id, kind, row.begins_at, row.ends_at, row.reason, tuple(row.paths), row.declared_by)


def _declared() -> Select[*tuple[Any, ...]]:
    units = (
        select(
            IncidentUnit.incident_id,
            func.array_agg(aggregate_order_by(Unit.code, Unit.code)).label("codes"),
            func.array_agg(aggregate_order_by(Unit.path.cast(Text), Unit.code)).label("paths"),
        )
        .join(Unit, Unit.id == IncidentUnit.unit_id)
        .where(IncidentUnit.incident_id == DeclaredIncident.id)
        .group_by(IncidentUnit.incident_id)
        .lateral()
    )
    incident, withdrawal = DeclaredIncident, IncidentWithdrawal
    return (
        select(
            incident.id, incident.kind, incident.begins_at, incident.ends_at, incident.reason, incident.declared_by,
            incident.declared_at, units.c.codes, units.c.paths, withdrawal.withdrawn_at, withdrawal.reason,
        )
        .select_from(incident)
        .join(units, units.c.incident_id == incident.id)
        .outerjoin(withdrawal, withdrawal.incident_id == incident.id)
    )  # fmt: skip
