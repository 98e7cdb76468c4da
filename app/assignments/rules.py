"""Assignment letters: what they say of a person's days, and which of them can be meant."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from app.workdays.rules import ONE_DAY, RosterEntry, Shift, instant_of

# Longer ones are issued again, so that somebody looks at them again.
LONGEST_DAYS = 366


class LetterKind(StrEnum):
    """What somebody is sent to; their names are the texts `letter_<kind>`. A ceremony has an hour, and hours of work it has not."""

    DUTY = "duty"
    TRAVEL = "travel"
    HOME = "home"
    CEREMONY = "ceremony"


class PlaceRule(StrEnum):
    """Where check-ins are made under a letter: at one's sites and those it names, or anywhere."""

    SITES = "sites"
    ANYWHERE = "anywhere"


class Proof(StrEnum):
    """What proves a day of work under a letter: check-ins as on every day, or the letter itself."""

    CHECKINS = "checkins"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a letter says, for whomever it names; both days are included.

    `starts`, `ends`: of the ceremony, or the hours owed instead of the usual ones. `zone`: by whose clocks, None is one's unit's.
    """

    kind: LetterKind
    first_day: date
    last_day: date
    place: PlaceRule = PlaceRule.SITES
    proof: Proof = Proof.CHECKINS
    starts: time | None = None
    ends: time | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that holds for one person, on the days that are left of it when it was cut short; both are included."""

    id: int
    number: str
    kind: LetterKind
    first_day: date
    last_day: date
    place: PlaceRule
    proof: Proof
    starts: time | None = None
    ends: time | None = None
    zone: str | None = None

    @property
    def moves_hours(self) -> bool:
        """Whether it says when one works, or by whose clocks."""
        return self.kind is not LetterKind.CEREMONY and (self.starts is not None or self.zone is not None)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A ceremony that a letter calls a person to, half-open: `ends_at` is the first instant after it.

    `sites`: codes of those the letter names; without one it is held where the person works.
    """

    letter_id: int
    number: str
    starts_at: datetime
    ends_at: datetime
    sites: frozenset[str] = frozenset()


def flaw_of(terms: Terms, sites: Sequence[str]) -> str | None:
    """Why nobody could mean such a letter, as a text code.

    Source: our design; docs/letters.md.
    """
    if not timedelta(0) <= terms.last_day - terms.first_day < LONGEST_DAYS * ONE_DAY:
        return "letter_days"
    if (terms.starts is None) is not (terms.ends is None):
        return "letter_half_hours"
    if terms.kind is LetterKind.CEREMONY:
        if terms.starts is None or terms.first_day != terms.last_day:
            return "letter_ceremony_hour"
        return None if terms.place is PlaceRule.SITES and terms.proof is Proof.CHECKINS else "letter_ceremony_proof"
    says = sites or terms.place is PlaceRule.ANYWHERE or terms.proof is Proof.LETTER or terms.starts is not None or terms.zone
    return None if says else "letter_says_nothing"


def holding_on(day: date, letters: Iterable[Letter]) -> tuple[Letter, ...]:
    """Those of the letters that hold on the day, in their order.

    Source: our design; a letter is dated by days.
    """
    return tuple(letter for letter in letters if letter.first_day <= day <= letter.last_day)


def rostered_under(day: date, usual: RosterEntry | None, letters: Iterable[Letter]) -> RosterEntry | None:
    """What the roster says of the day once the letters have spoken: their hours and clocks win over it, of several the newest.

    A letter that names only clocks leaves the hours as they are.

    Source: our design; an order to work then is given with the letter.
    """
    entry = usual
    for letter in sorted(holding_on(day, letters), key=lambda letter: letter.id):
        if not letter.moves_hours:
            continue
        if letter.starts is not None and letter.ends is not None:
            entry = RosterEntry(day, (Shift(letter.number, letter.starts, letter.ends),), letter.zone)
        else:
            entry = replace(entry or RosterEntry(day, None), zone=letter.zone)
    return entry


def anywhere_under(letters: Iterable[Letter]) -> Letter | None:
    """The letter under which a check-in needs no place, if there is one.

    Source: our design; docs/letters.md.
    """
    return next((letter for letter in letters if letter.place is PlaceRule.ANYWHERE), None)


def proving(letters: Iterable[Letter]) -> Letter | None:
    """The letter that proves a day of work by itself, if there is one.

    Source: our design; docs/day-matrix.md.
    """
    return next((letter for letter in letters if letter.proof is Proof.LETTER), None)


def ceremonies_on(
    day: date, zone: str, letters: Iterable[Letter], sites: Mapping[int, Collection[str]] = MappingProxyType({})
) -> tuple[Ceremony, ...]:
    """The ceremonies that the letters call to on the day, in order of time; `zone` is the unit's, where a letter names no other.

    `sites`: the codes of those that a letter names, by its id.

    Source: our design; an end at or before the start is on the next day.
    """
    found = [
        Ceremony(
            letter.id,
            letter.number,
            instant_of(day, letter.starts, letter.zone or zone),
            instant_of(day if letter.starts < letter.ends else day + ONE_DAY, letter.ends, letter.zone or zone),
            frozenset(sites.get(letter.id, ())),
        )
        for letter in holding_on(day, letters)
        if letter.kind is LetterKind.CEREMONY and letter.starts is not None and letter.ends is not None
    ]
    return tuple(sorted(found, key=lambda ceremony: (ceremony.starts_at, ceremony.letter_id)))
