"""The file of memberships: who belongs to which calendar group from when, read with every problem by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.people.rules.nip import is_nip
from app.people.rules.separated import Problem, separated
from app.people.rules.table import SPREADSHEET_NUMBER, day_of

COLUMNS = ("nip", "group", "since", "until")
SHOWN = 40


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One membership; `until` is the first day it no longer holds."""

    line: int
    nip: str
    group: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class MemberFile:
    """A file as read: its good rows, and what is wrong with the others."""

    rows: tuple[MemberRow, ...]
    problems: tuple[Problem, ...]


def parse(raw: bytes) -> MemberFile:
    """The rows of a file with the columns nip, group, since and until, and what is wrong with it without a database.

    Source: docs/calendars.md; RFC 4180.
    """
    records, unread = separated(raw)
    if not records:
        return MemberFile((), unread)
    (_, heading), *lines = records
    names = [name.strip().lower() for name in heading]
    flaws = [Problem(1, "csv_column_missing", {"column": name}) for name in COLUMNS if name not in names]
    flaws += [Problem(1, "csv_column_unknown", {"column": name[:SHOWN]}) for name in names if name not in COLUMNS]
    flaws += [Problem(1, "csv_column_twice", {"column": name}) for name in COLUMNS if names.count(name) > 1]
    if flaws:
        return MemberFile((), tuple(flaws))
    rows: list[MemberRow] = []
    seen: dict[tuple[str, str], list[MemberRow]] = {}
    problems = [*unread]
    for line, values in lines:
        if len(values) != len(names):
            problems.append(Problem(line, "csv_field_count", {"found": len(values), "wanted": len(names)}))
            continue
        cells = {name: value.strip() for name, value in zip(names, values, strict=True)}
        cells["nip"] = cells["nip"].replace(" ", "")
        wrong = [Problem(line, code, params) for code, params in _flaws_of(cells)]
        since, until = day_of(cells["since"]), day_of(cells["until"])
        before = seen.setdefault((cells["nip"], cells["group"]), [])
        twice = next((row for row in before if since and _is_twice(row, since, until)), None)
        if twice is not None:
            wrong.append(Problem(line, "membership_twice", {"line": twice.line}))
        problems += wrong
        if not wrong and since is not None:
            rows.append(MemberRow(line, cells["nip"], cells["group"], since, until))
            before.append(rows[-1])
    return MemberFile(tuple(rows), tuple(problems))


def is_overlapping(since: date, until: date | None, other_since: date, other_until: date | None) -> bool:
    """Whether two half-open spans of days share one; one that ends where it begins is empty and shares none.

    Source: our design (a membership ends on the first day it no longer holds).
    """
    starts, ends = max(since, other_since), min(until or date.max, other_until or date.max)
    return starts < ends


def _is_twice(row: MemberRow, since: date, until: date | None) -> bool:
    return row.since == since or is_overlapping(row.since, row.until, since, until)


def _flaws_of(cells: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    if SPREADSHEET_NUMBER.fullmatch(cells["nip"]):
        yield "csv_nip_rounded", {"value": cells["nip"][:SHOWN]}
    elif not is_nip(cells["nip"]):
        yield "csv_nip", {"value": ascii(cells["nip"][:SHOWN])[1:-1]}
    since, until = day_of(cells["since"]), day_of(cells["until"])
    if since is None:
        yield "csv_day", {"column": "since", "value": ascii(cells["since"][:SHOWN])[1:-1]}
    if cells["until"] and until is None:
        yield "csv_day", {"column": "until", "value": ascii(cells["until"][:SHOWN])[1:-1]}
    if since and until and until < since:
        yield "membership_dates", {}
