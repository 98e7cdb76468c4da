"""Everything asked of the tables of workdays, as one module: `from app.workdays import store as workdays`."""

from app.workdays.store.calendar import add_holiday, list_declared, overrides_on, remove_holiday
from app.workdays.store.leaves import (
    Requested,
    add_decision,
    add_leave,
    get_requested,
    leaves_in,
    leaves_on,
    list_changed_since,
    list_requested,
)
from app.workdays.store.rosters import (
    Entry,
    Rostered,
    add_shift,
    list_rostered,
    list_shifts,
    person_ids_of,
    replace_roster,
    shift_ids,
    shifts_by_id,
    workdays_of,
    workdays_on,
)
from app.workdays.store.tables import Holiday, Leave, LeaveDecision, RosterEntry, Shift

__all__ = [
    "Entry",
    "Holiday",
    "Leave",
    "LeaveDecision",
    "Requested",
    "RosterEntry",
    "Rostered",
    "Shift",
    "add_decision",
    "add_holiday",
    "add_leave",
    "add_shift",
    "get_requested",
    "leaves_in",
    "leaves_on",
    "list_changed_since",
    "list_declared",
    "list_requested",
    "list_rostered",
    "list_shifts",
    "overrides_on",
    "person_ids_of",
    "remove_holiday",
    "replace_roster",
    "shift_ids",
    "shifts_by_id",
    "workdays_of",
    "workdays_on",
]
