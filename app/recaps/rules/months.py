"""A person's month and a unit's: codes, sums and the rating, as every kind of file shows them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.recaps.rules.codes import PRESENT_CODES, Day, code_of, days_of
from app.recaps.rules.counts import NOTHING, BandsOn, Counts, counts_of, plus


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the recap, in the unit of the last of the days that are in it."""

    person_id: int
    nip: str
    name: str
    unit_code: str
    unit_name: str
    unit_path: str


@dataclass(frozen=True, slots=True)
class Rated:
    """The month's rating as the nightly job left it; what nobody has assessed yet is None."""

    discipline_pct: Decimal
    productivity_pct: Decimal | None
    tpp_pct: Decimal | None
    score: Decimal | None
    predicate: str | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Recap:
    """One person's month: a code for each day of it (blank where there is no record), and the sums."""

    member: Member
    codes: tuple[str, ...]
    counts: Counts
    rated: Rated | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class UnitTotal:
    """What a unit's people add up to, each counted where he stands in the recap; the mean is of those whose TPP is known."""

    code: str
    name: str
    people: int
    counts: Counts
    tpp_mean_pct: Decimal | None


def recap_of(member: Member, days: Sequence[Day], rated: Rated | None, month: date, bands_on: BandsOn) -> Recap:
    """The person's month, added up from his day records in whatever order they come.

    Source: issue 2 part 10 (totals reconcile with day records); provisional until every day is frozen by the seal.
    """
    codes = {day.day: code_of(day) for day in days}
    provisional = not all([day.is_frozen for day in days])
    return Recap(member, tuple([codes.get(day, "") for day in days_of(month)]), counts_of(days, bands_on), rated, provisional)


def totals_by_unit(recaps: Iterable[Recap]) -> list[UnitTotal]:
    """The sums by unit, in the order in which the units come.

    Source: issue 5 part 5.
    """
    sums = Sums()
    for recap in recaps:
        sums.add(recap)
    return sums.totals()


class Sums:
    """What has been added up so far, by unit, while people go by.

    Source: issue 5 part 5; the mean is to three decimals, half up, like every other per cent.
    """

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], Counts] = {}
        self.people: Counter[tuple[str, str]] = Counter()
        self.paid: dict[tuple[str, str], list[Decimal]] = {}

    def add(self, recap: Recap) -> None:
        """Count a person in where he stands."""
        unit = recap.member.unit_code, recap.member.unit_name
        self.counts[unit] = plus(self.counts.get(unit, Counts()), recap.counts)
        self.people[unit] += 1
        if recap.rated is not None and recap.rated.tpp_pct is not None:
            self.paid.setdefault(unit, []).append(recap.rated.tpp_pct)

    def totals(self) -> list[UnitTotal]:
        """The units in the order in which they came."""
        return [UnitTotal(*unit, self.people[unit], self.counts[unit], mean_of(self.paid.get(unit, []))) for unit in self.counts]


def mean_of(figures: Sequence[Decimal]) -> Decimal | None:
    """The mean to three decimals, half up; None of nothing.

    Source: half up as in PermenPANRB 1/2023, where no rule says how to round.
    """
    return (sum(figures, NOTHING) / len(figures)).quantize(Decimal("0.001"), ROUND_HALF_UP) if figures else None


def present_by_day(recaps: Sequence[Recap], month: date) -> list[int]:
    """How many were present, day by day.

    Source: issue 2 part 10.
    """
    return [sum(recap.codes[number] in PRESENT_CODES for recap in recaps) for number in range(len(days_of(month)))]
