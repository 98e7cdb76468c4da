"""Whether a unit's month may be sealed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Month:
    """What is known of a unit's month before it is sealed. `today`: where the unit is; `days`: those not yet final.

    `not_yet`: of them, those that still wait for data. `findings`: undecided ones, `named`: those that the seal names.
    `corrections`: requests that nobody has answered.
    """

    last_day: date
    today: date
    days: int
    not_yet: int
    findings: tuple[int, ...]
    named: Collection[int]
    corrections: int


def obstacle_of(month: Month) -> str | None:
    """The code of the first reason why the month may not be sealed; None when it may.

    Source: issue 5 part 6 (open findings are decided or named); BKN 6/2022 (a recap that came too early was paid back).
    """
    if month.today <= month.last_day:
        return "seal_month_open"
    if not month.days:
        return "seal_nothing_open"
    if month.not_yet:
        return "seal_not_yet"
    if set(month.named) - set(month.findings):
        return "seal_names_others"
    if set(month.findings) - set(month.named):
        return "seal_findings_open"
    return "seal_corrections_open" if month.corrections else None
