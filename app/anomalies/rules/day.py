"""What makes a day's check-ins doubtful together. Nothing here costs anybody anything by itself."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.anomalies.rules.found import Found, Kind, Sighting, by_person, found_of
from app.anomalies.rules.together import together
from app.checkins.rules.signals import CHECKS, Flag, is_for_review
from app.checkins.rules.timing import Grade

# Phones that rest together share a cached Wi-Fi fix now and then: two people prove nothing, three within minutes were never seen.
CROWD = 3
PAIR = 2
NOTHING = Decimal(0)
# A position exactly like the one before is chance on one day, and on the fourth of two weeks it is not.
DAYS_ALIKE = 4
ALIKE = {Flag.REPEATED_FIX, Flag.REPLAYED_FIX}


def shared_coordinates(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """For each of three or more people seen at the very same coordinate within ten minutes: how many others there were.

    Source: docs/decisions.md "signals are measured" (0 of 78,904 honest fixes); Kabupaten Cirebon, January 2026.
    """
    yield from together(Kind.SHARED_COORDINATES, sightings, lambda seen: seen.point, CROWD)


def shared_phone(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """For each of two or more people whose check-ins were made with one installation of the app within ten minutes.

    Source: docs/decisions.md "one phone, two people"; facts/location.md section 6 (buddy punching).
    """
    yield from together(Kind.SHARED_PHONE, sightings, lambda seen: seen.installation_id, PAIR)


def forked_chain(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Check-ins that have the number of another one of the same phone: two copies of the phone count on from one point.

    Source: design contract section 3 (seq); docs/decisions.md "a chain is judged when it is complete".
    """
    twice = [seen for seen in sightings if seen.is_numbered_twice]
    yield from (found_of(Kind.FORKED_CHAIN, own, {"times": len(own)}) for own in by_person(twice))


def suspect_signals(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Check-ins with a strong signal, or with several weak ones that hardly ever meet by chance; one weak signal is no finding.

    Source: docs/signals.md "the score"; design contract section 3 ("only together with a strong signal").
    """
    doubted = [seen for seen in sightings if is_for_review([Flag(flag) for flag in seen.flags], seen.score)]
    for own in by_person(doubted):
        signals = sorted({flag for seen in own for flag in seen.flags if CHECKS[Flag(flag)].weight})
        yield found_of(Kind.SUSPECT_SIGNALS, own, {"times": len(own), "signals": ", ".join(signals)})


def repeated_position(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Check-ins at exactly the coordinate of the one before, of somebody with such days again and again.

    Source: docs/signals.md (0.41 % of honest coordinates come back on a second day; four days are another matter); Kabupaten
    Cirebon, January 2026, where coordinates were repeated over a year.
    """
    alike = [seen for seen in sightings if seen.days_alike >= DAYS_ALIKE and ALIKE & set(seen.flags)]
    for own in by_person(alike):
        yield found_of(Kind.REPEATED_POSITION, own, {"times": len(own), "days": own[0].days_alike})


def time_uncertain(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Check-ins whose time is not verified, on a day that would come to something else at another instant of their brackets.

    Source: docs/decisions.md "what a bracket is worth".
    """
    unsure = [seen for seen in sightings if seen.stakes is not None and seen.counts and seen.time_grade != Grade.VERIFIED]
    for own in by_person(unsure):
        least, most = own[0].stakes or (NOTHING, NOTHING)
        yield found_of(Kind.TIME_UNCERTAIN, own, {"times": len(own), "least": str(least), "most": str(most)})


def rejected_place(sightings: Sequence[Sighting]) -> Iterator[Found]:
    """Rejected check-ins in a direction in which nothing else of that day counts, so that the person can be heard.

    Source: UU 27/2022 article 10 (objection to a decision made automatically).
    """
    has = {(seen.person_id, seen.direction) for seen in sightings if seen.counts}
    refused = [seen for seen in sightings if seen.verdict == "rejected" and (seen.person_id, seen.direction) not in has]
    yield from (found_of(Kind.REJECTED_PLACE, own, {"times": len(own)}) for own in by_person(refused))
