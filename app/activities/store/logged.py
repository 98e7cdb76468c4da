"""Activities as they were logged, with where they stand and what is known of their day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.orm import aliased

from app import errors
from app.activities.rules import Answer, Standing, Stretch, Work, standing_of, stretch_of
from app.activities.store.tables import Activity, ActivityDecision, ActivityStandard
from app.activities.store.targets import Target
from app.attendance.store import DayRecord
from app.db import Session, in_scope
from app.people.store import Person, Unit

Later = aliased(Activity)
Decider = aliased(Person)


@dataclass(frozen=True, slots=True)
class Said:
    """An activity ready to be written: what was logged, the minutes it came to, by which standard, in which unit."""

    work: Work
    minutes: int
    unit_id: int
    standard_id: int | None


@dataclass(frozen=True, slots=True)
class Logged:
    """An activity with the names it is read by, its newest answer, and what is known of its day."""

    id: int
    person_id: int
    nip: str
    name: str
    unit_code: str
    unit_path: str
    zone: str
    decree: str
    day: date
    description: str
    minutes: int
    starts: time | None
    ends: time | None
    standard: str | None
    standard_name: str | None
    volume: Decimal | None
    volume_unit: str | None
    attachment: str | None
    target: int | None
    target_description: str | None
    replaces: int | None
    replaced_by: int | None
    logged_at: datetime
    answer: str | None
    counted_min: int | None
    decision_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    day_status: str | None
    in_at: datetime | None
    out_at: datetime | None

    @property
    def standing(self) -> Standing:
        """What it is after its newest answer."""
        return standing_of(self.answer)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer about an activity."""

    decision: str
    minutes: int
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which activities: of subtrees or one person (not of the person `but`), of some days, of one standing."""

    paths: Sequence[str] | None = None
    person_id: int | None = None
    nip: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    standing: Standing | None = None
    but: int | None = None


def lock(session: Session, person_ids: Sequence[int]) -> None:
    """Let nobody else log or answer activities of these people until the transaction ends; in one order, so that none deadlock."""
    for number in sorted({person_id % 2**31 for person_id in person_ids}):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext("activities"), number)))


def add_activity(session: Session, person_id: int, said: Said, now: datetime) -> int:
    """The id of the activity."""
    work = said.work
    row = Activity(
        person_id=person_id, unit_id=said.unit_id, day=work.day, description=work.description, minutes=said.minutes,
        starts=work.starts, ends=work.ends, standard_id=said.standard_id, volume=work.volume, attachment=work.attachment,
        target_id=work.target, replaces_id=work.replaces, logged_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def add_decision(
    session: Session, activity_id: int, answer: Answer, minutes: int, reason: str, by: int, now: datetime
) -> int:  # fmt: skip
    """The id of the answer, which from now on counts."""
    row = ActivityDecision(
        activity_id=activity_id, decision=answer, minutes=minutes, reason=reason, decided_by=by, decided_at=now
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def day_min_of(session: Session, person_id: int, day: date, without: int | None = None) -> int:
    """Minutes of the person's day that are logged and not returned or withdrawn, beside the activity `without`."""
    answer = _newest()
    minutes = func.coalesce(answer.c.minutes, Activity.minutes)
    query = select(func.coalesce(func.sum(minutes), 0)).select_from(Activity).outerjoin(answer, literal(True))
    query = query.where(Activity.person_id == person_id, Activity.day == day)
    if without is not None:
        query = query.where(Activity.id != without)
    return int(session.scalars(query).one())


def stretches_near(session: Session, person_id: int, day: date, without: int | None = None) -> list[tuple[date, Stretch]]:
    """Hours of the person's activities of the day and its neighbours that are not returned or withdrawn, with their days."""
    answer = _newest()
    one_day = timedelta(days=1)
    query = (
        select(Activity.day, Activity.starts, Activity.ends)
        .outerjoin(answer, literal(True))
        .where(
            Activity.person_id == person_id,
            Activity.day.between(day - one_day, day + one_day),
            Activity.starts.is_not(None),
            func.coalesce(answer.c.decision, "").not_in((Answer.RETURN, Answer.WITHDRAW)),
        )
    )
    if without is not None:
        query = query.where(Activity.id != without)
    return [(found, stretch) for found, starts, ends in session.execute(query) if (stretch := stretch_of(starts, ends))]


def find_logged(session: Session, activity_id: int) -> Logged | None:
    """The activity."""
    row = session.execute(_logged().where(Activity.id == activity_id)).first()
    return None if row is None else Logged(*row)


def get_logged(session: Session, activity_id: int) -> Logged:
    """The activity.

    Raises: NotFound.
    """
    found = find_logged(session, activity_id)
    if found is None:
        raise errors.NotFound("unknown_activity", activity=activity_id)
    return found


def list_logged(session: Session, wanted: Wanted, after: int | None, limit: int) -> list[Logged]:
    """Activities, newest first, beginning below the id `after`."""
    query = _logged().where(*_conditions(wanted)).order_by(Activity.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Activity.id < after)
    return [Logged(*row) for row in session.execute(query)]


def list_ids(session: Session, wanted: Wanted, limit: int) -> list[int]:
    """Ids of activities, oldest first."""
    query = _joined(select(Activity.id)).where(*_conditions(wanted)).order_by(Activity.id).limit(limit)
    return list(session.scalars(query))


def person_ids_of(session: Session, activity_ids: Sequence[int]) -> list[int]:
    """Ids of the people whose activities these are."""
    return list(session.scalars(select(Activity.person_id).where(Activity.id.in_(activity_ids)).distinct()))


def list_answers(session: Session, activity_id: int) -> list[Answered]:
    """Every answer about the activity, oldest first."""
    row = ActivityDecision
    query = select(row.decision, row.minutes, row.reason, Person.name, row.decided_at)
    query = query.join(Person, Person.id == row.decided_by).where(row.activity_id == activity_id).order_by(row.id)
    return [Answered(*found) for found in session.execute(query)]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.paths is not None:
        found.append(in_scope(Unit.path, wanted.paths))
    if wanted.person_id is not None:
        found.append(Activity.person_id == wanted.person_id)
    if wanted.nip is not None:
        found.append(Person.nip == wanted.nip)
    if wanted.first_day is not None:
        found.append(Activity.day >= wanted.first_day)
    if wanted.last_day is not None:
        found.append(Activity.day <= wanted.last_day)
    if wanted.but is not None:
        found.append(Activity.person_id != wanted.but)
    if wanted.standing is not None:
        found.append(STANDING.in_([str(wanted.standing)]))
    return found


def _newest() -> Any:
    row = ActivityDecision
    newest = select(row.decision, row.minutes, row.reason, row.decided_by, row.decided_at)
    return newest.where(row.activity_id == Activity.id).order_by(row.id.desc()).limit(1).lateral("newest")


NEWEST = _newest()
STANDING = case(
    *((NEWEST.c.decision == str(answer), str(standing_of(answer))) for answer in Answer),
    else_=str(Standing.WAITING),
)


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Activity)
        .join(Person, Person.id == Activity.person_id)
        .join(Unit, Unit.id == Activity.unit_id)
        .outerjoin(NEWEST, literal(True))
    )


def _logged() -> Select[*tuple[Any, ...]]:
    row, record, standard, newest = Activity, DayRecord, ActivityStandard, NEWEST.c
    query: Select[*tuple[Any, ...]] = select(
        row.id, row.person_id, Person.nip, Person.name, Unit.code, Unit.path, Unit.zone, Unit.decree, row.day,
        row.description, row.minutes, row.starts, row.ends, standard.code, standard.name, row.volume, standard.volume_unit,
        row.attachment, row.target_id, Target.description,
        row.replaces_id, Later.id, row.logged_at, newest.decision, newest.minutes, newest.reason, Decider.name,
        newest.decided_at, record.status, record.in_at, record.out_at,
    )  # fmt: skip
    return (
        _joined(query)
        .outerjoin(Decider, Decider.id == newest.decided_by)
        .outerjoin(standard, standard.id == row.standard_id)
        .outerjoin(Later, Later.replaces_id == row.id)
        .outerjoin(Target, Target.id == row.target_id)
        .outerjoin(record, and_(record.person_id == row.person_id, record.day == row.day))
    )
