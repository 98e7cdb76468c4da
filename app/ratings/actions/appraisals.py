"""Reading assessments, what evidence proposes to who gives one, and how those of a unit spread."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app import decrees, errors
from app.access import Actor
from app.activities import store as activities
from app.activities.rules import productive
from app.db import Session
from app.people import store as people
from app.people.actions.days import day_of
from app.ratings import rules
from app.ratings import store as ratings
from app.ratings.actions.months import READERS, law_of, posted_in


@dataclass(frozen=True, slots=True)
class Appraised:
    """An assessment with what the law makes of it: score and predicate of PP 30/2019, predicate of the table, angka kredit."""

    given: ratings.Given
    score: Decimal | None
    predicate: str | None
    grade: str | None
    credit: Decimal | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is on record of somebody's period, and what that proposes by which clause."""

    seen: rules.SeenPeriod
    proposal: rules.Proposal
    clause: decrees.Clause


@dataclass(frozen=True, slots=True)
class Distributed:
    """How many of a unit's people have which predicate, how many have none, and how that stands to the guide."""

    people: int
    unassessed: int
    counts: dict[str, int]
    guide: Sequence[rules.Kept]
    clause: decrees.Clause


def get_assessment(session: Session, nip: str, period: rules.Period, by: Actor, now: datetime) -> Appraised:
    """The assessment of the period that counts, of oneself or of somebody in one's units.

    Raises: NotFound (`unknown_person`, also out of scope; `unknown_assessment`).
    """
    found = list_assessments(session, nip, period, by, now)
    if not found:
        raise errors.NotFound("unknown_assessment")
    return found[0]


def list_assessments(session: Session, nip: str, period: rules.Period, by: Actor, now: datetime) -> list[Appraised]:
    """Every assessment of the period, the one that counts first, of oneself or of somebody in one's units.

    Raises: NotFound (`unknown_person`, also out of scope).
    """
    person_id = by.person_id if nip == by.nip else posted_in(session, nip, period, by.paths(*READERS), now).person_id
    law = law_of(session, person_id, period, now)
    return [_appraised(given, period, law) for given in ratings.list_given(session, person_id, period)]


def propose(session: Session, nip: str, period: rules.Period, by: Actor, now: datetime) -> Proposed:
    """What the evidence of the period so far proposes to who assesses it; also its person may read it.

    Raises: NotFound (`unknown_person`, also out of scope), Invalid (`assessment_too_early`, `assessment_no_law`).
    """
    if period.first_day > day_of(now):
        raise errors.Invalid("assessment_too_early")
    person_id = by.person_id if nip == by.nip else posted_in(session, nip, period, by.paths(*READERS), now).person_id
    law = law_of(session, person_id, period, now)
    if law is None or law.grid is None:
        raise errors.Invalid("assessment_no_law")
    first_day, last_day = period.first_day, period.last_day
    days = activities.days_in(session, first_day, last_day, [person_id]).get(person_id, {})
    approved_min = (
        activities.minutes_in(session, first_day, last_day, [person_id]).get(person_id, activities.Minutes()).approved_min
    )
    late_min = ratings.minutes_in(session, first_day, last_day).get(person_id, 0)
    done = productive(approved_min, days, law.productivity) if law.productivity else None
    asked_min, pct = (done.asked_min, done.pct) if done else (0, None)
    seen = rules.SeenPeriod(days, late_min, approved_min, asked_min, pct)
    return Proposed(seen, rules.proposal_of(seen, law.grid), law.grid.clause)


def distribution(
    session: Session, unit: str, period: rules.Period, organisation: str, by: Actor, now: datetime
) -> Distributed:  # fmt: skip
    """How the predicates of the unit and those below it spread, and what the guide says for an organisation of that predicate.

    Raises: NotFound (`unknown_unit`, also out of scope), Invalid (`assessment_no_law`).
    """
    found = people.get_unit(session, unit, by.paths(*READERS))
    day = min(period.last_day, day_of(now))
    employed = people.list_employed_on(session, day, [found.path])
    law = _law_on(found.decree, period.last_day)
    if law is None or law.grid is None or law.distribution is None:
        raise errors.Invalid("assessment_no_law")
    results = ratings.results_in(session, period, [person.person_id for person in employed])
    counts = Counter(rules.graded(*pair, law.grid) for pair in results.values() if pair is not None)
    by_grade = {grade: counts.get(grade, 0) for grade in decrees.GRADES}
    guide = rules.spread_of(by_grade, organisation, law.distribution)
    return Distributed(len(employed), len(employed) - counts.total(), by_grade, guide, law.distribution.clause)


def _appraised(given: ratings.Given, period: rules.Period, law: decrees.Decree | None) -> Appraised:
    row = given.row
    if law is None:
        return Appraised(given, None, None, None, None)
    score = rules.score_of(row.work_score, row.behaviour_score, law)
    predicate = rules.predicate_of(score, row.has_new_idea, law.predicates)
    if row.work_result is None or row.behaviour_result is None or law.grid is None:
        return Appraised(given, score, predicate, None, None)
    grade = rules.graded(row.work_result, row.behaviour_result, law.grid)
    credit = rules.credit_of(grade, row.level, period.months, law.credit) if row.level and law.credit else None
    return Appraised(given, score, predicate, grade, credit)


def _law_on(decree: str, day: date) -> decrees.Decree | None:
    try:
        return decrees.on(decree, day)
    except decrees.UncoveredDay:
        return None
