"""The clock that nobody can set: time since boot, and the server's signed time it counts from."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

# A younger anchor says as much, and the morning rush needs no second request a person.
FRESH_MS = 6 * 3_600_000

# An anchor is older than its arrival by at most the way here. The server allows for this much (docs/protocol.md "Time").
LONGEST_TRIP_MS = 10_000


@dataclass(frozen=True, slots=True)
class Reading:
    """The monotonic clock, in milliseconds since the boot it belongs to; sleep counts."""

    boot_id: str
    ms: int

    def since(self, earlier: "Reading") -> int | None:
        """Milliseconds since an earlier reading; None across a reboot, which is when nobody counted."""
        return self.ms - earlier.ms if self.boot_id == earlier.boot_id and self.ms >= earlier.ms else None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The server's time, signed and plain, and what the monotonic clock read when it arrived."""

    signed: str
    now: datetime
    at: Reading

    def elapsed_ms(self, now: Reading) -> int | None:
        """Milliseconds since the anchor arrived; None after a reboot."""
        return now.since(self.at)

    def is_fresh(self, now: Reading) -> bool:
        """Whether it need not be asked for again."""
        elapsed_ms = self.elapsed_ms(now)
        return elapsed_ms is not None and elapsed_ms < FRESH_MS

    def time_at(self, now: Reading) -> datetime | None:
        """What time it is by the server's clock; None after a reboot."""
        elapsed_ms = self.elapsed_ms(now)
        return None if elapsed_ms is None else self.now + timedelta(milliseconds=elapsed_ms)


def read() -> Reading:
    """The clock of this machine, now."""
    return Reading(BOOT_ID.read_text("ascii").strip(), time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000)


def is_prompt(asked: Reading, arrived: Reading) -> bool:
    """Whether an answer came fast enough to be counted from."""
    trip_ms = arrived.since(asked)
    return trip_ms is not None and trip_ms <= LONGEST_TRIP_MS
