"""Watching absence of a calendar year: notices where a step is newly reached, taken back when the days come to less."""

from collections.abc import Sequence
from datetime import date, datetime

from app.access import Actor
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.actions.days import day_of
from app.ratings import rules
from app.ratings import store as ratings
from app.ratings.actions.discipline import Counted, counted_in
from app.ratings.actions.months import READERS


def watch_absence(session: Session, until: date, now: datetime) -> int:
    """Number of notices given or taken back for the calendar year up to and including the day; a second time none.

    Notices of people who are not posted any more stay as they are.
    """
    ratings.hold_notices(session)
    standing = ratings.standing_in(session, until.year)
    count = 0
    for counted in counted_in(session, until, also=list(standing)):
        person_id = counted.person.person_id
        mine = standing.get(person_id, {})
        due = rules.due_notices(counted.reached, counted.ladder, mine)
        for step in due.given:
            _give(session, counted, step, until, now)
        for step in due.withdrawn:
            _withdraw(session, counted, mine[step], now)
        count += len(due.given) + len(due.withdrawn)
    return count


def list_notices(
    session: Session, unit: str | None, year: int | None, standing: bool | None, after: int | None, limit: int, by: Actor,
    now: datetime,
) -> Sequence[ratings.Noticed]:  # fmt: skip
    """Notices about others in the actor's scope, or in one unit of it, newest first.

    Raises: NotFound for a unit out of scope.
    """
    paths = by.paths(*READERS) if unit is None else (people.get_unit(session, unit, by.paths(*READERS)).path,)
    return ratings.list_notices(session, day_of(now), after, limit, paths=paths, year=year, standing=standing)


def _give(session: Session, counted: Counted, step: str, until: date, now: datetime) -> None:
    person, reached, ladder = counted.person, counted.reached, counted.ladder
    said = {
        "year": until.year, "step": step, "level": rules.level_of(step, ladder), "sanction": rules.sanction_of(step, ladder),
        "absent_days": reached.absent_days, "made_days": reached.made_days, "run": reached.run, "clause": ladder.clause.code,
        "quality": ladder.clause.quality,
    }  # fmt: skip
    row = ratings.DisciplineNotice(person_id=person.person_id, unit_id=person.unit_id, until=until, given_at=now, **said)
    notice_id = ratings.add_notice(session, row).id
    entry = {"act": "give", "person": person.person_id, "unit": person.unit_id, "until": until.isoformat(), **said}
    ledger.append(session, "discipline_notice", f"notice:{notice_id}", entry, now)


def _withdraw(session: Session, counted: Counted, notice_id: int, now: datetime) -> None:
    reached = counted.reached
    said = {"absent_days": reached.absent_days, "made_days": reached.made_days, "run": reached.run}
    ratings.add_withdrawal_of_notice(session, ratings.DisciplineWithdrawal(notice_id=notice_id, withdrawn_at=now, **said))
    ledger.append(session, "discipline_notice", f"notice:{notice_id}", {"act": "withdraw", **said}, now)
