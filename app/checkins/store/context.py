"""Everything a verdict needs, gathered in one round trip for a whole batch."""

import contextlib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import orjson

from app import decrees
from app.assignments.rules import Letter, rostered_under
from app.assignments.store import standing
from app.checkins.rules.context import Context
from app.checkins.rules.place import Measured
from app.checkins.rules.report import NEWEST_ID, OLDEST_ID, Earlier, first_id
from app.checkins.store.kept import Kept
from app.config import text_setting
from app.db import Statements, prepared
from app.devices.rules.attestation import lacks_wanted_proof
from app.devices.rules.use import Status, Use
from app.geo import Point
from app.workdays.rules import (
    Declared,
    Group,
    Holiday,
    HolidayKind,
    RosterEntry,
    days_near,
    declared_for,
    groups_named,
    shift_of,
)

# Every sub-select is LATERAL with a bound of its own, so that the one generic plan looks each item up by index and
# opens one partition, however many months and people there are. OFFSET 0: else "another person's phone in use" is looked up in
# the index that keeps two phones of one person apart, which finds everybody's. $2 to $5 bound the ids of all items, and of the
# weeks before: what is known before it begins spares it the months outside, of which there are more every year.
GATHER = f"""
SELECT asked.at, kept.payload_hash, kept.answer,
       device.status, device.usable_from, device.usable_until, device.enrolled_at, device.jwk::text, person.id, person.nip,
       shared.found, device.attestation_tier, asks.policy,
       unit.id, unit.zone, unit.agency_id, unit.decree, unit.path::text, sites.found::text, rosters.found::text,
       holidays.found::text, groups.found::text, earlier.found::text,
       letters.found::text
FROM json_to_recordset($1::json) AS asked
    (at integer, id uuid, device text, lat float8, lon float8, near_m float8, taken_at timestamptz, seq bigint)
LEFT JOIN LATERAL (SELECT payload_hash, answer FROM checkins WHERE id = asked.id AND id BETWEEN $2 AND $3 LIMIT 1) kept ON true
LEFT JOIN LATERAL (SELECT * FROM devices WHERE devices.id = asked.device LIMIT 1) device ON true
LEFT JOIN LATERAL (SELECT * FROM people WHERE people.id = device.person_id LIMIT 1) person ON true
LEFT JOIN LATERAL (
    SELECT true AS found FROM (SELECT * FROM devices WHERE installation_id = device.installation_id OFFSET 0) other
    WHERE other.person_id <> device.person_id AND other.status = 'active'
      AND other.usable_from <= asked.taken_at AND (other.usable_until IS NULL OR other.usable_until > asked.taken_at)
    LIMIT 1
) shared ON true
LEFT JOIN LATERAL (
    SELECT own.id, own.zone, agency.id AS agency_id, own.decree, own.path, (asked.taken_at AT TIME ZONE own.zone)::date AS day
    FROM postings JOIN units own ON own.id = postings.unit_id JOIN units agency ON agency.path = subpath(own.path, 0, 1)
    WHERE postings.person_id = person.id AND postings.kind = 'primary'
      AND postings.since <= (asked.taken_at AT TIME ZONE own.zone)::date
      AND (postings.until IS NULL OR postings.until > (asked.taken_at AT TIME ZONE own.zone)::date)
    LIMIT 1
) unit ON true
LEFT JOIN LATERAL (SELECT policy FROM attestation_policies WHERE agency_id = unit.agency_id LIMIT 1) asks ON true
LEFT JOIN LATERAL (
    SELECT json_agg(to_json(held) ORDER BY held.id) AS found, array_agg(held.id) AS ids
    FROM ({standing("named.person_id = person.id", "unit.day - 2", "unit.day + 1")}) held
) letters ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object(
        'code', code, 'name', name, 'version_id', version_id, 'distance_m', distance_m, 'door_secret', door_secret,
        'only_under', only_under,
        'geometry', CASE WHEN abs(distance_m) <= asked.near_m THEN ST_AsGeoJSON(outline, 9)::json END)) AS found
    FROM (
        SELECT site.code, site.name, version.id AS version_id, version.outline, encode(door.secret, 'hex') AS door_secret,
               allowed.only_under,
               CASE WHEN ST_Covers(version.outline, fix.point) THEN 1 ELSE -1 END
               * ST_Distance(ST_Boundary(version.outline)::geography, fix.point::geography) AS distance_m
        FROM (SELECT ST_SetSRID(ST_MakePoint(asked.lon, asked.lat), 4326) AS point) fix,
        LATERAL (
            SELECT site_id, CASE WHEN bool_and(letter_id IS NOT NULL) THEN array_agg(letter_id ORDER BY letter_id) END AS only_under
            FROM (
                SELECT site_units.site_id, CAST(NULL AS bigint) AS letter_id
                FROM postings JOIN units own ON own.id = postings.unit_id
                JOIN units above ON above.path @> own.path JOIN site_units ON site_units.unit_id = above.id
                WHERE postings.person_id = person.id AND postings.since <= unit.day
                  AND (postings.until IS NULL OR postings.until > unit.day)
                UNION ALL
                SELECT named.site_id, named.letter_id FROM letter_sites named WHERE named.letter_id = ANY(letters.ids)
            ) usual_or_named
            GROUP BY site_id
        ) allowed
        JOIN sites site ON site.id = allowed.site_id
        CROSS JOIN LATERAL (
            SELECT id, outline FROM site_versions
            WHERE site_versions.site_id = site.id AND site_versions.valid_from <= asked.taken_at
            ORDER BY version DESC LIMIT 1
        ) version
        LEFT JOIN LATERAL (
            SELECT secret FROM door_codes
            WHERE door_codes.site_id = site.id AND door_codes.since <= asked.taken_at
            ORDER BY since DESC LIMIT 1
        ) door ON true
    ) measured
    WHERE asked.lat IS NOT NULL
) sites ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('day', entry.day, 'zone', entry.zone, 'shifts', CASE WHEN entry.shift_ids IS NOT NULL THEN (
        SELECT coalesce(json_agg(to_json(shift) ORDER BY shift.id), '[]') FROM shifts shift WHERE shift.id = ANY(entry.shift_ids)
    ) END)) AS found
    FROM roster_entries entry
    WHERE entry.person_id = person.id AND entry.day BETWEEN unit.day - 2 AND unit.day + 1
) rosters ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('day', day, 'kind', kind, 'name', holidays.name, 'source', source,
        'depth', coalesce(nlevel(declaring.path), 0), 'group', group_id)) AS found
    FROM holidays LEFT JOIN units declaring ON declaring.id = holidays.unit_id
    WHERE day BETWEEN unit.day - 2 AND unit.day + 1 AND NOT is_withdrawn
      AND (declaring.path IS NULL OR declaring.path @> unit.path)
) holidays ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('since', since, 'until', until, 'id', member.group_id, 'code', own.code,
        'calendar', own.calendar)) AS found
    FROM calendar_memberships member JOIN calendar_groups own ON own.id = member.group_id
    WHERE member.person_id = person.id AND since <= unit.day + 1 AND (until IS NULL OR until > unit.day - 2)
) groups ON true
LEFT JOIN LATERAL (
    SELECT json_build_object(
        'id', past.id, 'device_id', past.device_id, 'boot_id', past.boot_id, 'seq', past.seq,
        'payload_hash', encode(past.payload_hash, 'base64'), 'taken_at', past.taken_at, 'earliest_at', past.earliest_at,
        'latest_at', past.latest_at, 'claimed_at', past.claimed_at, 'accuracy_m', past.accuracy_m,
        'lat', ST_Y(placed.position), 'lon', ST_X(placed.position)
    ) AS found
    FROM (
        SELECT * FROM checkins
        WHERE checkins.person_id = person.id AND checkins.id BETWEEN $4 AND $5
          AND (checkins.device_id <> asked.device OR checkins.seq < asked.seq)
        ORDER BY checkins.work_date DESC, checkins.taken_at DESC LIMIT 1
    ) past
    CROSS JOIN LATERAL (SELECT position FROM checkin_reports WHERE id = past.id AND id BETWEEN $4 AND $5 LIMIT 1) placed
) earlier ON true
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One item to gather for; the outline of a site is wanted within `near_m` of the fix, none without a usable fix.

    `seq`: its number in the phone's chain; the check-in before it is the newest that has not a higher one.
    """

    id: UUID
    device_id: str
    lat: float | None
    lon: float | None
    near_m: float | None
    taken_at: datetime
    seq: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Device:
    """The key an item claims to be signed by, and whose it is."""

    use: Use
    enrolled_at: datetime
    jwk: Mapping[str, str]
    person_id: int
    nip: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the database knows about one item: the check-in of that id if there is one, the device, and the context to judge in."""

    kept: Kept | None
    device: Device | None
    context: Context | None


def contexts_for(statements: Statements, asked: Sequence[Asked]) -> list[Gathered]:
    """What is known about each item, in their order."""
    items = [
        {
            "at": at,
            "id": item.id,
            "device": item.device_id,
            "lat": item.lat,
            "lon": item.lon,
            "near_m": item.near_m,
            "taken_at": item.taken_at,
            "seq": item.seq,
        }
        for at, item in enumerate(asked)
    ]
    ids, received = [item.id for item in asked], [item.received_at for item in asked]
    window = first_id(min(received) - OLDEST_ID), first_id(max(received) + NEWEST_ID)
    bounds = [str(id) for id in (min(ids), max(ids), *window)]
    rows = prepared(statements, "checkins_gather", GATHER, (orjson.dumps(items).decode(), *bounds))
    return [_gathered(asked[row[0]].taken_at, row[1:]) for row in sorted(rows, key=lambda row: row[0])]


def _gathered(taken_at: datetime, row: Sequence[Any]) -> Gathered:
    payload_hash, answer, status, usable_from, usable_until, enrolled_at, jwk, person_id, nip, is_shared, tier, policy, *around = (
        row
    )
    kept = None if payload_hash is None else Kept(bytes(payload_hash), answer)
    if status is None:
        return Gathered(kept, None, None)
    device = Device(Use(Status(status), usable_from, usable_until), enrolled_at, orjson.loads(jwk), person_id, nip)
    flaws = {"is_device_shared": is_shared is True, "is_proof_missing": lacks_wanted_proof(policy, tier)}
    return Gathered(kept, device, _context(person_id, taken_at, around, flaws))


def _context(person_id: int, taken_at: datetime, around: Sequence[Any], flaws: Mapping[str, Any]) -> Context:
    unit_id, zone, _, decree, path, sites, rosters, declared, members, before, said = around
    known_apps = frozenset(text_setting("known_apps").split())
    earlier = None if before is None else _earlier(orjson.loads(before))
    if unit_id is None:
        zone = text_setting("zone")
        return Context(person_id, None, zone, None, {}, {}, (), earlier, known_apps=known_apps, **flaws)
    days = days_near(taken_at, zone)
    groups = _groups_on(days, orjson.loads(members or "[]"))
    holidays = _holidays_on(days, [_declared(row) for row in orjson.loads(declared or "[]")], groups)
    roster = {entry.day: entry for entry in (_roster_entry(row) for row in orjson.loads(rosters or "[]"))}
    letters = msgspec.convert(orjson.loads(said or "[]"), tuple[Letter, ...])
    if letters:
        under = {day: rostered_under(day, roster.get(day), letters) for day in days}
        roster = {day: entry for day, entry in under.items() if entry is not None}
    candidates = tuple(_measured(site) for site in orjson.loads(sites or "[]"))
    known = {"known_apps": known_apps, "path": path, "groups": _named(decree, groups), "letters": letters, **flaws}
    return Context(person_id, unit_id, zone, decree, holidays, roster, candidates, earlier, **known)


def _groups_on(days: Sequence[date], members: Sequence[Mapping[str, Any]]) -> dict[date, list[Group]]:
    """The calendar groups the person belongs to, by day."""
    found: dict[date, list[Group]] = {}
    for row in members:
        for day in days:
            if row["since"] <= day.isoformat() and (row["until"] is None or day.isoformat() < row["until"]):
                found.setdefault(day, []).append(Group(row["id"], row["code"], row["calendar"]))
    return found


def _holidays_on(days: Sequence[date], declared: Sequence[Declared], groups: Mapping[date, Sequence[Group]]) -> dict[date, Holiday]:
    """What is declared for the person, by day."""
    if not declared and not groups:
        return {}
    found = {day: declared_for(day, declared, groups.get(day, ())) for day in days}
    return {day: holiday for day, holiday in found.items() if holiday is not None}


def _named(decree: str, groups: Mapping[date, Sequence[Group]]) -> dict[date, frozenset[str]]:
    """Those groups that the law of a day speaks of, by day; a day the decree does not cover names none."""
    found: dict[date, frozenset[str]] = {}
    for day, belonging in groups.items():
        with contextlib.suppress(decrees.UncoveredDay):
            if named := groups_named(decrees.on(decree, day), belonging):
                found[day] = named
    return found


def _declared(row: Mapping[str, Any]) -> Declared:
    holiday = Holiday(date.fromisoformat(row["day"]), HolidayKind(row["kind"]), row["name"], row["source"])
    return Declared(holiday, row["depth"], row["group"])


def _earlier(row: Mapping[str, Any]) -> Earlier:
    return Earlier(
        UUID(row["id"]),
        row["device_id"],
        row["boot_id"],
        row["seq"],
        b64decode(row["payload_hash"]),
        datetime.fromisoformat(row["taken_at"]),
        datetime.fromisoformat(row["earliest_at"]),
        datetime.fromisoformat(row["latest_at"]),
        datetime.fromisoformat(row["claimed_at"]),
        Point(row["lat"], row["lon"]),
        row["accuracy_m"],
    )


def _measured(site: Mapping[str, Any]) -> Measured:
    secret = site["door_secret"]
    named = (site["code"], site["name"], site["version_id"])
    only_under = None if site["only_under"] is None else tuple(site["only_under"])
    return Measured(*named, site["distance_m"], site["geometry"], None if secret is None else bytes.fromhex(secret), only_under)


def _roster_entry(row: Mapping[str, Any]) -> RosterEntry:
    shifts = None if row["shifts"] is None else tuple(shift_of(shift) for shift in row["shifts"])
    return RosterEntry(date.fromisoformat(row["day"]), shifts, row["zone"])
