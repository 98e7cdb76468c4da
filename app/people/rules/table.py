"""Reading the people file: bytes to rows, with every problem by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.people.rules.nip import is_nip
from app.people.rules.separated import Problem, separated
from app.people.rules.tree import is_unit_code

REQUIRED = ("unit_code", "unit_name", "parent_code", "nip", "name", "position", "since")
OPTIONAL = ("until", "kind", "zone", "decree")
KINDS = ("primary", "secondary")
LONGEST = 200

SPREADSHEET_NUMBER = re.compile(r"[0-9][.,][0-9]+[eE]\+?[0-9]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a unit and, if `nip` is not empty, a person posted to it."""

    line: int
    unit_code: str
    unit_name: str
    parent_code: str
    nip: str
    name: str
    position: str
    since: date | None
    until: date | None
    kind: str
    zone: str
    decree: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file as read: its good rows, and what is wrong with the others."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def parse(raw: bytes) -> Table:
    """The rows of a people file and everything wrong with it that can be seen without a database.

    Source: docs/people-csv.md.
    """
    records, unread = separated(raw)
    if not records:
        return Table((), unread)
    (_, heading), *lines = records
    columns, flaws = _columns(heading)
    if flaws:
        return Table((), flaws)
    problems: list[Problem] = []
    rows: list[Row] = []
    for line, fields in lines:
        if len(fields) != len(columns):
            problems.append(Problem(line, "csv_field_count", {"found": len(fields), "wanted": len(columns)}))
            continue
        row, wrong = _row(line, {name: value.strip() for name, value in zip(columns, fields, strict=True)})
        problems += wrong
        if not wrong:
            rows.append(row)
    problems += unread
    if not rows and not problems:
        problems.append(Problem(0, "csv_empty"))
    return Table(tuple(rows), tuple(problems))


def _columns(heading: list[str]) -> tuple[list[str], tuple[Problem, ...]]:
    columns = [name.strip().lower() for name in heading]
    found = [Problem(1, "csv_column_missing", {"column": name}) for name in REQUIRED if name not in columns]
    found += [
        Problem(1, "csv_column_unknown", {"column": name}) for name in dict.fromkeys(columns) if name not in REQUIRED + OPTIONAL
    ]
    found += [Problem(1, "csv_column_twice", {"column": name}) for name in dict.fromkeys(columns) if columns.count(name) > 1]
    return columns, tuple(found)


def _row(line: int, cells: dict[str, str]) -> tuple[Row, list[Problem]]:
    """The row and what is wrong with it by itself."""
    nip = cells["nip"].replace(" ", "")
    kind = cells.get("kind", "") or "primary"
    wrong = [Problem(line, code, params) for code, params in (*_flaws_of_unit(cells), *_flaws_of_person(cells, nip, kind))]
    row = Row(
        line=line,
        unit_code=cells["unit_code"],
        unit_name=cells["unit_name"],
        parent_code=cells["parent_code"],
        nip=nip,
        name=cells["name"],
        position=cells["position"],
        since=day_of(cells["since"]),
        until=day_of(cells.get("until", "")),
        kind=kind,
        zone=cells.get("zone", ""),
        decree=cells.get("decree", ""),
    )
    return row, wrong


def _flaws_of_unit(cells: dict[str, str]) -> Iterator[tuple[str, dict[str, object]]]:
    for column in ("unit_code", "parent_code"):
        if (cells[column] or column == "unit_code") and not is_unit_code(cells[column]):
            yield "csv_unit_code", {"column": column, "value": _shown(cells[column])}
    for column in ("unit_name", "name", "position"):
        if len(cells[column]) > LONGEST or CONTROL.search(cells[column]):
            yield "csv_text", {"column": column, "longest": LONGEST}


def _flaws_of_person(cells: dict[str, str], nip: str, kind: str) -> Iterator[tuple[str, dict[str, object]]]:
    if not nip:
        if named := [column for column in ("name", "position", "since", "until", "kind") if cells.get(column)]:
            yield "csv_nip_missing", {"column": named[0]}
        return
    if SPREADSHEET_NUMBER.fullmatch(nip):
        yield "csv_nip_rounded", {"value": _shown(nip)}
    elif not is_nip(nip):
        yield "csv_nip", {"value": _shown(nip)}
    if not cells["name"]:
        yield "csv_name_missing", {}
    if kind not in KINDS:
        yield "csv_kind", {"value": _shown(kind)}
    since, until = day_of(cells["since"]), day_of(cells.get("until", ""))
    if since is None:
        yield "csv_day", {"column": "since", "value": _shown(cells["since"])}
    if cells.get("until") and until is None:
        yield "csv_day", {"column": "until", "value": _shown(cells["until"])}
    if since and until and until <= since:
        yield "csv_until_first", {}


def day_of(text: str) -> date | None:
    """The day written `YYYY-MM-DD`; None for anything else, because 02/01/2024 is two different days in two offices.

    Source: docs/people-csv.md "Days".
    """
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def _shown(value: str) -> str:
    """A cell as it is safe to print."""
    return ascii(value[:40])[1:-1] if CONTROL.search(value) else value[:40]
