"""What months and years come to, as one module: `from app.ratings import rules`."""

from app.ratings.rules.allowance import allowance
from app.ratings.rules.breakdown import SEEN_NOTHING, Assessment, Line, Part, Rating, Seen, total, weighted
from app.ratings.rules.ladder import Reached, Year, longest_run, reached
from app.ratings.rules.month import fingerprint, predicate_of, rate
from app.ratings.rules.trial import Costs, Sum, Tally, Touched, Trial, compared, trial_of

__all__ = [
    "Assessment", "Costs", "Line", "Part", "Rating", "Reached", "SEEN_NOTHING", "Seen", "Sum", "Tally", "Touched", "Trial",
    "Year", "allowance", "compared", "fingerprint", "longest_run", "predicate_of", "rate", "reached", "total", "trial_of",
    "weighted",
]  # fmt: skip
