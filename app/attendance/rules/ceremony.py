"""Ceremonies: whom a call asks, who was there, and what missing one costs."""

from collections.abc import Iterator, Sequence

from app.assignments.rules import Ceremony, LetterKind, anywhere_under, proving
from app.attendance.rules.evidence import EVERYWHERE, Checkin, Evidence
from app.attendance.rules.line import Line, clock_of
from app.attendance.rules.shift import middle_of, part_of
from app.attendance.rules.status import Status
from app.decrees import Decree
from app.workdays.rules import Part

# Days on which a call finds nobody at work whom it may ask; on national holidays ceremonies are held.
FREE = (Status.OFF, Status.JOINT_LEAVE, Status.DISPENSATION)


def ceremonies_told(evidence: Evidence, status: Status, made: Sequence[Checkin], decree: Decree) -> Iterator[Line]:
    """A sentence for every ceremony that a letter calls to, and for one that was missed what it costs.

    Somebody absent all day is charged for absence only, as with missing check-ins.

    Source: the decree's `ceremony` clause (TAP); docs/day-matrix.md "A ceremony" for whom it asks and what proves it.
    """
    for ceremony in evidence.ceremonies:
        ends = {"start": clock_of(ceremony.starts_at, evidence.workday), "end": clock_of(ceremony.ends_at, evidence.workday)}
        told: dict[str, str | int] = {"number": ceremony.number, **ends}
        if (excuse := _excuse(ceremony, evidence, status)) is not None:
            yield Line(f"day_ceremony_{excuse}", told)
        elif (found := attended(ceremony, made)) is not None:
            yield Line("day_ceremony_attended", {**told, "at": clock_of(found.taken_at, evidence.workday)})
        elif not evidence.closed:
            yield Line("day_ceremony_awaited", told)
        elif status is Status.ABSENT:
            yield Line("day_ceremony_absent", told)
        elif decree.ceremony is None:
            yield Line("day_ceremony_unpriced", told)
        else:
            yield Line("day_ceremony", told, decree.ceremony.pct, decree.ceremony.clause)


def attended(ceremony: Ceremony, made: Sequence[Checkin]) -> Checkin | None:
    """The counted check-in that shows somebody at the ceremony: one during it, else his last `in` before it if he had not gone.

    Gone is whose last check-in of the day is an `out` before its start; another one between changes nothing, as with the hours of
    work. Where the letter names sites, it was made at one of them. `made` is in order.

    Source: our design; no regulation read says what proves attendance at a ceremony.
    """
    counted = [found for found in made if found.counts]
    for found in counted:
        if ceremony.starts_at <= found.taken_at < ceremony.ends_at and _is_there(found, ceremony):
            return found
    came = [found for found in counted if found.direction == "in" and found.taken_at < ceremony.starts_at]
    is_gone = bool(counted) and counted[-1].direction == "out" and counted[-1].taken_at < ceremony.starts_at
    return came[-1] if came and not is_gone and _is_there(came[-1], ceremony) else None


def _is_there(found: Checkin, ceremony: Ceremony) -> bool:
    if not ceremony.sites or found.site == EVERYWHERE:
        return True
    return found.site is not None and found.site.rpartition("@")[0] in ceremony.sites


def _excuse(ceremony: Ceremony, evidence: Evidence, status: Status) -> str | None:
    """Why the ceremony does not ask the person, as the end of a text's code."""
    leave, workday = evidence.leave, evidence.workday
    if leave is not None:
        part, middle = part_of(leave, workday), middle_of(workday)
        is_half = middle is not None and (ceremony.starts_at < middle) is (part is Part.MORNING)
        if part is Part.WHOLE or is_half:
            return "leave"
    if status in FREE:
        return "off"
    others = [letter for letter in evidence.letters if letter.kind is not LetterKind.CEREMONY]
    if proving(others) or anywhere_under(others):
        return "letter"
    if status is Status.INCIDENT or any(
        incident.begins_at < ceremony.ends_at and ceremony.starts_at < incident.ends_at for incident in evidence.incidents
    ):
        return "incident"
    windows = [(own.opens_at, own.closes_at) for own in workday.instances if own.is_owed]
    is_outside = status is not Status.HOLIDAY and not any(opens <= ceremony.starts_at < closes for opens, closes in windows)
    return "outside" if is_outside else None
