"""Trying a draft on a month that was recorded: gather the evidence under both laws, judge, and change nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from app import decrees
from app.attendance import actions as attendance_actions
from app.attendance import rules as days
from app.attendance import store as attendance
from app.db import Session
from app.people import store as people
from app.people.store import Employed
from app.ratings import rules
from app.ratings import store as ratings
from app.ratings.actions.months import month_of, quarter_of


@dataclass(slots=True)
class Judged:
    """One person's month while it is gathered, day by day."""

    person: Employed
    before: rules.Tally = field(default_factory=rules.Tally)
    after: rules.Tally = field(default_factory=rules.Tally)
    changed: list[date] = field(default_factory=list)


def backtest(session: Session, draft: decrees.Draft, month: date, now: datetime, paths: Sequence[str] | None = None) -> rules.Trial:
    """What the month would have come to under the draft, for everybody whose law it would be.

    Both sides are derived from the evidence as it is known now, so that nothing but the law differs; in a sealed month the law
    in force may therefore come to something else than was paid, where evidence arrived after the seal.

    Raises: UncoveredDay when the draft says nothing about a day of the month.
    """
    ratings.write_nothing(session)
    first_day, last_day = month_of(month)
    judged = _judged(session, draft, first_day, last_day, now, paths)
    assessments = ratings.assessments_in(session, first_day, list(judged))
    laws = decrees.on(draft.stands_for, last_day), draft.on(draft.stands_for, last_day)
    budgets = ratings.budgets_in(session, quarter_of(first_day))
    months = [
        _compared(found, assessments.get(person_id), budgets.get(found.person.unit_id), *laws)
        for person_id, found in judged.items()
    ]
    stored = list(attendance.sum_months(session, first_day, last_day, list(judged)))
    is_sealed = bool(stored) and all(found.is_frozen for found in stored)
    return rules.trial_of(first_day, draft.pack.code, draft.stands_for, is_sealed, months)


def _judged(
    session: Session, draft: decrees.Draft, first_day: date, last_day: date, now: datetime, paths: Sequence[str] | None
) -> Mapping[int, Judged]:
    """Each person's days under both laws."""
    judged: dict[int, Judged] = {}
    for offset in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=offset)
        ids = [one.person_id for one in people.list_employed_on(session, day, paths) if one.decree == draft.stands_for]
        before = _outcomes(session, day, now, ids, decrees.on)
        is_same = decrees.on(draft.stands_for, day).version == draft.on(draft.stands_for, day).version
        after = before if is_same else _outcomes(session, day, now, ids, draft.on)
        for person_id, (person, outcome) in before.items():
            found = judged.setdefault(person_id, Judged(person))
            found.person = person
            found.before.add(outcome)
            found.after.add(after[person_id][1])
            if after[person_id][1].deduction_pct != outcome.deduction_pct:
                found.changed.append(day)
    return judged


def _outcomes(
    session: Session, day: date, now: datetime, person_ids: Sequence[int], law: decrees.Law
) -> Mapping[int, tuple[Employed, days.Outcome]]:
    """Everybody's day under a law as it holds for his unit and calendar groups, by person."""
    outcomes: dict[int, tuple[Employed, days.Outcome]] = {}
    for person, evidence in attendance_actions.evidence_on(session, day, now, person_ids, law):
        own = law(person.decree, day).for_whom(person.unit_path, evidence.workday.groups)
        outcomes[person.person_id] = (person, days.derive(evidence, own))
    return outcomes


def _compared(
    found: Judged, assessment: rules.Assessment | None, budget_pct: Decimal | None, before: decrees.Decree, after: decrees.Decree
) -> rules.Touched:
    """The person's month under both laws."""
    person = found.person
    now, then = (
        rules.rate(tally.charges, assessment, decree, replace(tally.seen, budget_pct=budget_pct))
        for tally, decree in ((found.before, before), (found.after, after))
    )
    return rules.compared(person.nip, person.name, person.unit_code, now, then, found.changed)
