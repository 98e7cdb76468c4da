"""What is done with days: closing them, and correcting them."""

from app.attendance.actions.closing import close_changed, close_day, days_now, differences_on, evidence_on, stakes_on
from app.attendance.actions.corrections import (
    DECIDES,
    READS,
    Standing,
    decide_correction,
    list_standing,
    request_correction,
    standing_of,
)

__all__ = [
    "DECIDES",
    "READS",
    "Standing",
    "close_changed",
    "close_day",
    "days_now",
    "decide_correction",
    "differences_on",
    "evidence_on",
    "list_standing",
    "request_correction",
    "stakes_on",
    "standing_of",
]
