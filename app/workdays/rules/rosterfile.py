"""The roster file: one spreadsheet with a row for each person and a column for each day, read with every problem by line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.people.rules.nip import is_nip
from app.people.rules.separated import Problem, separated
from app.people.rules.table import SPREADSHEET_NUMBER
from app.workdays.rules.plans import Said, read

NIP, NAME = "nip", "name"
SHOWN = 40


@dataclass(frozen=True, slots=True)
class FileRow:
    """One person's days as the file says them."""

    line: int
    nip: str
    days: Mapping[date, Said]


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A file as read: its good rows, and what is wrong with the others."""

    rows: tuple[FileRow, ...]
    problems: tuple[Problem, ...]


def parse(raw: bytes, month: date) -> RosterFile:
    """The rows of a roster file of that month, and everything wrong with it that can be seen without a database.

    Columns: `nip`, `name` (for people only, not read), and days as `1` to `31`; a day without a column is not spoken of.

    Source: docs/rosters.md "The roster file".
    """
    records, unread = separated(raw)
    if not records:
        return RosterFile((), unread)
    (_, heading), *lines = records
    names = [name.strip().lower() for name in heading]
    days = {name: day for name in names if (day := _day_of(name, month))}
    if flaws := tuple(_flaws_of_heading(names, days)):
        return RosterFile((), flaws)
    problems: list[Problem] = []
    rows: dict[str, FileRow] = {}
    for line, fields in lines:
        found = list(_flaws_of_row(line, fields, names, days, rows))
        problems += found
        if not found:
            cells = dict(zip(names, (field.strip() for field in fields), strict=True))
            said = {day: read(cells[name]) for name, day in days.items()}
            nip = cells[NIP].replace(" ", "")
            rows[nip] = FileRow(line, nip, {day: cell for day, cell in said.items() if cell is not None})
    problems += unread
    if not rows and not problems:
        problems.append(Problem(0, "csv_empty"))
    return RosterFile(tuple(rows.values()), tuple(problems))


def _day_of(name: str, month: date) -> date | None:
    """The day of a column; a month has no 31st that it has not."""
    try:
        return month.replace(day=int(name)) if name.isascii() and name.isdigit() and len(name) <= 2 else None
    except ValueError:
        return None


def _flaws_of_heading(names: Sequence[str], days: Mapping[str, date]) -> Iterator[Problem]:
    if NIP not in names:
        yield Problem(1, "csv_column_missing", {"column": NIP})
    if not days:
        yield Problem(1, "csv_column_missing", {"column": "1"})
    for name in dict.fromkeys(names):
        if name not in (NIP, NAME) and name not in days:
            yield Problem(1, "csv_column_unknown", {"column": name[:SHOWN]})
        elif names.count(name) > 1:
            yield Problem(1, "csv_column_twice", {"column": name})
    told = list(days.values())
    for name, day in days.items():
        if told.count(day) > 1 and names.count(name) == 1:
            yield Problem(1, "csv_column_twice", {"column": name})


def _flaws_of_row(
    line: int, fields: Sequence[str], names: Sequence[str], days: Mapping[str, date], rows: Mapping[str, FileRow]
) -> Iterator[Problem]:
    if len(fields) != len(names):
        yield Problem(line, "csv_field_count", {"found": len(fields), "wanted": len(names)})
        return
    cells = dict(zip(names, (field.strip() for field in fields), strict=True))
    nip = cells[NIP].replace(" ", "")
    if SPREADSHEET_NUMBER.fullmatch(nip):
        yield Problem(line, "csv_nip_rounded", {"value": nip[:SHOWN]})
    elif not is_nip(nip):
        yield Problem(line, "csv_nip", {"value": ascii(nip[:SHOWN])[1:-1]})
    elif nip in rows:
        yield Problem(line, "roster_person_twice", {"line": rows[nip].line})
    for name in days:
        if read(cells[name]) is None:
            yield Problem(line, "roster_cell", {"column": name, "value": ascii(cells[name][:SHOWN])[1:-1]})
