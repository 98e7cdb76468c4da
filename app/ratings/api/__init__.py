"""Ratings and the law behind them over HTTP."""

from app.ratings.api import budgets, law, months
from app.ratings.api.blueprint import ratings

__all__ = ["budgets", "law", "months", "ratings"]
