"""Productivity of a month: approved minutes over what its working days ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.decrees import Productivity

# Statuses of day records of working days; a day that is not over asks for nothing yet.
OWES = ("present", "absent", "leave", "assigned", "incident")
EXACT_TO = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Productive:
    """What a month's activities come to; `pct` is None where no day asks for anything, and nothing is invented for it."""

    working_days: int
    neutral_days: int
    asked_min: int
    approved_min: int
    pct: Decimal | None


def productive(approved_min: int, days: Mapping[str, int], rule: Productivity) -> Productive:
    """Productivity in per cent, rounded half up to two decimals and capped, of days counted by their status.

    Source: Pergub DKI 19/2020 jo 64/2020 (minutes achieved over working days times 300), by the decree's `productivity` clause;
    half up as in PermenPANRB 1/2023 where no rule says how to round.
    """
    neutral_days = sum(days.get(status, 0) for status in OWES if status in rule.neutral)
    working_days = sum(days.get(status, 0) for status in OWES) - neutral_days
    asked_min = working_days * rule.day_min
    if not asked_min:
        return Productive(working_days, neutral_days, 0, approved_min, None)
    pct = (HUNDRED * approved_min / asked_min).quantize(EXACT_TO, ROUND_HALF_UP)
    return Productive(working_days, neutral_days, asked_min, approved_min, min(pct, rule.most_pct))
