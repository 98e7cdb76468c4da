"""Rating months, trying drafts and telling how far absence has gone, as one module: `from app.ratings import actions`."""

from app.ratings.actions.discipline import ladder_of
from app.ratings.actions.drafts import backtest
from app.ratings.actions.months import JUDGES, READERS, Judged, assess, get_assessment, month_of, posted_in, update_month

__all__ = [
    "JUDGES", "READERS", "Judged", "assess", "backtest", "get_assessment", "ladder_of", "month_of", "posted_in", "update_month",
]  # fmt: skip
