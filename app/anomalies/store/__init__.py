"""Everything asked of the tables of findings, as one module: `from app.anomalies import store as findings`."""

from app.anomalies.store.findings import (
    Counted,
    Reviewed,
    Wanted,
    add_all,
    count_waiting,
    get_reviewed,
    held_checkins,
    is_party,
    list_ids,
    list_overdue_appeals,
    list_reviewed,
    list_shown,
)
from app.anomalies.store.histories import Drawn, NearFix, find_outlines, last_found, list_near, places_of
from app.anomalies.store.looks import (
    Look,
    Looked,
    add_exported,
    add_look,
    devices_of,
    history_at,
    list_looks,
    positions_of,
)
from app.anomalies.store.precision import Tally, count_days, tally
from app.anomalies.store.sightings import list_company, list_seen, list_sightings
from app.anomalies.store.steps import Recorded, Wording, add_step, lock
from app.anomalies.store.tables import Finding, FindingStep, PositionView

__all__ = [
    "Counted",
    "Drawn",
    "Finding",
    "FindingStep",
    "Look",
    "Looked",
    "NearFix",
    "PositionView",
    "Recorded",
    "Reviewed",
    "Tally",
    "Wanted",
    "Wording",
    "add_all",
    "add_exported",
    "add_look",
    "add_step",
    "count_days",
    "count_waiting",
    "devices_of",
    "find_outlines",
    "get_reviewed",
    "held_checkins",
    "history_at",
    "is_party",
    "last_found",
    "list_near",
    "list_ids",
    "list_company",
    "list_looks",
    "list_overdue_appeals",
    "list_reviewed",
    "list_shown",
    "list_seen",
    "list_sightings",
    "lock",
    "places_of",
    "positions_of",
    "tally",
]
