"""Judging a day: its evidence, and what it comes to."""

from app.attendance.rules.day import Charge, Line, Outcome, Status, derive, earliness, lateness, stakes_of, status_of
from app.attendance.rules.evidence import Bracket, Checkin, Evidence, fingerprint

__all__ = [
    "Bracket",
    "Charge",
    "Checkin",
    "Evidence",
    "Line",
    "Outcome",
    "Status",
    "derive",
    "earliness",
    "fingerprint",
    "lateness",
    "stakes_of",
    "status_of",
]
