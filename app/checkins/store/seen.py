"""Check-ins as the upper floors look at them: by day, by person, by arrival."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text, cast, func, select

from app.checkins.rules import signals
from app.checkins.rules.timing import Grade
from app.checkins.store.rulings import in_force
from app.checkins.store.tables import Checkin
from app.db import Session
from app.geofences.store import Site, SiteVersion


@dataclass(frozen=True, slots=True)
class Seen:
    """One check-in as evidence of a day; `site_zone`: of the clocks at its site, where the site names one.

    `site`: its code and the version of its outline that judged, as `DISHUB@3`.
    `counts`: by its verdict, unless a decision `is_ruled` to say otherwise.
    """

    checkin_id: UUID
    person_id: int
    direction: str
    taken_at: datetime
    counts: bool
    verdict: str
    flags: Sequence[str]
    earliest_at: datetime
    latest_at: datetime
    grade: str
    site_zone: str | None
    score: float = 0.0
    is_ruled: bool = False
    site: str | None = None

    @property
    def time_grade(self) -> Grade:
        """How well the instant is proved."""
        return Grade(self.grade)

    @property
    def is_for_place_only(self) -> bool:
        """Whether nothing but its place keeps it from counting: no decision, and no signals."""
        held = signals.is_held([signals.Flag(flag) for flag in self.flags], self.score)
        return not self.counts and not self.is_ruled and not held


def list_on(session: Session, day: date, person_ids: Sequence[int] | None = None) -> list[Seen]:
    """Every check-in of a work date, whatever its verdict, by person and time."""
    return list_between(session, day, day, person_ids)


def list_between(session: Session, first_day: date, last_day: date, person_ids: Sequence[int] | None = None) -> list[Seen]:
    """Every check-in of the work dates, both included, whatever its verdict, by person and time."""
    ruled = in_force(first_day, last_day)
    query = select(
        Checkin.id,
        Checkin.person_id,
        Checkin.direction,
        Checkin.taken_at,
        func.coalesce(ruled.c.counts, Checkin.counts),
        Checkin.verdict,
        Checkin.flags,
        Checkin.earliest_at,
        Checkin.latest_at,
        Checkin.time_grade,
        Site.zone,
        Checkin.score,
        ruled.c.counts.is_not(None),
        Site.code + "@" + cast(SiteVersion.version, Text),
    )
    query = query.outerjoin(ruled, ruled.c.checkin_id == Checkin.id)
    query = query.outerjoin(SiteVersion, SiteVersion.id == Checkin.site_version_id).outerjoin(Site, Site.id == SiteVersion.site_id)
    query = query.where(Checkin.work_date == first_day if first_day == last_day else Checkin.work_date.between(first_day, last_day))
    if person_ids is not None:
        query = query.where(Checkin.person_id == func.any(list(person_ids)))
    ordered = query.order_by(Checkin.person_id, Checkin.taken_at, Checkin.id)
    return [Seen(*tuple(row)) for row in session.execute(ordered)]


def list_changed_since(
    session: Session, received_since: datetime, person_ids: Sequence[int] | None = None, until: date | None = None
) -> list[tuple[int, date]]:
    """The person-days before `until` that got a check-in since then, each once, in order."""
    query = (
        select(Checkin.person_id, Checkin.work_date)
        .where(Checkin.received_at >= received_since, Checkin.work_date.is_not(None))
        .distinct()
        .order_by(Checkin.work_date, Checkin.person_id)
    )
    if person_ids is not None:
        query = query.where(Checkin.person_id == func.any(list(person_ids)))
    if until is not None:
        query = query.where(Checkin.work_date < until)
    return [(person_id, day) for person_id, day in session.execute(query) if day is not None]


def list_of_person(session: Session, person_id: int, first_day: date, last_day: date) -> list[Checkin]:
    """A person's check-ins of some work dates, oldest first."""
    return list(
        session.scalars(
            select(Checkin)
            .where(Checkin.person_id == person_id, Checkin.work_date.between(first_day, last_day))
            .order_by(Checkin.taken_at, Checkin.id)
        )
    )
