"""Due process about a finding: being heard, answering, appealing, and what becomes of the check-ins."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import errors
from app.access import Actor, Role, is_within
from app.anomalies import rules
from app.anomalies import store as findings
from app.anomalies.rules import DETECTORS, Decider, Status, Step
from app.anomalies.store import Reviewed, Wanted, Wording
from app.attachments.actions import attach
from app.attendance import actions as attendance
from app.checkins import store as checkins
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.texts import LANGUAGES, text

DECIDES = (Role.SUPERVISOR, Role.HR)
READS = (*DECIDES, Role.AUDITOR)

# Decided together at most; whoever has more asks again, and sees between what was done.
AT_ONCE = 200
# What the ledger calls each step.
LEAF = "finding_{step}"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one of several findings: where it stands now, or why it was not answered."""

    finding_id: int
    status: Status | None
    refusal: errors.TapakError | None


def reply(session: Session, finding_id: int, wording: Wording, by: Actor, now: datetime) -> Reviewed:
    """The finding with what its person says about it.

    Raises: NotFound for anybody else, Conflict when it is decided, superseded, or the time to reply is over.
    """
    finding = _own(session, finding_id, by)
    rules.refuse_reply(finding.case, now)
    return _said(session, finding, Step.REPLY, wording, by, now)


def appeal(session: Session, finding_id: int, wording: Wording, by: Actor, now: datetime) -> Reviewed:
    """The finding under appeal: until somebody above has answered, its check-ins count as they were judged.

    Raises: NotFound for anybody else, Conflict when there is nothing to appeal against or the time is over.
    """
    finding = _own(session, finding_id, by)
    rules.refuse_appeal(finding.case, now)
    return _said(session, finding, Step.APPEAL, wording, by, now)


def decide(session: Session, finding_id: int, wording: Wording, by: Actor, today: date, now: datetime) -> Reviewed:
    """The finding with the answer: a proposal where a second person must agree, the decision, or the final word on an appeal.

    Raises: NotFound (out of scope too), Denied for whoever is a party to it, has answered before or is not the next level, Conflict
    when it is decided, superseded, or its person may still reply; Invalid when a partial answer names other check-ins.
    """
    finding = findings.get_reviewed(session, finding_id)
    level = _level(finding, by)
    if finding.person_id != by.person_id and level is None:
        raise errors.NotFound("unknown_finding", finding=finding_id)
    if level is None or findings.is_party(session, finding, by.person_id):
        raise errors.Denied("own_decision")
    findings.lock(session, [finding_id])
    finding = findings.get_reviewed(session, finding_id)
    answer = wording.answer or Status.DISMISSED
    step = rules.step_of_answer(finding.case, answer, Decider(by.person_id, level, _is_of_unit(session, finding, by, today)), now)
    _refuse_wrong_part(finding, wording)
    return _taken(session, finding, step, wording, by.person_id, level, now)


def decide_all(
    session: Session, finding_ids: Sequence[int], wording: Wording, by: Actor, today: date, now: datetime
) -> list[Answered]:
    """What became of each finding, in order: one refusal does not hold up the others."""
    findings.lock(session, finding_ids)
    outcomes: list[Answered] = []
    for finding_id in finding_ids:
        try:
            answered = decide(session, finding_id, wording, by, today, now)
            outcomes.append(Answered(finding_id, answered.status, None))
        except errors.TapakError as refusal:  # raised before anything is written
            outcomes.append(Answered(finding_id, None, refusal))
    return outcomes


def ids_of_cause(session: Session, wanted: Wanted, unit: str | None, by: Actor) -> list[int]:
    """The open findings of one cause within the actor's scope, oldest first, as many as are decided at once.

    Raises: NotFound for a unit out of scope.
    """
    paths = by.paths(*DECIDES) if unit is None else (people.get_unit(session, unit, by.paths(*DECIDES)).path,)
    open_ones = Wanted(paths, nip=wanted.nip, kind=wanted.kind, since=wanted.since, until=wanted.until, status=Status.OPEN)
    return findings.list_ids(session, AT_ONCE, open_ones)


def grant_lapsed(session: Session, now: datetime) -> int:
    """Number of appeals that are granted because nobody answered them in time."""
    lapsed = [finding for finding in findings.list_overdue_appeals(session, now) if rules.has_lapsed(finding.case, now)]
    for finding in lapsed:
        findings.lock(session, [finding.id])
        fresh = findings.get_reviewed(session, finding.id)
        if rules.has_lapsed(fresh.case, now):
            wording = Wording(text("appeal_lapsed", LANGUAGES[0]), Status.DISMISSED)
            _taken(session, fresh, Step.FINAL, wording, None, None, now)
    return len(lapsed)


def _own(session: Session, finding_id: int, by: Actor) -> Reviewed:
    """The finding about the actor, held until the transaction ends. Raises: NotFound."""
    if findings.get_reviewed(session, finding_id).person_id != by.person_id:
        raise errors.NotFound("unknown_finding", finding=finding_id)
    findings.lock(session, [finding_id])
    return findings.get_reviewed(session, finding_id)


def _level(finding: Reviewed, by: Actor) -> str | None:
    """Path of the highest unit over which the actor may decide about the finding's unit."""
    return min((path for path in by.paths(*DECIDES) if is_within(finding.unit_path, (path,))), key=len, default=None)


def _is_of_unit(session: Session, finding: Reviewed, by: Actor, today: date) -> bool:
    posted = people.list_employed_on(session, today, person_ids=[by.person_id])
    return any(own.unit_id == finding.unit_id for own in posted)


def _refuse_wrong_part(finding: Reviewed, wording: Wording) -> None:
    """Return when a partial answer upholds some of the check-ins and not all, and no other answer names any."""
    shown = set(finding.evidence["checkins"])
    named = {str(checkin_id) for checkin_id in wording.checkins}
    if wording.answer is Status.PARTIAL and not (named and named < shown):
        raise errors.Invalid("partial_of_what", {"/checkins": "partial_of_what"})
    if wording.answer is not Status.PARTIAL and named:
        raise errors.Invalid("partial_of_what", {"/checkins": "partial_of_what"})


def _said(session: Session, finding: Reviewed, step: Step, wording: Wording, by: Actor, now: datetime) -> Reviewed:
    """The finding with what its person says and the files he puts beside it. Raises: Invalid (`attachment_unknown`)."""
    attached = attach(session, wording.attachment_ids, f"finding:{finding.id}", by, now)
    return _taken(session, finding, step, wording, by.person_id, None, now, attached)


def _taken(
    session: Session, finding: Reviewed, step: Step, wording: Wording, by: int | None, level: str | None, now: datetime,
    attached: Sequence[str] = (),
) -> Reviewed:  # fmt: skip
    """The finding after the step, its leaf, and what it does to the days are written."""
    findings.add_step(session, finding.id, step, wording, by, level, now)
    after = findings.get_reviewed(session, finding.id)
    changed = _ruled(session, after, now)
    entry = {
        "finding": finding.id, "kind": finding.kind, "person": finding.person_id, "day": finding.day.isoformat(),
        "evidence": finding.evidence_hash, "step": step, "answer": wording.answer, "reason": wording.reason,
        "shown": wording.evidence, "attachments": list(attached),
        "checkins": [str(one) for one in wording.checkins], "shows_position": wording.shows_position, "by": by, "level": level,
        "counts": {str(checkin_id): counts for checkin_id, counts in changed.items()},
    }  # fmt: skip
    ledger.append(session, LEAF.format(step=step), f"finding:{finding.id}", entry, now)
    return after


def _ruled(session: Session, finding: Reviewed, now: datetime) -> dict[UUID, bool | None]:
    """What the step changes about whether check-ins count; the days they belong to are derived anew, except sealed ones."""
    detector, decided = DETECTORS[finding.kind], finding.decided
    shown = {one.id: one for one in findings.list_shown(session, finding) if one.work_date is not None}
    judged = {checkin_id: one.counts for checkin_id, one in shown.items()}
    upheld = decided.checkins if decided else ()
    effects = rules.effects_of(finding.case, detector.strikes, detector.lifts, judged, upheld)
    about = {
        checkins.Ruled(checkin_id, shown[checkin_id].person_id, day): counts
        for checkin_id, counts in effects.items()
        if (day := shown[checkin_id].work_date) is not None
    }
    changed = checkins.rule(session, about, f"finding:{finding.id}", now)
    days = defaultdict(set)
    for one in changed:
        days[one.day].add(one.person_id)
    for day, person_ids in sorted(days.items()):
        attendance.close_day(session, day, now, sorted(person_ids))
    return {one.checkin_id: effects[one.checkin_id] for one in changed}
