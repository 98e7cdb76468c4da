"""What one check-in counts for: its place, its time, its signals and the workday it belongs to, put together."""

import contextlib
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from app import decrees
from app.checkins.rules.context import Context, Scene
from app.checkins.rules.door_code import doors_of, lifted, note_of
from app.checkins.rules.place import Fix, Outcome, Place, best_of, flaw_of, places_of
from app.checkins.rules.report import Direction, Report
from app.checkins.rules.signals import Flag, flags_of, is_doubted, is_held, score_of
from app.checkins.rules.timing import Grade, Timing, graded
from app.decrees import UncoveredDay
from app.workdays.rules import Holiday, RosterEntry, Workday, days_near, holiday_on, workday_holding, workday_on

# Kept with every check-in beside the decree's version, so that an auditor recomputes a verdict by the rules it was made by.
RULES = "1"


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
    workday: Workday | None
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
    workdays = workdays_around(timing.taken_at, context)
    if timing.grade is Grade.PLAUSIBLE:
        timing = graded(timing, not crosses_an_edge(timing, report.direction, workdays, context))
    places = places_of(fix, report.platform, context.candidates, flaw_of(report.fixes))
    place = best_of([lifted(place, doors) for place in places])
    flags = flags_of(Scene(report, fix or report.fixes[0], timing, context))
    score = score_of(flags)
    outcome = _with_signals(place.verdict, flags, score)
    workday = workday_holding(timing.taken_at, report.direction, workdays)
    reasons = [Reason(place.reason_code, place.params)]
    if note := note_of(place, report.code, doors):
        reasons.append(Reason(note, {}))
    reasons.extend(Reason(f"signal_{flag}", {}) for flag in flags)
    if is_held(flags, score):
        reasons.append(Reason("signals_held", {}))
    if workday is None:
        reasons.append(Reason("outside_hours", {}))
    if timing.grade is Grade.UNVERIFIED:
        reasons.append(Reason("time_unverified", {}))
    return Verdict(
        outcome=outcome,
        place=place,
        is_code_right=None if report.code is None or place.site is None else bool(doors),
        timing=timing,
        workday=workday,
        work_date=workday.day if workday else local_date(timing.taken_at, context.zone),
        flags=flags,
        score=score,
        reasons=tuple(reasons),
        next=next_direction(report.direction, counts=outcome is not Outcome.REJECTED),
    )


def _with_signals(outcome: Outcome, flags: Sequence[Flag], score: float) -> Outcome:
    """What the place said, made worse where the signals say so and never better."""
    if is_held(flags, score):
        return Outcome.REJECTED
    return Outcome.DOUBTFUL if outcome is Outcome.ACCEPTED and is_doubted(flags) else outcome


def workdays_around(at: datetime, context: Context) -> list[Workday]:
    """The workdays that may hold an instant; a day the decree does not cover owes nothing and holds nothing.

    Source: design contract section 3 (work_date); the decree of each day.
    """
    if context.decree is None:
        return []
    workdays = []
    for day in days_near(at, context.zone):
        with contextlib.suppress(UncoveredDay):
            holiday = holiday_on(day, context.holidays)
            workdays.append(_workday_on(day, context.zone, context.decree, holiday, context.roster.get(day)))
    return workdays


def crosses_an_edge(timing: Timing, direction: Direction, workdays: Sequence[Workday], context: Context) -> bool:
    """Whether the two ends of the bracket mean different things: another work date, or another band of minutes late or early.

    Bands go one way with time, so nothing lies between two ends that mean the same.

    Source: the decree's `lateness` and `early` clauses; docs/decisions.md "what a bracket is worth".
    """
    return _standing(timing.earliest_at, direction, workdays, context) != _standing(timing.latest_at, direction, workdays, context)


def _standing(at: datetime, direction: Direction, workdays: Sequence[Workday], context: Context) -> tuple[date, Decimal | None]:
    """What an instant means for the day: its work date, and the per cent of its band where hours are owed."""
    workday = workday_holding(at, direction, workdays)
    if workday is None or workday.start_at is None or workday.end_at is None or context.decree is None:
        return local_date(at, context.zone), None
    decree = decrees.on(context.decree, workday.day)
    if direction is Direction.IN:
        late = at - workday.start_at
        owed_late = late - decree.shift(late) if workday.clause else late
        return workday.day, decree.lateness.pct(decree.lateness.minutes(owed_late))
    return workday.day, decree.early.pct(decree.early.minutes(workday.end_at - at))


@lru_cache(maxsize=4096)
def _workday_on(day: date, zone: str, code: str, holiday: Holiday | None, roster: RosterEntry | None) -> Workday:
    """Everybody's office hours of a day are the same, and the rush asks for them thousands of times."""
    return workday_on(day, zone, decrees.on(code, day), holiday, roster)


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


def next_direction(direction: Direction, counts: bool) -> Direction | None:
    """What comes after a check-in: the same again if it did not count, the way out after the way in, nothing after the way out.

    Source: design contract section 3 (next).
    """
    if not counts:
        return direction
    return Direction.OUT if direction is Direction.IN else None


def local_date(instant: datetime, zone: str) -> date:
    """The civil date of an instant in a zone.

    Source: IANA time zone database.
    """
    return instant.astimezone(ZoneInfo(zone)).date()
