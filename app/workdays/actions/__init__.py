"""What is done with workdays, as one module: `from app.workdays import actions`."""

from app.workdays.actions.calendar import CalendarDay, calendar_of, declare, take_back
from app.workdays.actions.leaves import decide_leave, request_leave
from app.workdays.actions.rosters import Line, add_shift, set_roster
from app.workdays.actions.scope import DECIDES, READS, SETS_UP, agency_ids, civil_day, get_agency, scope_of

__all__ = [
    "DECIDES",
    "READS",
    "SETS_UP",
    "CalendarDay",
    "Line",
    "add_shift",
    "agency_ids",
    "calendar_of",
    "civil_day",
    "decide_leave",
    "declare",
    "get_agency",
    "request_leave",
    "scope_of",
    "set_roster",
    "take_back",
]
