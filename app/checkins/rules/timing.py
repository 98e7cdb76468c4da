"""When a check-in happened, proved by the server's own clock and never by the phone's."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# Measured drift of phones' monotonic clocks: 13 of 14 boots within 51 ppm, the worst 168 ppm.
DRIFT = 200e-6

# A phone gives up on `GET /v1/time` after this long, so an anchor is at most this much older than the moment it arrived.
ANCHOR_TRIP = timedelta(seconds=10)

# A bracket narrower than this is as good as a clock on the wall.
NARROW = timedelta(minutes=1)


class Grade(StrEnum):
    """How well the instant is proved."""

    VERIFIED = "verified"
    PLAUSIBLE = "plausible"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Timing:
    """The instant a check-in counts for, and the bracket it certainly lies in."""

    taken_at: datetime
    earliest_at: datetime
    latest_at: datetime
    grade: Grade


def timing_of(received_at: datetime, anchored_at: datetime | None, elapsed_ms: int | None) -> Timing:
    """The instant of a check-in: the anchor plus the time the phone's monotonic clock counted since, at the latest its arrival.

    Without an anchor only the arrival is known; `since` gives the bracket its other end. The phone's wall clock is not asked.

    Source: docs/decisions.md "time without trust"; RFC 8915 has the same anchor-and-count idea.
    """
    if anchored_at is None or elapsed_ms is None or anchored_at > received_at:
        return Timing(received_at, received_at, received_at, Grade.UNVERIFIED)
    counted = timedelta(milliseconds=elapsed_ms)
    drift = counted * DRIFT
    earliest_at = min(received_at, anchored_at + counted - drift)
    latest_at = min(received_at, anchored_at + counted + drift + ANCHOR_TRIP)
    taken_at = min(received_at, anchored_at + counted)
    grade = Grade.VERIFIED if latest_at - earliest_at <= NARROW else Grade.PLAUSIBLE
    return Timing(taken_at, earliest_at, latest_at, grade)


def since(timing: Timing, enrolled_at: datetime) -> Timing:
    """The same, and of an unproved time that it was not before the phone's key was enrolled, which is all that is known of it.

    Source: docs/decisions.md "time without trust".
    """
    if timing.grade is not Grade.UNVERIFIED:
        return timing
    return replace(timing, earliest_at=min(enrolled_at, timing.latest_at))
