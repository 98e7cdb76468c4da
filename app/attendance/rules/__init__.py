"""Judging a day: its evidence, and what it comes to."""

from app.attendance.rules.correction import corrected, inputs_of
from app.attendance.rules.day import Charge, Outcome, Status, derive, stakes_of, status_of, worked_on
from app.attendance.rules.evidence import Bracket, Checkin, Correction, Evidence, fingerprint
from app.attendance.rules.excuse import touching
from app.attendance.rules.line import Line
from app.attendance.rules.shift import Worked, call_outs, earliness, lateness

__all__ = [
    "Bracket",
    "Charge",
    "Checkin",
    "Correction",
    "Evidence",
    "Line",
    "Outcome",
    "Status",
    "Worked",
    "call_outs",
    "corrected",
    "derive",
    "earliness",
    "fingerprint",
    "inputs_of",
    "lateness",
    "stakes_of",
    "status_of",
    "touching",
    "worked_on",
]
