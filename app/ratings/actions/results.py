"""Bringing SKP results in from a spreadsheet: gather, judge every row, keep all of them as assessments or none."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app import decrees
from app.access import Actor, Role
from app.db import Session
from app.people import store as people
from app.people.actions.days import day_of
from app.people.rules.separated import Problem
from app.people.store import Employed
from app.ratings import rules
from app.ratings import store as ratings
from app.ratings.actions.months import Judged, keep_all, says, unlawful
from app.ratings.rules.resultfile import ResultFile, ResultRow

BRINGS = (Role.HR,)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file did or would do: how many rows are new, say something else than before, say the same, and what is wrong."""

    added: int
    changed: int
    same: int
    problems: Sequence[Problem]
    is_written: bool


def import_results(session: Session, file: ResultFile, by: Actor, now: datetime, dry_run: bool) -> Brought:
    """The results of a file as assessments: all are kept, or none when a row is wrong; what counts already is left as it is.

    Personnel bring them in under their own name; who judged, and where, the source of each row says. Nobody brings his own.
    """
    ratings.lock_results(session)
    by_period: dict[rules.Period, list[ResultRow]] = defaultdict(list)
    for row in file.rows:
        by_period[row.result.period].append(row)
    problems = [*file.problems]
    added = changed = same = 0
    fresh: list[tuple[rules.Period, list[tuple[int, str, Judged]]]] = []
    for period, rows in sorted(by_period.items(), key=lambda item: (item[0].first_day, item[0].months)):
        day = min(period.last_day, day_of(now))
        posted = {one.nip: one for one in people.list_employed_on(session, day, by.paths(*BRINGS))}
        problems += _flaws(session, period, rows, posted, by, now)
        known = [(posted[row.result.nip], judged_of(row.result)) for row in rows if row.result.nip in posted]
        last = ratings.latest_in(session, period, [one.person_id for one, _ in known])
        news = [(one, judged) for one, judged in known if one.person_id not in last or says(last[one.person_id]) != judged]
        added += sum(one.person_id not in last for one, _ in news)
        changed += sum(one.person_id in last for one, _ in news)
        same += len(known) - len(news)
        fresh.append((period, [(one.person_id, one.nip, judged) for one, judged in news]))
    if problems or dry_run:
        return Brought(added, changed, same, sorted(problems, key=lambda problem: problem.line), False)
    for period, given in fresh:
        keep_all(session, given, period, by, now)
    return Brought(added, changed, same, (), added + changed > 0)


def judged_of(result: rules.Result) -> Judged:
    """The result as an assessment says it."""
    return Judged(
        productivity_pct=result.productivity_pct,
        work_score=result.work_score,
        behaviour_score=result.behaviour_score,
        has_new_idea=result.has_new_idea,
        note=result.source,
        work_result=result.work_result,
        behaviour_result=result.behaviour_result,
    )


def _flaws(
    session: Session, period: rules.Period, rows: Sequence[ResultRow], posted: dict[str, Employed], by: Actor, now: datetime
) -> Iterator[Problem]:
    """What is wrong with the rows of a period."""
    month = period.first_day
    ids = [posted[row.result.nip].person_id for row in rows if row.result.nip in posted]
    known = ratings.known_in(session, month, ids) if period.months == rules.MONTHLY else {}
    laws = {code: _law_on(code, period) for code in {one.decree for one in posted.values()}}
    for row in rows:
        one = posted.get(row.result.nip)
        if row.result.nip == by.nip:
            yield Problem(row.line, "own_decision")
        elif month > day_of(now):
            yield Problem(row.line, "assessment_too_early")
        elif one is None:
            yield Problem(row.line, "unknown_person", {"nip": row.result.nip})
        elif one.person_id in known and known[one.person_id].is_final:
            yield Problem(row.line, "month_sealed")
        elif flaw := unlawful(laws[one.decree], period, judged_of(row.result)):
            yield Problem(row.line, flaw[0])


def _law_on(code: str, period: rules.Period) -> decrees.Decree | None:
    try:
        return decrees.on(code, period.last_day)
    except decrees.UncoveredDay:
        return None
