"""Every detector: how it finds, how much it says, what an upheld finding does, and how many honest people look like it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.anomalies.rules import day
from app.anomalies.rules.found import Found, Kind, Severity, Sighting


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of doubt: how to find it in a day, how much it says, and the share of honest people who look like that.

    `honest_rate` None: not measured. `strikes`: when it is upheld, the check-ins that show it count no longer. `lifts`: when it is
    dismissed, those that were rejected count. Without either a decision is a record, and a day is put right by a correction.
    """

    find: Callable[[Sequence[Sighting]], Iterator[Found]]
    severity: Severity
    honest_rate: Decimal | None
    strikes: bool = False
    lifts: bool = False


# In the order in which a reader should hear of them.
DETECTORS: Mapping[Kind, Detector] = {
    # 95 % bound of 0 in 78,904
    Kind.SHARED_COORDINATES: Detector(day.shared_coordinates, Severity.STRONG, Decimal("0.00004"), strikes=True),
    # A phone lent on a bad morning looks the same.
    Kind.SHARED_PHONE: Detector(day.shared_phone, Severity.REVIEW, None, strikes=True),
    # So does an app that was put back from a copy, and nobody knows which of two copies is the person's.
    Kind.FORKED_CHAIN: Detector(day.forked_chain, Severity.REVIEW, None),
    # Each signal's own rate: docs/signals.md.
    Kind.SUSPECT_SIGNALS: Detector(day.suspect_signals, Severity.STRONG, None, strikes=True),
    Kind.REPEATED_POSITION: Detector(day.repeated_position, Severity.STRONG, None, strikes=True),
    Kind.TIME_UNCERTAIN: Detector(day.time_uncertain, Severity.REVIEW, None),
    # By construction of the place verdict.
    Kind.REJECTED_PLACE: Detector(day.rejected_place, Severity.NOTICE, Decimal("0.02"), lifts=True),
}


def findings_in(sightings: Sequence[Sighting]) -> list[Found]:
    """Everything noticed in a day, the same in whatever order the sightings come.

    Source: `DETECTORS`.
    """
    return [found for detector in DETECTORS.values() for found in detector.find(sightings)]
