"""Signals on a single check-in: what each says, how often honest phones trip it, and what together they come to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, log, sqrt

from app.checkins.rules import doubts
from app.checkins.rules.context import Scene

# How often a cheat of the kind a signal is for is taken to trip it. Not measured: a choice, the same for all.
HIT_RATE = 0.5
# Were one check-in in a hundred a cheat's, then of those that come this far one in a hundred would be an honest person's …
REVIEW_SCORE = log(10_000)
# … and of these one in ten thousand.
HOLD_SCORE = log(1_000_000)
# The 95 % quantile of a normal deviate, for the upper bound of a rate that was seen few times.
Z95 = 1.645


class Flag(StrEnum):
    """A doubt about one check-in."""

    MOCK_LOCATION = "mock_location"
    FAKE_TEMPLATE = "fake_template"
    TOO_MANY_DECIMALS = "too_many_decimals"
    REPEATED_FIX = "repeated_fix"
    REPLAYED_FIX = "replayed_fix"
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    CLOCK_SKEW = "clock_skew"
    CLOCK_MOVED = "clock_moved"
    SHARED_DEVICE = "shared_device"
    UNPROVED_DEVICE = "unproved_device"
    CHAIN_GAP = "chain_gap"
    UNKNOWN_APP = "unknown_app"


class Strength(StrEnum):
    """What a signal may do by itself.

    A note does nothing. A weak one makes an accepted check-in doubtful, which still counts. A strong one also makes a finding.
    """

    NOTE = "note"
    WEAK = "weak"
    STRONG = "strong"


class Family(StrEnum):
    """Signals that one and the same cause would trip together; of each family only the heaviest counts."""

    ATTESTATION = "attestation"
    TEMPLATE = "template"
    MOVEMENT = "movement"
    CLOCK = "clock"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Observed:
    """How often honest phones tripped a signal, of how many times looked."""

    tripped: int
    of: int

    @property
    def rate(self) -> float:
        """Share of honest check-ins that tripped it."""
        return self.tripped / self.of

    @property
    def ceiling(self) -> float:
        """The rate is below this with 95 % confidence (Poisson; Wilson and Hilferty's approximation)."""
        more = self.tripped + 1
        return float(more * (1 - 1 / (9 * more) + Z95 / (3 * sqrt(more))) ** 3 / self.of)


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Why nobody knows how often honest phones trip it, and the rate that is assumed instead where it is weighed at all."""

    why: str
    ceiling: float | None = None

    @property
    def rate(self) -> None:
        """Not known, and never shown as if it were."""
        return None


@dataclass(frozen=True, slots=True)
class Check:
    """One signal: how it trips, what it may do, which others it goes with, and how honest people fare with it."""

    trips: Callable[[Scene], bool]
    strength: Strength
    family: Family
    honest: Observed | Unmeasured

    @property
    def weight(self) -> float:
        """Logarithm of how many times likelier a cheat trips it than an honest person; a note weighs nothing."""
        if self.strength is Strength.NOTE or self.honest.ceiling is None:
            return 0.0
        return log(HIT_RATE / self.honest.ceiling)


# The rates: docs/signals.md. Useless ones (altitude 0, speed or bearing 0 or missing, equal accuracies, travel without an accuracy
# cap, equal network positions) fire on honest phones all day and have no row.
CHECKS: dict[Flag, Check] = {
    Flag.MOCK_LOCATION: Check(
        doubts.is_mocked, Strength.WEAK, Family.ATTESTATION, Unmeasured("external receivers come the same way", 0.01)
    ),
    Flag.FAKE_TEMPLATE: Check(doubts.is_from_template, Strength.STRONG, Family.TEMPLATE, Observed(4, 51_712)),
    Flag.TOO_MANY_DECIMALS: Check(doubts.has_map_tap_decimals, Strength.WEAK, Family.TEMPLATE, Observed(36, 51_712)),
    Flag.REPEATED_FIX: Check(doubts.is_repeated, Strength.WEAK, Family.MOVEMENT, Observed(0, 1_220)),
    Flag.REPLAYED_FIX: Check(doubts.is_replayed, Strength.WEAK, Family.MOVEMENT, Observed(175, 42_447)),
    Flag.IMPOSSIBLE_TRAVEL: Check(doubts.is_too_fast, Strength.STRONG, Family.MOVEMENT, Observed(1, 6_569)),
    Flag.CLOCK_SKEW: Check(doubts.is_clock_off, Strength.NOTE, Family.CLOCK, Unmeasured("a clock set by hand, a flat battery")),
    Flag.CLOCK_MOVED: Check(doubts.is_clock_moved, Strength.WEAK, Family.CLOCK, Unmeasured("a wrong clock put right", 0.01)),
    Flag.SHARED_DEVICE: Check(
        doubts.is_device_shared, Strength.WEAK, Family.DEVICE, Unmeasured("a phone passed on, a family's phone", 0.01)
    ),
    Flag.UNPROVED_DEVICE: Check(
        doubts.is_device_unproved, Strength.NOTE, Family.ATTESTATION, Unmeasured("every iPhone, browser and older phone")
    ),
    Flag.CHAIN_GAP: Check(doubts.has_chain_gap, Strength.NOTE, Family.DEVICE, Unmeasured("late reports, an app put in anew")),
    Flag.UNKNOWN_APP: Check(
        doubts.is_app_unknown, Strength.NOTE, Family.DEVICE, Unmeasured("every new version, until it is named")
    ),
}


def flags_of(scene: Scene) -> tuple[Flag, ...]:
    """The signals a check-in trips, in the order of CHECKS.

    Source: docs/signals.md.
    """
    return tuple(flag for flag, check in CHECKS.items() if check.trips(scene))


def score_of(flags: Iterable[Flag]) -> float:
    """Logarithm of how many times likelier a cheat looks like this than an honest person: the heaviest of each family, added.

    The same in whatever order they come, to the last digit.

    Source: docs/signals.md "the score" (likelihood ratios of independent families).
    """
    heaviest: dict[Family, float] = {}
    for flag in flags:
        check = CHECKS[flag]
        heaviest[check.family] = max(heaviest.get(check.family, 0.0), check.weight)
    return fsum(heaviest.values())


def is_doubted(flags: Iterable[Flag]) -> bool:
    """Whether the signals leave a doubt, which never costs anything by itself.

    Source: design contract section 3 (doubtful).
    """
    return any(CHECKS[flag].strength is not Strength.NOTE for flag in flags)


def is_for_review(flags: Iterable[Flag], score: float) -> bool:
    """Whether somebody should look: a strong signal, or weak ones of several families that hardly ever meet by chance.

    Source: design contract section 3 ("together with a strong signal"); docs/signals.md "the score".
    """
    return score >= REVIEW_SCORE or _has_strong(flags)


def is_held(flags: Iterable[Flag], score: float) -> bool:
    """Whether a strong signal and others say so much together that the check-in does not count until somebody has decided.

    Weak ones never come to this among themselves, however many they are.

    Source: design contract section 3 (rejected); docs/signals.md "the score".
    """
    return score >= HOLD_SCORE and _has_strong(flags)


def _has_strong(flags: Iterable[Flag]) -> bool:
    return any(CHECKS[flag].strength is Strength.STRONG for flag in flags)
