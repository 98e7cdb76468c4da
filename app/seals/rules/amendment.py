"""What an amendment does to a day: figures before and after."""

from dataclasses import asdict, dataclass
from decimal import Decimal

from app.recaps.rules import Day, code_of


@dataclass(frozen=True, slots=True)
class Figures:
    """What a day says in a recap."""

    code: str
    status: str
    late_min: int
    early_min: int
    deduction_pct: Decimal

    def as_words(self) -> dict[str, object]:
        """As it goes into a leaf and a row: the per cent as text, because leaves hold no fractions."""
        return asdict(self) | {"deduction_pct": f"{self.deduction_pct.normalize():f}"}


def figures_of(day: Day) -> Figures:
    """The figures of a day as its record says them.

    Source: issue 5 part 6 (old and new figures).
    """
    return Figures(code_of(day), day.status, day.late_min, day.early_min, day.deduction_pct)


def changes_anything(old: Figures, new: Figures) -> bool:
    """Whether the two say different things of a day.

    Source: issue 5 part 6: an amendment is a delta.
    """
    return old != new
