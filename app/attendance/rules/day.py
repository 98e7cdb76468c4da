"""What a person's day comes to: status, minutes and per cent, each with the sentence and the clause that say so."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import product

from app.assignments.rules import proving
from app.attendance.rules.ceremony import attended, ceremonies_told
from app.attendance.rules.correction import corrected, told_of
from app.attendance.rules.evidence import Bracket, Checkin, Evidence, harshest, hindmost, in_order, kindest, with_times
from app.attendance.rules.excuse import excused_of, incidents_told, is_wholly_excused
from app.attendance.rules.line import NOTHING, Line, clock_of
from app.attendance.rules.shift import Worked, beside_leave, hours_of, judged, part_of, worked
from app.attendance.rules.status import Status
from app.decrees import Decree
from app.workdays.rules import NAMES, Instance, Kind, Part, Span, Workday, hours_for, instance_holding

Choice = Callable[[str, Bracket, Instance], datetime]


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

    Of each shift the first `in` and the last `out` that count and fall into its half-open window decide; a rejected check-in
    is mentioned and changes nothing else. Someone absent all day is charged for absence only, not for missing check-ins; of
    several shifts, one to which somebody present did not come lacks both.
    An approved correction stands in place of what was recorded as long as it rests on the same inputs, and the day tells both.
    Where a counted time is uncertain and that costs something, the day takes the kindest instant until somebody decides.

    Source: PP 94/2021 article 4 (duty to come and to keep the hours); the decree's clauses name the rest;
    docs/decisions.md "what a bracket is worth".
    """
    outcome = _in_favour(corrected(evidence), decree)
    return replace(outcome, lines=(*outcome.lines, *told_of(evidence))) if evidence.corrections else outcome


def _in_favour(evidence: Evidence, decree: Decree) -> Outcome:
    """What the day comes to with counted but uncertain times where they cost least."""
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
    evidence = corrected(evidence)
    if not evidence.closed or all(found.bracket is None for found in evidence.checkins):
        return None
    costs = [_derived(with_times(evidence, choose), decree).deduction_pct for choose in (kindest, harshest)]
    if evidence.incidents:
        costs += [_derived(with_times(evidence, choose), decree).deduction_pct for choose in _either_way()]
        costs.append(_in_favour(evidence, decree).deduction_pct)
    least, most = min(costs), max(costs)
    return None if least == most else (least, most)


def _either_way() -> Iterator[Choice]:
    """Every way to choose coming and going apart: with incidents no one choice is the harshest or kindest for both."""
    for coming, going in product((kindest, harshest, hindmost), repeat=2):
        yield partial(_chosen, coming, going)


def _chosen(coming: Choice, going: Choice, direction: str, bracket: Bracket, held: Instance) -> datetime:
    return (coming if direction == "in" else going)(direction, bracket, held)


def _derived(evidence: Evidence, decree: Decree) -> Outcome:
    """What the day comes to by the times as they stand."""
    made = in_order(evidence)
    shifts = worked_on(evidence, made)
    status = status_of(evidence, any(shift.made for shift in shifts), bool(evidence.incidents) and _is_struck(shifts))
    late_min, early_min = 0, 0
    lines: list[Line] = [*_elsewhere(evidence.workday), *_letters(evidence), *_permits(evidence, decree)]
    for shift in shifts:
        if status is Status.PRESENT:
            found = judged(shift, decree)
            late_min, early_min = late_min + found.late_min, early_min + found.early_min
            lines += found.lines
        else:
            lines += hours_of(shift.instance, evidence.workday, decree)
    if status is not Status.PRESENT:
        lines += _standing(status, evidence, decree)
    lines += _on_leave(status, evidence, decree)
    if evidence.ceremonies:
        lines += ceremonies_told(evidence, status, made, decree)
    lines += _mentions(made, shifts, evidence)
    if evidence.incidents and status in (Status.PRESENT, Status.ABSENT, Status.INCIDENT, Status.NOT_YET):
        lines += incidents_told(evidence.incidents, _hours_owed(shifts, decree), evidence.workday)
    first_in = min((shift.first_in for shift in shifts if shift.first_in), default=None)
    last_out = max((shift.last_out for shift in shifts if shift.last_out), default=None)
    return Outcome(status, first_in, last_out, late_min, early_min, tuple(lines))


def worked_on(evidence: Evidence, made: Sequence[Checkin]) -> tuple[Worked, ...]:
    """The shifts of the day, each with the counted check-ins that its window holds.

    Source: app.workdays.rules.instance_holding.
    """
    workday = evidence.workday
    held: list[tuple[Instance, list[Checkin]]] = [(instance, []) for instance in workday.instances]
    for found in made:
        holding = instance_holding(found.taken_at, found.direction, workday.instances) if found.counts else None
        for instance, mine in held:
            if instance is holding:
                mine.append(found)
    permitted = frozenset(permit.direction for permit in evidence.permits)
    owed = ((beside_leave(instance, workday, evidence.leave), mine) for instance, mine in held)
    return tuple(
        worked(
            instance,
            mine,
            workday,
            evidence.closed,
            excused_of(instance, evidence.incidents) if evidence.incidents else (),
            permitted,
        )
        for instance, mine in owed
        if instance is not None
    )


def _is_struck(shifts: Sequence[Worked]) -> bool:
    """Whether all hours owed on the day lie inside incidents."""
    owed = [shift for shift in shifts if shift.instance.is_owed]
    return bool(owed) and all(is_wholly_excused(shift.instance, shift.excused) for shift in owed)


def _hours_owed(shifts: Sequence[Worked], decree: Decree) -> list[Span]:
    """The hours of every shift that is owed, also where they moved with the time of coming."""
    found: list[Span] = []
    for shift in shifts:
        if shift.instance.is_owed:
            own, moved = shift.instance, hours_for(shift.instance, shift.first_in, decree)
            found.append((min(own.start_at, moved.start_at), max(own.end_at, moved.end_at)))
    return found


def status_of(evidence: Evidence, is_seen: bool, is_struck: bool = False) -> Status:
    """The status of the day: no working day comes before leave, leave before presence, and absence only after the window.

    Standby owes nothing, so without a call-out it is a day off, and with one a day of presence. Leave of half a day leaves the
    other half owed, and a letter that proves the day leaves nothing to ask of check-ins. `is_struck`: all that is owed lies inside
    incidents, so that staying away is no absence.
    Raises: LookupError for a combination that docs/day-matrix.md has no row for; no day is judged by a guess.

    Source: docs/day-matrix.md; PP 11/2017 article 311 (leave is counted in working days); Perpres 21/2023 article 6 (holidays);
    Permenko Infra 10/2025 article 22 (incidents).
    """
    match evidence.workday.kind, evidence.leave and part_of(evidence.leave, evidence.workday), is_seen, evidence.closed:
        case Kind.ON_CALL, _, _, _:
            return Status.PRESENT if is_seen else Status.OFF
        case (Kind.OFF | Kind.HOLIDAY | Kind.JOINT_LEAVE | Kind.DISPENSATION) as kind, _, _, _:
            return Status(kind.value)
        case Kind.WORK, Part.WHOLE, _, _:
            return Status.LEAVE
        case Kind.WORK, None | Part.MORNING | Part.AFTERNOON, _, _ if proving(evidence.letters):
            return Status.ASSIGNED
        case Kind.WORK, None | Part.MORNING | Part.AFTERNOON, True, _:
            return Status.PRESENT
        case Kind.WORK, None | Part.MORNING | Part.AFTERNOON, False, True:
            return Status.INCIDENT if is_struck else Status.ABSENT
        case Kind.WORK, None | Part.MORNING | Part.AFTERNOON, False, False:
            return Status.NOT_YET
        case unknown:
            raise LookupError(f"docs/day-matrix.md has no row for {unknown}")


def _elsewhere(workday: Workday) -> Iterator[Line]:
    """Whose wall clock judges a day on which somebody works elsewhere, and that the roster says so."""
    if workday.usual_zone is not None:
        names = {"zone": NAMES.get(workday.zone, workday.zone), "usual": NAMES.get(workday.usual_zone, workday.usual_zone)}
        yield Line("day_elsewhere", names)


def _letters(evidence: Evidence) -> Iterator[Line]:
    """A sentence for every letter that holds on the day."""
    for letter in evidence.letters:
        yield Line(f"day_letter_{letter.kind}", {"number": letter.number})


def _permits(evidence: Evidence, decree: Decree) -> Iterator[Line]:
    """A sentence for every permission, and whether the law of the day prices it otherwise."""
    for permit in evidence.permits:
        clause = decree.permitted_late if permit.direction == "in" else decree.permitted_early
        yield Line(f"day_permit_{permit.direction}{'' if clause else '_same'}", {"number": permit.id})


def _standing(status: Status, evidence: Evidence, decree: Decree) -> list[Line]:
    """The sentence about a day on which nobody's minutes are counted."""
    if status is Status.LEAVE:
        return []
    if status is Status.ABSENT:
        return [Line("day_absent", {}, decree.absence.pct / (2 if evidence.leave else 1), decree.absence.clause)]
    if status in (Status.HOLIDAY, Status.JOINT_LEAVE, Status.DISPENSATION):
        return [Line(f"day_{status}", {"name": evidence.workday.note or ""})]
    return [Line(f"day_{status}", {})]


def _on_leave(status: Status, evidence: Evidence, decree: Decree) -> Iterator[Line]:
    """The sentences about leave that counts on a day of work; half a day costs half.

    Raises: KeyError for a kind of leave that the decree does not know; no leave is judged by a guess.
    """
    leave = evidence.leave
    if leave is None or evidence.workday.kind is not Kind.WORK:
        return
    effect = decree.leave[leave.kind]
    pct = effect.pct_on((evidence.workday.day - leave.first_day).days + 1, leave.cause, leave.time_of_year)
    if leave.part is Part.WHOLE:
        yield Line(f"day_leave_{leave.kind}", {}, pct, effect.clause)
    else:
        yield Line(f"day_leave_{leave.kind}", {}, pct / 2, effect.clause)
        yield Line("day_half_flexible" if status is Status.LEAVE else f"day_half_{leave.part}", {})


def _mentions(made: Sequence[Checkin], shifts: Sequence[Worked], evidence: Evidence) -> Iterator[Line]:
    """A sentence for every check-in that changes nothing, and for one that does or does not by a decision about a finding."""
    workday = evidence.workday
    reckoned = {found.checkin_id for shift in shifts for found in shift.made}
    reckoned |= {found.checkin_id for ceremony in evidence.ceremonies if (found := attended(ceremony, made))}
    for found in made:
        if found.is_ruled:
            said = "lifted" if found.counts else "struck"
            yield Line(f"day_{said}_{found.direction}", {"at": clock_of(found.taken_at, workday)})
        if not found.counts and not found.is_ruled:
            yield Line(f"day_rejected_{found.direction}", {"at": clock_of(found.taken_at, workday)})
        if found.counts and found.checkin_id not in reckoned:
            yield Line(f"day_outside_window_{found.direction}", {"at": clock_of(found.taken_at, workday)})
