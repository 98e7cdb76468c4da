"""What one check-in counts for: its place, its time, its signals and the workday it belongs to, put together."""

import contextlib
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from app import decrees
from app.assignments.rules import holding_on
from app.checkins.rules.by_letter import placed_by, sites_under
from app.checkins.rules.context import Context, Scene
from app.checkins.rules.door_code import doors_of, lifted, note_of
from app.checkins.rules.place import Fix, Outcome, Place, best_of, flaw_of, places_of
from app.checkins.rules.report import Direction, Report
from app.checkins.rules.signals import Flag, flags_of, is_doubted, is_held, score_of
from app.checkins.rules.timing import Grade, Timing, graded
from app.decrees import UncoveredDay
from app.workdays.rules import (
    Holiday,
    Instance,
    RosterEntry,
    Workday,
    days_near,
    holiday_on,
    hours_for,
    instance_holding,
    workday_on,
)

# Kept with every check-in beside the decree's version, so that an auditor recomputes a verdict by the rules it was made by.
RULES = "1"

NO_GROUPS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a text code with its parameters."""

    code: str
    params: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check-in counts for and why; `next` is what the person would do next, if anything.

    `is_code_right`: whether the code that was sent was shown at the door of one of the person's sites; None when none was
    sent, or none looked at because there was no position to stand behind it.
    """

    outcome: Outcome
    place: Place
    is_code_right: bool | None
    timing: Timing
    instance: Instance | None
    work_date: date
    flags: Sequence[Flag]
    score: float
    reasons: Sequence[Reason]
    next: Direction | None

    @property
    def counts(self) -> bool:
        """The benefit of the doubt: only a rejected check-in does not count."""
        return self.outcome is not Outcome.REJECTED


def judge(report: Report, fix: Fix | None, timing: Timing, context: Context) -> Verdict:
    """The verdict on one check-in; `fix` is the best of its fixes, the one the candidates were measured from.

    Source: `weigh`; docs/decisions.md "a code at the door".
    """
    return weigh(report, fix, timing, context, doors_of(report.code, timing, context.candidates))


def weigh(report: Report, fix: Fix | None, timing: Timing, context: Context, doors: Set[str]) -> Verdict:
    """The verdict, when it is known at which of the sites the code was shown: an auditor has that, and no secret.

    A check-in that no shift holds is kept for its civil date: it counts as presence and no hours are owed for it.

    Source: design contract section 3; docs/decisions.md "place: accept, doubt, reject".
    """
    instances = instances_around(timing.taken_at, context)
    if timing.grade is Grade.PLAUSIBLE:
        timing = graded(timing, not crosses_an_edge(timing, report.direction, instances, context))
    held = instance_holding(timing.taken_at, report.direction, instances)
    work_date = held.day if held else local_date(timing.taken_at, context.zone)
    letters = holding_on(work_date, context.letters)
    places = places_of(fix, report.platform, sites_under(context.candidates, letters), flaw_of(report.fixes))
    place, letter = placed_by(best_of([lifted(place, doors) for place in places]), letters)
    flags = flags_of(Scene(report, fix or report.fixes[0], timing, context))
    score = score_of(flags)
    outcome = _with_signals(place.verdict, flags, score)
    named: dict[str, str | int] = {"number": letter.number} if letter else {}
    reasons = [Reason(place.reason_code, place.params | named)]
    if letter and place.site:
        reasons.append(Reason("site_by_letter", named))
    if note := note_of(place, report.code, doors):
        reasons.append(Reason(note, {}))
    reasons.extend(Reason(f"signal_{flag}", {}) for flag in flags)
    if is_held(flags, score):
        reasons.append(Reason("signals_held", {}))
    if held is None:
        reasons.append(Reason("outside_hours", {}))
    if timing.grade is Grade.UNVERIFIED:
        reasons.append(Reason("time_unverified", {}))
    return Verdict(
        outcome=outcome,
        place=place,
        is_code_right=None if report.code is None or place.site is None else bool(doors),
        timing=timing,
        instance=held,
        work_date=work_date,
        flags=flags,
        score=score,
        reasons=tuple(reasons),
        next=next_direction(report.direction, outcome is not Outcome.REJECTED, is_another_to_come(held, instances)),
    )


def _with_signals(outcome: Outcome, flags: Sequence[Flag], score: float) -> Outcome:
    """What the place said, made worse where the signals say so and never better."""
    if is_held(flags, score):
        return Outcome.REJECTED
    return Outcome.DOUBTFUL if outcome is Outcome.ACCEPTED and is_doubted(flags) else outcome


def instances_around(at: datetime, context: Context) -> Sequence[Instance]:
    """The shifts that may hold an instant; a day the decree does not cover owes nothing and holds nothing.

    Source: design contract section 3 (work_date); the decree of each day.
    """
    if context.decree is None:
        return ()
    days = days_near(at, context.zone)
    if not (context.holidays or context.roster or context.groups):
        return _usual_instances(days, context.zone, context.decree, context.path)
    return _instances_on(days, context.decree, context)


@lru_cache(maxsize=1024)
def _usual_instances(days: Sequence[date], zone: str, code: str, path: str) -> Sequence[Instance]:
    """The shifts where nothing is declared or rostered for the person: most people's, most days."""
    return tuple(_instances_on(days, code, Context(0, None, zone, code, {}, {}, (), path=path)))


def _instances_on(days: Sequence[date], code: str, context: Context) -> list[Instance]:
    instances: list[Instance] = []
    for day in days:
        with contextlib.suppress(UncoveredDay):
            holiday = holiday_on(day, context.holidays)
            named = (context.path, context.groups.get(day, NO_GROUPS))
            instances += _workday_on(day, context.zone, code, holiday, context.roster.get(day), named).instances
    return instances


def crosses_an_edge(timing: Timing, direction: Direction, instances: Sequence[Instance], context: Context) -> bool:
    """Whether the two ends of the bracket mean different things: another shift, or another band of minutes late or early.

    Bands go one way with time, so nothing lies between two ends that mean the same.

    Source: the decree's `lateness` and `early` clauses; docs/decisions.md "what a bracket is worth".
    """
    first, last = (_standing(at, direction, instances, context) for at in (timing.earliest_at, timing.latest_at))
    return first != last


def _standing(
    at: datetime, direction: Direction, instances: Sequence[Instance], context: Context
) -> tuple[date, str | None, Decimal | None]:
    """What an instant means for the day: its work date and shift, and the per cent of its band where hours are owed."""
    held = instance_holding(at, direction, instances)
    if held is None or context.decree is None:
        return local_date(at, context.zone), None, None
    if not held.is_owed:
        return held.day, held.shift, None
    decree = decrees.on(context.decree, held.day).for_whom(context.path, context.groups.get(held.day, NO_GROUPS))
    if direction is Direction.IN:
        start_at = hours_for(held, at, decree).start_at
        return held.day, held.shift, decree.lateness.pct(decree.lateness.minutes(at - start_at))
    return held.day, held.shift, decree.early.pct(decree.early.minutes(hours_for(held, None, decree).end_at - at))


@lru_cache(maxsize=4096)
def _workday_on(
    day: date, zone: str, code: str, holiday: Holiday | None, roster: RosterEntry | None, whom: tuple[str, frozenset[str]]
) -> Workday:
    """Everybody's office hours of a day are the same, and the rush asks for them thousands of times; `whom`: unit and groups."""
    return workday_on(day, zone, decrees.on(code, day).for_whom(*whom), holiday, roster)


def policy_of(context: Context, work_date: date) -> str:
    """Which law and which rules judge: the decree's code and version on the work date, and the version of the rules.

    Source: design contract section 3; docs/decisions.md "verdicts can be made again".
    """
    if context.decree is None:
        return f"-/{RULES}"
    try:
        return f"{context.decree}@{decrees.on(context.decree, work_date).version}/{RULES}"
    except UncoveredDay:
        return f"{context.decree}@-/{RULES}"


def next_direction(direction: Direction, counts: bool, is_another: bool = False) -> Direction | None:
    """What comes after a check-in: the same again if it did not count, the way out after the way in, after the way out nothing
    or, where the day has another shift to come, the way in.

    Source: design contract section 3 (next).
    """
    if not counts:
        return direction
    return Direction.OUT if direction is Direction.IN else Direction.IN if is_another else None


def is_another_to_come(held: Instance | None, instances: Sequence[Instance]) -> bool:
    """Whether somebody on call may be called again, or the same day has a shift that begins after this one ends.

    Source: our design (several shifts a day).
    """
    if held is not None and not held.is_owed:
        return True
    return held is not None and any(other.day == held.day and other.start_at >= held.end_at for other in instances)


def local_date(instant: datetime, zone: str) -> date:
    """The civil date of an instant in a zone.

    Source: IANA time zone database.
    """
    return instant.astimezone(ZoneInfo(zone)).date()
