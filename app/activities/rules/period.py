"""Periods that are assessed: a month, a quarter, half a year, a year."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

NAMED = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|S([12])))?", re.ASCII)
MONTHLY, MONTHS = 1, 12
LENGTHS = (MONTHLY, 3, 6, MONTHS)


@dataclass(frozen=True, slots=True)
class Period:
    """A row of whole months from its first day."""

    first_day: date
    months: int = MONTHLY

    @property
    def last_day(self) -> date:
        """Its last day."""
        month = self.first_day.month + self.months - 1
        return self.first_day.replace(month=month, day=monthrange(self.first_day.year, month)[1])

    @property
    def name(self) -> str:
        """As addresses name it: 2026-10, 2026-Q3, 2026-S1, 2026."""
        year, number = f"{self.first_day:%Y}", (self.first_day.month - 1) // self.months + 1
        return {1: f"{year}-{number:02d}", 3: f"{year}-Q{number}", 6: f"{year}-S{number}"}.get(self.months, year)


def period_named(name: str) -> Period | None:
    """The period of that name.

    Source: PP 30/2019 (monthly, quarterly, by semester or yearly); PermenPANRB 6/2022 (periodic and annual evaluation).
    """
    found = NAMED.fullmatch(name)
    if found is None or found[1] == "0000":
        return None
    year, month, quarter, half = (None if said is None else int(said) for said in found.groups())
    assert year is not None
    if month is not None:
        return Period(date(year, month, 1)) if 1 <= month <= MONTHS else None
    if quarter is not None:
        return Period(date(year, 3 * quarter - 2, 1), 3)
    if half is not None:
        return Period(date(year, 6 * half - 5, 1), 6)
    return Period(date(year, 1, 1), MONTHS)
