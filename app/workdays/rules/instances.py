"""Shifts on their days, as instants: which one a check-in belongs to, and what it owes somebody who came at some time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.decrees import Decree
from app.workdays.rules.shifts import Shift, ShiftKind

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)

# So many days from its own a shift may take a check-in from, or leave one to: what `days_near` allows for.
REACH_DAYS = 2

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Instance:
    """One shift of one day: the hours owed, and the window [opens_at, closes_at) in which a check-in belongs to it.

    `zone`: whose wall clock judges it. `clause`: the decree clause the hours come from, None for a roster's. `core` and `owed_min`
    are a flexible shift's; of one on call nothing is owed.
    """

    day: date
    shift: str
    kind: ShiftKind
    start_at: datetime
    end_at: datetime
    opens_at: datetime
    closes_at: datetime
    zone: str
    clause: str | None = None
    breaks: tuple[Span, ...] = ()
    core: Span | None = None
    owed_min: int | None = None

    @property
    def is_owed(self) -> bool:
        """Whether one must be there."""
        return self.kind is not ShiftKind.ON_CALL


def instance_of(day: date, zone: str, decree: Decree, shift: Shift, clause: str | None = None) -> Instance:
    """The shift on that day by the wall clock of the zone; who is on call is not early, so that window opens with the standby.

    Source: the decree's `window` clause.
    """

    def at(clock: time, is_end: bool = False) -> datetime:
        """The first such time of the shift, or of an end the first after its start."""
        is_next = clock <= shift.starts if is_end else clock < shift.starts
        return instant_of(day + ONE_DAY if is_next else day, clock, zone)

    start_at, end_at = at(shift.starts), at(shift.ends, is_end=True)
    early = timedelta(minutes=decree.opens_before_min) if shift.kind is not ShiftKind.ON_CALL else timedelta(0)
    core = (at(shift.core_starts), at(shift.core_ends, is_end=True)) if shift.core_starts and shift.core_ends else None
    return Instance(
        day,
        shift.code,
        shift.kind,
        start_at,
        end_at,
        start_at - early,
        end_at + timedelta(minutes=decree.closes_after_min),
        zone,
        clause,
        tuple((at(pause.starts), at(pause.ends, is_end=True)) for pause in shift.breaks),
        core,
        shift.owed_min,
    )


def instant_of(day: date, clock: time, zone: str) -> datetime:
    """The first instant at which the wall clock of the zone shows that time or later.

    So an hour that comes twice is meant the first time, an hour that is skipped is the moment of the skip, later wall
    times are never earlier instants, and one guard's end is the next guard's start whatever the clocks do that night.

    Source: Python PEP 495 (`fold`); the choice among its readings is ours.
    """
    wall = datetime.combine(day, clock)
    local = ZoneInfo(zone)
    instant = wall.replace(tzinfo=local).astimezone(UTC)
    if _wall_at(instant, local) == wall:
        return instant
    before = wall.replace(tzinfo=local, fold=1).astimezone(UTC)
    while instant - before > ONE_SECOND:  # the skip lies between the two readings of a wall time that does not exist
        middle = before + (instant - before) / 2
        before, instant = (before, middle) if _wall_at(middle, local) >= wall else (middle, instant)
    return instant.replace(microsecond=0)


def _wall_at(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock shows at an instant."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def hours_for(instance: Instance, first_in: datetime | None, decree: Decree) -> Instance:
    """The instance with the hours that somebody owes who came at that time; the window stays.

    The decree's own hours move by its `flexi` clause. A flexible shift is on time until the last moment that leaves its owed
    minutes, at the latest until the core begins, and ends when they are worked, at the earliest when the core ends, at the latest
    with the shift. A fixed shift does not move. Without a time the person has the benefit: as if he came as early as one may.

    Source: the decree's `flexi` clause (PMK 221/PMK.01/2021: out time in proportion); flexible shifts are our design.
    """
    if instance.core and instance.owed_min is not None:
        return _flexible(instance, instance.core, timedelta(minutes=instance.owed_min), first_in or instance.start_at)
    if first_in is None or instance.clause is None:
        return instance
    shift = decree.shift(first_in - instance.start_at)
    return replace(instance, start_at=instance.start_at + shift, end_at=instance.end_at + shift) if shift else instance


def _flexible(instance: Instance, core: Span, owed: timedelta, first_in: datetime) -> Instance:
    """The hours of a flexible shift for who came at that time."""
    latest = instance.end_at - owed
    for begins, ends in reversed(instance.breaks):
        if ends > latest:
            latest -= ends - begins
    latest = min(latest, core[0])
    began = min(max(first_in, instance.start_at), latest)
    done = began + owed
    for begins, ends in instance.breaks:
        if begins < done and ends > began:
            done += ends - max(begins, began)
    return replace(instance, start_at=latest, end_at=max(core[1], min(done, instance.end_at)))


def days_near(at: datetime, zone: str) -> tuple[date, ...]:
    """The civil days whose shifts may hold the instant: from two before it (a long shift is still open) to the day after.

    Source: our design; a shift lasts at most 24 hours, its window opens and closes at most a day away from it, and the zone it is
    judged in is at most half a day away from that of the unit.
    """
    today = at.astimezone(ZoneInfo(zone)).date()
    return today - REACH_DAYS * ONE_DAY, today - ONE_DAY, today, today + ONE_DAY


def instance_holding(at: datetime, direction: str, instances: Iterable[Instance]) -> Instance | None:
    """The shift instance whose half-open window [opens_at, closes_at) holds the instant.

    Where windows overlap, the nearest start takes an `in` and the nearest end an `out`; at equal distance the later
    one takes an `in` (people come early) and the earlier one an `out` (people leave late). What was or was not recorded
    before is not asked, so a forgotten check-out cannot move the next check-in to another shift or day.

    Source: our design (contract section 3: direction is explicit).
    """
    holding = [instance for instance in instances if instance.opens_at <= at < instance.closes_at]
    if len(holding) == 1:  # nearly always
        return holding[0]
    if direction == "in":
        return min(holding, key=lambda held: _nearness(held.start_at, at, later_first=True), default=None)
    return min(holding, key=lambda held: _nearness(held.end_at, at, later_first=False), default=None)


def _nearness(edge: datetime, at: datetime, later_first: bool) -> tuple[float, float]:
    """Sorts the edge nearest to an instant first, and of two equally near the later or the earlier one."""
    ahead_s = (edge - at).total_seconds()
    return abs(ahead_s), -ahead_s if later_first else ahead_s
