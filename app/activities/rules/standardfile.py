"""The file of standard activities: what each position does and how long one unit of it takes, read with every problem by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

from app.people.rules.separated import Problem, separated

COLUMNS = ("unit", "position", "code", "name", "volume_unit", "norm_min", "since", "until", "source")
LONGEST = {"unit": 60, "position": 200, "code": 40, "name": 300, "volume_unit": 60, "source": 500}
OPTIONAL = ("position",)
SHOWN = 40
MOST_NORM_MIN = Decimal(24 * 60 * 31)


@dataclass(frozen=True, slots=True)
class Standard:
    """An activity of a position (of every position where none is named), and minutes for one unit of its volume.

    It holds from `since` up to, not including, `until`, or until the next one of its code begins.
    """

    position: str
    code: str
    name: str
    volume_unit: str
    norm_min: Decimal
    since: date
    until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class StandardRow:
    """One standard activity of a unit and those below it, on its line."""

    line: int
    unit: str
    standard: Standard


@dataclass(frozen=True, slots=True)
class StandardFile:
    """A file as read: its good rows, and what is wrong with the others."""

    rows: tuple[StandardRow, ...]
    problems: tuple[Problem, ...]


def parse(raw: bytes) -> StandardFile:
    """The rows of a file with the columns above, and what is wrong with it without a database.

    Source: docs/activities.md "Norm times"; RFC 4180.
    """
    records, unread = separated(raw)
    if not records:
        return StandardFile((), unread)
    (_, heading), *lines = records
    names = [name.strip().lower() for name in heading]
    flaws = [Problem(1, "csv_column_missing", {"column": name}) for name in COLUMNS if name not in names]
    flaws += [Problem(1, "csv_column_unknown", {"column": name[:SHOWN]}) for name in names if name not in COLUMNS]
    flaws += [Problem(1, "csv_column_twice", {"column": name}) for name in COLUMNS if names.count(name) > 1]
    if flaws:
        return StandardFile((), tuple(flaws))
    rows: list[StandardRow] = []
    problems = [*unread]
    for line, values in lines:
        if len(values) != len(names):
            problems.append(Problem(line, "csv_field_count", {"found": len(values), "wanted": len(names)}))
            continue
        cells = {name: value.strip() for name, value in zip(names, values, strict=True)}
        wrong = [Problem(line, code, params) for code, params in _flaws_of(cells)]
        problems += wrong
        if not wrong:
            rows.append(StandardRow(line, cells["unit"], _standard(cells)))
    problems += _overlaps(rows)
    return StandardFile(tuple(rows), tuple(problems))


def _overlaps(rows: list[StandardRow]) -> Iterator[Problem]:
    """A problem for each row that begins on the day of another of its unit, position and code."""
    named: dict[tuple[str, str, str], list[StandardRow]] = {}
    for row in rows:
        named.setdefault((row.unit, row.standard.position.casefold(), row.standard.code), []).append(row)
    for same in named.values():
        for before, after in combinations(same, 2):
            if before.standard.since == after.standard.since:
                yield Problem(after.line, "standard_twice", {"line": before.line})


def _standard(cells: Mapping[str, str]) -> Standard:
    said = {name: cells[name] for name in ("position", "code", "name", "volume_unit", "source")}
    until = date.fromisoformat(cells["until"]) if cells["until"] else None
    return Standard(**said, norm_min=Decimal(cells["norm_min"]), since=date.fromisoformat(cells["since"]), until=until)


def _flaws_of(cells: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    for name, longest in LONGEST.items():
        value = cells[name]
        if not (value or name in OPTIONAL) or len(value) > longest or not (value.isprintable() or not value):
            yield "standard_text", {"column": name, "longest": longest}
    whole, point, rest = cells["norm_min"].partition(".")
    is_number = all(part.isascii() and part.isdigit() for part in ((whole, rest) if point else (whole,)))
    if not (is_number and len(whole) <= 6 and len(rest) <= 2 and 0 < Decimal(cells["norm_min"]) <= MOST_NORM_MIN):
        yield "standard_norm", {"value": ascii(cells["norm_min"][:SHOWN])[1:-1]}
    since, until = (_day(cells[name]) for name in ("since", "until"))
    for name, found in (("since", since), ("until", until)):
        if found is None and (cells[name] or name == "since"):
            yield "standard_day", {"column": name, "value": ascii(cells[name][:SHOWN])[1:-1]}
    if since and until and until <= since:
        yield "standard_until", {}


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == len("2026-11-28") else None
    except ValueError:
        return None
