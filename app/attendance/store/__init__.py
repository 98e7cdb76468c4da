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
from app.attendance.store.days import (
    DayRecord,
    Derived,
    Month,
    Recorded,
    differences_on,
    list_days,
    list_of_unit,
    list_open,
    replace_day,
    sum_months,
)

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
    "decisions_of",
    "differences_on",
    "get_asked",
    "list_asked",
    "list_days",
    "list_of_unit",
    "list_open",
    "replace_day",
    "sealed_month_in",
    "sum_months",
]
