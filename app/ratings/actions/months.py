"""Rating months and taking assessments: gather, judge, write what changed."""

import contextlib
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from app import decrees, errors
from app.access import Actor, Role
from app.attendance import store as attendance
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.actions.days import day_of
from app.ratings import rules
from app.ratings import store as ratings

JUDGES = (Role.SUPERVISOR,)
READERS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a superior says of a month."""

    productivity_pct: Decimal
    work_score: Decimal
    behaviour_score: Decimal
    has_new_idea: bool
    note: str


def update_month(session: Session, day: date, now: datetime, person_ids: Sequence[int] | None = None) -> int:
    """Number of ratings that changed in the month of `day`, for everybody who has a day in it or for `person_ids`.

    The law is that of the month's last day, so a month has one formula; each day was charged under its own.
    """
    first_day, last_day = month_of(day)
    known = ratings.known_in(session, first_day, person_ids)
    assessments = ratings.assessments_in(session, first_day, person_ids)
    laws = _laws_on(last_day)
    beyond = [law.code for law in laws if law.consecutive or any(effect.month_pct for effect in law.leave.values())]
    seen = ratings.seen_in(session, first_day, last_day, beyond, person_ids)
    budgets = ratings.budgets_in(session, quarter_of(first_day)) if any(law.tpp.budget_weight for law in laws) else {}
    rows, counted = [], set()
    for month in attendance.sum_months(session, first_day, last_day, person_ids):
        counted.add(month.person_id)
        before = known.get(month.person_id)
        about = replace(seen.get(month.person_id, rules.SEEN_NOTHING), budget_pct=budgets.get(month.unit_id))
        assessment = assessments.get(month.person_id)
        rated = _rated(month, assessment, about, last_day, before.inputs_hash if before else None)
        if rated is not None and not (before and before.is_final):
            rows.append(rated)
    gone = [person_id for person_id, before in known.items() if person_id not in counted and not before.is_final]
    ratings.replace_ratings(session, first_day, rows, now)
    ratings.remove_ratings(session, first_day, gone)
    return len(rows) + len(gone)


def assess(session: Session, nip: str, month: date, judged: Judged, by: Actor, now: datetime) -> ratings.Assessment:
    """The assessment that counts for the month; saying the same again changes nothing.

    Raises: Denied (`own_decision`), NotFound (`unknown_person`, also out of scope), Conflict (`month_sealed`),
    Invalid (`assessment_too_early`).
    """
    if nip == by.nip:
        raise errors.Denied("own_decision")
    if month > day_of(now):
        raise errors.Invalid("assessment_too_early")
    person_id = posted_in(session, nip, month, by.paths(*JUDGES), now).person_id
    ratings.hold_assessments(session, person_id, month)
    rating = ratings.known_in(session, month, [person_id]).get(person_id)
    if rating and rating.is_final:
        raise errors.Conflict("month_sealed")
    last = ratings.find_assessment(session, person_id, month)
    if last is not None and last.assessed_by == by.person_id and _says(last) == judged:
        return last
    row = ratings.Assessment(person_id=person_id, month=month, assessed_by=by.person_id, assessed_at=now, **asdict(judged))
    ratings.add_assessment(session, row)
    ledger.append(session, "assessment", f"assessment:{row.id}", _entry(nip, month, judged, by), now)
    update_month(session, month, now, [person_id])
    return row


def get_assessment(session: Session, nip: str, month: date, by: Actor, now: datetime) -> ratings.Assessment:
    """The assessment that counts for the month, of oneself or of somebody in one's units.

    Raises: NotFound (`unknown_person`, also out of scope; `unknown_assessment`).
    """
    person_id = by.person_id if nip == by.nip else posted_in(session, nip, month, by.paths(*READERS), now).person_id
    found = ratings.find_assessment(session, person_id, month)
    if found is None:
        raise errors.NotFound("unknown_assessment")
    return found


def posted_in(session: Session, nip: str, month: date, paths: Sequence[str], now: datetime) -> people.Posted:
    """The person where he was posted on the month's last day, or is today while the month lasts.

    Raises: NotFound, the same when out of scope.
    """
    return people.get_posted(session, nip, min(month_of(month)[1], day_of(now)), paths)


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def quarter_of(month: date) -> date:
    """The first day of the quarter that the month lies in."""
    return month.replace(month=month.month - (month.month - 1) % 3, day=1)


def _laws_on(day: date) -> list[decrees.Decree]:
    """The law of that day under every decree that covers it."""
    laws = []
    for code in decrees.codes():
        with contextlib.suppress(decrees.UncoveredDay):
            laws.append(decrees.on(code, day))
    return laws


def _rated(
    month: attendance.Month,
    assessment: rules.Assessment | None,
    seen: rules.Seen,
    last_day: date,
    inputs_hash: str | None,
) -> ratings.Rated | None:
    """The rating; None when it is made of the same as the one already kept."""
    decree = decrees.on(month.decree, last_day)
    made_of = rules.fingerprint(month.unit_id, not month.is_frozen, month.charges, assessment, decree, seen)
    if made_of == inputs_hash:
        return None
    rating = rules.rate(month.charges, assessment, decree, seen)
    return ratings.Rated(month.person_id, month.unit_id, not month.is_frozen, rating, made_of)


def _says(row: ratings.Assessment) -> Judged:
    return Judged(row.productivity_pct, row.work_score, row.behaviour_score, row.has_new_idea, row.note)


def _entry(nip: str, month: date, judged: Judged, by: Actor) -> dict[str, object]:
    """The assessment as the ledger keeps it."""
    said = {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(judged).items()}
    return {"nip": nip, "month": f"{month:%Y-%m}", "by": by.nip, **said}
