"""Logging one's own activities and taking them back: gather, judge, write, and a ledger leaf."""

from datetime import date, datetime

from app import errors
from app.access import Actor
from app.activities import rules
from app.activities import store as activities
from app.activities.actions.law import is_rated_by, rule_on
from app.activities.rules import Answer, Standing, Work
from app.activities.rules.targets import takes_work
from app.activities.store import Held, Logged, Said
from app.attendance import store as attendance
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.actions.days import day_of


def log(session: Session, work: Work, by: Actor, now: datetime) -> Logged:
    """The activity as it waits for a superior's answer.

    Raises: Invalid (a flaw of its own, `activity_future`, `activity_too_old`, `activity_not_employed`, `unknown_standard`,
    `activity_no_minutes`, `activity_not_returned`, `activity_target`), Conflict (`activity_no_law`, `activity_sealed`,
    `activity_overlaps`, `activity_day_full`).
    """
    if flaw := rules.flaw_of(work):
        raise errors.Invalid(flaw[1], {flaw[0]: flaw[1]})
    if work.day > day_of(now):
        raise errors.Invalid("activity_future", {"/day": "activity_future"})
    activities.lock(session, [by.person_id])
    employed = next(iter(people.list_employed_on(session, work.day, person_ids=[by.person_id])), None)
    posted = people.find_posted(session, by.person_id, work.day)
    if employed is None or posted is None:
        raise errors.Invalid("activity_not_employed", {"/day": "activity_not_employed"})
    rule = rule_on(employed.decree, work.day)
    returned = _returned(session, work, by)
    returned_on = day_of(returned.decided_at) if returned and returned.decided_at else None
    if not rules.is_in_time(work.day, day_of(now), rule, returned_on):
        place = {"/day": ("activity_too_old", {"days": rule.within_days})}
        raise errors.Invalid("activity_too_old", place, days=rule.within_days)
    refuse_sealed(session, by.person_id, work.day)
    _refuse_other_target(session, work, by)
    standard = _standard(session, work, employed.unit_path, posted.position)
    minutes = rules.minutes_of(work, standard.norm_min if standard else None)
    if minutes < 1:
        raise errors.Invalid("activity_no_minutes", {"/volume": "activity_no_minutes"})
    stretch = rules.stretch_of(work.starts, work.ends)
    if stretch and not rules.is_clear(work.day, stretch, activities.stretches_near(session, by.person_id, work.day)):
        raise errors.Conflict("activity_overlaps")
    refuse_full(rules.left_min(rule, activities.day_min_of(session, by.person_id, work.day)), minutes)
    said = Said(work, minutes, employed.unit_id, standard.id if standard else None)
    activity_id = activities.add_activity(session, by.person_id, said, now)
    ledger.append(session, "activity", f"activity:{activity_id}", _entry(by.person_id, said), now)
    return activities.get_logged(session, activity_id)


def withdraw(session: Session, activity_id: int, reason: str, by: Actor, now: datetime) -> Logged:
    """One's own activity, taken back before anybody answered.

    Raises: NotFound (also for another's), Conflict (`activity_decided`, `activity_withdrawn`, `activity_sealed`).
    """
    if activities.get_logged(session, activity_id).person_id != by.person_id:
        raise errors.NotFound("unknown_activity", activity=activity_id)
    activities.lock(session, [by.person_id])
    found = activities.get_logged(session, activity_id)
    refuse_sealed(session, found.person_id, found.day)
    if refusal := rules.refusal_of(found.standing, found.replaced_by is not None, Answer.WITHDRAW, 0, found.counted_min or 0):
        raise errors.Conflict(refusal)
    return answer(session, found, Answer.WITHDRAW, 0, reason, by, now)


def answer(
    session: Session, found: Logged, said: Answer, minutes: int, reason: str, by: Actor, now: datetime
) -> Logged:  # fmt: skip
    """The activity with the answer, and its leaf."""
    decision_id = activities.add_decision(session, found.id, said, minutes, reason, by.person_id, now)
    entry = {
        "activity": found.id, "person": found.person_id, "day": found.day.isoformat(), "decision": said, "minutes": minutes,
        "reason": reason, "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "activity_decision", f"activity_decision:{decision_id}", entry, now)
    if is_rated_by(found.decree, found.day):
        attendance.mark_months(session, found.day.replace(day=1), [found.person_id])
    return activities.get_logged(session, found.id)


def own_standards(session: Session, day: date, by: Actor) -> list[Held]:
    """The standard activities of the actor's position on the day, in order of code."""
    posted = people.find_posted(session, by.person_id, day)
    return [] if posted is None else activities.list_standards(session, posted.unit_path, posted.position, day)


def refuse_sealed(session: Session, person_id: int, day: date) -> None:
    """Return while the day's month is open.

    Raises: Conflict (`activity_sealed`).
    """
    if attendance.sealed_month_in(session, person_id, day, day):
        raise errors.Conflict("activity_sealed", month=f"{day:%Y-%m}")


def refuse_full(left_min: int, minutes: int) -> None:
    """Return if the day has room for the minutes.

    Raises: Conflict (`activity_day_full`).
    """
    if minutes > left_min:
        raise errors.Conflict("activity_day_full", minutes=minutes, left=left_min)


def _returned(session: Session, work: Work, by: Actor) -> Logged | None:
    """The returned activity of the same day in place of which this one is logged.

    Raises: Invalid (`activity_not_returned`), also for another's.
    """
    if work.replaces is None:
        return None
    found = activities.find_logged(session, work.replaces)
    if (
        found is None
        or found.person_id != by.person_id
        or found.day != work.day
        or found.standing is not Standing.RETURNED
        or found.replaced_by is not None
    ):
        raise errors.Invalid("activity_not_returned", {"/replaces": "activity_not_returned"})
    return found


def _refuse_other_target(session: Session, work: Work, by: Actor) -> None:
    """Return if the target that it names is the actor's own, stands, and is of a period that holds the day.

    Raises: Invalid (`activity_target`).
    """
    if work.target is None:
        return
    found = activities.find_aimed(session, work.target)
    is_his = found is not None and found.person_id == by.person_id
    if (
        found is None
        or not is_his
        or not takes_work(found.standing, found.replaced_by is not None)
        or not found.month <= work.day <= found.period.last_day
    ):
        raise errors.Invalid("activity_target", {"/target": "activity_target"})


def _standard(session: Session, work: Work, unit_path: str, position: str) -> Held | None:
    """The standard activity that it names.

    Raises: Invalid (`unknown_standard`).
    """
    if work.standard is None:
        return None
    found = activities.find_standard(session, unit_path, position, work.day, work.standard)
    if found is None:
        raise errors.Invalid("unknown_standard", {"/standard": ("unknown_standard", {"standard": work.standard})},
                             standard=work.standard)  # fmt: skip
    return found


def _entry(person_id: int, said: Said) -> dict[str, object]:
    """The activity as the ledger keeps it."""
    work = said.work
    return {
        "person": person_id, "unit": said.unit_id, "day": work.day.isoformat(), "description": work.description,
        "minutes": said.minutes, "starts": work.starts and work.starts.isoformat(), "ends": work.ends and work.ends.isoformat(),
        "standard": said.standard_id, "volume": None if work.volume is None else str(work.volume),
        "attachment": work.attachment, "target": work.target, "replaces": work.replaces,
    }  # fmt: skip
