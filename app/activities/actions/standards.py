"""A file of standard activities brought in: every row is checked, and all of it is written or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.activities import store as activities
from app.activities.rules.standardfile import StandardFile, StandardRow
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.rules.separated import Problem


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file came to: how many are new, how many say something else than before, and what is wrong."""

    added: int
    changed: int
    problems: Sequence[Problem]


def import_standards(session: Session, file: StandardFile, now: datetime, dry_run: bool) -> Imported:
    """The standard activities of a file: all are written, or none when a row is wrong; what was stated the same is left.

    Activities that were logged keep the norm they were logged by.
    """
    units = {code: people.find_unit(session, code) for code in sorted({row.unit for row in file.rows})}
    problems = [*file.problems]
    problems += [Problem(row.line, "unknown_unit", {"unit": row.unit}) for row in file.rows if units[row.unit] is None]
    there = activities.stated_in(session, [unit.id for unit in units.values() if unit is not None])
    new: list[tuple[StandardRow, int]] = []
    changed: list[tuple[StandardRow, int]] = []
    for row in file.rows:
        unit, said = units[row.unit], row.standard
        if unit is None:
            continue
        before = there.get((unit.id, said.position, said.code, said.since))
        if before != said:
            (new if before is None else changed).append((row, unit.id))
    if problems or dry_run:
        return Imported(len(new), len(changed), sorted(problems, key=lambda problem: problem.line))
    for row, unit_id in (*new, *changed):
        _state(session, row, unit_id, now)
    return Imported(len(new), len(changed), ())


def _state(session: Session, row: StandardRow, unit_id: int, now: datetime) -> None:
    said = row.standard
    standard_id = activities.add_standard(session, unit_id, said, None, now)
    entry = {
        "unit": row.unit, "position": said.position, "code": said.code, "name": said.name, "volume_unit": said.volume_unit,
        "norm_min": str(said.norm_min), "since": said.since.isoformat(), "until": said.until and said.until.isoformat(),
        "source": said.source, "by": None,
    }  # fmt: skip
    ledger.append(session, "activity_standard", f"activity_standard:{standard_id}", entry, now)
