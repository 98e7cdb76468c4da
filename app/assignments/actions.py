"""Issuing letters, standing for them and cutting them short; and what they say in place of rosters."""

from collections.abc import Mapping, Sequence
from datetime import date

from app.assignments import rules
from app.db import Session
from app.workdays import store as workdays
from app.workdays.rules import RosterEntry


def instead_of_rosters(
    session: Session, letters: Mapping[int, Sequence[rules.Letter]], days: Sequence[date]
) -> dict[tuple[int, date], RosterEntry]:
    """What the letters say of the days in place of rosters, by person and day; a query only where a letter moves hours."""
    moved = [person_id for person_id, held in letters.items() if any(letter.moves_hours for letter in held)]
    usual = workdays.rosters_of(session, moved, days) if moved else {}
    said = {(one, day): rules.rostered_under(day, usual.get((one, day)), letters[one]) for one in moved for day in days}
    return {place: entry for place, entry in said.items() if entry is not None}
