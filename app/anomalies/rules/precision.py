"""How often each detector was right, by what people decided, and whether another threshold would have been right more often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import sqrt

from app.anomalies.rules import day, histories
from app.anomalies.rules.detectors import DETECTORS
from app.anomalies.rules.found import Kind, Severity

Z95 = 1.96
# Fewer answers say nothing: of 20 alike a share between 84 and 100 % is still possible.
FEWEST = 20
# Share of upheld findings below which a detector asks too many people in vain: a choice. A strong one accuses, one for review asks
# for a look; a notice helps its person, so nothing is asked of it.
WANTED = {Severity.STRONG: Decimal("0.8"), Severity.REVIEW: Decimal("0.5")}
PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Steering:
    """The number in a finding's words by which its detector is steered, and from where on it speaks now."""

    word: str
    speaks_from: int


# Detectors without a row are steered by a probability, a class of evidence, or the day's stakes: no count would change them.
STEERED: Mapping[Kind, Steering] = {
    Kind.SHARED_COORDINATES: Steering("others", day.CROWD - 1),
    Kind.SHARED_PHONE: Steering("others", day.PAIR - 1),
    Kind.REPEATED_POSITION: Steering("days", day.DAYS_ALIKE),
    Kind.PHONE_OF_SEVERAL: Steering("others", histories.OWNERS - 1),
    Kind.MISSING_REPORTS: Steering("days", histories.DAYS_GAPPED),
    Kind.LIMIT_CLUSTER: Steering("days", histories.DAYS_ON_EDGE),
}


class Advice(StrEnum):
    """What the answers say about a detector. Somebody reads it and changes the program, or does not; nothing changes by itself."""

    KEEP = "keep"
    RAISE = "raise"
    RETHINK = "rethink"
    UNSURE = "unsure"
    TOO_FEW = "too_few"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Answers:
    """So many findings of which the steering number was this; `is_right`: upheld, in whole or in part."""

    number: int | None
    is_right: bool
    count: int


@dataclass(frozen=True, slots=True)
class Measured:
    """The share of right findings with its 95 % interval (None without answers), and what follows.

    `suggested`: from where on the detector would have been right often enough.
    """

    answered: int
    right: int
    share: Decimal | None
    low: Decimal | None
    high: Decimal | None
    advice: Advice
    suggested: int | None = None


def interval(right: int, of: int) -> tuple[Decimal, Decimal]:
    """Where a share lies with 95 % confidence.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    share, more = right / of, Z95**2 / of
    middle = (share + more / 2) / (1 + more)
    half = Z95 * sqrt(share * (1 - share) / of + more / (4 * of)) / (1 + more)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Decimal(low).quantize(PLACES), Decimal(high).quantize(PLACES)


def measured(kind: Kind, answers: Sequence[Answers]) -> Measured:
    """What the answers to findings of a kind say about its detector.

    A higher threshold can be judged by what it would have left out; a lower one cannot, for what lies below was never asked.

    Source: issue 6 section 1 (review outcomes feed a precision report; a human changes the thresholds).
    """
    answered, right = _counted(answers)
    if not answered:
        return Measured(0, 0, None, None, None, Advice.TOO_FEW if DETECTORS[kind].severity in WANTED else Advice.NONE)
    share = (Decimal(right) / answered).quantize(PLACES)
    low, high = interval(right, answered)
    advice, suggested = _advice(kind, answers, answered, low, high)
    return Measured(answered, right, share, low, high, advice, suggested)


def _advice(kind: Kind, answers: Sequence[Answers], answered: int, low: Decimal, high: Decimal) -> tuple[Advice, int | None]:
    wanted = WANTED.get(DETECTORS[kind].severity)
    if wanted is None:
        return Advice.NONE, None
    if answered < FEWEST:
        return Advice.TOO_FEW, None
    if low >= wanted:
        return Advice.KEEP, None
    if high >= wanted:
        return Advice.UNSURE, None
    higher = _threshold(kind, answers, wanted)
    return (Advice.RETHINK, None) if higher is None else (Advice.RAISE, higher)


def _threshold(kind: Kind, answers: Sequence[Answers], wanted: Decimal) -> int | None:
    """The least number from which on the detector is right often enough, for sure and by enough answers."""
    if kind not in STEERED:
        return None
    for number in sorted({one.number for one in answers if one.number is not None and one.number > STEERED[kind].speaks_from}):
        answered, right = _counted([one for one in answers if one.number is not None and one.number >= number])
        if answered >= FEWEST and interval(right, answered)[0] >= wanted:
            return number
    return None


def _counted(answers: Sequence[Answers]) -> tuple[int, int]:
    return sum(one.count for one in answers), sum(one.count for one in answers if one.is_right)
