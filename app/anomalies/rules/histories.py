"""What makes many days doubtful together, seen from one of them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations, pairwise
from math import comb

from app.anomalies.rules.found import Found, Kind, Sighting, by_person, found_of
from app.anomalies.rules.offset import Spot, is_worth_testing, offset_of
from app.checkins.rules.signals import Flag
from app.geo import Outline, Point, distance_m

# Two check-ins a day, each shared by chance with a phone that rests beside it in at most 0.44 %, the worst that was measured.
SHARED_BY_CHANCE = 0.0088
# Of so many pairs of colleagues one may look like this by chance.
CHANCE = 1e-4
WITHIN_DAYS = (14, 365)
# A phone may be a family's or stand at a post; three people in a month have each their own.
OWNERS = 3
# A report may be refused or an app put in anew; on three days of two weeks that is a habit.
DAYS_GAPPED = 3
# One arrival in twenty falls into the last minute, and few reports come late: four of both in a month were never chance.
DAYS_ON_EDGE = 4
# What a car on an empty road does not do; only between good fixes, because network fixes are 20 km wrong and claim 1 km.
FASTEST_MPS, GOOD_M, LEAST_S = 50.0, 50.0, 60.0


@dataclass(frozen=True, slots=True)
class Track:
    """A person's fixes at one outline of a site, over the days before and on the day, none of a day that was found before."""

    person_id: int
    unit_id: int | None
    site_name: str
    outline: Outline
    spots: Sequence[Spot]


@dataclass(frozen=True, slots=True)
class Meeting:
    """The days of a year on which two people who share a coordinate were both seen, and those on which they shared one."""

    people: tuple[int, int]
    both: Sequence[date]
    shared: Sequence[date]


@dataclass(frozen=True, slots=True)
class Night:
    """Everything detectors look at about a day."""

    day: date
    sightings: Sequence[Sighting]
    tracks: Sequence[Track] = ()
    meetings: Sequence[Meeting] = ()


def constant_offset(night: Night) -> Iterator[Found]:
    """For each person whose fixes scatter about one place outside: the check-ins from there, over the days before.

    Source: docs/decisions.md "a place of many days".
    """
    for track in night.tracks:
        if not is_worth_testing(track.spots):
            continue
        offset = offset_of(track.outline, track.spots)
        if offset.is_found:
            outside = [spot for spot in track.spots if spot.outside_m > 0]
            days = len({spot.day for spot in outside})
            words: dict[str, str | int] = {
                "days": days,
                "site": track.site_name,
                "metres": max(10, int(round(offset.outside_m, -1))),
            }
            checkins = tuple(sorted(spot.checkin_id for spot in outside))
            yield Found(Kind.CONSTANT_OFFSET, track.person_id, track.unit_id, checkins, words)


def shared_history(night: Night) -> Iterator[Found]:
    """For each of two or more people who share exact coordinates on more days than phones side by side do by chance.

    Source: facts/location.md section 4 (0.44 % of coordinates at worst); Kabupaten Cirebon, January 2026.
    """
    company: dict[int, set[int]] = defaultdict(set)
    groups: dict[int, set[str]] = defaultdict(set)
    most: dict[int, int] = defaultdict(int)
    for meeting in night.meetings:
        if (days := _days_beyond_chance(meeting, night.day)) is None:
            continue
        name = hashlib.sha256(repr((meeting.people, night.day)).encode()).hexdigest()[:32]
        for person_id, other in (meeting.people, meeting.people[::-1]):
            company[person_id].add(other)
            groups[person_id].add(name)
            most[person_id] = max(most[person_id], days)
    shared = pairs_of(night.sightings)
    ids = {seen.checkin_id for pair in shared.values() for seen in pair}
    for own in by_person([seen for seen in night.sightings if seen.person_id in company and seen.checkin_id in ids]):
        person_id = own[0].person_id
        words = {"others": len(company[person_id]), "days": most[person_id]}
        yield found_of(Kind.SHARED_HISTORY, own, words, tuple(sorted(groups[person_id])))


def pairs_of(sightings: Sequence[Sighting]) -> dict[tuple[int, int], list[Sighting]]:
    """The check-ins of every two people that were made at the very same coordinate on the day.

    Source: facts/location.md section 4.
    """
    places: dict[Point, list[Sighting]] = defaultdict(list)
    for seen in sightings:
        places[seen.point].append(seen)
    found: dict[tuple[int, int], list[Sighting]] = defaultdict(list)
    for gathered in places.values():
        for one, other in combinations(sorted({seen.person_id for seen in gathered}), 2):
            found[one, other] += [seen for seen in gathered if seen.person_id in (one, other)]
    return found


def meeting_of(people: tuple[int, int], places: Mapping[int, Mapping[date, set[Point]]]) -> Meeting:
    """The days of two people, from where each was seen on which day.

    Source: facts/location.md section 4.
    """
    one, other = (places.get(person_id, {}) for person_id in people)
    both = sorted(one.keys() & other.keys())
    return Meeting(people, both, [day for day in both if one[day] & other[day]])


def chance_of(days: int, looked: int) -> float:
    """Chance that two phones side by side share a coordinate on at least so many of the days looked at.

    Source: the binomial distribution over the worst rate of docs/signals.md.
    """
    p = SHARED_BY_CHANCE
    return 1.0 - sum(comb(looked, k) * p**k * (1 - p) ** (looked - k) for k in range(days))


def phone_of_several(night: Night) -> Iterator[Found]:
    """Check-ins with an installation of the app that served three people or more within thirty days.

    Source: facts/location.md section 6 (buddy punching); docs/decisions.md "one phone, two people".
    """
    for own in by_person([seen for seen in night.sightings if seen.owners >= OWNERS]):
        names = {hashlib.sha256(f"phone {seen.installation_id}".encode()).hexdigest()[:32] for seen in own}
        yield found_of(Kind.PHONE_OF_SEVERAL, own, {"others": max(seen.owners for seen in own) - 1}, tuple(sorted(names)))


def impossible_travel(night: Night) -> Iterator[Found]:
    """Two check-ins of a person after each other that nobody travels between, in whatever order their reports came.

    What was already a signal when the report came is a finding of its own.

    Source: facts/location.md section 4 (1 of 6,569 honest pairs of fixes of 50 m or better).
    """
    for own in by_person(night.sightings):
        ordered = sorted(own, key=lambda seen: (seen.taken_at, seen.checkin_id))
        pairs = [pair for pair in pairwise(ordered) if _is_too_fast(*pair)]
        if pairs:
            kilometres = max(round(distance_m(one.point, other.point) / 1000) for one, other in pairs)
            yield found_of(Kind.IMPOSSIBLE_TRAVEL, [seen for pair in pairs for seen in pair], {"kilometres": kilometres})


def missing_reports(night: Night) -> Iterator[Found]:
    """Check-ins after a number of the phone's chain that never came, of somebody with such days again and again.

    Source: design contract section 3 (seq, prev); facts/location.md section 6 (a deleted record shows).
    """
    gapped = [seen for seen in night.sightings if seen.days_gapped >= DAYS_GAPPED]
    yield from (found_of(Kind.MISSING_REPORTS, own, {"days": own[0].days_gapped}) for own in by_person(gapped))


def limit_cluster(night: Night) -> Iterator[Found]:
    """Arrivals in the last minute before lateness whose reports came only later, of somebody with such days again and again.

    Source: facts/location.md section 7 (delaying the upload); docs/detectors.md.
    """
    on_edge = [seen for seen in night.sightings if seen.days_on_edge >= DAYS_ON_EDGE]
    yield from (found_of(Kind.LIMIT_CLUSTER, own, {"days": own[0].days_on_edge}) for own in by_person(on_edge))


def present_on_leave(night: Night) -> Iterator[Found]:
    """Check-ins that count on a day of leave: somebody else has the phone, or the leave was not taken.

    Source: PP 11/2017 article 309 (leave is being allowed not to come to work).
    """
    away = [seen for seen in night.sightings if seen.is_on_leave and seen.counts]
    yield from (found_of(Kind.PRESENT_ON_LEAVE, own, {"times": len(own)}) for own in by_person(away))


def _days_beyond_chance(meeting: Meeting, day: date) -> int | None:
    """On how many days they shared a coordinate in two weeks, or else a year, if chance hardly ever comes to so many."""
    for within in WITHIN_DAYS:
        both = [one for one in meeting.both if (day - one).days < within]
        shared = [one for one in meeting.shared if (day - one).days < within]
        if len(shared) > 1 and chance_of(len(shared), len(both)) <= CHANCE:
            return len(shared)
    return None


def _is_too_fast(one: Sighting, other: Sighting) -> bool:
    if max(one.accuracy_m, other.accuracy_m) > GOOD_M or Flag.IMPOSSIBLE_TRAVEL in {*one.flags, *other.flags}:
        return False
    away_m = distance_m(one.point, other.point) - 2 * (one.accuracy_m + other.accuracy_m)
    between_s = (_last(other) - _first(one)).total_seconds()
    return between_s >= LEAST_S and away_m / between_s > FASTEST_MPS


def _first(seen: Sighting) -> datetime:
    return seen.earliest_at or seen.taken_at


def _last(seen: Sighting) -> datetime:
    return seen.latest_at or seen.taken_at
