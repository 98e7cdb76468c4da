"""What is known where a check-in is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.checkins.rules.place import Fix, Measured
from app.checkins.rules.report import Report
from app.checkins.rules.timing import Timing
from app.geo import Point
from app.workdays.rules import Holiday, RosterEntry


@dataclass(frozen=True, slots=True)
class Earlier:
    """The person's check-in before this one, whatever became of it."""

    id: UUID
    device_id: str
    boot_id: str | None
    seq: int
    payload_hash: bytes
    taken_at: datetime
    earliest_at: datetime
    claimed_at: datetime
    point: Point
    accuracy_m: float

    def is_before_in_chain(self, report: Report) -> bool:
        """Whether the same phone signed it, and counted it before the report."""
        return self.device_id == report.device_id and self.seq < report.seq


@dataclass(frozen=True, slots=True)
class Context:
    """What is known where a check-in is judged: the person, the calendar around it, and the sites as PostGIS measured them.

    `is_device_shared`: somebody else enrolled a key on the same installation. `known_apps`: none named, none unknown.
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
    known_apps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """One check-in with everything its signals may look at; `fix` is the one that was judged, or else the first."""

    report: Report
    fix: Fix
    timing: Timing
    context: Context
