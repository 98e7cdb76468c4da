"""What a day is called in a recap: one short code for each status.

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
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from app.workdays.rules import LeaveKind

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


@lru_cache
def days_of(month: date) -> tuple[date, ...]:
    """The days of the month.

    Source: Gregorian calendar.
    """
    first = month.replace(day=1)
    return tuple(first + timedelta(days=n) for n in range(monthrange(first.year, first.month)[1]))


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
