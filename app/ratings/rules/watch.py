"""Which notices about absence are due: one for each step that somebody newly reached, and none for a step he is below again."""

from collections.abc import Collection
from dataclasses import dataclass

from app.decrees import Ladder
from app.ratings.rules.ladder import Reached

CONSECUTIVE = "consecutive"


@dataclass(frozen=True, slots=True)
class Due:
    """Steps to give notice of, and those of which the notice is taken back."""

    given: tuple[str, ...]
    withdrawn: tuple[str, ...]


def due_notices(reached: Reached, ladder: Ladder, standing: Collection[str]) -> Due:
    """What is due for somebody with these standing notices of the year; a second time nothing.

    Of steps passed at once only the highest is told. A row of days is told by itself, beside the days of the year.

    Source: PP 94/2021 articles 9 to 11(2)d by the decree's `ladder` clause; that it is told once, and taken back when the days
    change, is our design (docs/discipline.md).
    """
    steps = steps_of(reached, ladder)
    highest = [*(step for step in steps if step != CONSECUTIVE)][-1:]
    told = [*highest, *(step for step in steps if step == CONSECUTIVE)]
    return Due(
        tuple(step for step in told if step not in standing), tuple(sorted(step for step in standing if step not in steps))
    )  # fmt: skip


def steps_of(reached: Reached, ladder: Ladder) -> tuple[str, ...]:
    """Every step that the days of the year and the longest row reach, lowest first.

    Source: PP 94/2021 articles 9 to 11(2)d by the decree's `ladder` clause.
    """
    rungs = tuple(rung.sanction for rung in ladder.rungs if rung.from_days <= reached.days)
    return rungs if reached.run_until is None else (*rungs, CONSECUTIVE)


def level_of(step: str, ladder: Ladder) -> str:
    """The level of discipline of a step; a full row of days leads to the highest.

    Source: PP 94/2021 articles 9 to 11 by the decree's `ladder` clause.
    """
    return next((rung.level for rung in ladder.rungs if rung.sanction == step), ladder.rungs[-1].level)


def sanction_of(step: str, ladder: Ladder) -> str:
    """What a step may lead to.

    Source: PP 94/2021 articles 9 to 11(2)d by the decree's `ladder` clause.
    """
    return ladder.consecutive_sanction if step == CONSECUTIVE else step
