"""Refusing rosters that nobody could or may work."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app import decrees, errors
from app.db import Session
from app.decrees import UncoveredDay
from app.people.store import Employed
from app.workdays import rules
from app.workdays import store as workdays

# A shift may last a day and a rest too, so what is written on one day can meet what stands two days before or after.
REACH = (-2, -1, 0, 1, 2)


@dataclass(frozen=True, slots=True)
class Clash:
    """A conflict and whose it is."""

    person: Employed
    conflict: rules.Conflict

    @property
    def days(self) -> tuple[date, date]:
        """The days of the two shifts."""
        return self.conflict.before.day, self.conflict.after.day

    @property
    def told(self) -> tuple[str, Mapping[str, object]]:
        """Code and parameters of the sentence, which names both shifts."""
        before, after, rule = self.conflict.before, self.conflict.after, self.conflict.rule
        params = {"name": self.person.name, "before": _spoken(before), "after": _spoken(after)}
        if rule is None:
            return "roster_overlap", params
        return "roster_rest", {**params, "rest": self.conflict.rest_min, "least": rule.min_rest_min, "source": rule.source}


def clashes_of(
    session: Session, employed: Sequence[Employed], entries: Sequence[workdays.Entry], law: decrees.Law = decrees.on
) -> list[Clash]:
    """Conflicts that there would be with these entries in the rosters, and that involve one of their days, in order.

    Raises: Invalid (`roster_uncovered`) for a day that the person's decree says nothing about.
    """
    said = workdays.said_by(session, entries)
    reached: dict[int, set[date]] = defaultdict(set)
    for person_id, day in said:
        reached[person_id] |= {day + timedelta(days=n) for n in REACH}
    days = sorted({day for near in reached.values() for day in near})
    moved = [person for person in employed if person.person_id in reached]
    try:
        owed = workdays.workdays_of(session, moved, days, instead=said)
        by_law = {person.person_id: _by_law(law(person.decree, min(reached[person.person_id]))) for person in moved}
    except UncoveredDay as gap:
        raise errors.Invalid("roster_uncovered", day=gap.day) from gap
    rest = workdays.rest_rules(session, sorted({person.agency_id for person in moved}))
    asked = {person.person_id: rules.rest_rule_at(person.unit_path, rest) or by_law[person.person_id] for person in moved}
    return [
        clash
        for person in moved
        for clash in _of_person(person, reached[person.person_id], owed, asked[person.person_id], said.keys())
    ]


def _by_law(decree: decrees.Decree) -> rules.RestRule | None:
    """The rest that the decree's `rest` clause asks for; a unit's own rule stands in front of it."""
    return None if decree.rest is None else rules.RestRule(decree.rest.min_rest_min, decree.rest.clause.source)


def _of_person(
    person: Employed,
    days: Collection[date],
    owed: Mapping[tuple[int, date], rules.Workday],
    rest: rules.RestRule | None,
    touched: Collection[tuple[int, date]],
) -> Iterator[Clash]:
    instances = [instance for day in sorted(days) for instance in owed[person.person_id, day].instances]
    for conflict in rules.conflicts_of(instances, rest):
        clash = Clash(person, conflict)
        if any((person.person_id, day) in touched for day in clash.days):
            yield clash


def _spoken(instance: rules.Instance) -> str:
    """A shift as a sentence names it: `MALAM 2026-11-24 22:00 – 2026-11-25 06:00 WITA`."""
    zone = ZoneInfo(instance.zone)
    start, end = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (instance.start_at, instance.end_at))
    return f"{instance.shift} {start} – {end} {rules.NAMES.get(instance.zone, instance.zone)}"
