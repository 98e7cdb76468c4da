"""Rating months, trying drafts and telling how far absence has gone, as one module: `from app.ratings import actions`."""

from app.ratings.actions.appraisals import Appraised, Distributed, Proposed, distribution, get_assessment, list_assessments, propose
from app.ratings.actions.budgets import REPORTS, Reported, get_budget, report_budget
from app.ratings.actions.discipline import ladder_of
from app.ratings.actions.drafts import backtest
from app.ratings.actions.months import (
    JUDGES,
    READERS,
    Judged,
    assess,
    list_due,
    month_of,
    posted_in,
    rate_marked,
    update_month,
)
from app.ratings.actions.results import BRINGS, import_results
from app.ratings.actions.watch import list_notices, watch_absence

__all__ = [
    "Appraised", "BRINGS", "Distributed", "JUDGES", "Judged", "Proposed", "READERS", "REPORTS", "Reported", "assess",
    "backtest", "distribution", "get_assessment", "get_budget", "import_results", "ladder_of", "list_assessments",
    "list_due", "list_notices", "month_of", "posted_in", "propose", "rate_marked", "report_budget", "update_month",
    "watch_absence",
]  # fmt: skip
