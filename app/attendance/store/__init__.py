"""Day records and corrections, as one module: `from app.attendance import store as attendance`."""

from app.attendance.store.corrections import (
    Asked,
    CorrectionDecision,
    CorrectionRequest,
    add_correction,
    add_decision,
    approved_on,
    decisions_of,
    get_asked,
    list_asked,
    sealed_month_in,
)
from app.attendance.store.days import DayRecord, Derived, Month, differences_on, list_open, replace_day, sum_months
from app.attendance.store.recorded import Recorded, as_recorded, list_days, list_of_unit, newest_day

__all__ = [
    "Asked",
    "CorrectionDecision",
    "CorrectionRequest",
    "DayRecord",
    "Derived",
    "Month",
    "Recorded",
    "add_correction",
    "add_decision",
    "approved_on",
    "as_recorded",
    "decisions_of",
    "differences_on",
    "get_asked",
    "list_asked",
    "list_days",
    "list_of_unit",
    "list_open",
    "newest_day",
    "replace_day",
    "sealed_month_in",
    "sum_months",
]
