"""How much leave somebody has left, and what keeps a leave from fitting into it."""

from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.decrees import Carried, Quota
from app.people.rules.nip import appointed_on
from app.workdays.rules.leaves import Leave, Part, Wish

ONE_DAY = timedelta(days=1)
NOTHING, HALF, WHOLE = Decimal(0), Decimal("0.5"), Decimal(1)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class YearSeen:
    """A year of somebody's leave of one kind: what the law gives, what was brought by a statement, taken and asked for."""

    year: int
    entitled: Decimal
    taken: Decimal
    waiting: Decimal
    opening: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Working days of one kind of leave in a year; `brought` is what the years before left over."""

    kind: str
    year: int
    entitled: Decimal
    brought: Decimal
    taken: Decimal
    waiting: Decimal
    clause: str | None

    @property
    def left(self) -> Decimal:
        """What may still be asked for."""
        return max(NOTHING, self.entitled + self.brought - self.taken - self.waiting)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a leave does not fit, as a text code, its parameters, and the field of the request it is about."""

    code: str
    params: dict[str, object]
    field: str = "last_day"


def served_since(nip: str, first_posted: date) -> date:
    """The day from which years of service count: of the first posting known here and the appointment in the NIP, the earlier.

    Source: PP 11/2017 articles 311 and 316 (years of uninterrupted service); the digits of a NIP are general knowledge.
    """
    appointed = appointed_on(nip)
    return first_posted if appointed is None else min(first_posted, appointed)


def months_after(day: date, months: int, days: int = 0) -> date:
    """The first day that so many calendar months and days from that day on no longer hold.

    Source: our design; from 30 November three months last until the end of February.
    """
    years, month = divmod(day.month - 1 + months, MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=days)


def balance_of(kind: str, years: Sequence[YearSeen], carried: Sequence[Carried], clause: str | None) -> Balance:
    """The balance of the last of these years in a row.

    What is left of a year is brought into the next one as far as the decree lets that one grow; an opening statement says what
    was brought, whatever came before.

    Source: PP 11/2017 article 313.
    """
    brought, unused_years = NOTHING, 0
    for seen, following in zip(years, [*years[1:], None], strict=True):
        if seen.opening is not None:
            brought, unused_years = seen.opening, 0
        if following is None:
            return Balance(kind, seen.year, seen.entitled, brought, seen.taken, seen.waiting, clause)
        left = max(NOTHING, seen.entitled + brought - seen.taken)
        unused_years = unused_years + 1 if seen.entitled and not seen.taken else 0
        most_days = max((row.most_days for row in carried if row.unused_years <= max(1, unused_years)), default=0)
        brought = min(left, max(NOTHING, most_days - following.entitled))
    raise ValueError("a balance is of at least one year")


def days_counted(leave: Leave | Wish, year: int, owed: Collection[date]) -> list[date]:
    """The working days of the year that a leave takes, in order; `owed` are the days on which its person owes work.

    Source: PP 11/2017 article 311 (working days).
    """
    first, last = max(leave.first_day, date(year, 1, 1)), min(leave.last_day, date(year, 12, 31))
    return [day for n in range((last - first).days + 1) if (day := first + n * ONE_DAY) in owed]


def weight(part: Part) -> Decimal:
    """What a day of a leave of that part counts.

    Source: docs/decisions.md "half a day of leave is of one day, and its other half of the same kind".
    """
    return WHOLE if part is Part.WHOLE else HALF


def over_quota(wish: Wish, days: Sequence[date], balance: Balance, quota: Quota) -> Obstacle | None:
    """What keeps the working days of one year from fitting into what is left of it.

    A leave spent where it is hard to reach may go on for some calendar days when the year is used up, not begin then.

    Source: PP 11/2017 articles 311 and 312.
    """
    asked = weight(wish.part) * len(days)
    if asked <= balance.left:
        return None
    beyond = days[int(balance.left)] if balance.left < len(days) else wish.last_day
    is_remote = wish.cause == "remote" and balance.left >= WHOLE
    if is_remote and (wish.last_day - beyond).days < quota.remote_days:
        return None
    return Obstacle("leave_over_quota", {"year": balance.year, "asked": plain(asked), "left": plain(balance.left)})


def hindrance(wish: Wish, run: Sequence[Leave], quota: Quota, served: date) -> Obstacle | None:
    """What keeps the leave from being one at all: too few years of service, too late a birth, or too long a span.

    `run`: the leaves of the same kind and cause that follow on one another with the wish, which last together.

    Source: PP 11/2017 articles 311 to 327, as the decree's quota clause has them.
    """
    begins = months_after(served, MONTHS * quota.service_years)
    if wish.first_day < begins and wish.cause not in quota.waived_for:
        return Obstacle("leave_service", {"years": quota.service_years, "from_day": begins}, "first_day")
    if quota.children is not None and wish.child is None:
        return Obstacle("leave_child_missing", {}, "child")
    if quota.children is not None and wish.child is not None and wish.child > quota.children:
        return Obstacle("leave_children", {"children": quota.children}, "child")
    longest = quota.longest_for(wish.cause)
    if longest is None or not (longest.months or longest.days):
        return None
    first = min([wish.first_day, *(leave.first_day for leave in run)])
    last = max([wish.last_day, *(leave.last_day for leave in run)])
    ends = months_after(first, longest.months, longest.days)
    if last < ends:
        return None
    return Obstacle("leave_too_long", {"months": longest.months, "days": longest.days, "last_day": ends - ONE_DAY})


def run_of(wish: Wish, others: Sequence[Leave]) -> list[Leave]:
    """Of the person's other leaves those of the same kind and cause that touch the wish, or one another up to it, without a gap.

    Source: our design; a span that is asked for in two pieces is one span.
    """
    first, last = wish.first_day, wish.last_day
    same = [leave for leave in others if (leave.kind, leave.cause) == (wish.kind, wish.cause)]
    found: list[Leave] = []
    while touching := [leave for leave in same if leave.first_day <= last + ONE_DAY and leave.last_day >= first - ONE_DAY]:
        found += touching
        same = [leave for leave in same if leave not in touching]
        first, last = min(first, *(leave.first_day for leave in touching)), max(last, *(leave.last_day for leave in touching))
    return found


def plain(days: Decimal) -> str:
    """The days without idle zeros.

    Source: our design.
    """
    return f"{days.normalize():f}"
