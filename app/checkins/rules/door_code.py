"""What the code at the door does to a place: it settles a doubt, overrules no position, and is never needed."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

from app.checkins.rules.place import Measured, Outcome, Place
from app.checkins.rules.timing import Grade, Timing
from app.geofences.rules import door_code

# A time known no better than this is matched by one code in three hundred thousand million; a wider one would make guessing easier.
WIDEST = timedelta(minutes=5)

# What a right code makes of a place. What is not here it leaves alone: a position that says elsewhere, and a phone without one.
LIFTS: dict[str, tuple[Outcome, str]] = {
    "place_unsure": (Outcome.ACCEPTED, "place_by_code"),
    "place_near": (Outcome.ACCEPTED, "place_by_code"),
    "place_too_coarse": (Outcome.DOUBTFUL, "place_coarse_by_code"),
}


def window_of(timing: Timing) -> tuple[datetime, datetime] | None:
    """Between which instants the phone may have seen the code: the proved bracket, unless it is too wide to prove anything.

    Of an unproved time only the arrival is known and counts, so the code must be the one of the arrival.

    Source: docs/decisions.md "a code at the door".
    """
    if timing.grade is Grade.UNVERIFIED:
        return timing.taken_at, timing.taken_at
    if timing.latest_at - timing.earliest_at > WIDEST:
        return None
    return timing.earliest_at, timing.latest_at


def doors_of(code: str | None, timing: Timing, candidates: Sequence[Measured]) -> frozenset[str]:
    """The sites, by code, whose screen showed the phone's code when the check-in was made.

    Source: docs/decisions.md "a code at the door"; `geofences.rules.door_code`.
    """
    read, window = door_code.read(code or ""), window_of(timing)
    if read is None or window is None:
        return frozenset()
    return frozenset(
        site.site_code
        for site in candidates
        if site.door_secret is not None and door_code.was_shown(read, site.door_secret, site.site_code, *window)
    )


def lifted(place: Place, doors: AbstractSet[str]) -> Place:
    """The place with a right code taken into account; never a worse one.

    Source: docs/decisions.md "a code at the door".
    """
    if place.site is None or place.site.site_code not in doors or place.reason_code not in LIFTS:
        return place
    verdict, reason = LIFTS[place.reason_code]
    return replace(place, verdict=verdict, reason_code=reason)


def note_of(place: Place, code: str | None, doors: AbstractSet[str]) -> str | None:
    """Text code of what to tell the person about the code, if anything: that it would help, was wrong, or was not enough.

    Where no position stands behind it, it was not looked at, and there is nothing to tell.

    Source: docs/decisions.md "a code at the door".
    """
    if place.site is None:
        return None
    if code is None:
        is_offered = place.reason_code in LIFTS and place.site.door_secret is not None
        return "door_code_offered" if is_offered else None
    if not doors:
        return "door_code_wrong"
    return "door_code_alone" if place.verdict is Outcome.REJECTED else None
