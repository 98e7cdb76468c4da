"""What of a plan lies beyond those who may bring people in: other agencies, units they do not set up, themselves."""

from collections.abc import Sequence

from app.access import is_within
from app.people.rules.plan import Known, PersonState, Plan
from app.people.rules.separated import Problem
from app.people.rules.table import Row


def beyond(
    rows: Sequence[Row], plan: Plan, known: Known, own_nip: str, people_in: Sequence[str], units_in: Sequence[str]
) -> list[Problem]:
    """Why somebody may not carry the plan out, by line: `people_in` are the subtrees whose people he keeps, `units_in` whose units.

    A unit out of reach looks like one that does not exist. Whoever is posted elsewhere is moved between agencies by the operator.
    Nobody changes his own name or posting.

    Source: design contract section 2 (scope, nobody decides about himself); docs/people-csv.md "At the desk".
    """
    paths = {code: unit.path for code, unit in known.units.items()} | {
        change.after.code: change.after.path for change in plan.units
    }
    touched = {change.after.nip for change in plan.people} | {change.after.nip for change in plan.postings}
    lines = {row.unit_code: row.line for row in reversed(rows)}
    found = []
    for row in rows:
        person = known.people.get(row.nip)
        if row.unit_code in paths and not is_within(paths[row.unit_code], people_in):
            found.append(Problem(row.line, "import_unknown_unit", {"unit": row.unit_code}))
        elif row.nip in touched and row.nip == own_nip:
            found.append(Problem(row.line, "import_own", {"nip": row.nip}))
        elif row.nip in touched and person and not is_within(_where(person, paths), people_in):
            found.append(Problem(row.line, "import_elsewhere", {"nip": row.nip}))
    told = {problem.line for problem in found}
    for change in plan.units:
        reached = [state.path for state in (change.before, change.after) if state is not None]
        if lines.get(change.after.code, 0) not in {0, *told} and not all(is_within(path, units_in) for path in reached):
            found.append(Problem(lines[change.after.code], "import_unit_admin", {"unit": change.after.code}))
    return found


def _where(person: PersonState, paths: dict[str, str]) -> str:
    """Path of the unit of the newest primary posting; of nobody's unit when there is none."""
    primary = [held for held in person.postings if held.kind == "primary"]
    return paths[max(primary, key=lambda held: held.since).unit_code] if primary else ""
