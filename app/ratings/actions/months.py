"""Rating months and taking assessments: gather, judge, write what changed."""

import contextlib
from calendar import monthrange
from collections.abc import Mapping, Sequence
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
from app.ratings.actions.performance import performance_in

JUDGES = (Role.SUPERVISOR,)
READERS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a superior says of a period: scores of PP 30/2019, and the steps of PermenPANRB 6/2022 if he gives them.

    Productivity is said of a month, and only where the law does not take it from activities.
    """

    productivity_pct: Decimal | None
    work_score: Decimal
    behaviour_score: Decimal
    has_new_idea: bool
    note: str
    work_result: str | None = None
    behaviour_result: str | None = None
    behaviour_values: Mapping[str, str] | None = None
    level: str | None = None


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
    performance = performance_in(session, first_day, last_day, laws, person_ids)
    rows, counted = [], set()
    for month in attendance.sum_months(session, first_day, last_day, person_ids):
        counted.add(month.person_id)
        before = known.get(month.person_id)
        about = replace(seen.get(month.person_id, rules.SEEN_NOTHING), budget_pct=budgets.get(month.unit_id))
        about = performance.beside(about, month.person_id, decrees.on(month.decree, last_day))
        assessment = assessments.get(month.person_id)
        rated = _rated(month, assessment, about, last_day, before.inputs_hash if before else None)
        if rated is not None and not (before and before.is_final):
            rows.append(rated)
    gone = [person_id for person_id, before in known.items() if person_id not in counted and not before.is_final]
    ratings.replace_ratings(session, first_day, rows, now)
    ratings.remove_ratings(session, first_day, gone)
    return len(rows) + len(gone)


def rate_marked(session: Session, month: date, now: datetime, person_ids: Sequence[int]) -> int:
    """Number of ratings of these people that changed in the month, whose marks are gone then.

    Only the night takes marks away: whoever rates on the spot may be overwritten by a night that read the days before him, and the
    mark that he leaves sends the next one there again.
    """
    marks = attendance.marks_of(session, month, person_ids)
    count = update_month(session, month, now, person_ids)
    attendance.remove_marks(session, marks)
    return count


def list_due(session: Session, month: date) -> list[int]:
    """Everybody whose rating of the month may come out differently: something he is rated by changed, or the law did."""
    first_day, last_day = month_of(month)
    laws = [(law.code, law.version) for law in _laws_on(last_day)]
    return sorted({*attendance.list_marked(session, first_day), *ratings.list_by_other_law(session, first_day, laws)})


def assess(
    session: Session, nip: str, month: date, judged: Judged, by: Actor, now: datetime, months: int = rules.MONTHLY
) -> ratings.Assessment:
    """The assessment that counts for the months from that one on; saying the same again changes nothing.

    Raises: Denied (`own_decision`), NotFound (`unknown_person`, also out of scope), Conflict (`month_sealed`),
    Invalid (`assessment_too_early`, and as `refuse_unlawful`).
    """
    period = rules.Period(month, months)
    if nip == by.nip:
        raise errors.Denied("own_decision")
    if month > day_of(now):
        raise errors.Invalid("assessment_too_early")
    person_id = posted_in(session, nip, period, by.paths(*JUDGES), now).person_id
    refuse_unlawful(session, person_id, period, judged, now)
    ratings.hold_assessments(session, person_id, month)
    rating = ratings.known_in(session, month, [person_id]).get(person_id)
    if months == rules.MONTHLY and rating and rating.is_final:
        raise errors.Conflict("month_sealed")
    last = ratings.find_assessment(session, person_id, month, months)
    if last is not None and last.assessed_by == by.person_id and says(last) == judged:
        return last
    return keep_all(session, [(person_id, nip, judged)], period, by, now)[0]


def keep_all(
    session: Session, given: Sequence[tuple[int, str, Judged]], period: rules.Period, by: Actor, now: datetime
) -> list[ratings.Assessment]:
    """The assessments of a period (person, NIP, what is said) as they are kept, each with its leaf; ratings follow at once."""
    rows = [
        ratings.Assessment(
            person_id=person_id, month=period.first_day, months=period.months, assessed_by=by.person_id, assessed_at=now,
            **asdict(judged),
        )
        for person_id, _, judged in given
    ]  # fmt: skip
    ratings.add_assessments(session, rows)
    told = ((f"assessment:{row.id}", _entry(nip, period, judged, by)) for row, (_, nip, judged) in zip(rows, given, strict=True))
    ledger.append_all(session, "assessment", told, now)
    if period.months == rules.MONTHLY and given:
        person_ids = [person_id for person_id, _, _ in given]
        attendance.mark_months(session, period.first_day, person_ids)
        update_month(session, period.first_day, now, person_ids)
    return rows


def posted_in(session: Session, nip: str, period: rules.Period, paths: Sequence[str], now: datetime) -> people.Posted:
    """The person where he was posted on the period's last day, or is today while it lasts.

    Raises: NotFound, the same when out of scope.
    """
    return people.get_posted(session, nip, min(period.last_day, day_of(now)), paths)


def law_of(session: Session, person_id: int, period: rules.Period, now: datetime) -> decrees.Decree | None:
    """The law of the period's last day where the person is posted then, or today while it lasts; None where there is none."""
    employed = people.list_employed_on(session, min(period.last_day, day_of(now)), person_ids=[person_id])
    with contextlib.suppress(decrees.UncoveredDay):
        return decrees.on(employed[0].decree, period.last_day) if employed else None
    return None


def refuse_unlawful(session: Session, person_id: int, period: rules.Period, judged: Judged, now: datetime) -> None:
    """Return if the law of the period knows what is said.

    Raises: Invalid (`assessment_no_law`, `assessment_productivity`, `assessment_behaviour`, `assessment_level`).
    """
    if flaw := unlawful(law_of(session, person_id, period, now), period, judged):
        code, field = flaw
        raise errors.Invalid(code, {field: code} if field else None)


def unlawful(law: decrees.Decree | None, period: rules.Period, judged: Judged) -> tuple[str, str] | None:
    """The code of what the law of the period does not know of what is said, and the field that says it."""
    if law is None or (judged.work_result is not None and law.grid is None):
        return "assessment_no_law", ""
    is_asked = period.months == rules.MONTHLY and not (law.productivity and law.productivity.by == "activities")
    if is_asked != (judged.productivity_pct is not None):
        return "assessment_productivity" if is_asked else "assessment_no_productivity", "/productivity_pct"
    values, result = judged.behaviour_values, judged.behaviour_result
    if values is not None and result is not None and not rules.is_among(result, values):
        return "assessment_behaviour", "/behaviour_result"
    if judged.level is not None and (law.credit is None or judged.level not in law.credit.coefficients):
        return "assessment_level", "/level"
    return None


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
    return ratings.Rated(month.person_id, month.unit_id, not month.is_frozen, rating, made_of, rules.formula_of(decree))


def says(row: ratings.Assessment) -> Judged:
    return Judged(*(getattr(row, name) for name in Judged.__dataclass_fields__))


def _entry(nip: str, period: rules.Period, judged: Judged, by: Actor) -> dict[str, object]:
    """The assessment as the ledger keeps it."""
    said = {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(judged).items()}
    return {"nip": nip, "period": period.name, "day": period.first_day.day, "by": by.nip, **said}
