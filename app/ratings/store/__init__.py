"""Everything asked of the tables of ratings, as one module: `from app.ratings import store as ratings`."""

from app.ratings.store.days import minutes_in, seen_in, write_nothing, years_with_absence
from app.ratings.store.months import (
    Assessment,
    Known,
    Listed,
    Rated,
    Rating,
    add_assessment,
    assessments_in,
    find_assessment,
    hold_assessments,
    known_in,
    list_of_person,
    list_of_unit,
    remove_ratings,
    replace_ratings,
)

__all__ = [
    "Assessment", "Known", "Listed", "Rated", "Rating", "add_assessment", "assessments_in", "find_assessment", "hold_assessments",
    "known_in", "list_of_person", "list_of_unit", "minutes_in", "remove_ratings", "replace_ratings", "seen_in", "write_nothing",
    "years_with_absence",
]  # fmt: skip
