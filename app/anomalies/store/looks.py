"""Positions for those who review, and who looked at whose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.anomalies.store.tables import PositionView
from app.checkins.store import Checkin
from app.db import Session, in_scope
from app.devices.store import Device
from app.geo import Point
from app.geofences.store import SiteVersion
from app.people.store import Person, Posting, Unit

POSITIONS = "SELECT id, ST_Y(position) AS lat, ST_X(position) AS lon FROM checkin_reports WHERE id = ANY (:ids)"

# Of a file that holds positions: whose, and of how many check-ins each; one row for everybody in it.
EXPORTED = """
INSERT INTO position_views (person_id, cause, shown, checkins, viewed_at)
SELECT c.person_id, :cause, 'point', count(*), :now FROM ledger_order o
JOIN ledger_leaves l ON l.id = o.leaf_id AND l.kind = 'checkin'
JOIN checkins c ON c.id = l.subject::uuid JOIN checkin_reports r ON r.id = c.id
WHERE o.leaf_index >= :first AND o.leaf_index < :end GROUP BY c.person_id ORDER BY c.person_id
RETURNING person_id, checkins
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at where somebody was: of whom, by whom, for what."""

    id: int
    nip: str
    name: str
    viewer_nip: str | None
    viewer_name: str | None
    cause: str
    shown: str
    checkins: int
    viewed_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """Which looks are asked for; what is None narrows nothing."""

    person_id: int | None = None
    paths: Sequence[str] | None = None
    nip: str | None = None
    viewer: str | None = None
    since: datetime | None = None


def positions_of(session: Session, checkin_ids: Sequence[UUID]) -> dict[UUID, Point]:
    """Where check-ins were made, as far as that was not forgotten."""
    rows = session.execute(text(POSITIONS), {"ids": list(checkin_ids)})
    return {row.id: Point(row.lat, row.lon) for row in rows}


def devices_of(session: Session, device_ids: Sequence[str]) -> dict[str, Device]:
    """The phones of those ids."""
    return {device.id: device for device in session.scalars(select(Device).where(Device.id.in_(device_ids)))}


def history_at(session: Session, person_id: int, version_ids: Sequence[int], first_day: date, last_day: date) -> list[Checkin]:
    """The person's check-ins of some work dates at the sites of which these are versions, oldest first."""
    sites = select(SiteVersion.site_id).where(SiteVersion.id.in_(version_ids))
    query = (
        select(Checkin)
        .join(SiteVersion, SiteVersion.id == Checkin.site_version_id)
        .where(Checkin.person_id == person_id, Checkin.work_date.between(first_day, last_day), SiteVersion.site_id.in_(sites))
        .order_by(Checkin.taken_at, Checkin.id)
    )
    return list(session.scalars(query))


def add_look(session: Session, person_id: int, viewer_id: int, cause: str, shown: str, checkins: int, now: datetime) -> int:
    """The id of the row that says so."""
    row = PositionView(person_id=person_id, viewer_id=viewer_id, cause=cause, shown=shown, checkins=checkins, viewed_at=now)
    session.add(row)
    session.flush()
    return row.id


def add_exported(session: Session, first: int, end: int, cause: str, now: datetime) -> list[tuple[int, int]]:
    """Whose positions a stretch of the ledger holds, and of how many check-ins each; a row says so for everybody."""
    rows = session.execute(text(EXPORTED), {"first": first, "end": end, "cause": cause, "now": now})
    return [(row.person_id, row.checkins) for row in rows]


def list_looks(session: Session, after: int | None, limit: int, wanted: Looked) -> list[Look]:
    """Looks, newest first, beginning below the id `after`."""
    viewer = aliased(Person)
    row = PositionView
    query = (
        select(
            row.id, Person.nip, Person.name, viewer.nip, viewer.name, row.cause, row.shown, row.checkins, row.viewed_at
        )
        .join(Person, Person.id == row.person_id)
        .outerjoin(viewer, viewer.id == row.viewer_id)
        .where(*_narrowed(wanted, viewer.nip))
        .order_by(row.id.desc())
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        query = query.where(row.id < after)
    return [Look(*found) for found in session.execute(query)]


def _narrowed(wanted: Looked, viewer_nip: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    row, conditions = PositionView, list[ColumnElement[bool]]()
    if wanted.person_id is not None:
        conditions.append(row.person_id == wanted.person_id)
    if wanted.paths is not None:
        posted = select(Posting.person_id).join(Unit, Unit.id == Posting.unit_id).where(in_scope(Unit.path, wanted.paths))
        conditions.append(row.person_id.in_(posted))
    if wanted.nip is not None:
        conditions.append(Person.nip == wanted.nip)
    if wanted.viewer is not None:
        conditions.append(viewer_nip == wanted.viewer)
    if wanted.since is not None:
        conditions.append(row.viewed_at >= wanted.since)
    return conditions
