"""What is done about findings, as one module: `from app.anomalies import actions`."""

from app.anomalies.actions.deciding import (
    AT_ONCE,
    DECIDES,
    READS,
    Answered,
    appeal,
    decide,
    decide_all,
    grant_lapsed,
    ids_of_cause,
    reply,
)
from app.anomalies.actions.looking import Card, list_looks, look, note_export
from app.anomalies.actions.measuring import Report, precision_for
from app.anomalies.actions.reading import list_for, summary_for
from app.anomalies.actions.scanning import list_seen, look_through, scan_day
from app.anomalies.store import held_checkins

__all__ = [
    "AT_ONCE",
    "Answered",
    "Card",
    "DECIDES",
    "READS",
    "Report",
    "appeal",
    "decide",
    "decide_all",
    "grant_lapsed",
    "held_checkins",
    "ids_of_cause",
    "list_for",
    "list_looks",
    "list_seen",
    "look",
    "look_through",
    "note_export",
    "precision_for",
    "reply",
    "scan_day",
    "summary_for",
]
