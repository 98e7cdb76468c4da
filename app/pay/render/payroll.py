"""The hand-over to payroll: comma-separated values that end with their own count, sum and checksum."""

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import IO

from app.pay.rules.handover import Row, per_cent
from app.recaps.render.separated import guarded

COLUMNS = (
    "month", "nip", "name", "unit", "discipline_pct", "productivity_pct", "tpp_pct", "base_rupiah", "tpp_rupiah", "state",
    "missing",
)  # fmt: skip
TRAILER = "#END"


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over: how many rows, what they come to, and the SHA-256 of all before the trailer, and of the whole file."""

    rows: int
    rupiah: int
    sha256: str
    whole_sha256: bytes


def write_payroll(file: IO[bytes], month: date, rows: Iterable[Row]) -> Handed:
    """Write the header, one line a person, and the trailer `#END,rows,rupiah,sha256`, in UTF-8 with CRLF (RFC 4180).

    No byte order mark, no thousands separators: a program reads it. Text that a spreadsheet would take for a formula stands behind
    an apostrophe, as in the recap.
    """
    digest = hashlib.sha256()
    count = rupiah = 0

    def put(cells: Iterable[object]) -> None:
        words = io.StringIO(newline="")
        csv.writer(words).writerow(cells)
        line = words.getvalue().encode()
        digest.update(line)
        file.write(line)

    put(COLUMNS)
    for row in rows:
        put(_cells(month, row))
        count += 1
        rupiah += row.paid or 0
    before = digest.hexdigest()
    put((TRAILER, count, rupiah, before))
    return Handed(count, rupiah, before, digest.digest())


def _cells(month: date, row: Row) -> tuple[object, ...]:
    return (
        f"{month:%Y-%m}",
        row.nip,
        guarded(row.name),
        guarded(row.unit),
        per_cent(row.discipline_pct),
        per_cent(row.productivity_pct),
        per_cent(row.tpp_pct),
        "" if row.base is None else row.base,
        "" if row.paid is None else row.paid,
        "final" if row.is_final else "provisional",
        row.missing or "",
    )
