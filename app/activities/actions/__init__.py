"""Logging activities, answering them and reading what they come to, as one module: `from app.activities import actions`."""

from app.activities.actions.deciding import AT_ONCE, DECIDES, Outcome, decide, decide_all, waiting_ids
from app.activities.actions.logging import log, own_standards, withdraw
from app.activities.actions.months import Month, month_of_person, months_of
from app.activities.actions.reading import READS, get_for, list_for
from app.activities.actions.standards import Imported, import_standards
from app.activities.actions.targets import decide_target, list_targets, set_target, withdraw_target

__all__ = [
    "decide_target", "list_targets", "set_target", "withdraw_target",
    "AT_ONCE", "DECIDES", "Imported", "Month", "Outcome", "READS", "decide", "decide_all", "get_for", "import_standards",
    "list_for", "log", "month_of_person", "months_of", "own_standards", "waiting_ids", "withdraw",
]  # fmt: skip
