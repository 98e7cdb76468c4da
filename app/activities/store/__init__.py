"""Everything asked of the tables of activities, as one module: `from app.activities import store as activities`."""

from app.activities.store.logged import (
    Answered,
    Logged,
    Said,
    Wanted,
    add_activity,
    add_decision,
    day_min_of,
    find_logged,
    get_logged,
    list_answers,
    list_ids,
    list_logged,
    lock,
    person_ids_of,
    stretches_near,
)
from app.activities.store.standards import Held, add_standard, find_standard, list_standards, stated_in
from app.activities.store.sums import Minutes, days_in, minutes_in
from app.activities.store.tables import Activity, ActivityDecision, ActivityStandard
from app.activities.store.targets import (
    Aimed,
    Target,
    TargetDecision,
    add_target,
    add_target_decision,
    find_aimed,
    get_aimed,
    list_aimed,
)

__all__ = [
    "Aimed", "Target", "TargetDecision", "add_target", "add_target_decision", "find_aimed", "get_aimed", "list_aimed",
    "Activity", "ActivityDecision", "ActivityStandard", "Answered", "Held", "Logged", "Minutes", "Said", "Wanted", "add_activity",
    "add_decision", "add_standard", "day_min_of", "days_in", "find_logged", "find_standard", "get_logged", "list_answers",
    "list_ids", "list_logged", "list_standards", "lock", "minutes_in", "person_ids_of", "stated_in", "stretches_near",
]  # fmt: skip
