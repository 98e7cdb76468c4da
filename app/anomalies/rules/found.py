"""What a finding is made of: its kind, the check-ins it was seen in, and the evidence that is kept of it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.geo import Point
from app.ledger.rules import canonical


class Kind(StrEnum):
    """What was noticed."""

    SHARED_COORDINATES = "shared_coordinates"
    SHARED_PHONE = "shared_phone"
    FORKED_CHAIN = "forked_chain"
    SUSPECT_SIGNALS = "suspect_signals"
    REPEATED_POSITION = "repeated_position"
    TIME_UNCERTAIN = "time_uncertain"
    REJECTED_PLACE = "rejected_place"
    CONSTANT_OFFSET = "constant_offset"
    SHARED_HISTORY = "shared_history"
    PHONE_OF_SEVERAL = "phone_of_several"
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    MISSING_REPORTS = "missing_reports"
    LIMIT_CLUSTER = "limit_cluster"
    PRESENT_ON_LEAVE = "present_on_leave"


class Severity(StrEnum):
    """How much it says: `notice` gives the person a way to be heard, `review` asks for a look, `strong` for an explanation."""

    NOTICE = "notice"
    REVIEW = "review"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One check-in of a day with what was known of it.

    `days_alike`: on how many of the last fourteen days, this one too, a position of the person was exactly the one before it.
    `stakes`: the least and the most per cent that the day costs, where it depends on when the check-ins were really made.
    `owners`: how many people checked in with this installation of the app in thirty days. `days_gapped`: on how many of the last
    fourteen a number of the phone's chain was missing. `days_on_edge`: on how many of the last 28 a report of the last minute
    before lateness came only later.
    """

    checkin_id: UUID
    person_id: int
    unit_id: int | None
    direction: str
    taken_at: datetime
    verdict: str
    counts: bool
    flags: Sequence[str]
    score: float
    time_grade: str
    point: Point
    installation_id: str
    is_numbered_twice: bool
    days_alike: int = 0
    stakes: tuple[Decimal, Decimal] | None = None
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    accuracy_m: float = 0.0
    owners: int = 1
    days_gapped: int = 0
    days_on_edge: int = 0
    is_on_leave: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was noticed about one person's day: his check-ins that show it, and words for the sentence about it.

    `groups` name, to nobody who does not know them, the check-ins of several people that show it together.
    """

    kind: Kind
    person_id: int
    unit_id: int | None
    checkins: tuple[UUID, ...]
    words: Mapping[str, str | int] = field(default_factory=dict)
    groups: tuple[str, ...] = ()

    @property
    def evidence(self) -> dict[str, Any]:
        """What is kept: ids and counts; a position stays where it can be forgotten, and other people behind the name of a group."""
        return {"checkins": sorted(map(str, self.checkins)), "words": dict(self.words), "groups": list(self.groups)}

    @property
    def evidence_hash(self) -> str:
        """The same for the same evidence: by it a dismissed finding stays dismissed however often the day is scanned."""
        return hashlib.sha256(canonical(self.evidence).encode()).hexdigest()[:32]


def by_person(sightings: Sequence[Sighting]) -> Iterator[list[Sighting]]:
    """The sightings of each person, people in order.

    Source: our design; the order of arrival must not matter.
    """
    own: dict[int, list[Sighting]] = defaultdict(list)
    for seen in sightings:
        own[seen.person_id].append(seen)
    yield from (own[person_id] for person_id in sorted(own))


def found_of(kind: Kind, own: Sequence[Sighting], words: Mapping[str, str | int], groups: tuple[str, ...] = ()) -> Found:
    """What one person's sightings show.

    Source: our design; evidence is the same in whatever order it came.
    """
    return Found(kind, own[0].person_id, own[0].unit_id, tuple(sorted(seen.checkin_id for seen in own)), words, groups)
