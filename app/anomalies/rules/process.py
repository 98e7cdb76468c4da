"""Due process: what may be done about a finding, by whom, until when, and what a decision does to the check-ins."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app import errors

# Calendar days, each longer than the working days it stands for, Lebaran included: PP 94/2021 gives seven working days between a
# summons and the hearing, UU 30/2014 article 77 twenty-one to object and ten to answer (general knowledge, to be verified).
REPLY = timedelta(days=14)
DECIDE = timedelta(days=14)
APPEAL = timedelta(days=35)
ANSWER = timedelta(days=21)


class Status(StrEnum):
    """Where a finding stands. `superseded`: the same was found again with more evidence, and that finding holds instead.

    `proposed`: somebody of the person's own unit has answered, and a second person must. `appealed`: the decision is suspended.
    """

    OPEN = "open"
    SUPERSEDED = "superseded"
    PROPOSED = "proposed"
    UPHELD = "uphold"
    PARTIAL = "partial"
    DISMISSED = "dismiss"
    APPEALED = "appealed"


ANSWERS = (Status.UPHELD, Status.PARTIAL, Status.DISMISSED)


class Step(StrEnum):
    """What is done about a finding; each once, but for replies."""

    REPLY = "reply"
    PROPOSAL = "proposal"
    DECISION = "decision"
    APPEAL = "appeal"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken. `level`: path of the highest unit over which the one who answered holds the right to."""

    step: Step
    at: datetime
    by: int | None
    answer: Status | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Decider:
    """Who wants to answer. `is_of_unit`: he is posted in the unit whose finding it is."""

    person_id: int
    level: str
    is_of_unit: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A finding with all that was done about it, oldest first. `path`: of its unit. `is_notice`: it accuses nobody."""

    found_at: datetime
    path: str
    is_notice: bool
    is_superseded: bool
    taken: tuple[Taken, ...]

    def find(self, step: Step) -> Taken | None:
        """The last step of that name."""
        return next((taken for taken in reversed(self.taken) if taken.step is step), None)

    @property
    def answered(self) -> Taken | None:
        """The decision that holds: the final one, else the first."""
        return self.find(Step.FINAL) or self.find(Step.DECISION)

    @property
    def status(self) -> Status:
        """Where it stands."""
        if final := self.find(Step.FINAL):
            return final.answer or Status.DISMISSED
        if self.find(Step.APPEAL):
            return Status.APPEALED
        if decision := self.find(Step.DECISION):
            return decision.answer or Status.DISMISSED
        if self.is_superseded:
            return Status.SUPERSEDED
        return Status.PROPOSED if self.find(Step.PROPOSAL) else Status.OPEN

    @property
    def reply_until(self) -> datetime:
        """Until when the person is heard before anything is upheld."""
        return self.found_at + REPLY

    @property
    def appeal_until(self) -> datetime | None:
        """Until when the person may appeal; None where there is nothing to appeal against."""
        decision = self.find(Step.DECISION)
        if decision is None or decision.answer is Status.DISMISSED:
            return None
        return decision.at + APPEAL

    @property
    def due_at(self) -> datetime | None:
        """When an answer is late; None when none is awaited."""
        if self.status is Status.OPEN:
            return self.reply_until + DECIDE
        if self.status is Status.PROPOSED and (proposal := self.find(Step.PROPOSAL)):
            return max(proposal.at, self.reply_until) + DECIDE
        if self.status is Status.APPEALED and (appeal := self.find(Step.APPEAL)):
            return appeal.at + ANSWER
        return None


def is_overdue(case: Case, now: datetime) -> bool:
    """Whether an answer is late.

    Source: docs/due-process.md.
    """
    return case.due_at is not None and now >= case.due_at


def is_final(case: Case, now: datetime) -> bool:
    """Whether nothing can change any more.

    Source: UU 30/2014 article 77 (an objection has its time), as docs/due-process.md reads it.
    """
    if case.find(Step.FINAL) is not None or case.status in (Status.DISMISSED, Status.SUPERSEDED):
        return True
    return case.status in ANSWERS and case.appeal_until is not None and now >= case.appeal_until


def waits_at(case: Case, now: datetime) -> str | None:
    """Path of the unit whose superior should answer: one level up for every deadline that has passed, and no higher than the root.

    Source: docs/due-process.md "escalation".
    """
    if case.due_at is None:
        return None
    missed = 0 if now < case.due_at else 1 + (now - case.due_at) // DECIDE
    labels = case.path.split(".")
    return ".".join(labels[: max(1, len(labels) - missed)])


def refuse_reply(case: Case, now: datetime) -> None:
    """Return when the person may be heard now.

    Raises: Conflict (`finding_decided`, `finding_superseded`, `reply_over`).

    Source: docs/due-process.md "reply".
    """
    _refuse_settled(case)
    if case.status is Status.APPEALED:
        raise errors.Conflict("finding_decided")
    if now >= case.reply_until:
        raise errors.Conflict("reply_over", until=f"{case.reply_until:%Y-%m-%d}")


def refuse_appeal(case: Case, now: datetime) -> None:
    """Return when the person may appeal now.

    Raises: Conflict (`nothing_to_appeal`, `appeal_over`).

    Source: UU 30/2014 article 77; docs/due-process.md "appeal".
    """
    if case.status not in (Status.UPHELD, Status.PARTIAL) or case.find(Step.FINAL) or case.appeal_until is None:
        raise errors.Conflict("nothing_to_appeal")
    if now >= case.appeal_until:
        raise errors.Conflict("appeal_over", until=f"{case.appeal_until:%Y-%m-%d}")


def step_of_answer(case: Case, answer: Status, decider: Decider, now: datetime) -> Step:
    """What an answer by this person is: a proposal, the decision, or the final word on an appeal.

    Nothing is upheld before the person was heard or the time to reply is over. About his own unit nobody decides alone, unless the
    finding accuses nobody. An appeal goes to somebody who has not answered yet, above the one who decided or at the very top.

    Raises: Conflict (`finding_decided`, `finding_superseded`, `reply_awaited`), Denied (`second_person`, `next_level`).

    Source: docs/due-process.md; UU 30/2014 articles 77 and 78; PP 94/2021 (nobody is punished unheard).
    """
    _refuse_settled(case)
    before = [taken for taken in case.taken if taken.step in (Step.PROPOSAL, Step.DECISION)]
    if case.status is Status.APPEALED:
        decided = case.find(Step.DECISION)
        is_above = "." not in decider.level or (decided and len(decider.level) < len(decided.level or ""))
        if not is_above or decider.person_id in {taken.by for taken in before}:
            raise errors.Denied("next_level")
        return Step.FINAL
    if answer is not Status.DISMISSED and case.find(Step.REPLY) is None and now < case.reply_until:
        raise errors.Conflict("reply_awaited", until=f"{case.reply_until:%Y-%m-%d}")
    if decider.person_id in {taken.by for taken in before}:
        raise errors.Denied("second_person")
    return Step.PROPOSAL if decider.is_of_unit and not before and not case.is_notice else Step.DECISION


def has_lapsed(case: Case, now: datetime) -> bool:
    """Whether an appeal was left unanswered for so long that it is granted.

    Source: UU 30/2014 article 77 (an objection not answered in time counts as granted), as docs/due-process.md reads it.
    """
    return case.status is Status.APPEALED and is_overdue(case, now)


def effects_of(
    case: Case, strikes: bool, lifts: bool, judged: Mapping[UUID, bool], upheld: Collection[UUID]
) -> dict[UUID, bool | None]:
    """Whether each check-in counts by the decision that holds, None where it counts as it was judged.

    `judged`: the check-ins of the finding and whether they counted. `upheld`: of a partial decision those it upholds. An appeal
    suspends everything.

    Source: design contract section 3 (a rejected check-in "is lifted by a decision"); docs/due-process.md "what a decision does".
    """
    effects: dict[UUID, bool | None] = dict.fromkeys(judged)
    if case.status not in ANSWERS:
        return effects
    for checkin_id, counted in judged.items():
        is_upheld = case.status is Status.UPHELD or (case.status is Status.PARTIAL and checkin_id in upheld)
        if is_upheld and strikes and counted:
            effects[checkin_id] = False
        elif lifts and not is_upheld and not counted:
            effects[checkin_id] = True
    return effects


def _refuse_settled(case: Case) -> None:
    if case.status in ANSWERS:
        raise errors.Conflict("finding_decided")
    if case.status is Status.SUPERSEDED:
        raise errors.Conflict("finding_superseded")
