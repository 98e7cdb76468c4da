"""The file of SKP results: what was judged elsewhere of people and periods, read with every problem by line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.activities.rules.period import Period, period_named
from app.decrees import STEPS
from app.people.rules.separated import Problem
from app.people.rules.sheet import nip_in, printable, rows_of

REQUIRED = ("nip", "period", "work_score", "behaviour_score", "source")
OPTIONAL = ("productivity_pct", "new_idea", "work_result", "behaviour_result")
# A spreadsheet makes a day of 2026-10; a decimal comma cannot be anything else where at most two digits follow it.
MONTH_AS_DAY = re.compile(r"(\d{4}-\d{2})-01", re.ASCII)
FIGURE = re.compile(r"\d{1,3}([.,]\d{1,2})?", re.ASCII)
HIGHEST = {"productivity_pct": 100, "work_score": 120, "behaviour_score": 120}
YES, NO = ("ya", "yes", "true", "1"), ("", "tidak", "no", "false", "0")
EXPECTED = {"di bawah ekspektasi": "below", "sesuai ekspektasi": "as_expected", "di atas ekspektasi": "above"}
SHORTEST_SOURCE, LONGEST_SOURCE = 3, 500


@dataclass(frozen=True, slots=True)
class Result:
    """What was judged of somebody's period, and the paper that says so."""

    nip: str
    period: Period
    work_score: Decimal
    behaviour_score: Decimal
    productivity_pct: Decimal | None
    has_new_idea: bool
    work_result: str | None
    behaviour_result: str | None
    source: str


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One result on its line."""

    line: int
    result: Result


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file as read: its good rows, and what is wrong with the others."""

    rows: tuple[ResultRow, ...]
    problems: tuple[Problem, ...]


def parse(raw: bytes) -> ResultFile:
    """The rows of a file of SKP results, CSV or XLSX, and what is wrong with it without a database.

    Source: docs/assessments.md "Results from a spreadsheet".
    """
    found, unread = rows_of(raw, REQUIRED, OPTIONAL)
    rows: list[ResultRow] = []
    problems = [*unread]
    seen: dict[tuple[str, Period], int] = {}
    for line, cells in found:
        wrong = [Problem(line, code, params) for code, params in _flaws_of(cells)]
        if not wrong:
            result = _result(cells)
            before = seen.setdefault((result.nip, result.period), line)
            if before == line:
                rows.append(ResultRow(line, result))
            else:
                wrong.append(Problem(line, "result_twice", {"line": before}))
        problems += wrong
    return ResultFile(tuple(rows), tuple(problems))


def _result(cells: Mapping[str, str]) -> Result:
    """The result of a row without flaws."""
    period, work, behaviour = _period(cells["period"]), _figure(cells["work_score"]), _figure(cells["behaviour_score"])
    assert period is not None and work is not None and behaviour is not None
    return Result(
        nip=nip_in(cells["nip"])[0],
        period=period,
        work_score=work,
        behaviour_score=behaviour,
        productivity_pct=_figure(cells.get("productivity_pct", "")),
        has_new_idea=cells.get("new_idea", "").lower() in YES,
        work_result=_step(cells.get("work_result", "")),
        behaviour_result=_step(cells.get("behaviour_result", "")),
        source=cells["source"],
    )


def _flaws_of(cells: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    _, flaw = nip_in(cells["nip"])
    if flaw:
        yield flaw
    if _period(cells["period"]) is None:
        yield "result_period", {"value": printable(cells["period"])}
    for column, highest in HIGHEST.items():
        value = cells.get(column, "")
        figure = _figure(value)
        if (value or column != "productivity_pct") and (figure is None or figure > highest):
            yield "result_figure", {"column": column, "value": printable(value), "highest": highest}
    if cells.get("new_idea", "").lower() not in (*YES, *NO):
        yield "result_new_idea", {"value": printable(cells["new_idea"])}
    steps = [cells.get(column, "") for column in ("work_result", "behaviour_result")]
    for column, value in zip(("work_result", "behaviour_result"), steps, strict=True):
        if value and _step(value) is None:
            yield "result_step", {"column": column, "value": printable(value)}
    if bool(steps[0]) != bool(steps[1]):
        yield "result_steps", {}
    source = cells["source"]
    if not SHORTEST_SOURCE <= len(source) <= LONGEST_SOURCE or not source.isprintable():
        yield "result_source", {}


def _period(words: str) -> Period | None:
    as_day = MONTH_AS_DAY.fullmatch(words)
    return period_named(as_day[1] if as_day else words)


def _figure(words: str) -> Decimal | None:
    return Decimal(words.replace(",", ".")) if FIGURE.fullmatch(words) else None


def _step(words: str) -> str | None:
    said = " ".join(words.lower().split())
    return said if said in STEPS else EXPECTED.get(said)
