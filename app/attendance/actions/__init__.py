"""What is done with days: closing them, and correcting them."""

from app.attendance.actions.closing import (
    changed_days,
    close_changed,
    close_day,
    days_now,
    differences_on,
    evidence_on,
    stakes_on,
)
from app.attendance.actions.corrections import (
    DECIDES,
    READS,
    Standing,
    decide_correction,
    list_standing,
    request_correction,
    standing_of,
)
from app.attendance.actions.permissions import decide_permission, request_permission, withdraw_permission
from app.attendance.actions.reading import DayStanding, Shown, as_kept, as_running, days_of
from app.attendance.actions.stating import Stated, States, derive_stated

__all__ = [
    "DECIDES",
    "READS",
    "DayStanding",
    "Shown",
    "Standing",
    "Stated",
    "States",
    "as_kept",
    "as_running",
    "close_changed",
    "close_day",
    "days_now",
    "days_of",
    "decide_correction",
    "decide_permission",
    "derive_stated",
    "differences_on",
    "evidence_on",
    "list_standing",
    "request_correction",
    "request_permission",
    "stakes_on",
    "standing_of",
    "changed_days",
    "withdraw_permission",
]
