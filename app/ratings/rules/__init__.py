"""What months and years come to, as one module: `from app.ratings import rules`."""

from app.activities.rules.period import LENGTHS, MONTHLY, Period, period_named
from app.ratings.rules.allowance import allowance
from app.ratings.rules.appraisal import VALUES, Kept, Proposal, Reason, credit_of, graded, is_among, proposal_of, spread_of
from app.ratings.rules.appraisal import Seen as SeenPeriod
from app.ratings.rules.breakdown import SEEN_NOTHING, Assessment, Formula, Line, Part, Rating, Seen, total, weighted
from app.ratings.rules.ladder import Reached, Year, longest_run, reached
from app.ratings.rules.month import fingerprint, formula_of, predicate_of, rate, score_of
from app.ratings.rules.resultfile import Result
from app.ratings.rules.trial import Costs, Sum, Tally, Touched, Trial, compared, trial_of
from app.ratings.rules.watch import CONSECUTIVE, Due, due_notices, level_of, sanction_of, steps_of

__all__ = [
    "Assessment", "CONSECUTIVE", "Costs", "Due", "Formula", "Kept", "LENGTHS", "Line", "MONTHLY", "Part", "Period",
    "Proposal", "Rating", "Reached", "Reason", "Result", "SEEN_NOTHING", "Seen", "SeenPeriod", "Sum", "Tally", "Touched",
    "Trial", "VALUES", "Year", "allowance", "compared", "credit_of", "due_notices", "fingerprint", "formula_of", "graded",
    "is_among", "level_of", "longest_run", "period_named", "predicate_of", "proposal_of", "rate", "reached", "sanction_of",
    "score_of", "spread_of", "steps_of", "total", "trial_of", "weighted",
]  # fmt: skip
