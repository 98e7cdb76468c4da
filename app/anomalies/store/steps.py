"""The steps taken about findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.anomalies.rules import Status, Step
from app.anomalies.store.tables import FindingStep
from app.db import Session
from app.people.store import Person


@dataclass(frozen=True, slots=True)
class Recorded:
    """A step with its words and the name of who took it; nobody did where the time had run out."""

    step: Step
    answer: Status | None
    reason: str
    evidence: str | None
    checkins: tuple[UUID, ...]
    shows_position: bool
    by: int | None
    by_name: str | None
    level: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Wording:
    """What a step says: the answer where it is one, why, what shows it, and of a partial answer the check-ins it upholds.

    `attachment_ids`: files of whoever says it, that are to stand beside the finding.
    `shows_position`: of a reply, that whoever decides may see where exactly its person was.
    """

    reason: str
    answer: Status | None = None
    evidence: str | None = None
    checkins: tuple[UUID, ...] = ()
    attachment_ids: tuple[UUID, ...] = ()
    shows_position: bool = False


def lock(session: Session, finding_ids: Sequence[int]) -> None:
    """Let nobody else take a step about the findings until this transaction ends; the table's rows take no lock for update.

    In one order, so that two who decide about the same findings wait for each other instead of deadlocking.
    """
    for finding_id in sorted({one % 2**31 for one in finding_ids}):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext("finding_steps"), finding_id)))


def add_step(
    session: Session, finding_id: int, step: Step, wording: Wording, by: int | None, level: str | None, now: datetime
) -> None:
    """Write one step."""
    session.add(
        FindingStep(
            finding_id=finding_id,
            step=step,
            answer=wording.answer,
            reason=wording.reason,
            evidence=wording.evidence,
            checkins=list(wording.checkins),
            shows_position=wording.shows_position,
            taken_by=by,
            level=level,
            taken_at=now,
        )
    )
    session.flush()


def list_steps(session: Session, finding_ids: Sequence[int]) -> list[tuple[int, Recorded]]:
    """Every step of the findings, oldest first."""
    row = FindingStep
    query = (
        select(row, Person.name)
        .outerjoin(Person, Person.id == row.taken_by)
        .where(row.finding_id == func.any(list(finding_ids)))
        .order_by(row.id)
    )
    return [
        (
            step.finding_id,
            Recorded(
                Step(step.step), Status(step.answer) if step.answer else None, step.reason, step.evidence, tuple(step.checkins),
                step.shows_position, step.taken_by, name, step.level, step.taken_at,
            ),
        )
        for step, name in session.execute(query)
    ]  # fmt: skip
