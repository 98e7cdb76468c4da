"""Ratings and the law behind them over HTTP."""

from app.ratings.api import law, months
from app.ratings.api.blueprint import ratings

__all__ = ["law", "months", "ratings"]
