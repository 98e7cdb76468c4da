"""How far absence has gone on the ladder of discipline in a calendar year: a notice to people, never a sanction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.decrees import Ladder

# What neither adds to a row of absent working days nor ends it: days on which nothing is owed, or that are not over.
PASSED_OVER = ("off", "holiday", "joint_leave", "dispensation", "incident", "not_yet")
ENDS = ("present", "assigned", "leave")
ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Year:
    """One person's days of a calendar year as they count for the ladder, in order of day."""

    person_id: int
    days: tuple[tuple[date, str], ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class Reached:
    """The rung that a year's absence reaches. `absent_days` are working days, `made_days` those that minutes make together.

    `run`: the longest row of absent working days, and `run_until` the day on which a row of the law's length was full.
    """

    absent_days: int
    made_days: int
    run: int
    run_until: date | None
    level: str | None
    sanction: str | None

    @property
    def days(self) -> int:
        """The days that the ladder counts."""
        return self.absent_days + self.made_days


def reached(year: Year, ladder: Ladder) -> Reached:
    """How far a year's absence has gone; a row of days as long as the law's goes to its end at once.

    A row passes over days on which nothing is owed and ends with any other. It does not end with the month, but with the year.

    Source: PP 94/2021 articles 9, 10 and 11(2)d (cumulative in a year; 10 consecutive working days), by the decree's `ladder`
    clause; 7.5 hours as one day (elucidation of PP 53/2010 article 3) only where the clause says so.
    """
    absent_days = run = longest = 0
    run_until = None
    for day, status in year.days:
        run = _longer(run, status)
        if status in PASSED_OVER:
            continue
        absent_days += status == ABSENT
        longest = max(longest, run)
        if run == ladder.consecutive_days and run_until is None:
            run_until = day
    made_days = year.minutes // ladder.day_min if ladder.day_min else 0
    if run_until is not None:
        return Reached(absent_days, made_days, longest, run_until, ladder.rungs[-1].level, ladder.consecutive_sanction)
    rung = ladder.rung(absent_days + made_days)
    level, sanction = (rung.level, rung.sanction) if rung else (None, None)
    return Reached(absent_days, made_days, longest, None, level, sanction)


def longest_run(statuses: Iterable[str]) -> int:
    """The longest row of absent working days among a month's days in order.

    Source: Permendikdasmen 14/2025 article 19 (ten consecutive days within the month).
    """
    run = longest = 0
    for status in statuses:
        run = _longer(run, status)
        longest = max(longest, run)
    return longest


def _longer(run: int, status: str) -> int:
    """The row of absent days after one more day.

    Raises: ValueError for a status of which nobody has said whether it ends a row; no row is judged by a guess.
    """
    if status in PASSED_OVER:
        return run
    if status == ABSENT:
        return run + 1
    if status in ENDS:
        return 0
    raise ValueError(f"nobody has said whether a day that is {status!r} ends a row of absence")
