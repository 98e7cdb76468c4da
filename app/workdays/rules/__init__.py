"""What a person owes on a day and what excuses from it, as one module: `from app.workdays import rules`."""

from app.workdays.rules.days import (
    Holiday,
    HolidayKind,
    Kind,
    Workday,
    calendar_of,
    holiday_on,
    workday_on,
)
from app.workdays.rules.instances import (
    ONE_DAY,
    Instance,
    Span,
    days_near,
    hours_for,
    instance_holding,
    instance_of,
    instant_of,
)
from app.workdays.rules.leaves import LONGEST_LEAVE_DAYS, Leave, LeaveKind, Part, is_plausible_leave
from app.workdays.rules.shifts import NAMES, OFFICE, ZONES, Break, RosterEntry, Shift, ShiftKind, flaw_of, shift_of

__all__ = [
    "Break",
    "Holiday",
    "HolidayKind",
    "Instance",
    "Kind",
    "LONGEST_LEAVE_DAYS",
    "Leave",
    "LeaveKind",
    "NAMES",
    "OFFICE",
    "ZONES",
    "ONE_DAY",
    "Part",
    "RosterEntry",
    "Shift",
    "ShiftKind",
    "Span",
    "Workday",
    "calendar_of",
    "days_near",
    "flaw_of",
    "holiday_on",
    "hours_for",
    "instance_holding",
    "instance_of",
    "instant_of",
    "is_plausible_leave",
    "shift_of",
    "workday_on",
]
