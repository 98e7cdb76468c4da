"""What assignment letters do to the place of a check-in: sites that only they allow, and days on which no place is asked for."""

from collections.abc import Sequence
from dataclasses import replace

from app.assignments.rules import Letter, anywhere_under
from app.checkins.rules.place import Measured, Outcome, Place


def sites_under(candidates: Sequence[Measured], letters: Sequence[Letter]) -> list[Measured]:
    """The sites that count under the letters of the day: the usual ones, and those that one of them names.

    Source: our design; docs/letters.md.
    """
    held = {letter.id for letter in letters}
    return [site for site in candidates if site.only_under is None or not held.isdisjoint(site.only_under)]


def placed_by(place: Place, letters: Sequence[Letter]) -> tuple[Place, Letter | None]:
    """The place with the letters taken into account, never a worse one, and the letter that it counts by, if it does.

    Who is surely at a site is there, whatever a letter allows; everybody else is, under a letter for anywhere, where he may be.

    Source: our design; docs/letters.md.
    """
    if place.verdict is Outcome.ACCEPTED:
        only_under = (place.site and place.site.only_under) or ()
        return place, next((letter for letter in letters if letter.id in only_under), None)
    letter = anywhere_under(letters)
    if letter is None:
        return place, None
    lifted = replace(place, verdict=Outcome.ACCEPTED, reason_code="place_by_letter", site=None, p_inside=None, distance_m=None)
    return lifted, letter
