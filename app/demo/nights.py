"""The nights of the demo: days closed, findings looked for, months assessed and rated, as the scheduler would."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from app.anomalies import actions as anomalies
from app.attendance import actions as attendance
from app.db import Session
from app.decrees import STEPS
from app.demo.beginning import Company
from app.demo.plan import Plan, night_after
from app.ratings import actions as ratings
from app.ratings.rules import VALUES

# A day is looked at for the last time two nights later, when late reports have come in.
LAST_LOOK = timedelta(days=2)
UNASSESSED_SHARE = 0.03


def close_days(session: Session, plan: Plan) -> Iterator[tuple[date, int]]:
    """Each day closed, with how many findings it gave."""
    for day in plan.days():
        now = min(night_after(day + LAST_LOOK), plan.ends_at)
        attendance.close_day(session, day, now)
        yield day, anomalies.scan_day(session, day, now)


def assess(session: Session, plan: Plan, company: Company) -> int:
    """How many people their superiors assessed for the last full month; some are always forgotten."""
    month = plan.last_full_month()
    if month is None:
        return 0
    count = 0
    for member in company.members.values():
        superior = company.superior_of(member)
        chance = Random(f"{plan.seed}/{member.nip}/assessed")
        if member.is_newcomer or superior is None or chance.random() < UNASSESSED_SHARE:
            continue
        behaviour = chance.choices(STEPS, (1, 8, 3))[0]
        judged = ratings.Judged(
            productivity_pct=Decimal(chance.randint(78, 100)),
            work_score=Decimal(chance.randint(76, 104)),
            behaviour_score=Decimal(chance.randint(78, 100)),
            has_new_idea=chance.random() < 0.08,
            note="Penilaian demo",
            work_result=chance.choices(STEPS, (1, 8, 3))[0],
            behaviour_result=behaviour,
            behaviour_values=dict.fromkeys(VALUES, behaviour),
        )
        ratings.assess(session, member.nip, month, judged, superior, plan.ends_at)
        count += 1
    return count


def watch(session: Session, plan: Plan) -> int:
    """How many notices about absence there are at the end of the story."""
    return ratings.watch_absence(session, plan.until, plan.ends_at)


def rate(session: Session, plan: Plan) -> int:
    """How many ratings of the months changed."""
    months = sorted({day.replace(day=1) for day in plan.days()})
    return sum(ratings.update_month(session, month, plan.ends_at) for month in months)
