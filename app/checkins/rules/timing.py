"""When a check-in happened, proved by the server's own clock and never by the phone's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.checkins.rules.report import Earlier, Report

# Measured drift of phones' monotonic clocks: 13 of 14 boots within 51 ppm, the worst 168 ppm.
DRIFT = 200e-6

# A phone gives up on `GET /v1/time` after this long, so an anchor is at most this much older than the moment it arrived.
ANCHOR_TRIP = timedelta(seconds=10)

# Signed times and counts are whole milliseconds.
TICK = timedelta(milliseconds=1)

# Two servers' clocks may differ by so much; a signed time further ahead is none.
AHEAD = timedelta(seconds=1)

# A bracket as narrow as this is as good as a clock on the wall: it arrived within seconds.
ONLINE = timedelta(seconds=10)


class Grade(StrEnum):
    """How well the instant is proved.

    Verified: to seconds, or to an interval all of which means the same for the workday. Plausible: to an interval that does not.
    """

    VERIFIED = "verified"
    PLAUSIBLE = "plausible"
    UNVERIFIED = "unverified"


# The type of the JWS that an anchor comes in.
ANCHOR_TYPE = "time-anchor+jws"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The server's signed time; `device_id` and `boot_id` are those it was made for, where the phone named them."""

    at: datetime
    device_id: str | None = None
    boot_id: str | None = None


def anchor_of(signed: Mapping[str, Any]) -> Anchor:
    """The anchor, from what the server signed.

    Source: docs/protocol.md "Time".
    """
    return Anchor(datetime.fromisoformat(signed["now"]), signed.get("device"), signed.get("boot"))


@dataclass(frozen=True, slots=True)
class Timing:
    """The instant a check-in counts for, and the bracket it certainly lies in."""

    taken_at: datetime
    earliest_at: datetime
    latest_at: datetime
    grade: Grade


def timing_of(
    report: Report,
    anchor: Anchor | None,
    received_at: datetime,
    earlier: Earlier | None = None,
    enrolled_at: datetime | None = None,
) -> Timing:
    """The instant of a check-in: the signed time plus what the phone's monotonic clock counted since, at the latest its arrival.

    A report is made after the anchor in it and after the one before it in the phone's chain, whatever the phone says. A count
    that does not fit between these and the arrival proves nothing, as if there were none: then the arrival is the time, and the
    key's enrolment bounds it too. The phone's wall clock is not asked.

    Source: docs/decisions.md "time without trust" and "an anchor holds for one boot".
    """
    anchor = _in_time(anchor, received_at)
    after = _made_after(report, anchor, earlier)
    if anchor is not None and holds(anchor, report, earlier):
        counted = timedelta(milliseconds=report.elapsed_ms or 0)
        earliest_at = max(after or anchor.at, anchor.at + counted * (1 - DRIFT) - TICK)
        latest_at = min(received_at, anchor.at + counted / (1 - DRIFT) + ANCHOR_TRIP + 2 * TICK)
        if earliest_at <= latest_at:
            grade = Grade.VERIFIED if latest_at - earliest_at <= ONLINE else Grade.PLAUSIBLE
            return Timing(min(max(earliest_at, anchor.at + counted), latest_at), earliest_at, latest_at, grade)
    since = max((at for at in (after, enrolled_at) if at), default=received_at)
    return Timing(received_at, min(received_at, since), received_at, Grade.UNVERIFIED)


def holds(anchor: Anchor, report: Report, earlier: Earlier | None) -> bool:
    """Whether the report's count can be one since the anchor, in the boot that the anchor is of.

    A boot that the report before in the chain does not know began after that report, and so did every anchor of it.
    Naming none is naming another.

    Source: design contract section 3 (boot_id: the boot the anchor holds for); docs/decisions.md "an anchor holds for one boot".
    """
    if report.elapsed_ms is None:
        return False
    if anchor.device_id not in (None, report.device_id) or anchor.boot_id not in (None, report.boot_id):
        return False
    if earlier is None or not earlier.is_before_in_chain(report) or earlier.boot_id in (None, report.boot_id):
        return True
    return anchor.at >= earlier.earliest_at


def graded(timing: Timing, is_all_the_same: bool) -> Timing:
    """The same, verified if every instant of its bracket means the same for the workday.

    Source: docs/decisions.md "what a bracket is worth".
    """
    return replace(timing, grade=Grade.VERIFIED) if is_all_the_same and timing.grade is Grade.PLAUSIBLE else timing


def _in_time(anchor: Anchor | None, received_at: datetime) -> Anchor | None:
    """The anchor, unless it comes from a future that no server of ours can have been in."""
    if anchor is None or anchor.at <= received_at:
        return anchor
    return replace(anchor, at=received_at) if anchor.at <= received_at + AHEAD else None


def _made_after(report: Report, anchor: Anchor | None, earlier: Earlier | None) -> datetime | None:
    """The latest instant that the report is certainly younger than: nobody can sign over what is not there yet."""
    known = [anchor.at] if anchor else []
    if earlier is not None and earlier.is_before_in_chain(report):
        known.append(earlier.earliest_at)
    return max(known, default=None)
