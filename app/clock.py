"""The one place that reads the time; everything below the edge is told it."""

import time
from datetime import UTC, datetime, timedelta
from threading import Lock

_lock = Lock()
_told = datetime.min.replace(tzinfo=UTC)
_told_at_s = 0.0


def now() -> datetime:
    """The present instant, aware, in UTC, and never before one that this process told already.

    A signed time proves that what is signed over it is younger; that must hold also when somebody sets the server's clock back.
    """
    global _told, _told_at_s
    with _lock:
        wall, counted_s = datetime.now(UTC), time.monotonic()
        _told = following(_told, counted_s - _told_at_s, wall)
        _told_at_s = counted_s
        return _told


def following(told: datetime, passed_s: float, wall: datetime) -> datetime:
    """The instant to tell next: the wall clock's, or, while that is behind what was told, half as much later as time has passed.

    So a clock that was set back is met again after twice the step, and meanwhile no two instants change their order.
    """
    return wall if wall >= told else told + timedelta(seconds=passed_s / 2)
