"""Signals on a single check-in: what each doubts, and how often honest phones trip it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.checkins.rules.place import Fix
from app.checkins.rules.report import Report
from app.checkins.rules.timing import Timing

# A fix of today's phones has 7 to 10 decimals; a tap on a map has 13 to 15.
MAP_TAP_DECIMALS = 12

# A wall clock that is minutes off is common and honest; it is noted, and never decides anything.
SKEW_S = 300


class Flag(StrEnum):
    """A doubt about one check-in."""

    MOCK_LOCATION = "mock_location"
    TOO_MANY_DECIMALS = "too_many_decimals"
    CLOCK_SKEW = "clock_skew"


class Strength(StrEnum):
    """What a signal may do: a note does nothing, a weak one makes an accepted check-in doubtful, which still counts."""

    NOTE = "note"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Check:
    """One signal; `honest_rate` is the share of honest check-ins that tripped it where it was measured."""

    trips: Callable[[Report, Fix | None, Timing], bool]
    strength: Strength
    honest_rate: float | None


def is_mocked(report: Report, fix: Fix | None, timing: Timing) -> bool:
    """The system says that an app supplied the position. External GPS receivers come the same way, so it proves nothing alone.

    Source: Android Location.isMock; docs/decisions.md "signals are measured".
    """
    return fix is not None and fix.is_mock is True


def has_map_tap_decimals(report: Report, fix: Fix | None, timing: Timing) -> bool:
    """The coordinate is longer than any receiver's.

    Source: docs/decisions.md "signals are measured".
    """
    return fix is not None and min(_decimals(fix.point.lat), _decimals(fix.point.lon)) >= MAP_TAP_DECIMALS


def is_clock_off(report: Report, fix: Fix | None, timing: Timing) -> bool:
    """The phone's wall clock is minutes away from the proved time.

    Source: docs/decisions.md "time without trust".
    """
    return abs(timing.skew_s) > SKEW_S


CHECKS: dict[Flag, Check] = {
    Flag.MOCK_LOCATION: Check(is_mocked, Strength.WEAK, honest_rate=None),  # external receivers use the same API
    Flag.TOO_MANY_DECIMALS: Check(has_map_tap_decimals, Strength.WEAK, honest_rate=0.0007),  # 36 of 51,712 Android fixes
    Flag.CLOCK_SKEW: Check(is_clock_off, Strength.NOTE, honest_rate=None),  # a clock set by hand, a dead battery
}


def flags_of(report: Report, fix: Fix | None, timing: Timing) -> tuple[Flag, ...]:
    """The signals a check-in trips, in the order of CHECKS.

    Source: docs/decisions.md "signals are measured".
    """
    return tuple(flag for flag, check in CHECKS.items() if check.trips(report, fix, timing))


def _decimals(degrees: float) -> int:
    """Digits after the point of the shortest decimal that is this number."""
    return max(0, -int(Decimal(repr(degrees)).as_tuple().exponent))
