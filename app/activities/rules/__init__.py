"""Activities as decisions without a database: `from app.activities import rules`."""

from app.activities.rules.productivity import OWES, Productive, productive
from app.activities.rules.standing import Answer, Standing, counted_min, refusal_of, standing_of
from app.activities.rules.work import (
    LOCAL_DAY_MIN,
    Seen,
    Stretch,
    Work,
    flaw_of,
    is_clear,
    is_in_time,
    left_min,
    minutes_of,
    outside_min,
    stretch_of,
)

__all__ = [
    "Answer", "LOCAL_DAY_MIN", "OWES", "Productive", "Seen", "Standing", "Stretch", "Work", "counted_min", "flaw_of", "is_clear",
    "is_in_time", "left_min", "minutes_of", "outside_min", "productive", "refusal_of", "standing_of", "stretch_of",
]  # fmt: skip
