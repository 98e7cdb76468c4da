"""What is done with workdays, as one module: `from app.workdays import actions`."""

from app.workdays.actions.calendar import CalendarDay, calendar_of, declare, take_back
from app.workdays.actions.files import Imported, import_roster
from app.workdays.actions.leaves import decide_leave, request_leave
from app.workdays.actions.plans import (
    DRAFT,
    IN_FORCE,
    add_pattern,
    begin_draft,
    change_draft,
    clashes_in_draft,
    get_draft,
    get_pattern,
    month_of,
    people_of,
    plan_of,
    publish,
    set_rest_rule,
)
from app.workdays.actions.rosters import Line, add_shift, own_days, set_roster
from app.workdays.actions.scope import DECIDES, READS, SETS_UP, agency_ids, civil_day, get_agency, scope_of
from app.workdays.actions.swaps import MOST_DAYS, answer_swap, decide_swap, propose_swap

__all__ = [
    "CalendarDay",
    "DECIDES",
    "DRAFT",
    "IN_FORCE",
    "Imported",
    "Line",
    "MOST_DAYS",
    "READS",
    "SETS_UP",
    "add_pattern",
    "add_shift",
    "agency_ids",
    "answer_swap",
    "begin_draft",
    "calendar_of",
    "change_draft",
    "civil_day",
    "clashes_in_draft",
    "decide_leave",
    "decide_swap",
    "declare",
    "get_agency",
    "get_draft",
    "get_pattern",
    "import_roster",
    "month_of",
    "own_days",
    "people_of",
    "plan_of",
    "propose_swap",
    "publish",
    "request_leave",
    "scope_of",
    "set_rest_rule",
    "set_roster",
    "take_back",
]
