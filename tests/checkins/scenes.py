"""One check-in as its signals see it, with every default filled in and nothing odd about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app import jws
from app.checkins.rules.context import Context, Scene
from app.checkins.rules.place import Fix
from app.checkins.rules.report import Direction, Earlier, Report
from app.checkins.rules.timing import Grade, Timing
from app.geo import Point

MORNING = datetime(2026, 3, 9, 23, 25, tzinfo=UTC)
DESK = Point(-8.6512345, 115.2198765)
HASH = b"\x01" * 32


def fix(**changes: Any) -> Fix:
    """A satellite fix at the desk."""
    usual = Fix(DESK, 8.0, 500, is_mock=False, provider="gps", altitude_m=38.2, speed_mps=0.4, bearing_deg=211.5)
    return replace(usual, **changes)


def report(**changes: Any) -> Report:
    """The phone's eighth report."""
    usual = Report(
        id=UUID(int=8), nip="199001012015011001", direction=Direction.IN, fixes=(fix(),), claimed_at=MORNING, anchor="a.b.c",
        elapsed_ms=60_000, boot_id="boot", seq=8, prev=jws.b64(HASH), platform="android", app="tapak/1", code=None,
        device_id="phone", payload_hash=b"\x02" * 32, jws="", signing_input=b"", signature=b"",
    )  # fmt: skip
    return replace(usual, **changes)


def timing(at: datetime = MORNING, grade: Grade = Grade.VERIFIED) -> Timing:
    """An instant known to the second."""
    return Timing(at, at - timedelta(seconds=1), at + timedelta(seconds=1), grade)


def earlier(ago: timedelta = timedelta(hours=15), **changes: Any) -> Earlier:
    """The phone's seventh report, elsewhere in the building."""
    at = MORNING - ago
    usual = Earlier(UUID(int=7), "phone", "boot", 7, HASH, at, at, at, at, Point(-8.6512001, 115.2198002), 8.0)
    return replace(usual, **changes)


def context(**changes: Any) -> Context:
    """Somebody posted nowhere in particular: signals do not ask for places or hours."""
    return replace(Context(1, 1, "Asia/Makassar", None, {}, {}, (), earlier()), **changes)


def scene(
    fix_: Fix | None = None, report_: Report | None = None, timing_: Timing | None = None, context_: Context | None = None
) -> Scene:
    """All of it."""
    return Scene(report_ or report(), fix_ or fix(), timing_ or timing(), context_ or context())
