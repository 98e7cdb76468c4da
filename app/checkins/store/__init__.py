"""The tables of check-ins and everything asked of them: `from app.checkins import store as checkins`."""

from app.checkins.store.audited import (
    Reported,
    each_beside_its_leaf,
    erase_reports,
    find_keys,
    find_reports,
    list_erasures,
    list_reports_before,
)
from app.checkins.store.context import Asked, Device, Gathered, contexts_for
from app.checkins.store.effect import each_kept, list_at_site, outlines_of
from app.checkins.store.kept import Kept, add_all, find_kept, note_replays
from app.checkins.store.rulings import CheckinRuling, Ruled, list_ruled_since, rule
from app.checkins.store.seen import Seen, list_between, list_changed_since, list_of_person, list_on
from app.checkins.store.tables import Checkin, CheckinReplay, CheckinReport, make_partitions

__all__ = [
    "Reported",
    "each_kept",
    "list_at_site",
    "outlines_of",
    "each_beside_its_leaf",
    "erase_reports",
    "find_keys",
    "find_reports",
    "list_erasures",
    "list_reports_before",
    "Asked",
    "Checkin",
    "CheckinReplay",
    "CheckinReport",
    "CheckinRuling",
    "Device",
    "Gathered",
    "Kept",
    "Ruled",
    "Seen",
    "add_all",
    "contexts_for",
    "find_kept",
    "list_between",
    "list_changed_since",
    "list_of_person",
    "list_on",
    "list_ruled_since",
    "make_partitions",
    "note_replays",
    "rule",
]
