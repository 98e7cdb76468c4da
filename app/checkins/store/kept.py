"""Writing check-ins once, and finding the first answer again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db import Statements, prepared
from app.ledger.store import appending

# Ordered by id, so that two batches with the same check-ins wait for each other instead of deadlocking. One statement, so that a
# check-in, its report and its leaf are kept together or not at all, and cost one round trip.
ADD = f"""
WITH incoming AS (
    SELECT * FROM json_to_recordset($1::json) AS item (
        id uuid, person_id bigint, device_id text, unit_id bigint, direction text, work_date date, taken_at timestamptz,
        earliest_at timestamptz, latest_at timestamptz, time_grade text, boot_id text, claimed_at timestamptz,
        received_at timestamptz, verdict text, counts boolean, flags text[], score float8, earlier_id uuid,
        site_version_id bigint, p_inside float8, distance_m float8, accuracy_m float8, platform text,
        app text, seq bigint, policy text, payload_hash bytea, leaf_hash bytea, answer text, jws text,
        evidence text, lat float8, lon float8, leaf text)
), added AS (
    INSERT INTO checkins (
        id, person_id, device_id, unit_id, direction, work_date, taken_at, earliest_at, latest_at, time_grade, boot_id, claimed_at,
        received_at, verdict, counts, flags, score, earlier_id, site_version_id, p_inside, distance_m, accuracy_m, platform, app,
        seq, policy, payload_hash, leaf_hash, answer)
    SELECT
        id, person_id, device_id, unit_id, direction, work_date, taken_at, earliest_at, latest_at, time_grade, boot_id, claimed_at,
        received_at, verdict, counts, flags, score, earlier_id, site_version_id, p_inside, distance_m, accuracy_m, platform, app,
        seq, policy, payload_hash, leaf_hash, answer
    FROM incoming ORDER BY id
    ON CONFLICT (id) DO NOTHING RETURNING id
), reports AS (
    INSERT INTO checkin_reports (id, jws, position, evidence)
    SELECT id, jws, ST_SetSRID(ST_MakePoint(lon, lat), 4326), evidence FROM incoming JOIN added USING (id)
), leaves AS (
    SELECT id::text AS subject, leaf AS entry, leaf_hash, received_at AS recorded_at FROM incoming JOIN added USING (id)
), appended AS (
    {appending("checkin", "leaves")}
)
SELECT id FROM added
"""

FIND = """
SELECT asked.id, kept.payload_hash, kept.answer FROM unnest($1::uuid[]) AS asked (id)
CROSS JOIN LATERAL (SELECT payload_hash, answer FROM checkins WHERE checkins.id = asked.id LIMIT 1) kept
"""

NOTE_REPLAYS = "INSERT INTO checkin_replays (checkin_id, at) SELECT id, $2 FROM unnest($1::uuid[]) AS replayed (id)"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a check-in was first answered, and the hash of what it was sent as."""

    payload_hash: bytes
    answer: str


def add_all(statements: Statements, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """The ids that were new and are now kept, each with its leaf in the ledger; the others were there before.

    Bytes in a row become PostgreSQL's hex.
    """
    return {id for (id,) in prepared(statements, "checkins_add", ADD, (orjson.dumps(rows, default=_hex).decode(),))}


def find_kept(statements: Statements, ids: Sequence[UUID]) -> dict[UUID, Kept]:
    """The check-ins of these ids that are there, also those that were committed a moment ago."""
    found = prepared(statements, "checkins_find", FIND, (_uuids(ids),))
    return {id: Kept(bytes(payload_hash), answer) for id, payload_hash, answer in found}


def note_replays(statements: Statements, ids: Sequence[UUID], at: datetime) -> None:
    """Write that these were sent again, so that this transaction has something to commit after the check-in itself."""
    prepared(statements, "checkins_note_replays", NOTE_REPLAYS, (_uuids(ids), at))


def _uuids(ids: Sequence[UUID]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


def _hex(value: Any) -> str:
    """Bytes as PostgreSQL writes them; orjson knows every other type of a row."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError
