"""What a phone reports, and how much its identifier may say about time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from app.checkins.rules.place import Fix
from app.geo import Point

# A phone may be off the network for a month and its clock a little fast; the tables are partitioned by the id's time.
OLDEST_ID = timedelta(days=35)
NEWEST_ID = timedelta(minutes=5)


class Direction(StrEnum):
    """What the person meant to do; never guessed, so that a retry cannot become a check-out."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Report:
    """One signed check-in as it arrived: `payload_hash` is the SHA-256 of `jws`, `device_id` the thumbprint of its key.

    `signing_input` and `signature` are the parts of `jws` that the key vouches for.
    """

    id: UUID
    nip: str
    direction: Direction
    fixes: Sequence[Fix]
    claimed_at: datetime
    anchor: str | None
    elapsed_ms: int | None
    boot_id: str | None
    seq: int
    prev: str | None
    platform: str
    app: str
    code: str | None
    device_id: str
    payload_hash: bytes
    jws: str
    signing_input: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Earlier:
    """The person's check-in before this one, whatever became of it."""

    id: UUID
    device_id: str
    boot_id: str | None
    seq: int
    payload_hash: bytes
    taken_at: datetime
    earliest_at: datetime
    latest_at: datetime
    claimed_at: datetime
    point: Point
    accuracy_m: float

    def is_before_in_chain(self, report: Report) -> bool:
        """Whether the same phone signed it, and counted it before the report."""
        return self.device_id == report.device_id and self.seq < report.seq


def made_at(id: UUID) -> datetime:
    """The instant inside a UUIDv7: the phone's word, good for filing and nothing else.

    Source: RFC 9562 section 5.7.
    """
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)


@lru_cache(maxsize=64)  # of a request all items ask for the same two
def first_id(at: datetime) -> UUID:
    """The smallest UUIDv7 of an instant, at which its rows begin.

    Source: RFC 9562 section 5.7; `uuid_at` in the schema, by which months are cut.
    """
    return UUID(int=int(at.timestamp() * 1000) << 80)


def is_filed_in_time(id: UUID, received_at: datetime) -> bool:
    """The id is a UUIDv7 of the last 35 days, or of the next five minutes.

    Source: design contract section 3 (id).
    """
    if id.version != 7:
        return False
    # Compared as milliseconds: 48 bits reach past the last year that Python can write.
    made_ms = id.int >> 80
    received_ms = int(received_at.timestamp() * 1000)
    return received_ms - _ms(OLDEST_ID) <= made_ms <= received_ms + _ms(NEWEST_ID)


def _ms(length: timedelta) -> int:
    return int(length.total_seconds() * 1000)
