"""What a month comes to: one code a day, counts that are plain sums of day records, and their total.

The codes, each with one meaning and none that another rule uses for something else (facts: law 2.3, "TL" means both late
and away on duty, so it means nothing here):

    H    present, on time            A    absent without reason        CT  annual leave       CP  for important reasons
    T    late                        B    no data yet, not absence     CB  long leave         CN  unpaid leave
    P    left early                  L    public holiday               CS  sick leave         LB  joint leave, also as leave
    XM   no check-in was made        R    no work owed (rest)          CM  maternity leave
    XK   no check-out was made       F    dispensation                  (blank) no day record
    DL   on duty by a letter         G    struck by incidents, whole

Coming and going combine, coming first: TP, TXK, XMP.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, reduce
from itertools import zip_longest
from operator import attrgetter
from typing import Any

from app.decrees import Bands
from app.workdays.rules import LeaveKind

NOTHING = Decimal(0)
PRESENT, LEAVE = "present", "leave"

ON_TIME, LATE, EARLY, NO_IN, NO_OUT = "H", "T", "P", "XM", "XK"
STATUS_CODES = {
    "assigned": "DL",
    "absent": "A",
    "not_yet": "B",
    "holiday": "L",
    "joint_leave": "LB",
    "dispensation": "F",
    "incident": "G",
    "off": "R",
}
LEAVE_CODES = {
    LeaveKind.ANNUAL: "CT",
    LeaveKind.LONG: "CB",
    LeaveKind.SICK: "CS",
    LeaveKind.MATERNITY: "CM",
    LeaveKind.IMPORTANT: "CP",
    LeaveKind.UNPAID: "CN",
    LeaveKind.JOINT: "LB",
}
LEAVE_KINDS = tuple(LeaveKind)
PRESENT_CODES = (ON_TIME, LATE, EARLY, LATE + EARLY, NO_IN, NO_IN + EARLY, NO_OUT, LATE + NO_OUT)

BandsOn = Callable[[str, date], tuple[Bands, Bands]]  # (decree, day) -> lateness, early


@dataclass(frozen=True, slots=True)
class Day:
    """A day record as the recap reads it, with the decree of the unit it was spent in."""

    day: date
    status: str
    late_min: int
    early_min: int
    is_missing_in: bool
    is_missing_out: bool
    leave_kind: str | None
    deduction_pct: Decimal
    decree: str
    is_frozen: bool


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


@lru_cache
def days_of(month: date) -> tuple[date, ...]:
    """The days of the month.

    Source: Gregorian calendar.
    """
    first = month.replace(day=1)
    return tuple(first + timedelta(days=n) for n in range(monthrange(first.year, first.month)[1]))


def recap_of(member: Member, days: Sequence[Day], rated: Rated | None, month: date, bands_on: BandsOn) -> Recap:
    """The person's month, added up from his day records in whatever order they come.

    Source: issue 2 part 10 (totals reconcile with day records); provisional until every day is frozen by the seal.
    """
    codes = {day.day: code_of(day) for day in days}
    provisional = not all([day.is_frozen for day in days])
    return Recap(member, tuple([codes.get(day, "") for day in days_of(month)]), counts_of(days, bands_on), rated, provisional)


def code_of(day: Day) -> str:
    """The short code of the day; the module's docstring lists them all.

    Raises: KeyError for a status, ValueError for a kind of leave without a code: nothing is shown as something else.
    Source: law 2.3 (status codes seen in public programs, and which of them are ambiguous).
    """
    if day.status == LEAVE:
        return LEAVE_CODES[LeaveKind(day.leave_kind or "")]
    if day.status != PRESENT:
        return STATUS_CODES[day.status]
    coming = NO_IN if day.is_missing_in else LATE if day.late_min else ""
    going = NO_OUT if day.is_missing_out else EARLY if day.early_min else ""
    return coming + going or ON_TIME


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
