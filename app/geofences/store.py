"""The tables of sites and their outlines: versions are added, never overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    delete,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session
from app.people.store import Person, Unit


class Site(Base):
    """A place people check in at; what it looks like is in its versions. `zone`: of the clocks there, none: its units'."""

    __tablename__ = "sites"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Unit.id))
    zone: Mapped[str | None] = mapped_column(Text)


class SiteVersion(Base):
    """One outline of a site, in force from an instant until the next version's."""

    __tablename__ = "site_versions"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    site_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Site.id))
    version: Mapped[int]
    outline: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False, nullable=False))
    valid_from: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    lint: Mapped[Any] = mapped_column(JSONB)
    added_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    __table_args__ = (UniqueConstraint("site_id", "version"), Index("ix_site_versions_outline", "outline", postgresql_using="gist"))


class SiteUnit(Base):
    """That everybody in the unit and below it may check in at the site."""

    __tablename__ = "site_units"
    site_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Site.id), primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Unit.id), primary_key=True, index=True)


class DoorCode(Base):
    """The secret behind the rotating code at a site's door, in force from an instant until the next one's; none: no code.

    Old ones stay, because a check-in made offline under one may arrive a month later. It leaves the database to be computed
    with and for nothing else: it is in no answer, no log and no export.
    """

    __tablename__ = "door_codes"
    site_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Site.id), primary_key=True)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    added_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    __table_args__ = (CheckConstraint("octet_length(secret) = 32", name="secret"),)


@dataclass(frozen=True, slots=True)
class Door:
    """A site's door code in force."""

    site_id: int
    site_code: str
    site_name: str
    zone: str
    since: datetime
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outlined:
    """A site with one of its versions; `outline` is GeoJSON, `units` the codes of those who may use it."""

    id: int
    code: str
    name: str
    agency: str
    agency_path: str
    units: Sequence[str]
    version_id: int
    version: int
    valid_from: datetime
    outline: Mapping[str, Any]
    lint: Mapping[str, Any]
    has_code: bool
    zone: str


CURRENT = """
SELECT site.id, site.code, site.name, agency.code AS agency, agency.path::text AS agency_path,
       ARRAY(
           SELECT unit.code FROM site_units JOIN units unit ON unit.id = unit_id WHERE site_id = site.id ORDER BY unit.code
       ) AS units,
       version.id AS version_id, version.version, version.valid_from, ST_AsGeoJSON({outline}, 9) AS outline, version.lint,
       door.secret IS NOT NULL AS has_code, coalesce(
           site.zone, (SELECT unit.zone FROM site_units JOIN units unit ON unit.id = unit_id WHERE site_id = site.id
                       ORDER BY unit.path LIMIT 1), agency.zone) AS zone
FROM sites site JOIN units agency ON agency.id = site.agency_id
CROSS JOIN LATERAL (
    SELECT * FROM site_versions WHERE site_id = site.id AND valid_from <= :at ORDER BY version DESC LIMIT 1
) version
LEFT JOIN LATERAL (SELECT secret FROM door_codes WHERE site_id = site.id AND since <= :at ORDER BY since DESC LIMIT 1) door ON true
"""

# Later than any version: whoever waited for another writer must see what that one kept, although his own clock was read before.
LAST = datetime.max.replace(tzinfo=UTC)
TICK = timedelta(microseconds=1)

# Half a metre in degrees: nobody sees it on a phone, and it halves what the phone loads.
SIMPLIFIED = "ST_SimplifyPreserveTopology(version.outline, 0.0000045)"


def sites_of(session: Session, unit_path: str, at: datetime, also: Sequence[int] = ()) -> list[Outlined]:
    """The sites that somebody posted at the unit may use, and `also` these, in order of code, simplified for a phone's map."""
    allowed = (
        " WHERE site.id IN (SELECT site_id FROM site_units JOIN units above ON above.id = unit_id"
        " WHERE above.path @> CAST(:path AS ltree)) OR site.id = ANY(:also) ORDER BY site.code"
    )
    query = text(CURRENT.format(outline=SIMPLIFIED) + allowed)
    return [_outlined(row) for row in session.execute(query, {"at": at, "path": unit_path, "also": list(also)})]


def list_sites(session: Session, agencies: Sequence[str], at: datetime, after: str | None, limit: int) -> list[Outlined]:
    """The agencies' sites in order of code, beginning after the code `after`."""
    some = " WHERE agency.path::text = ANY(:agencies) AND site.code > :after ORDER BY site.code LIMIT :limit"
    asked = {"at": at, "agencies": list(agencies), "after": after or "", "limit": limit}
    return [_outlined(row) for row in session.execute(text(CURRENT.format(outline="version.outline") + some), asked)]


def find_site(session: Session, code: str, at: datetime = LAST) -> Outlined | None:
    """The site of that code as it is at the instant, or after all that was drawn."""
    query = text(CURRENT.format(outline="version.outline") + " WHERE site.code = :code")
    row = session.execute(query, {"at": at, "code": code}).first()
    return None if row is None else _outlined(row)


def list_versions(session: Session, site_id: int) -> list[tuple[int, datetime, Mapping[str, Any], Mapping[str, Any]]]:
    """Version, instant, GeoJSON outline and lint of every version there ever was, newest first."""
    outline = func.ST_AsGeoJSON(SiteVersion.outline, 9)
    query = select(SiteVersion.version, SiteVersion.valid_from, outline, SiteVersion.lint).where(SiteVersion.site_id == site_id)
    rows = session.execute(query.order_by(SiteVersion.version.desc()))
    return [(version, at, orjson.loads(drawn), lint) for version, at, drawn, lint in rows]


def lock_site(session: Session, code: str) -> None:
    """Let nobody else write this site until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("site"), func.hashtext(code))))


def add_site(session: Session, code: str, name: str, agency_id: int, zone: str | None = None) -> int:
    """The id of the new site."""
    site = Site(code=code, name=name, agency_id=agency_id, zone=zone)
    session.add(site)
    session.flush()
    return site.id


def describe_site(session: Session, site_id: int, name: str, zone: str | None) -> bool:
    """Whether name or zone of the site changed; afterwards they are these."""
    site = session.get_one(Site, site_id)
    before, site.name, site.zone = (site.name, site.zone), name, zone
    session.flush()
    return before != (name, zone)


def add_version(
    session: Session, site_id: int, outline: Mapping[str, Any], valid_from: datetime, lint: Mapping[str, Any], by: int | None
) -> int:
    """The number of the new version, one more than the last."""
    last = session.scalar(select(func.max(SiteVersion.version)).where(SiteVersion.site_id == site_id)) or 0
    drawn = func.ST_Multi(func.ST_GeomFromGeoJSON(literal(orjson.dumps(outline).decode())))
    session.add(SiteVersion(site_id=site_id, version=last + 1, outline=drawn, valid_from=valid_from, lint=lint, added_by=by))
    session.flush()
    return last + 1


def replace_units(session: Session, site_id: int, unit_ids: Sequence[int]) -> bool:
    """Whether those who may use the site changed; afterwards it is these units."""
    before = set(session.scalars(select(SiteUnit.unit_id).where(SiteUnit.site_id == site_id)))
    wanted = set(unit_ids)
    session.execute(delete(SiteUnit).where(SiteUnit.site_id == site_id, SiteUnit.unit_id.in_(before - wanted)))
    session.add_all(SiteUnit(site_id=site_id, unit_id=unit_id) for unit_id in sorted(wanted - before))
    session.flush()
    return before != wanted


def find_door(session: Session, code: str, at: datetime = LAST) -> Door | None:
    """The door code of the site in force at the instant, or after all that was ever set."""
    query = (
        select(Site.id, Site.name, func.coalesce(Site.zone, Unit.zone).label("zone"), DoorCode.since, DoorCode.secret)
        .join(DoorCode, DoorCode.site_id == Site.id)
        .join(Unit, Unit.id == Site.agency_id)
        .where(Site.code == code, DoorCode.since <= at)
        .order_by(DoorCode.since.desc())
    )
    row = session.execute(query.limit(1)).first()
    return None if row is None or row.secret is None else Door(row.id, code, row.name, row.zone, row.since, row.secret)


def add_door_code(session: Session, site_id: int, secret: bytes | None, now: datetime, by: int | None) -> datetime:
    """Since when the secret is in force: now, and later than every other, also when another writer's clock was ahead."""
    last = session.scalar(select(func.max(DoorCode.since)).where(DoorCode.site_id == site_id))
    since = now if last is None else max(now, last + TICK)
    session.add(DoorCode(site_id=site_id, since=since, secret=secret, added_by=by))
    session.flush()
    return since


def _outlined(row: Any) -> Outlined:
    found = row._mapping
    return Outlined(**{**found, "outline": orjson.loads(found["outline"])})
