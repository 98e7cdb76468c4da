"""A roster as a spreadsheet file and as a table in a terminal."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from app.workdays import rules

# What makes a spreadsheet take a name for a formula.
RISKY = tuple("=+-@\t\r\n\0＝＋－＠")


def roster_csv(people: Iterable[tuple[int, str, str]], plan: rules.Plan, month: date) -> str:
    """The roster file of the month that `rules.rosterfile.parse` reads: people as id, NIP and name, one row each."""
    days = rules.days_of_month(month)
    made = io.StringIO(newline="")
    lines = csv.writer(made)
    lines.writerow(["nip", "name", *(day.day for day in days)])
    for person_id, nip, name in people:
        cells = (rules.written(plan.get((person_id, day), rules.NOTHING_SAID)) for day in days)
        lines.writerow([nip, f"'{name}" if name.startswith(RISKY) else name, *cells])
    return "\ufeff" + made.getvalue()


def table_of(changes: Sequence[rules.Change], names: Mapping[int, tuple[str, str]], nothing: str) -> Iterable[str]:
    """The changes as lines of a table, columns aligned; `nothing` stands where a roster says nothing."""
    rows = [
        (f"{change.day}", *names[change.person_id], rules.written(change.before) or nothing, rules.written(change.after) or nothing)
        for change in changes
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for day, nip, name, before, after in rows:
        yield f"{day}  {nip}  {name:<{widths[2]}}  {before:<{widths[3]}} → {after}"
