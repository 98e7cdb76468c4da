"""The file of base amounts: what an allowance of 100 per cent is worth, for a person or for a position, read by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.people.rules.separated import Problem
from app.people.rules.sheet import nip_in, printable, rows_of
from app.people.rules.table import CONTROL, LONGEST, day_of
from app.people.rules.tree import is_unit_code

REQUIRED = ("nip", "amount", "since", "source")
OPTIONAL = ("unit", "position")
MOST_RUPIAH = 1_000_000_000
SHORTEST_SOURCE, LONGEST_SOURCE = 3, 500


@dataclass(frozen=True, slots=True)
class Said:
    """A base amount: of one person, or of everybody who holds the position in the unit or below it."""

    nip: str
    unit: str
    position: str
    amount: int
    since: date
    source: str

    @property
    def of(self) -> tuple[str, str, str]:
        """Whose it is."""
        return self.nip, self.unit, self.position


@dataclass(frozen=True, slots=True)
class BaseRow:
    """A base amount on its line."""

    line: int
    said: Said


@dataclass(frozen=True, slots=True)
class BaseFile:
    """A file as read: its good rows, and what is wrong with the others."""

    rows: tuple[BaseRow, ...]
    problems: tuple[Problem, ...]


def parse(raw: bytes) -> BaseFile:
    """The rows of a file of base amounts, and what is wrong with it without a database.

    Source: docs/pay.md "Base amounts".
    """
    found, unread = rows_of(raw, REQUIRED, OPTIONAL)
    rows: list[BaseRow] = []
    problems = [*unread]
    seen: dict[tuple[tuple[str, str, str], date], int] = {}
    for line, cells in found:
        wrong = [Problem(line, code, params) for code, params in _flaws_of(cells)]
        since = day_of(cells["since"])
        if not wrong and since is not None:
            nip = nip_in(cells["nip"])[0]
            said = Said(nip, cells.get("unit", ""), cells.get("position", ""), int(cells["amount"]), since, cells["source"])
            before = seen.setdefault((said.of, since), line)
            if before == line:
                rows.append(BaseRow(line, said))
            else:
                wrong.append(Problem(line, "base_twice", {"line": before}))
        problems += wrong
    return BaseFile(tuple(rows), tuple(problems))


def _flaws_of(cells: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    unit, position = cells.get("unit", ""), cells.get("position", "")
    if cells["nip"]:
        _, flaw = nip_in(cells["nip"])
        if flaw:
            yield flaw
        if unit or position:
            yield "base_of_both", {}
    elif not (unit and position):
        yield "base_of_nobody", {}
    elif not is_unit_code(unit):
        yield "csv_unit_code", {"column": "unit", "value": printable(unit)}
    if len(position) > LONGEST or CONTROL.search(position):
        yield "csv_text", {"column": "position", "longest": LONGEST}
    amount = cells["amount"]
    is_whole = amount.isascii() and amount.isdigit() and len(amount) <= len(str(MOST_RUPIAH))
    if not is_whole or not 1 <= int(amount) <= MOST_RUPIAH:
        yield "base_amount_wrong", {"value": printable(amount), "most": MOST_RUPIAH}
    if day_of(cells["since"]) is None:
        yield "csv_day", {"column": "since", "value": printable(cells["since"])}
    source = cells["source"]
    if not SHORTEST_SOURCE <= len(source) <= LONGEST_SOURCE or not source.isprintable():
        yield "base_source_wrong", {}
