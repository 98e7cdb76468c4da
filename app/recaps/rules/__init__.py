"""What a month comes to: one code a day, counts that are plain sums of day records, and their totals."""

from app.recaps.rules.codes import (
    LEAVE_CODES,
    LEAVE_KINDS,
    NO_IN,
    NO_OUT,
    ON_TIME,
    PRESENT_CODES,
    STATUS_CODES,
    Day,
    code_of,
    days_of,
)
from app.recaps.rules.counts import Counts, band_of, counts_of, plus, same_bands, total_of
from app.recaps.rules.months import Member, Rated, Recap, Sums, UnitTotal, present_by_day, recap_of, totals_by_unit

__all__ = [
    "LEAVE_CODES",
    "LEAVE_KINDS",
    "NO_IN",
    "NO_OUT",
    "ON_TIME",
    "PRESENT_CODES",
    "STATUS_CODES",
    "Counts",
    "Day",
    "Member",
    "Rated",
    "Recap",
    "Sums",
    "UnitTotal",
    "band_of",
    "code_of",
    "counts_of",
    "days_of",
    "plus",
    "present_by_day",
    "recap_of",
    "same_bands",
    "total_of",
    "totals_by_unit",
]
