"""Shifts that one person cannot work both: they overlap, or leave less rest between them than his unit demands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.workdays.rules.instances import Instance

LONGEST_REST_MIN = 24 * 60

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RestRule:
    """How many minutes a unit demands between two days' shifts, and which regulation or instruction says so."""

    min_rest_min: int
    source: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two shifts of one person, the earlier first; `rule` is the rest that is broken, None where they overlap."""

    before: Instance
    after: Instance
    rule: RestRule | None

    @property
    def rest_min(self) -> int:
        """Minutes between them; below zero where they overlap."""
        return (self.after.start_at - self.before.end_at) // MINUTE


def conflicts_of(instances: Sequence[Instance], rule: RestRule | None) -> Iterator[Conflict]:
    """Every pair of a person's shifts that overlap or, on two days, lie too near.

    Nobody is on call while on duty. Rest lies between shifts of different days at which one must be there: the parts of one day's
    split shift have no rest between them, and standby is rest until somebody is called.

    Source: our design; the minutes are the unit's own rule and there are none without one (docs/rosters.md "Rest").
    """
    rest = timedelta(minutes=rule.min_rest_min if rule else 0)
    ordered = sorted(instances, key=lambda instance: (instance.start_at, instance.end_at, instance.shift))
    for number, before in enumerate(ordered):
        for after in ordered[number + 1 :]:
            if after.start_at >= before.end_at + rest:
                break
            if after.start_at < before.end_at:
                yield Conflict(before, after, None)
            elif before.day != after.day and before.is_owed and after.is_owed:
                yield Conflict(before, after, rule)


def rest_rule_at(path: str, rules: Mapping[str, RestRule]) -> RestRule | None:
    """The rule that holds in the unit at `path`: its own, else that of the nearest unit above; `rules` by path.

    Source: our design.
    """
    while path:
        if path in rules:
            return rules[path]
        path = path.rpartition(".")[0]
    return None
