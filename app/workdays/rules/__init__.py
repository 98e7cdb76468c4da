"""What a person owes on a day and what excuses from it, as one module: `from app.workdays import rules`."""

from app.workdays.rules.days import (
    OFFICE,
    ONE_DAY,
    Holiday,
    HolidayKind,
    Kind,
    RosterEntry,
    Shift,
    Workday,
    calendar_of,
    days_near,
    holiday_on,
    instant_of,
    workday_holding,
    workday_on,
)
from app.workdays.rules.leaves import LONGEST_LEAVE_DAYS, Leave, LeaveKind, Part, is_plausible_leave

__all__ = [
    "Holiday",
    "HolidayKind",
    "Kind",
    "LONGEST_LEAVE_DAYS",
    "Leave",
    "LeaveKind",
    "OFFICE",
    "ONE_DAY",
    "Part",
    "RosterEntry",
    "Shift",
    "Workday",
    "calendar_of",
    "days_near",
    "holiday_on",
    "instant_of",
    "is_plausible_leave",
    "workday_holding",
    "workday_on",
]
