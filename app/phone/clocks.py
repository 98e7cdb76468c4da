"""The clock that nobody can set: time since boot, and the server's signed time it counts from."""

import time
from dataclasses import dataclass
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

# A younger anchor says as much, and the morning rush needs no second request a person.
FRESH_MS = 6 * 3_600_000


@dataclass(frozen=True, slots=True)
class Reading:
    """The monotonic clock, in milliseconds since the boot it belongs to; sleep counts."""

    boot_id: str
    ms: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """The server's signed time, and what the monotonic clock read when it arrived."""

    signed: str
    at: Reading

    def elapsed_ms(self, now: Reading) -> int | None:
        """Milliseconds since the anchor arrived; None after a reboot, which is when nobody counted."""
        return now.ms - self.at.ms if now.boot_id == self.at.boot_id and now.ms >= self.at.ms else None

    def is_fresh(self, now: Reading) -> bool:
        """Whether it need not be asked for again."""
        elapsed_ms = self.elapsed_ms(now)
        return elapsed_ms is not None and elapsed_ms < FRESH_MS


def read() -> Reading:
    """The clock of this machine, now."""
    return Reading(BOOT_ID.read_text("ascii").strip(), time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000)
