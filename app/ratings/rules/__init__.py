"""What months and years come to, as one module: `from app.ratings import rules`."""

from app.ratings.rules.allowance import allowance
from app.ratings.rules.breakdown import Assessment, Line, Part, Rating, Seen, total, weighted
from app.ratings.rules.ladder import Reached, Year, longest_run, reached
from app.ratings.rules.month import fingerprint, predicate_of, rate

__all__ = [
    "Assessment", "Line", "Part", "Rating", "Reached", "Seen", "Year", "allowance", "fingerprint", "longest_run", "predicate_of",
    "rate", "reached", "total", "weighted",
]  # fmt: skip
