"""Looking through a day, and telling those whom something was noticed about."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby

from app.anomalies import rules
from app.anomalies import store as findings
from app.anomalies.rules import DETECTORS, Found, Meeting, Night, Sighting, Spot, Track
from app.anomalies.rules.offset import FEWEST, NETWORK_M, WINDOW_DAYS
from app.attendance import actions as attendance
from app.checkins.rules.timing import Grade
from app.db import Session
from app.geo import metres_from, outline_around, sigma_m
from app.ledger import store as ledger
from app.people import store as people


def scan_day(session: Session, day: date, now: datetime, only: Collection[int] | None = None, without: Collection[int] = ()) -> int:
    """Number of new findings about the day; looking again finds nothing new unless its evidence changed.

    A finding belongs to the unit where the person is posted that day, else where the check-in was made. Each new one is a notice to
    its person (`GET /v1/me/findings`) from this instant on, and has its leaf. `only`: those of whom
    something is new; whoever shared a place or a phone with them is looked at too. `without`: people who are left out for now,
    because what is known of them cannot be read.
    """
    company = None if only is None else findings.list_company(session, day, only)
    found = _not_asked_lately(session, rules.findings_in(night_of(session, day, now, company, without)), day)
    posted = people.list_employed_on(session, day, person_ids=sorted({one.person_id for one in found})) if found else []
    units = {person.person_id: person.unit_id for person in posted}
    placed = [(one, units.get(one.person_id, one.unit_id)) for one in found]
    added = findings.add_all(session, day, [(one, unit_id) for one, unit_id in placed if unit_id is not None], now)
    for finding_id, kind, person_id, evidence_hash in added:
        notice = {"finding": finding_id, "kind": kind, "person": person_id, "day": day.isoformat(), "evidence": evidence_hash}
        ledger.append(session, "finding", f"finding:{finding_id}", notice, now)
    return len(added)


def list_seen(session: Session, day: date) -> Sequence[int]:
    """Everybody who checked in on the day."""
    return findings.list_seen(session, day)


def look_through(session: Session, day: date, now: datetime, only: Sequence[int]) -> int:
    """0: what is known of these people on the day can be looked through, and nothing is written."""
    rules.findings_in(night_of(session, day, now, only))
    return 0


def night_of(session: Session, day: date, now: datetime, only: Sequence[int] | None = None, without: Collection[int] = ()) -> Night:
    """Everything that detectors look at about the day, and the days before as far as it concerns somebody seen on it."""
    sightings = _with_stakes(session, findings.list_sightings(session, day, only, without), day, now)
    return Night(day, sightings, _tracks(session, day, only, without), _meetings(session, sightings, day))


def _tracks(session: Session, day: date, only: Sequence[int] | None, without: Collection[int]) -> list[Track]:
    """The fixes of weeks of those who were outside near a site that day, in metres of its middle."""
    near = findings.list_near(session, day, WINDOW_DAYS, rules.FARTHEST_M, FEWEST, only)
    near = [fix for fix in near if fix.person_id not in without]
    drawn = findings.find_outlines(session, sorted({fix.site_version_id for fix in near}))
    tracks = []
    for (person_id, version_id), fixes in groupby(near, key=lambda fix: (fix.person_id, fix.site_version_id)):
        site, own = drawn[version_id], list(fixes)
        spots = [_spot(fix, site) for fix in own]
        tracks.append(Track(person_id, own[0].unit_id, site.name, outline_around(site.outline, site.middle), spots))
    return tracks


def _spot(fix: findings.NearFix, site: findings.Drawn) -> Spot:
    east_m, north_m = metres_from(site.middle, fix.point)
    sigma = sigma_m(fix.platform, fix.accuracy_m)
    return Spot(fix.checkin_id, fix.day, east_m, north_m, sigma, fix.accuracy_m > NETWORK_M, fix.outside_m)


def _meetings(session: Session, sightings: Sequence[Sighting], day: date) -> list[Meeting]:
    """The common days of every two people who shared a coordinate on this one."""
    pairs = sorted(rules.pairs_of(sightings))
    if not pairs:
        return []
    places = findings.places_of(session, sorted({person_id for pair in pairs for person_id in pair}), day)
    return [rules.meeting_of(pair, places) for pair in pairs]


def _not_asked_lately(session: Session, found: Sequence[Found], day: date) -> list[Found]:
    """The same without those whose person was asked about such a history a short time ago."""
    longest = max(detector.again_after for detector in DETECTORS.values())
    people_found = sorted({one.person_id for one in found if DETECTORS[one.kind].again_after})
    last = findings.last_found(session, people_found, day - timedelta(days=longest), day) if people_found else {}
    return [
        one
        for one in found
        if (before := last.get((one.kind, one.person_id))) is None or (day - before).days >= DETECTORS[one.kind].again_after
    ]


def _with_stakes(session: Session, sightings: list[Sighting], day: date, now: datetime) -> list[Sighting]:
    """The same, each with what the day can cost where an uncertain time decides it."""
    unsure = {seen.person_id for seen in sightings if seen.time_grade != Grade.VERIFIED}
    if not unsure:
        return sightings
    stakes = attendance.stakes_on(session, day, now, sorted(unsure))
    return [replace(seen, stakes=stakes.get(seen.person_id)) for seen in sightings]
