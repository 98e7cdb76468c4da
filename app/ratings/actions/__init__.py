"""Rating months, trying drafts and telling how far absence has gone, as one module: `from app.ratings import actions`."""

from app.ratings.actions.budgets import REPORTS, Reported, get_budget, report_budget
from app.ratings.actions.discipline import ladder_of
from app.ratings.actions.drafts import backtest
from app.ratings.actions.months import JUDGES, READERS, Judged, assess, get_assessment, month_of, posted_in, update_month

__all__ = [
    "JUDGES", "Judged", "READERS", "REPORTS", "Reported", "assess", "backtest", "get_assessment", "get_budget", "ladder_of",
    "month_of", "posted_in", "report_budget", "update_month",
]  # fmt: skip
