"""Every detector: how it finds, how much it says, what an upheld finding does, and how many honest people look like it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.anomalies.rules import day, histories
from app.anomalies.rules.found import Found, Kind, Severity, Sighting
from app.anomalies.rules.histories import Night


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of doubt: how to find it, how much it says, and the share of honest people who look like that.

    `honest_rate` None: not measured. `strikes`: when it is upheld, the check-ins that show it count no longer. `lifts`: when it is
    dismissed, those that were rejected count. Without either a decision is a record, and a day is put right by a correction.
    `again_after`: days that must pass before somebody is asked again about a history that goes on.
    """

    find: Callable[[Night], Iterator[Found]]
    severity: Severity
    honest_rate: Decimal | None
    strikes: bool = False
    lifts: bool = False
    again_after: int = 0


def _of_day(find: Callable[[Sequence[Sighting]], Iterator[Found]]) -> Callable[[Night], Iterator[Found]]:
    return lambda night: find(night.sightings)


# In the order in which a reader should hear of them.
DETECTORS: Mapping[Kind, Detector] = {
    # 95 % bound of 0 in 78,904
    Kind.SHARED_COORDINATES: Detector(_of_day(day.shared_coordinates), Severity.STRONG, Decimal("0.00004"), strikes=True),
    # A phone lent on a bad morning looks the same.
    Kind.SHARED_PHONE: Detector(_of_day(day.shared_phone), Severity.REVIEW, None, strikes=True),
    # So does an app that was put back from a copy, and nobody knows which of two copies is the person's.
    Kind.FORKED_CHAIN: Detector(_of_day(day.forked_chain), Severity.REVIEW, None),
    # Each signal's own rate: docs/signals.md.
    Kind.SUSPECT_SIGNALS: Detector(_of_day(day.suspect_signals), Severity.STRONG, None, strikes=True),
    # 95 % bound of no false one in a simulated 30,000 months of honest desks (docs/detectors.md); proved below a month in 10,000.
    Kind.CONSTANT_OFFSET: Detector(histories.constant_offset, Severity.STRONG, Decimal("0.0001"), strikes=True, again_after=7),
    # By construction, for phones that lie side by side all year.
    Kind.SHARED_HISTORY: Detector(histories.shared_history, Severity.STRONG, Decimal("0.0001"), strikes=True, again_after=14),
    Kind.PHONE_OF_SEVERAL: Detector(histories.phone_of_several, Severity.REVIEW, None, strikes=True, again_after=30),
    # 1 of 6,569 pairs of good fixes.
    Kind.IMPOSSIBLE_TRAVEL: Detector(histories.impossible_travel, Severity.STRONG, Decimal("0.00015"), strikes=True),
    Kind.REPEATED_POSITION: Detector(_of_day(day.repeated_position), Severity.STRONG, None, strikes=True),
    Kind.TIME_UNCERTAIN: Detector(_of_day(day.time_uncertain), Severity.REVIEW, None),
    # An app put in anew, or a report that was refused, leaves a gap too.
    Kind.MISSING_REPORTS: Detector(histories.missing_reports, Severity.REVIEW, None, again_after=14),
    Kind.LIMIT_CLUSTER: Detector(histories.limit_cluster, Severity.REVIEW, None, again_after=28),
    # Most of them came to work although they need not.
    Kind.PRESENT_ON_LEAVE: Detector(histories.present_on_leave, Severity.NOTICE, None),
    # By construction of the place verdict.
    Kind.REJECTED_PLACE: Detector(_of_day(day.rejected_place), Severity.NOTICE, Decimal("0.02"), lifts=True),
}


def findings_in(night: Night) -> list[Found]:
    """Everything noticed about a day, the same in whatever order the sightings come.

    Source: `DETECTORS`.
    """
    return [found for detector in DETECTORS.values() for found in detector.find(night)]
