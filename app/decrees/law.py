"""The law of one day: every clause in force, as it holds for somebody of a unit and of calendar groups."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from app.decrees.appraisals import Credit, Distribution, Grid
from app.decrees.clauses import (
    Absence,
    Bands,
    Cap,
    Ceremony,
    Clause,
    Consecutive,
    Flexi,
    Hours,
    Ladder,
    LeaveEffect,
    Overlay,
    Predicates,
    Score,
    Together,
    Tpp,
)
from app.decrees.payments import Contest, Payment
from app.decrees.productivity import Productivity
from app.decrees.quotas import Quota
from app.decrees.rest import Rest

OFFICE = "office"


class UnknownDecree(LookupError):
    """There is no decree of this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no decree is called {code!r}")
        self.code = code


class UncoveredDay(UnknownDecree):
    """The decree exists, but says nothing about this day."""

    def __init__(self, code: str, day: date, missing: str) -> None:
        LookupError.__init__(self, f"decree {code!r} has no clause about {missing} on {day}")
        self.code = code
        self.day = day


@dataclass(frozen=True, slots=True)
class Decree:
    """The whole law of one day.

    `version` is a short hash of every clause that applies, so two days under the same law carry the same version.
    `hours` is None on a weekday without working hours. `leave` has an effect for every kind of leave, `quota` how much there is of
    those that are limited. Without `flexi` the hours
    stand; without `together` what a day costs is simply added. `limited` are the overlays in force for some people only, which
    `for_whom` applies; `place` is where one works, `office` or `anywhere`.
    """

    code: str
    day: date
    version: str
    hours: Hours | None
    opens_before_min: int
    closes_after_min: int
    window_clause: Clause
    lateness: Bands
    early: Bands
    absence: Absence
    cap: Cap
    leave: Mapping[str, LeaveEffect] = field(hash=False)
    tpp: Tpp
    score: Score
    predicates: Predicates
    flexi: Flexi | None = None
    together: Together | None = None
    place: str = OFFICE
    place_clause: Clause | None = None
    limited: tuple[Overlay, ...] = ()
    permitted_late: Bands | None = None
    permitted_early: Bands | None = None
    consecutive: Consecutive | None = None
    ceremony: Ceremony | None = None
    ladder: Ladder | None = None
    productivity: Productivity | None = None
    payment: Payment | None = None
    contest: Contest | None = None
    rest: Rest | None = None
    grid: Grid | None = None
    credit: Credit | None = None
    distribution: Distribution | None = None
    quota: Mapping[str, Quota] = field(default_factory=dict, hash=False)

    def shift(self, after_start: timedelta) -> timedelta:
        """How far the decree's own hours move for somebody who came so long after their start."""
        return self.flexi.shift(after_start) if self.flexi else timedelta(0)

    def for_whom(self, unit_path: str, groups: Collection[str]) -> "Decree":
        """The law as it holds for somebody of that unit and these calendar groups; itself when nothing is limited to them."""
        fitting = [overlay for overlay in self.limited if overlay.is_for(unit_path, groups)]
        return self.under(fitting, _mixed(self.version, fitting)) if fitting else self

    def under(self, overlays: Collection[Overlay], version: str) -> "Decree":
        """The law with these overlays in front of it, the last one foremost."""
        changed = self
        for overlay in overlays:
            if overlay.week is not None:
                changed = replace(changed, hours=overlay.week.hours[self.day.weekday()])
            if overlay.flexi is not None:
                changed = replace(changed, flexi=overlay.flexi)
            if overlay.place is not None:
                changed = replace(changed, place=overlay.place, place_clause=overlay.clause)
        return replace(changed, version=version)

    def lateness_for(self, is_permitted: bool) -> Bands:
        """What coming late costs, with permission (ITM) or without it (TM); where permission changes nothing, the same."""
        return self.permitted_late if is_permitted and self.permitted_late is not None else self.lateness

    def early_for(self, is_permitted: bool) -> Bands:
        """What going early costs, with permission (IPC) or without it (PC); where permission changes nothing, the same."""
        return self.permitted_early if is_permitted and self.permitted_early is not None else self.early


# The law of a day by the code of its decree: `decrees.on`, or what it would be under a draft.
Law = Callable[[str, date], Decree]


def _mixed(version: str, overlays: Collection[Overlay]) -> str:
    """The version of a law for people whom these overlays reach."""
    return hashlib.sha256("\n".join([version, *(overlay.clause.code for overlay in overlays)]).encode()).hexdigest()[:12]
