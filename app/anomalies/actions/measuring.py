"""How right the detectors were: what was decided about findings of a scope and a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.access import Actor
from app.anomalies import rules
from app.anomalies import store as findings
from app.anomalies.actions.deciding import READS
from app.anomalies.rules import DETECTORS, Answers, Kind, Measured, Status
from app.anomalies.store import Tally, Wanted
from app.db import Session
from app.people import store as people

WAITS = (Status.OPEN, Status.PROPOSED, Status.APPEALED)


@dataclass(frozen=True, slots=True)
class Report:
    """One detector: how many findings stand how, and how right it was."""

    kind: Kind
    found: int
    waiting: int
    counts: dict[Status, int]
    measured: Measured


def precision_for(session: Session, by: Actor, unit: str | None, wanted: Wanted) -> tuple[int, list[Report]]:
    """How many days of people are looked at, and what became of the findings of each detector about them.

    Raises: NotFound for a unit out of scope.
    """
    paths = by.paths(*READS) if unit is None else (people.get_unit(session, unit, by.paths(*READS)).path,)
    tallies = findings.tally(session, replace(wanted, paths=paths))
    days = findings.count_days(session, paths, wanted.since, wanted.until)
    return days, [_report(kind, [one for one in tallies if one.kind is kind]) for kind in DETECTORS]


def _report(kind: Kind, tallies: Sequence[Tally]) -> Report:
    holding = [one for one in tallies if one.status is not Status.SUPERSEDED]
    counts = {status: sum(one.count for one in holding if one.status is status) for status in Status}
    steering = rules.STEERED.get(kind)
    answers = [
        Answers(one.words.get(steering.word) if steering else None, one.status is not Status.DISMISSED, one.count)
        for one in holding
        if one.status in rules.ANSWERS and one.is_by_person
    ]
    waiting = sum(counts[status] for status in WAITS)
    return Report(kind, sum(one.count for one in holding), waiting, counts, rules.measured(kind, answers))
