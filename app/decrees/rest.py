"""What a decree says of the rest between the shifts of two days."""

from dataclasses import dataclass

from app.decrees.clauses import Clause
from app.decrees.shape import COUNT, Key, Said, Shape

REST: Shape = {"min_rest_min": Key(COUNT, "minutes that must lie between the shifts of two days, where no unit says otherwise")}


@dataclass(frozen=True, slots=True)
class Rest:
    """How many minutes must lie between the shifts of two days."""

    min_rest_min: int
    clause: Clause


def rest(said: Said, clause: Clause) -> Rest:
    """The rest between shifts."""
    return Rest(said["min_rest_min"], clause)
