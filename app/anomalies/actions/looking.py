"""Looking at a finding: its evidence as far as who looks may see it, and a record that he did."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from app import errors
from app.access import Actor, Role
from app.anomalies import rules
from app.anomalies import store as findings
from app.anomalies.actions.deciding import READS
from app.anomalies.rules import Band, Shown
from app.anomalies.store import Drawn, Look, Looked, Reviewed
from app.checkins.store import Checkin
from app.db import Session
from app.devices.store import Device
from app.geo import Point, metres_from
from app.ledger import store as ledger

# As long as the longest window a detector looks at.
HISTORY = timedelta(days=30)
LEAF = "position_view"
EXPORT_LEAF = "position_export"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A check-in that shows what was found. `where`: the position, or roughly where; None: forgotten, or near no site at all."""

    checkin: Checkin
    device: Device | None
    where: Point | Band | None

    @property
    def distance_m(self) -> float | None:
        """Metres outside the site; None also where they would say what the band does not."""
        return None if isinstance(self.where, Band) else self.checkin.distance_m


@dataclass(frozen=True, slots=True)
class Card:
    """A finding with everything it was found by. `history`: the person's check-ins at those sites in the weeks before."""

    finding: Reviewed
    evidence: Sequence[Evidence]
    sites: Mapping[int, Drawn]
    history: Sequence[Checkin]


def look(session: Session, finding_id: int, by: Actor, now: datetime) -> Card:
    """The finding as the actor may see it; that he saw where its person was is written down, unless it is himself.

    Raises: NotFound for who may not read it.
    """
    finding = findings.get_reviewed(session, finding_id)
    is_own = finding.person_id == by.person_id
    if not is_own and not by.covers(finding.unit_path, *READS):
        raise errors.NotFound("unknown_finding", finding=finding_id)
    checkins = findings.list_shown(session, finding)
    sites = findings.find_outlines(session, sorted({one.site_version_id for one in checkins if one.site_version_id is not None}))
    positions = findings.positions_of(session, [one.id for one in checkins])
    devices = findings.devices_of(session, [one.device_id for one in checkins])
    seen = [
        Evidence(one, devices.get(one.device_id), _where(one, positions, sites, is_own or finding.shows_position))
        for one in checkins
    ]
    if not is_own:
        _note(session, finding, seen, by, now)
    return Card(finding, seen, sites, _history(session, finding, sites))


def list_looks(session: Session, by: Actor, after: int | None, limit: int, wanted: Looked) -> list[Look]:
    """Who looked at positions of people of the actor's scope, newest first."""
    narrowed = Looked(paths=by.paths(Role.AUDITOR), nip=wanted.nip, viewer=wanted.viewer, since=wanted.since)
    return findings.list_looks(session, after, limit, narrowed)


def note_export(session: Session, first: int, end: int, now: datetime) -> int:
    """Number of people whose positions are in an export of the leaves `[first, end)`: each of them can read that it was made."""
    cause = f"export:{uuid4()}"
    told = findings.add_exported(session, first, end, cause, now)
    if told:
        entry = {"cause": cause, "first": first, "end": end, "people": [[person_id, checkins] for person_id, checkins in told]}
        ledger.append(session, EXPORT_LEAF, cause, entry, now)
    return len(told)


def _where(checkin: Checkin, positions: Mapping[UUID, Point], sites: Mapping[int, Drawn], is_agreed: bool) -> Point | Band | None:
    point, site = positions.get(checkin.id), sites.get(checkin.site_version_id or 0)
    if point is None or (site is None and not is_agreed):
        return None
    if site is None or checkin.distance_m is None:
        return point if is_agreed else None
    if rules.shown_as(checkin.verdict, checkin.distance_m, is_agreed) is Shown.POINT:
        return point
    return rules.band_of(checkin.distance_m, *metres_from(site.middle, point))


def _note(session: Session, finding: Reviewed, seen: Sequence[Evidence], by: Actor, now: datetime) -> None:
    shown = Counter(Shown.BAND if isinstance(one.where, Band) else Shown.POINT for one in seen if one.where is not None)
    for how, count in sorted(shown.items()):
        cause = f"finding:{finding.id}"
        look_id = findings.add_look(session, finding.person_id, by.person_id, cause, how, count, now)
        entry = {"person": finding.person_id, "by": by.person_id, "cause": cause, "shown": how, "checkins": count}
        ledger.append(session, LEAF, f"{LEAF}:{look_id}", entry, now)


def _history(session: Session, finding: Reviewed, sites: Mapping[int, Drawn]) -> list[Checkin]:
    first_day: date = finding.day - HISTORY
    return findings.history_at(session, finding.person_id, sorted(sites), first_day, finding.day) if sites else []
