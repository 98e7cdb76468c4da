"""What is known where a check-in is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.assignments.rules import Letter
from app.checkins.rules.place import Fix, Measured
from app.checkins.rules.report import Earlier, Report
from app.checkins.rules.timing import Timing
from app.workdays.rules import Holiday, RosterEntry


@dataclass(frozen=True, slots=True)
class Context:
    """What is known where a check-in is judged: the person, the calendar around it, and the sites as PostGIS measured them.

    `is_device_shared`: somebody else enrolled a key on the same installation. `is_proof_missing`: the agency asks how the key is
    held, and the phone has not proved it. `known_apps`: none named, none unknown. `path`: the unit's; `groups`: those of the
    person's calendar groups that the law of the day speaks of, by day. `letters`: that hold around it; the roster has their hours.
    """

    person_id: int
    unit_id: int | None
    zone: str
    decree: str | None
    holidays: Mapping[date, Holiday]
    roster: Mapping[date, RosterEntry]
    candidates: Sequence[Measured]
    earlier: Earlier | None = None
    is_device_shared: bool = False
    is_proof_missing: bool = False
    known_apps: frozenset[str] = frozenset()
    path: str = ""
    groups: Mapping[date, frozenset[str]] = field(default_factory=dict)
    letters: Sequence[Letter] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """One check-in with everything its signals may look at; `fix` is the one that was judged, or else the first."""

    report: Report
    fix: Fix
    timing: Timing
    context: Context
