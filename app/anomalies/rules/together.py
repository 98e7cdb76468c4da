"""People who share a place or a phone within minutes."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.anomalies.rules.found import Found, Kind, Sighting, by_person, found_of

TOGETHER = timedelta(minutes=10)


def _in_time(seen: Sighting) -> tuple[datetime, UUID]:
    return seen.taken_at, seen.checkin_id


def _name_of(crowd: Sequence[Sighting]) -> str:
    """A name for exactly these check-ins, from which they cannot be read."""
    return hashlib.sha256(",".join(sorted(str(seen.checkin_id) for seen in crowd)).encode()).hexdigest()[:32]


def together(kind: Kind, sightings: Sequence[Sighting], place: Callable[[Sighting], object], least: int) -> Iterator[Found]:
    """For each of at least so many people who share a place within ten minutes: how many others there were.

    Source: docs/signals.md (0 of 78,904 honest fixes in the same ten minutes).
    """
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
    for own in by_person([seen for crowd in crowds for seen in crowd]):
        person_id = own[0].person_id
        words = {"others": len(company[person_id]), "minutes": TOGETHER // timedelta(minutes=1)}
        yield found_of(kind, own, words, tuple(sorted(groups[person_id])))


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
