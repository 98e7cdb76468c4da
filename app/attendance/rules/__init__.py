"""Judging a day: its evidence, and what it comes to."""

from app.attendance.rules.correction import corrected, inputs_of
from app.attendance.rules.day import Charge, Outcome, derive, stakes_of, status_of, worked_on
from app.attendance.rules.evidence import Bracket, Checkin, Correction, Evidence, Permit, fingerprint
from app.attendance.rules.excuse import touching
from app.attendance.rules.line import Line
from app.attendance.rules.shift import Worked, call_outs, earliness, lateness
from app.attendance.rules.status import Status
from app.attendance.rules.trace import Trace, inputs_told, trace_of

__all__ = [
    "Bracket",
    "Charge",
    "Checkin",
    "Correction",
    "Evidence",
    "Line",
    "Outcome",
    "Permit",
    "Status",
    "Trace",
    "Worked",
    "call_outs",
    "corrected",
    "derive",
    "earliness",
    "fingerprint",
    "inputs_of",
    "inputs_told",
    "lateness",
    "stakes_of",
    "status_of",
    "touching",
    "trace_of",
    "worked_on",
]
