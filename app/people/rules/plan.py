"""What a people file would change: the difference between its rows and what is there."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from app.people.rules.nip import oddities
from app.people.rules.separated import Problem
from app.people.rules.table import Row
from app.people.rules.tree import paths_of

# What an agency has that names neither; docs/people-csv.md says so.
DEFAULT_ZONE = "Asia/Makassar"
DEFAULT_DECREE = "bali"

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit as it is, or as it will be."""

    code: str
    name: str
    path: str
    zone: str
    decree: str


@dataclass(frozen=True, slots=True)
class PostingState:
    """A posting as it is, or as it will be; `id` None: to be added."""

    id: int | None
    nip: str
    unit_code: str
    position: str
    kind: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class PersonState:
    """A person with his postings as they are."""

    nip: str
    name: str
    postings: tuple[PostingState, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Everything there is: units by code, people by NIP, and the names of zones and decrees that may be used."""

    units: Mapping[str, UnitState]
    people: Mapping[str, PersonState]
    zones: Collection[str]
    decrees: Collection[str]


@dataclass(frozen=True, slots=True)
class Change(Generic[State]):
    """A thing before and after; `before` None: it is new."""

    before: State | None
    after: State


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write, or what stands against it; `warnings` are said and stop nothing."""

    units: tuple[Change[UnitState], ...] = ()
    people: tuple[Change[PersonState], ...] = ()
    postings: tuple[Change[PostingState], ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def is_empty(self) -> bool:
        """Whether there is nothing to change."""
        return not (self.units or self.people or self.postings)


def plan_of(rows: Sequence[Row], known: Known) -> Plan:
    """Everything the rows would change, or every reason why nothing may be.

    A unit or person that the file does not name stays as it is, so a file may hold one office only.
    Source: docs/people-csv.md "What an import does".
    """
    units, problems = _units(rows, known)
    people, more = _people(rows, known)
    postings, rest = _postings(rows, known)
    added = [change.after.nip for change in people if change.before is None]
    lines = {row.nip: row.line for row in rows}
    return Plan(
        units=units,
        people=people,
        postings=postings,
        problems=tuple(sorted((*problems, *more, *rest), key=lambda problem: problem.line)),
        warnings=tuple(Problem(lines[nip], code, {"nip": nip}) for nip in added for code in oddities(nip)),
    )


def _people(rows: Sequence[Row], known: Known) -> tuple[tuple[Change[PersonState], ...], list[Problem]]:
    problems: list[Problem] = []
    first: dict[str, Row] = {}
    held: dict[tuple[str, str], int] = {}
    has_primary = {row.nip for row in rows if row.kind == "primary"} | known.people.keys()
    for row in (row for row in rows if row.nip):
        named = first.setdefault(row.nip, row)
        if named.name != row.name:
            problems.append(Problem(row.line, "import_two_names", {"nip": row.nip, "first_line": named.line}))
        place = (row.nip, "" if row.kind == "primary" else row.unit_code)
        if held.setdefault(place, row.line) != row.line:
            problems.append(Problem(row.line, "import_nip_twice", {"nip": row.nip, "first_line": held[place]}))
        if row.nip not in has_primary:
            problems.append(Problem(row.line, "import_no_primary", {"nip": row.nip}))
    changes = []
    for nip, row in first.items():
        before = known.people.get(nip)
        if before is None or before.name != row.name:
            after = PersonState(nip, row.name, ()) if before is None else replace(before, name=row.name)
            changes.append(Change(before, after))
    return tuple(changes), problems


def _postings(rows: Sequence[Row], known: Known) -> tuple[tuple[Change[PostingState], ...], list[Problem]]:
    changes: list[Change[PostingState]] = []
    problems: list[Problem] = []
    for row in (row for row in rows if row.nip):
        person = known.people.get(row.nip)
        latest = None if person is None else _latest(person.postings, row)
        problem = None if latest is None else _conflict(row, latest)
        if problem is None:
            changes += _steps(row, latest)
        else:
            problems.append(problem)
    return tuple(changes), problems


def _latest(postings: Sequence[PostingState], row: Row) -> PostingState | None:
    """The posting that the row continues: the last primary one, or the last secondary one in the same unit."""
    same = [held for held in postings if held.kind == row.kind and (row.kind == "primary" or held.unit_code == row.unit_code)]
    return max(same, key=lambda held: held.since, default=None)


def _conflict(row: Row, latest: PostingState) -> Problem | None:
    """Why the row may not follow the posting on record: an import adds to history and never rewrites it."""
    assert row.since is not None
    params = {"nip": row.nip, "since": row.since.isoformat(), "recorded": latest.since.isoformat(), "unit": latest.unit_code}
    if row.since < latest.since:
        return Problem(row.line, "import_before_record", params)
    if row.since == latest.since and row.unit_code != latest.unit_code:
        return Problem(row.line, "import_same_day", params)
    return None


def _steps(row: Row, latest: PostingState | None) -> Iterator[Change[PostingState]]:
    """The posting on record ended and the new one begun, or the one on record completed, or nothing."""
    assert row.since is not None
    if latest is not None and row.since == latest.since:
        after = replace(latest, position=row.position, until=row.until or latest.until)
        if after != latest:
            yield Change(latest, after)
        return
    if latest is not None and (latest.until is None or latest.until > row.since):
        yield Change(latest, replace(latest, until=row.since))
    yield Change(None, PostingState(None, row.nip, row.unit_code, row.position, row.kind, row.since, row.until))


def _units(rows: Sequence[Row], known: Known) -> tuple[tuple[Change[UnitState], ...], list[Problem]]:
    said, problems = _said_of_units(rows)
    lines: dict[str, int] = {}
    for row in rows:
        lines.setdefault(row.unit_code, row.line)
    problems += _unknown(rows, said, known)
    parents = {code: _parent(unit.path) for code, unit in known.units.items()}
    for code in lines:
        parents[code] = said.get((code, "parent_code")) or parents.get(code)
    parents = {code: parent if parent in parents else None for code, parent in parents.items()}
    paths = paths_of(parents)
    changes: list[Change[UnitState]] = []
    states = dict(known.units)
    for code in sorted(paths, key=lambda code: (paths[code] or "").count(".")):
        path, before = paths[code], known.units.get(code)
        if path is None:
            problems += [Problem(lines[code], "import_circle", {"unit": code})] if code in lines else []
            continue
        after = _unit(code, path, before, states.get(parents[code] or ""), said)
        states[code] = after
        if before is not None and code in lines and _root(before.path) != _root(path):
            problems.append(Problem(lines[code], "import_agency", {"unit": code, "agency": _root(before.path)}))
        if after != before:
            problems += _flaws_of_unit(after, before, lines.get(code, 0), known)
            changes.append(Change(before, after))
    return tuple(changes), problems


def _said_of_units(rows: Sequence[Row]) -> tuple[dict[tuple[str, str], str], list[Problem]]:
    """What the file says of each unit by (code, column), and where it says two things."""
    said: dict[tuple[str, str], str] = {}
    lines: dict[tuple[str, str], int] = {}
    problems: list[Problem] = []
    for row in rows:
        for column in ("unit_name", "parent_code", "zone", "decree"):
            value = getattr(row, column)
            place = (row.unit_code, column)
            if value and said.setdefault(place, value) != value:
                params = {"unit": row.unit_code, "column": column, "value": value, "first": said[place], "first_line": lines[place]}
                problems.append(Problem(row.line, "import_unit_twice", params))
            elif value:
                lines.setdefault(place, row.line)
    return said, problems


def _unknown(rows: Sequence[Row], said: Mapping[tuple[str, str], str], known: Known) -> Iterator[Problem]:
    """Each unit and parent that is neither here nor named in the file, once."""
    seen: set[str] = set()
    for row in rows:
        for code in filter(None, (row.unit_code, row.parent_code)):
            if code not in known.units and (code, "unit_name") not in said and code not in seen:
                seen.add(code)
                yield Problem(row.line, "import_unknown_unit", {"unit": code})


def _unit(
    code: str, path: str, before: UnitState | None, parent: UnitState | None, said: Mapping[tuple[str, str], str]
) -> UnitState:
    """The unit as the file will have it: what it says, else what is there, else what the parent has."""
    zone = before.zone if before else parent.zone if parent else DEFAULT_ZONE
    decree = before.decree if before else parent.decree if parent else DEFAULT_DECREE
    return UnitState(
        code=code,
        name=said.get((code, "unit_name"), before.name if before else code),
        path=path,
        zone=said.get((code, "zone"), zone),
        decree=said.get((code, "decree"), decree),
    )


def _flaws_of_unit(after: UnitState, before: UnitState | None, line: int, known: Known) -> Iterator[Problem]:
    if (before is None or before.zone != after.zone) and after.zone not in known.zones:
        yield Problem(line, "import_zone", {"unit": after.code, "zone": after.zone})
    if (before is None or before.decree != after.decree) and after.decree not in known.decrees:
        yield Problem(line, "import_decree", {"unit": after.code, "decree": after.decree})


def _parent(path: str) -> str | None:
    return path.split(".")[-2] if "." in path else None


def _root(path: str) -> str:
    return path.partition(".")[0]
