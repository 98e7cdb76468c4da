"""Reading a file of separated values as spreadsheets write it: bytes to records, with what is wrong by line."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on a line (0: with the whole file), as a text code and its parameters."""

    line: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


def separated(raw: bytes) -> tuple[list[tuple[int, list[str]]], tuple[Problem, ...]]:
    """The records of a file, each with the line it begins on, and why the file or the rest of it cannot be read.

    UTF-8 with or without its mark; comma or semicolon, whichever the first line has more of; empty records are left out.

    Source: docs/people-csv.md; RFC 4180.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (3 if raw.startswith(b"\xef\xbb\xbf") else 0)
        line = raw.count(b"\n", 0, at) + 1
        return [], (Problem(line, "csv_not_utf8", {"byte": f"0x{raw[at]:02X}", "offset": at}),)
    if not text.strip():
        return [], (Problem(0, "csv_empty"),)
    heading, _, _ = text.partition("\n")
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    problems: list[Problem] = []
    records = list(_records(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), problems))
    if not records and not problems:
        problems.append(Problem(0, "csv_empty"))
    return records, tuple(problems)


def _records(reader: Iterator[list[str]], problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line it begins on; a record that cannot be read ends the file."""
    begins = 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Problem(begins, "csv_unreadable", {"why": str(error)}))
            return
        if any(value.strip() for value in fields):
            yield begins, fields
        begins = reader.line_num + 1  # type: ignore[attr-defined]
