"""What activities give a month's formula: minutes achieved, working days, and productivity where the law takes it from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app import decrees
from app.activities import store as activities
from app.activities.rules import OWES, productive
from app.db import Session
from app.ratings import rules
from app.ratings import store as ratings

PERFORMANCE = "E"
NO_MINUTES = activities.Minutes()


@dataclass(frozen=True, slots=True)
class Performance:
    """Minutes approved, days by status and minutes late of everybody who has some, by person; empty where no law asks."""

    minutes: Mapping[int, activities.Minutes] = field(default_factory=dict)
    days: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    late_min: Mapping[int, int] = field(default_factory=dict)

    def beside(self, seen: rules.Seen, person_id: int, law: decrees.Decree) -> rules.Seen:
        """What is seen of the person's month with what his activities give the formula of the law.

        In variant E a day of absence takes its minutes away, and so does every minute late or early.
        """
        approved_min = self.minutes.get(person_id, NO_MINUTES).approved_min
        days = self.days.get(person_id, {})
        if is_from_activities(law) and law.productivity is not None:
            seen = replace(seen, productivity_pct=productive(approved_min, days, law.productivity).pct)
        if law.tpp.variant == PERFORMANCE:
            absence_min = days.get("absent", 0) * law.tpp.day_min + self.late_min.get(person_id, 0)
            neutral = law.productivity.neutral if law.productivity else ()
            owed = sum(days.get(status, 0) for status in OWES if status not in neutral)
            seen = replace(seen, performance_min=approved_min, working_days=owed, absence_min=absence_min)
        return seen


def is_from_activities(law: decrees.Decree) -> bool:
    """Whether the law takes productivity from activities."""
    return law.productivity is not None and law.productivity.by == "activities"


def performance_in(
    session: Session, first_day: date, last_day: date, laws: Sequence[decrees.Decree], person_ids: Sequence[int] | None
) -> Performance:
    """What activities give the month's formulas; nothing is asked where no law of the month needs it."""
    if not any(is_from_activities(law) or law.tpp.variant == PERFORMANCE for law in laws):
        return Performance()
    return Performance(
        activities.minutes_in(session, first_day, last_day, person_ids),
        activities.days_in(session, first_day, last_day, person_ids),
        ratings.minutes_in(session, first_day, last_day) if any(law.tpp.variant == PERFORMANCE for law in laws) else {},
    )
