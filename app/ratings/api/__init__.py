"""Ratings and the law behind them over HTTP."""

from app.ratings.api import assessments, budgets, law, months, notices, results
from app.ratings.api.blueprint import ratings

__all__ = ["assessments", "budgets", "law", "months", "notices", "ratings", "results"]
