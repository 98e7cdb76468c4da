"""A roster file brought into a unit's draft: every row is checked, and all of it is written or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db import Session
from app.people.rules.separated import Problem
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.plans import IN_FORCE, Key, Month, begin_draft, change_draft, clashes_in_draft, plan_of
from app.workdays.rules.rosterfile import RosterFile


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file did or would do to the draft, and what is wrong with it by line; with a problem nothing is written."""

    changes: Sequence[rules.Change]
    problems: Sequence[Problem]
    is_written: bool


def import_roster(session: Session, month: Month, file: RosterFile, now: datetime, dry_run: bool) -> Imported:
    """The file in the unit's draft, which is begun if there is none; people and days that the file does not name stay.

    A dry run says the same and changes nothing.
    """
    workdays.lock_rosters(session, month.agency_id)
    draft = workdays.find_draft(session, month.unit.id, month.month)
    before = plan_of(session, month, IN_FORCE) if draft is None else rules.of_rows(draft.lines)
    said, problems = _said(session, month, file)
    after = rules.changed(before, said)
    changes = rules.differences(before, after)
    if not (file.problems or problems):
        problems = _clashes(session, month, file, after, {change.person_id for change in changes})
    found = (*file.problems, *problems)
    if found or dry_run:
        return Imported(changes, sorted(found, key=lambda problem: problem.line), False)
    if draft is None:
        begin_draft(session, month, now)
    change_draft(session, month, said, now)
    return Imported(changes, (), True)


def _said(session: Session, month: Month, file: RosterFile) -> tuple[Mapping[Key, rules.Said], list[Problem]]:
    """What the rows say, by person and day, and the people, shifts and zones in them that there are not."""
    employed = {person.nip: person.person_id for person in month.employed}
    known = {code for _, code in workdays.shift_ids(session, [month.agency_id])}
    said: dict[Key, rules.Said] = {}
    problems: list[Problem] = []
    for row in file.rows:
        if row.nip not in employed:
            problems.append(Problem(row.line, "unknown_person", {"nip": row.nip}))
            continue
        for day, words in row.days.items():
            for code in words.shifts or ():
                if code not in known:
                    problems.append(Problem(row.line, "unknown_shift", {"shift": code}))
            if not rules.is_zone(words.zone):
                problems.append(Problem(row.line, "unknown_zone", {"zone": words.zone}))
            said[employed[row.nip], day] = words
    return said, problems


def _clashes(session: Session, month: Month, file: RosterFile, plan: rules.Plan, changed: set[int]) -> list[Problem]:
    """The conflicts of the people whom the file changes, on their lines."""
    lines = {row.nip: row.line for row in file.rows}
    clashes = clashes_in_draft(session, month, plan)
    mine = [clash for clash in clashes if clash.person.person_id in changed]
    return [Problem(lines[clash.person.nip], *clash.told) for clash in mine if clash.person.nip in lines]
