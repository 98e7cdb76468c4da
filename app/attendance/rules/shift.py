"""What one shift of a day comes to: minutes and per cent, each with the sentence and the clause that say so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.attendance.rules.evidence import Checkin
from app.attendance.rules.excuse import excused_within, is_end_excused, is_start_excused
from app.attendance.rules.line import NOTHING, Line, clock_of
from app.decrees import Bands, Decree, Together
from app.workdays.rules import NAMES, Instance, Leave, Part, ShiftKind, Span, Workday, hours_for

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Worked:
    """A shift with what was made of it: its counted check-ins in order, of them the first `in` and the last `out`.

    `closed`: nothing more may come. `excused`: the spans inside incidents, of which no minute is charged. `permitted`: the
    directions in which somebody else allowed to be late or early.
    """

    instance: Instance
    made: tuple[Checkin, ...]
    coming: Checkin | None
    going: Checkin | None
    workday: Workday
    closed: bool
    excused: tuple[Span, ...] = ()
    permitted: frozenset[str] = frozenset()

    @property
    def first_in(self) -> datetime | None:
        """When the person came."""
        return self.coming.taken_at if self.coming else None

    @property
    def last_out(self) -> datetime | None:
        """When the person went home."""
        return self.going.taken_at if self.going else None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a shift comes to."""

    late_min: int
    early_min: int
    lines: tuple[Line, ...]

    @property
    def pct(self) -> Decimal:
        """Per cent that the shift costs."""
        return sum((line.pct for line in self.lines), NOTHING)


def worked(
    instance: Instance, made: Sequence[Checkin], workday: Workday, closed: bool, excused: tuple[Span, ...] = (),
    permitted: frozenset[str] = frozenset(),
) -> Worked:  # fmt: skip
    """The shift with its check-ins, which are in order.

    Source: our design; the first `in` and the last `out` decide.
    """
    coming = next((found for found in made if found.direction == "in"), None)
    going = next((found for found in reversed(made) if found.direction == "out"), None)
    return Worked(instance, tuple(made), coming, going, workday, closed, excused, permitted)


def part_of(leave: Leave, workday: Workday) -> Part:
    """The part of the day that the leave excuses: all of it beside a flexible shift, whose middle nobody knows.

    Such a request is refused, so this is a roster written after it: no reason to leave a day underived or to guess against anyone.

    Source: our design; docs/day-matrix.md.
    """
    flexible = any(own.is_owed and own.kind is ShiftKind.FLEXIBLE for own in workday.instances)
    return Part.WHOLE if flexible and leave.part in (Part.MORNING, Part.AFTERNOON) else leave.part


def middle_of(workday: Workday) -> datetime | None:
    """The middle of the hours owed, from the first shift's start to the last one's end; None when nothing is owed.

    Source: our design (no regulation read says where a half day ends).
    """
    owed = [own for own in workday.instances if own.is_owed]
    if not owed:
        return None
    begins, ends = min(own.start_at for own in owed), max(own.end_at for own in owed)
    return begins + (ends - begins) / 2


def beside_leave(instance: Instance, workday: Workday, leave: Leave | None) -> Instance | None:
    """What is owed of a shift beside a leave: of half a day, what lies on the other side of the middle of the day's hours.

    The window stays. None when the shift lies in the half on leave.

    Source: our design (no regulation read says where a half day ends); PP 11/2017 counts leave in working days.
    """
    if leave is None or part_of(leave, workday) is Part.WHOLE or not instance.is_owed:
        return instance
    middle = middle_of(workday)
    assert middle is not None, "this shift is owed"
    if leave.part is Part.MORNING:
        left = replace(instance, start_at=max(instance.start_at, middle))
    else:
        left = replace(instance, end_at=min(instance.end_at, middle))
    return left if left.start_at < left.end_at else None


def judged(shift: Worked, decree: Decree) -> Judged:
    """The minutes and sentences of a shift on a day on which the person was there; of standby, its call-outs.

    What incidents excuse is not charged, except where the law would then ask more: a bound on both together may be lower than one.

    Source: the decree's `lateness`, `early`, `permitted_late`, `permitted_early`, `flexi` and `together` clauses;
    docs/decisions.md "an incident takes away minutes, never a presence".
    """
    by_law = _judged(shift, decree)
    if not shift.excused:
        return by_law
    bare = _judged(replace(shift, excused=()), decree)
    return bare if bare.pct < by_law.pct else by_law


def _judged(shift: Worked, decree: Decree) -> Judged:
    """The minutes and sentences by what is excused as it stands."""
    if not shift.instance.is_owed:
        return Judged(0, 0, (*hours_of(shift.instance, shift.workday, decree), *_called_out(shift)))
    owed = hours_for(shift.instance, shift.first_in, decree)
    late_min = lateness(owed, shift.first_in, decree.lateness_for("in" in shift.permitted), shift.excused)
    early_min = earliness(owed, shift.last_out, decree.early_for("out" in shift.permitted), shift.excused) if shift.closed else 0
    coming, going = _coming(shift, owed, late_min, decree), _going(shift, owed, early_min, decree)
    lines = (
        *hours_of(shift.instance, shift.workday, decree),
        *_moved(shift, owed, decree),
        *_together(coming, going, decree.together),
        *_clocks_there(shift),
    )
    return Judged(late_min, early_min, lines)


def hours_of(instance: Instance, workday: Workday, decree: Decree) -> Iterator[Line]:
    """The hours that were owed, by whose wall clock, and whose clause that is; a roster's shift has no clause of the decree.

    Source: the decree's `hours` clause; the published roster.
    """
    ends = {"start": clock_of(instance.start_at, workday), "end": clock_of(instance.end_at, workday)}
    params: dict[str, str | int] = {**ends, "zone": NAMES.get(instance.zone, instance.zone)}
    if instance.clause is not None:
        by_decree = decree.hours is not None and instance.clause == decree.hours.clause.code
        yield Line("day_hours", params, clause=decree.hours.clause if decree.hours and by_decree else None)
        return
    yield Line("day_shift" if instance.is_owed else "day_on_call", {"shift": instance.shift, **params})
    if instance.core and instance.owed_min:
        begins, ends_at = (clock_of(at, workday) for at in instance.core)
        yield Line("day_core", {"start": begins, "end": ends_at, "minutes": instance.owed_min})
    for begins_at, ended_at in instance.breaks:
        yield Line("day_break", {"start": clock_of(begins_at, workday), "end": clock_of(ended_at, workday)})


def lateness(owed: Instance, first_in: datetime | None, bands: Bands, excused: Sequence[Span] = ()) -> int:
    """Minutes after the start that lie in no incident, counted as the clause counts seconds; 0 when on time or never come.

    Source: the decree's `lateness` clause; Permenko Infra 10/2025 article 22.
    """
    if first_in is None:
        return 0
    missed = first_in - owed.start_at
    return bands.minutes(missed - excused_within(owed.start_at, first_in, excused) if excused else missed)


def earliness(owed: Instance, last_out: datetime | None, bands: Bands, excused: Sequence[Span] = ()) -> int:
    """Minutes before the end that lie in no incident, counted as the clause counts seconds; 0 when gone on time or never gone.

    Source: the decree's `early` clause; Permenko Infra 10/2025 article 22.
    """
    if last_out is None:
        return 0
    missed = owed.end_at - last_out
    return bands.minutes(missed - excused_within(last_out, owed.end_at, excused) if excused else missed)


def call_outs(made: Sequence[Checkin]) -> list[tuple[datetime, datetime | None]]:
    """From when until when somebody on call was there: each `in` with the `out` before the next `in`, None when it is missing.

    Source: our design (a call-out is a counted instance of its own).
    """
    found: list[tuple[datetime, datetime | None]] = []
    for checkin in made:
        if checkin.direction == "in":
            if not found or found[-1][1] is not None:
                found.append((checkin.taken_at, None))
        elif found:
            found[-1] = (found[-1][0], checkin.taken_at)
    return found


def _called_out(worked: Worked) -> Iterator[Line]:
    """A sentence for every call-out; standby alone has cost nobody anything."""
    for came_at, left_at in call_outs(worked.made):
        at = clock_of(came_at, worked.workday)
        if left_at is None:
            yield Line("day_call_out_open", {"start": at})
        else:
            ended = clock_of(left_at, worked.workday)
            yield Line("day_call_out", {"start": at, "end": ended, "minutes": (left_at - came_at) // MINUTE})


def _clocks_there(worked: Worked) -> Iterator[Line]:
    """A sentence for each decisive check-in made where the clocks show another time than those that judge the day."""
    for found in (worked.coming, worked.going):
        zone = found.site_zone if found else None
        if found is None or zone is None or zone == worked.workday.zone:
            continue
        here, there = (found.taken_at.astimezone(ZoneInfo(name)) for name in (worked.workday.zone, zone))
        if here.utcoffset() != there.utcoffset():
            told = {"at": clock_of(found.taken_at, worked.workday), "there": f"{there:%H:%M}", "zone": NAMES.get(zone, zone)}
            yield Line(f"day_clock_there_{found.direction}", told)


def _moved(worked: Worked, owed: Instance, decree: Decree) -> Iterator[Line]:
    """The sentence about hours that moved with the time of coming."""
    if worked.instance.core or owed.end_at != worked.instance.end_at:
        clause = decree.flexi.clause if decree.flexi and worked.instance.clause else None
        yield Line("day_flexi", {"end": clock_of(owed.end_at, worked.workday)}, clause=clause)


def _together(coming: Line, going: Line, rule: Together | None) -> Iterator[Line]:
    """Both sentences, and where the two cost together something else than their sum, the difference by its clause."""
    yield coming
    yield going
    if rule is not None and coming.pct and going.pct:
        difference = rule.pct(coming.pct, going.pct) - coming.pct - going.pct
        if difference:
            yield Line("day_together", {}, difference, rule.clause)


def _coming(worked: Worked, owed: Instance, late_min: int, decree: Decree) -> Line:
    """The sentence about coming in."""
    rule = decree.lateness_for("in" in worked.permitted)
    if worked.first_in is None and worked.closed:
        if is_start_excused(owed.start_at, worked.excused):
            return Line("day_missing_in_excused", {})
        return Line("day_missing_in", {}, rule.missing_pct, rule.clause)
    if worked.first_in is None:
        return Line("day_no_in_yet", {})
    at = clock_of(worked.first_in, worked.workday)
    if late_min:
        code = "day_late" if rule is decree.lateness else "day_late_permitted"
        return Line(code, {"at": at, "minutes": late_min}, rule.pct(late_min), rule.clause)
    return Line("day_in", {"at": at})


def _going(worked: Worked, owed: Instance, early_min: int, decree: Decree) -> Line:
    """The sentence about going home; while the window is open an early `out` may still be followed by a later one."""
    rule = decree.early_for("out" in worked.permitted)
    if worked.last_out is None and worked.closed:
        if is_end_excused(owed.end_at, worked.excused):
            return Line("day_missing_out_excused", {})
        return Line("day_missing_out", {}, rule.missing_pct, rule.clause)
    if worked.last_out is None:
        return Line("day_no_out_yet", {})
    at = clock_of(worked.last_out, worked.workday)
    if early_min:
        code = "day_early" if rule is decree.early else "day_early_permitted"
        return Line(code, {"at": at, "minutes": early_min}, rule.pct(early_min), rule.clause)
    if not worked.closed and earliness(owed, worked.last_out, rule, worked.excused):
        return Line("day_early_so_far", {"at": at})
    return Line("day_out", {"at": at})
