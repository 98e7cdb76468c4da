"""What is noticed about check-ins, and what may be done about it."""

from app.anomalies.rules.day import (
    forked_chain,
    rejected_place,
    repeated_position,
    shared_coordinates,
    shared_phone,
    suspect_signals,
    time_uncertain,
)
from app.anomalies.rules.detectors import DETECTORS, Detector, findings_in
from app.anomalies.rules.found import Found, Kind, Severity, Sighting
from app.anomalies.rules.histories import Meeting, Night, Track, meeting_of, pairs_of
from app.anomalies.rules.looks import FARTHEST_M, Band, Shown, band_of, shown_as
from app.anomalies.rules.offset import Spot
from app.anomalies.rules.process import (
    ANSWERS,
    Case,
    Decider,
    Status,
    Step,
    Taken,
    effects_of,
    has_lapsed,
    is_final,
    is_overdue,
    refuse_appeal,
    refuse_reply,
    step_of_answer,
    waits_at,
)

__all__ = [
    "ANSWERS",
    "Band",
    "Case",
    "DETECTORS",
    "Decider",
    "Detector",
    "FARTHEST_M",
    "Found",
    "Kind",
    "Meeting",
    "Night",
    "Severity",
    "Shown",
    "Sighting",
    "Spot",
    "Status",
    "Step",
    "Taken",
    "Track",
    "band_of",
    "effects_of",
    "findings_in",
    "forked_chain",
    "has_lapsed",
    "is_final",
    "is_overdue",
    "meeting_of",
    "pairs_of",
    "refuse_appeal",
    "refuse_reply",
    "rejected_place",
    "repeated_position",
    "shared_coordinates",
    "shared_phone",
    "shown_as",
    "step_of_answer",
    "suspect_signals",
    "time_uncertain",
    "waits_at",
]
