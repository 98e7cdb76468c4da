"""What a person's day comes to: status, minutes and per cent, each with the sentence and the clause that say so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.attendance.rules.evidence import Checkin, Evidence, harshest, in_order, kindest, with_times
from app.decrees import Bands, Clause, Decree, Together
from app.workdays.rules import Kind, Workday

NOTHING = Decimal(0)


class Status(StrEnum):
    """What a day turned out to be. `not_yet`: nothing has come in and something still may, which is not absence."""

    PRESENT = "present"
    ABSENT = "absent"
    LEAVE = "leave"
    HOLIDAY = "holiday"
    JOINT_LEAVE = "joint_leave"
    OFF = "off"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a day's explanation: the code of its text, what to fill in, and what it costs by which clause."""

    code: str
    params: Mapping[str, str | int]
    pct: Decimal = NOTHING
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a day comes to. The deduction is the sum of what the lines cost, and nothing else."""

    status: Status
    in_at: datetime | None
    out_at: datetime | None
    late_min: int
    early_min: int
    lines: tuple[Line, ...]

    @property
    def deduction_pct(self) -> Decimal:
        """Per cent of the month's allowance that the day costs."""
        return sum((line.pct for line in self.lines), NOTHING)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one kind of line cost over a month: on how many days, and together."""

    code: str
    clause: str | None
    quality: str | None
    days: int
    pct: Decimal


def derive(evidence: Evidence, decree: Decree) -> Outcome:
    """What the day comes to under the law of that day.

    The first `in` and the last `out` that count and fall into the half-open window decide; a rejected check-in is
    mentioned and changes nothing else. Someone absent is charged for absence only, not for two missing check-ins.
    Where a counted time is uncertain and that costs something, the day takes the kindest instant until somebody decides.

    Source: PP 94/2021 article 4 (duty to come and to keep the hours); the decree's clauses name the rest;
    docs/decisions.md "what a bracket is worth".
    """
    by_law = _derived(evidence, decree)
    if not any(found.bracket and found.bracket.is_counted for found in evidence.checkins):
        return by_law
    kind = _derived(with_times(evidence, kindest, only_counted=True), decree)
    if kind.deduction_pct >= by_law.deduction_pct:
        return by_law
    return replace(kind, lines=(*kind.lines, Line("day_time_in_favour", {"pct": str(by_law.deduction_pct)})))


def stakes_of(evidence: Evidence, decree: Decree) -> tuple[Decimal, Decimal] | None:
    """The least and the most that the day can cost, whenever in its bracket each check-in was made; None if that is the same.

    A day that is still open is not asked: what is missing may yet come.

    Source: docs/decisions.md "what a bracket is worth".
    """
    if not evidence.closed or all(found.bracket is None for found in evidence.checkins):
        return None
    least, most = (_derived(with_times(evidence, choose), decree).deduction_pct for choose in (kindest, harshest))
    return None if least == most else (least, most)


def _derived(evidence: Evidence, decree: Decree) -> Outcome:
    """What the day comes to by the times as they stand."""
    made = in_order(evidence)
    counted = [found for found in made if found.counts and _is_within(found.taken_at, evidence.workday)]
    first_in = next((found.taken_at for found in counted if found.direction == "in"), None)
    last_out = next((found.taken_at for found in reversed(counted) if found.direction == "out"), None)
    status = status_of(evidence, bool(counted))
    late_min, early_min = 0, 0
    lines: list[Line] = [*_hours(evidence.workday, decree)]
    if status is Status.PRESENT:
        moved = flexed(evidence, first_in, decree)
        late_min = lateness(moved.workday, first_in, decree.lateness)
        early_min = earliness(moved.workday, last_out, decree.early) if evidence.closed else 0
        lines += _moved(evidence.workday, moved.workday, decree)
        lines += _together(_coming(moved, first_in, late_min, decree), _going(moved, last_out, early_min, decree), decree.together)
    else:
        lines += _standing(status, evidence, decree)
    lines += _mentions(made, evidence.workday)
    return Outcome(status, first_in, last_out, late_min, early_min, tuple(lines))


def status_of(evidence: Evidence, is_seen: bool) -> Status:
    """The status of the day: no working day comes before leave, leave before presence, and absence only after the window.

    Source: PP 11/2017 article 311 (leave is counted in working days); Perpres 21/2023 article 6 (holidays).
    """
    if evidence.workday.kind is not Kind.WORK:
        return Status(evidence.workday.kind.value)
    if evidence.leave:
        return Status.LEAVE
    if is_seen:
        return Status.PRESENT
    return Status.ABSENT if evidence.closed else Status.NOT_YET


def flexed(evidence: Evidence, first_in: datetime | None, decree: Decree) -> Evidence:
    """The day with the hours that somebody who came at that time owes; a roster's shift does not move, nor does the window.

    Source: the decree's `flexi` clause (PMK 221/PMK.01/2021: out time in proportion).
    """
    workday = evidence.workday
    if first_in is None or workday.start_at is None or workday.end_at is None or workday.clause is None:
        return evidence
    shift = decree.shift(first_in - workday.start_at)
    return replace(evidence, workday=replace(workday, start_at=workday.start_at + shift, end_at=workday.end_at + shift))


def lateness(workday: Workday, first_in: datetime | None, bands: Bands) -> int:
    """Minutes after the start, counted as the clause counts seconds; 0 when on time or never come.

    Source: the decree's `lateness` clause.
    """
    return bands.minutes(first_in - workday.start_at) if first_in and workday.start_at else 0


def earliness(workday: Workday, last_out: datetime | None, bands: Bands) -> int:
    """Minutes before the end, counted as the clause counts seconds; 0 when gone on time or never gone.

    Source: the decree's `early` clause.
    """
    return bands.minutes(workday.end_at - last_out) if last_out and workday.end_at else 0


def _is_within(at: datetime, workday: Workday) -> bool:
    """Whether the instant falls into the window of the shift; a day without hours has none."""
    return bool(workday.opens_at and workday.closes_at and workday.opens_at <= at < workday.closes_at)


def _hours(workday: Workday, decree: Decree) -> Iterator[Line]:
    """The hours that were owed, and whose clause that is; a roster's shift has no clause of the decree."""
    if workday.start_at and workday.end_at:
        params = {"start": _clock(workday.start_at, workday), "end": _clock(workday.end_at, workday)}
        by_decree = decree.hours is not None and workday.clause == decree.hours.clause.code
        yield Line("day_hours", params, clause=decree.hours.clause if decree.hours and by_decree else None)


def _moved(by_decree: Workday, owed: Workday, decree: Decree) -> Iterator[Line]:
    """The sentence about hours that moved with the time of coming."""
    if decree.flexi and owed.end_at and owed.end_at != by_decree.end_at:
        yield Line("day_flexi", {"end": _clock(owed.end_at, owed)}, clause=decree.flexi.clause)


def _together(coming: Line, going: Line, rule: Together | None) -> Iterator[Line]:
    """Both sentences, and where the two cost together something else than their sum, the difference by its clause."""
    yield coming
    yield going
    if rule is not None and coming.pct and going.pct:
        difference = rule.pct(coming.pct, going.pct) - coming.pct - going.pct
        if difference:
            yield Line("day_together", {}, difference, rule.clause)


def _coming(evidence: Evidence, first_in: datetime | None, late_min: int, decree: Decree) -> Line:
    """The sentence about coming in."""
    rule = decree.lateness
    if first_in is None and evidence.closed:
        return Line("day_missing_in", {}, rule.missing_pct, rule.clause)
    if first_in is None:
        return Line("day_no_in_yet", {})
    at = _clock(first_in, evidence.workday)
    if late_min:
        return Line("day_late", {"at": at, "minutes": late_min}, rule.pct(late_min), rule.clause)
    return Line("day_in", {"at": at})


def _going(evidence: Evidence, last_out: datetime | None, early_min: int, decree: Decree) -> Line:
    """The sentence about going home; while the window is open an early `out` may still be followed by a later one."""
    rule = decree.early
    if last_out is None and evidence.closed:
        return Line("day_missing_out", {}, rule.missing_pct, rule.clause)
    if last_out is None:
        return Line("day_no_out_yet", {})
    at = _clock(last_out, evidence.workday)
    if early_min:
        return Line("day_early", {"at": at, "minutes": early_min}, rule.pct(early_min), rule.clause)
    if not evidence.closed and earliness(evidence.workday, last_out, rule):
        return Line("day_early_so_far", {"at": at})
    return Line("day_out", {"at": at})


def _standing(status: Status, evidence: Evidence, decree: Decree) -> list[Line]:
    """The sentence about a day on which nobody's minutes are counted.

    Raises: KeyError for a kind of leave that the decree does not know; no leave is judged by a guess.
    """
    if evidence.leave and status is Status.LEAVE:
        effect = decree.leave[evidence.leave.kind]
        return [Line(f"day_leave_{evidence.leave.kind}", {}, effect.pct, effect.clause)]
    if status is Status.ABSENT:
        return [Line("day_absent", {}, decree.absence.pct, decree.absence.clause)]
    if status in (Status.HOLIDAY, Status.JOINT_LEAVE):
        return [Line(f"day_{status}", {"name": evidence.workday.note or ""})]
    return [Line(f"day_{status}", {})]


def _mentions(made: Sequence[Checkin], workday: Workday) -> Iterator[Line]:
    """A sentence for every check-in that changes nothing, so that its absence from the reckoning is explained."""
    for found in made:
        if not found.counts:
            yield Line(f"day_rejected_{found.direction}", {"at": _clock(found.taken_at, workday)})
        elif not _is_within(found.taken_at, workday):
            yield Line(f"day_outside_window_{found.direction}", {"at": _clock(found.taken_at, workday)})


def _clock(at: datetime, workday: Workday) -> str:
    """The wall clock of the unit at an instant, with the date when it is not the day's own."""
    local = at.astimezone(ZoneInfo(workday.zone))
    shown = local.time().isoformat("seconds" if local.second else "minutes")
    return shown if local.date() == workday.day else f"{local.date()} {shown}"
