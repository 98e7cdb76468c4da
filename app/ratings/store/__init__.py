"""Everything asked of the tables of ratings, as one module: `from app.ratings import store as ratings`."""

from app.ratings.store.appraisals import Given, list_given, results_in
from app.ratings.store.budgets import BudgetRealisation, add_budget, budgets_in, find_budget, hold_budget
from app.ratings.store.days import minutes_in, seen_in, write_nothing, years_with_absence
from app.ratings.store.months import (
    Assessment,
    Known,
    Listed,
    Rated,
    Rating,
    add_assessments,
    assessments_in,
    find_assessment,
    hold_assessments,
    known_in,
    latest_in,
    list_by_other_law,
    list_of_person,
    list_of_unit,
    lock_results,
    remove_ratings,
    reopen,
    replace_ratings,
)
from app.ratings.store.notices import (
    DisciplineNotice,
    DisciplineWithdrawal,
    Noticed,
    add_notice,
    add_withdrawal_of_notice,
    hold_notices,
    list_notices,
    standing_in,
)

__all__ = [
    "Assessment", "BudgetRealisation", "DisciplineNotice", "DisciplineWithdrawal", "Given", "Known", "Listed", "Noticed",
    "Rated", "Rating", "add_assessments", "add_budget", "add_notice", "add_withdrawal_of_notice", "assessments_in",
    "budgets_in", "find_assessment", "find_budget", "hold_assessments", "hold_budget", "hold_notices", "known_in",
    "latest_in", "list_by_other_law", "list_given", "list_notices", "list_of_person", "list_of_unit", "lock_results",
    "minutes_in", "remove_ratings", "reopen", "replace_ratings", "results_in", "seen_in", "standing_in", "write_nothing",
    "years_with_absence",
]  # fmt: skip
