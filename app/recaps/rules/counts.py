"""Sums over day records and over people: plain additions, so that every total is what stands above it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import zip_longest
from operator import attrgetter
from typing import Any

from app.decrees import Bands
from app.recaps.rules.codes import LEAVE, LEAVE_KINDS, Day

NOTHING = Decimal(0)

BandsOn = Callable[[str, date], tuple[Bands, Bands]]  # (decree, day) -> lateness, early


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over day records; `by_band` are days in the decree's bands, lowest first, `leave_by_kind` in order of LeaveKind."""

    present: int = 0
    assigned: int = 0
    absent: int = 0
    leave: int = 0
    holiday: int = 0
    joint_leave: int = 0
    dispensation: int = 0
    incident: int = 0
    off: int = 0
    not_yet: int = 0
    late_days: int = 0
    late_min: int = 0
    late_by_band: tuple[int, ...] = ()
    early_days: int = 0
    early_min: int = 0
    early_by_band: tuple[int, ...] = ()
    missing_in: int = 0
    missing_out: int = 0
    leave_by_kind: tuple[int, ...] = (0,) * len(LEAVE_KINDS)
    deduction_pct: Decimal = NOTHING

    @property
    def owed(self) -> int:
        """Days on which work was owed, leave included: what attendance is measured against."""
        return self.present + self.assigned + self.absent + self.leave + self.not_yet


def counts_of(days: Sequence[Day], bands_on: BandsOn) -> Counts:
    """The sums over the day records; a missing check-in is counted as missing, not as late.

    Source: issue 2 part 10; the bands of each day are those of the decree of that day.
    """
    laws = [bands_on(day.decree, day.day) for day in days]
    late, early = [day.late_min for day in days], [day.early_min for day in days]
    kinds = Counter([day.leave_kind for day in days if day.status == LEAVE])
    return Counts(
        **Counter([day.status for day in days]),
        late_days=sum(map(bool, late)),
        late_min=sum(late),
        late_by_band=_by_band([lateness for lateness, _ in laws], late),
        early_days=sum(map(bool, early)),
        early_min=sum(early),
        early_by_band=_by_band([earliness for _, earliness in laws], early),
        missing_in=sum([day.is_missing_in for day in days]),
        missing_out=sum([day.is_missing_out for day in days]),
        leave_by_kind=tuple(kinds[kind] for kind in LEAVE_KINDS),
        deduction_pct=sum([day.deduction_pct for day in days], NOTHING),
    )


def _by_band(laws: Sequence[Bands], minutes: Sequence[int]) -> tuple[int, ...]:
    """How many days' minutes fall into each band, each day under its own law; as many bands as any of the laws has."""
    width = max([len(law.bands) for law in laws], default=0)
    found = Counter([band_of(law, lost) for law, lost in zip(laws, minutes, strict=True) if lost])
    return tuple(found[number] for number in range(width))


def band_of(bands: Bands, minutes: int) -> int | None:
    """Which band the minutes fall into, from 0; None for minutes that no band names.

    Source: the decree's `lateness` and `early` clauses (half-open whole minutes).
    """
    for number, band in enumerate(bands.bands):
        if band.from_min <= minutes and (band.to_min is None or minutes < band.to_min):
            return number
    return None


def total_of(all_counts: Iterable[Counts]) -> Counts:
    """The sum of all of them.

    Source: issue 2 part 10.
    """
    return reduce(plus, all_counts, Counts())


def plus(one: Counts, other: Counts) -> Counts:
    """The sum of both, band by band and kind by kind; where one has more bands, the other has no days in them.

    Source: issue 2 part 10.
    """
    return Counts(*map(_added, _FIGURES(one), _FIGURES(other)))


_FIGURES = attrgetter(*(field.name for field in fields(Counts)))


def _added(one: Any, other: Any) -> Any:
    if isinstance(one, tuple):
        return tuple(map(sum, zip_longest(one, other, fillvalue=0)))
    return one + other


def same_bands(all_bands: Sequence[Bands]) -> Bands | None:
    """The bands if they are the same for everybody all month; None when a column can only be called by its number.

    Source: a recap may span agencies and a change of law.
    """
    limits = {tuple((band.from_min, band.to_min) for band in bands.bands) for bands in all_bands}
    return all_bands[0] if len(limits) == 1 else None
