"""The file of opening balances: how many days of leave somebody brings into a year, read with every problem by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.people.rules.nip import is_nip
from app.people.rules.separated import Problem, separated
from app.people.rules.table import SPREADSHEET_NUMBER
from app.workdays.rules.leaves import LeaveKind

COLUMNS = ("nip", "year", "days", "source")
SHOWN = 40
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_DAYS = Decimal(200)


@dataclass(frozen=True, slots=True)
class Opening:
    """How many working days of a leave are brought into a year, and which paper says so."""

    kind: LeaveKind
    year: int
    days: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One person's opening balance on its line."""

    line: int
    nip: str
    opening: Opening


@dataclass(frozen=True, slots=True)
class OpeningFile:
    """A file as read: its good rows, and what is wrong with the others."""

    rows: tuple[OpeningRow, ...]
    problems: tuple[Problem, ...]


def parse(raw: bytes) -> OpeningFile:
    """The rows of a file with the columns nip, year, days and source, and what is wrong with it without a database.

    Source: docs/leave.md; RFC 4180.
    """
    records, unread = separated(raw)
    if not records:
        return OpeningFile((), unread)
    (_, heading), *lines = records
    names = [name.strip().lower() for name in heading]
    flaws = [Problem(1, "csv_column_missing", {"column": name}) for name in COLUMNS if name not in names]
    flaws += [Problem(1, "csv_column_unknown", {"column": name[:SHOWN]}) for name in names if name not in COLUMNS]
    flaws += [Problem(1, "csv_column_twice", {"column": name}) for name in COLUMNS if names.count(name) > 1]
    if flaws:
        return OpeningFile((), tuple(flaws))
    rows: list[OpeningRow] = []
    problems = [*unread]
    seen: dict[tuple[str, str], int] = {}
    for line, values in lines:
        if len(values) != len(names):
            problems.append(Problem(line, "csv_field_count", {"found": len(values), "wanted": len(names)}))
            continue
        cells = {name: value.strip() for name, value in zip(names, values, strict=True)}
        cells["nip"] = cells["nip"].replace(" ", "")
        wrong = [Problem(line, code, params) for code, params in _flaws_of(cells)]
        before = seen.setdefault((cells["nip"], cells["year"]), line)
        if before != line:
            wrong.append(Problem(line, "opening_twice", {"line": before}))
        problems += wrong
        if not wrong:
            opening = Opening(LeaveKind.ANNUAL, int(cells["year"]), Decimal(cells["days"]), cells["source"])
            rows.append(OpeningRow(line, cells["nip"], opening))
    return OpeningFile(tuple(rows), tuple(problems))


def is_opening(days: Decimal) -> bool:
    """Whether so many days can be brought into a year: whole or half ones, and no absurd number of them.

    Source: our design (docs/leave.md "Opening balances").
    """
    return 0 <= days <= MOST_DAYS and (days * 2) % 1 == 0


def _flaws_of(cells: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    if SPREADSHEET_NUMBER.fullmatch(cells["nip"]):
        yield "csv_nip_rounded", {"value": cells["nip"][:SHOWN]}
    elif not is_nip(cells["nip"]):
        yield "csv_nip", {"value": ascii(cells["nip"][:SHOWN])[1:-1]}
    year, days = cells["year"], cells["days"]
    if not (year.isascii() and year.isdigit() and len(year) == 4 and FIRST_YEAR <= int(year) <= LAST_YEAR):
        yield "opening_year", {"value": ascii(year[:SHOWN])[1:-1]}
    whole, _, half = days.partition(".")
    is_number = whole.isascii() and whole.isdigit() and len(whole) <= 3 and half in ("", "0", "5") and not days.endswith(".")
    if not (is_number and is_opening(Decimal(days))):
        yield "opening_days", {"value": ascii(days[:SHOWN])[1:-1]}
    if not 3 <= len(cells["source"]) <= 500 or not cells["source"].isprintable():
        yield "opening_source", {}
