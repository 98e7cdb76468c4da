"""What makes a day's check-ins doubtful together, and who may decide about it. Nothing here costs anybody anything by itself."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.checkins.rules.signals import CHECKS, Flag, is_for_review
from app.checkins.rules.timing import Grade
from app.geo import Point
from app.ledger.rules import canonical

# Phones that rest together share a cached Wi-Fi fix now and then: two people prove nothing, three within this time were never seen.
TOGETHER = timedelta(minutes=10)
CROWD = 3
PAIR = 2
NOTHING = Decimal(0)
# A position exactly like the one before is chance on one day, and on the fourth of two weeks it is not.
DAYS_ALIKE = 4
ALIKE = {Flag.REPEATED_FIX, Flag.REPLAYED_FIX}


class Kind(StrEnum):
    """What was noticed."""

    SHARED_COORDINATES = "shared_coordinates"
    SHARED_PHONE = "shared_phone"
    FORKED_CHAIN = "forked_chain"
    SUSPECT_SIGNALS = "suspect_signals"
    REPEATED_POSITION = "repeated_position"
    TIME_UNCERTAIN = "time_uncertain"
    REJECTED_PLACE = "rejected_place"


class Severity(StrEnum):
    """How much it says: `notice` gives the person a way to be heard, `review` asks for a look, `strong` for an explanation."""

    NOTICE = "notice"
    REVIEW = "review"
    STRONG = "strong"


class Status(StrEnum):
    """Where a finding stands. `superseded`: the same was found again with more evidence, and that finding holds instead."""

    OPEN = "open"
    SUPERSEDED = "superseded"
    UPHELD = "uphold"
    DISMISSED = "dismiss"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One check-in of a day with what was known of it.

    `days_alike`: on how many of the last fourteen days, this one too, a position of the person was exactly the one before it.
    `stakes`: the least and the most per cent that the day costs, where it depends on when the check-ins were really made.
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


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of doubt: how to find it in a day, how much it says, and the share of honest people who look like that.

    `honest_rate` None: not measured.
    """

    find: Callable[[Sequence[Sighting]], Iterator[Found]]
    severity: Severity
    honest_rate: Decimal | None


def shared_coordinates(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """For each of three or more people seen at the very same coordinate within ten minutes: how many others there were.

    Source: docs/decisions.md "signals are measured" (0 of 78,904 honest fixes); Kabupaten Cirebon, January 2026.
    """
    yield from _together(Kind.SHARED_COORDINATES, sightings, lambda seen: seen.point, CROWD)


def shared_phone(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """For each of two or more people whose check-ins were made with one installation of the app within ten minutes.

    Source: docs/decisions.md "one phone, two people"; facts/location.md section 6 (buddy punching).
    """
    yield from _together(Kind.SHARED_PHONE, sightings, lambda seen: seen.installation_id, PAIR)


def forked_chain(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Check-ins that have the number of another one of the same phone: two copies of the phone count on from one point.

    Source: design contract section 3 (seq); docs/decisions.md "a chain is judged when it is complete".
    """
    twice = [seen for seen in sightings if seen.is_numbered_twice]
    yield from (_found(Kind.FORKED_CHAIN, own, {"times": len(own)}) for own in _by_person(twice))


def suspect_signals(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Check-ins with a strong signal, or with several weak ones that hardly ever meet by chance; one weak signal is no finding.

    Source: docs/signals.md "the score"; design contract section 3 ("only together with a strong signal").
    """
    doubted = [seen for seen in sightings if is_for_review([Flag(flag) for flag in seen.flags], seen.score)]
    for own in _by_person(doubted):
        signals = sorted({flag for seen in own for flag in seen.flags if CHECKS[Flag(flag)].weight})
        yield _found(Kind.SUSPECT_SIGNALS, own, {"times": len(own), "signals": ", ".join(signals)})


def repeated_position(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Check-ins at exactly the coordinate of the one before, of somebody with such days again and again.

    Source: docs/signals.md (0.41 % of honest coordinates come back on a second day; four days are another matter); Kabupaten
    Cirebon, January 2026, where coordinates were repeated over a year.
    """
    alike = [seen for seen in sightings if seen.days_alike >= DAYS_ALIKE and ALIKE & set(seen.flags)]
    for own in _by_person(alike):
        yield _found(Kind.REPEATED_POSITION, own, {"times": len(own), "days": own[0].days_alike})


def time_uncertain(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Check-ins whose time is not verified, on a day that would come to something else at another instant of their brackets.

    Source: docs/decisions.md "what a bracket is worth".
    """
    unsure = [seen for seen in sightings if seen.stakes is not None and seen.counts and seen.time_grade != Grade.VERIFIED]
    for own in _by_person(unsure):
        least, most = own[0].stakes or (NOTHING, NOTHING)
        yield _found(Kind.TIME_UNCERTAIN, own, {"times": len(own), "least": str(least), "most": str(most)})


def rejected_place(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Rejected check-ins in a direction in which nothing else of that day counts, so that the person can be heard.

    Source: UU 27/2022 article 10 (objection to a decision made automatically).
    """
    has = {(seen.person_id, seen.direction) for seen in sightings if seen.counts}
    refused = [seen for seen in sightings if seen.verdict == "rejected" and (seen.person_id, seen.direction) not in has]
    yield from (_found(Kind.REJECTED_PLACE, own, {"times": len(own)}) for own in _by_person(refused))


# In the order in which a reader should hear of them.
DETECTORS: Mapping[Kind, Detector] = {
    Kind.SHARED_COORDINATES: Detector(shared_coordinates, Severity.STRONG, Decimal("0.00004")),  # 95 % bound of 0 in 78,904
    Kind.SHARED_PHONE: Detector(shared_phone, Severity.REVIEW, None),  # a phone lent on a bad morning looks the same
    Kind.FORKED_CHAIN: Detector(forked_chain, Severity.REVIEW, None),  # so does an app that was put back from a copy
    Kind.SUSPECT_SIGNALS: Detector(suspect_signals, Severity.STRONG, None),  # each signal's own rate: docs/signals.md
    Kind.REPEATED_POSITION: Detector(repeated_position, Severity.STRONG, None),
    Kind.TIME_UNCERTAIN: Detector(time_uncertain, Severity.REVIEW, None),
    Kind.REJECTED_PLACE: Detector(rejected_place, Severity.NOTICE, Decimal("0.02")),  # by construction of the place verdict
}


def findings_in(sightings: Sequence[Sighting]) -> list[Found]:
    """Everything noticed in a day, the same in whatever order the sightings come.

    Source: `DETECTORS`.
    """
    return [found for detector in DETECTORS.values() for found in detector.find(sightings)]


def _in_time(seen: Sighting) -> tuple[datetime, UUID]:
    return seen.taken_at, seen.checkin_id


def _name_of(crowd: Sequence[Sighting]) -> str:
    """A name for exactly these check-ins, from which they cannot be read."""
    return hashlib.sha256(",".join(sorted(str(seen.checkin_id) for seen in crowd)).encode()).hexdigest()[:32]


def _together(kind: Kind, sightings: Sequence[Sighting], place: Callable[[Sighting], object], least: int) -> Iterator[Found]:
    """For each of at least so many people who share a place within ten minutes: how many others there were."""
    places: dict[object, list[Sighting]] = defaultdict(list)
    for seen in sightings:
        places[place(seen)].append(seen)
    crowds = [crowd for gathered in places.values() for crowd in _crowds(sorted(gathered, key=_in_time), least)]
    company: dict[int, set[int]] = defaultdict(set)
    groups: dict[int, set[str]] = defaultdict(set)
    for crowd in crowds:
        people, name = {seen.person_id for seen in crowd}, _name_of(crowd)
        for person_id in people:
            company[person_id] |= people - {person_id}
            groups[person_id].add(name)
    for own in _by_person([seen for crowd in crowds for seen in crowd]):
        person_id = own[0].person_id
        words = {"others": len(company[person_id]), "minutes": TOGETHER // timedelta(minutes=1)}
        yield _found(kind, own, words, tuple(sorted(groups[person_id])))


def _crowds(gathered: Sequence[Sighting], least: int) -> Iterator[Sequence[Sighting]]:
    """The runs of sightings, in order of time, that consist of overlapping stretches of ten minutes with enough people in each."""
    near: Counter[int] = Counter()
    stop, first, last = 0, 0, 0
    for start, seen in enumerate(gathered):
        while stop < len(gathered) and gathered[stop].taken_at - seen.taken_at <= TOGETHER:
            near[gathered[stop].person_id] += 1
            stop += 1
        if len(near) >= least:
            if last and start >= last:
                yield gathered[first:last]
            first, last = (start, stop) if start >= last else (first, stop)
        near[seen.person_id] -= 1
        if not near[seen.person_id]:
            del near[seen.person_id]
    if last:
        yield gathered[first:last]


def _by_person(sightings: Sequence[Sighting]) -> Iterator[list[Sighting]]:
    """The sightings of each person, people in order."""
    own: dict[int, list[Sighting]] = defaultdict(list)
    for seen in sightings:
        own[seen.person_id].append(seen)
    yield from (own[person_id] for person_id in sorted(own))


def _found(kind: Kind, own: Sequence[Sighting], words: Mapping[str, str | int], groups: tuple[str, ...] = ()) -> Found:
    return Found(kind, own[0].person_id, own[0].unit_id, tuple(sorted(seen.checkin_id for seen in own)), words, groups)
