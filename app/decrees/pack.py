"""A decree file read into dated clauses: the schema of the file, and the law of a day put together from it."""

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from app.decrees.law import (
    Absence,
    Band,
    Bands,
    Cap,
    Clause,
    Decree,
    Flexi,
    Hours,
    LeaveEffect,
    Predicate,
    Predicates,
    Score,
    Together,
    Tpp,
    UncoveredDay,
)
from app.decrees.table import Problem, Table

QUALITIES = ("S", "G", "C")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAVES = ("annual", "long", "sick", "maternity", "important", "joint", "unpaid")
ROUNDINGS = ("floor", "ceil")
VARIANTS = ("A", "B")
HUNDRED = Decimal(100)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Week:
    """The working hours of each weekday that has some, Monday first."""

    hours: tuple[Hours | None, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """How long before a shift a check-in is taken, and how long after it."""

    opens_before_min: int
    closes_after_min: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated clause: in force from `since` until `until` or the next of its series, whichever comes first."""

    series: str
    since: date
    until: date | None
    value: object
    path: str
    written: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A decree file: its code, its name, the decree it rests on, and every clause, oldest first within a series."""

    code: str
    name: str
    entries: tuple[Entry, ...]
    basis: str | None = None

    def resting_on(self, basis: "Pack") -> "Pack":
        """The same, with the basis's clauses of every series that this one says nothing about, on whatever day."""
        stated = {entry.series for entry in self.entries}
        lent = tuple(entry for entry in basis.entries if entry.series not in stated)
        return replace(self, entries=self.entries + lent)

    def decree_on(self, day: date) -> Decree:
        """The whole law of a day.

        Raises: UncoveredDay when a series has no clause for it.
        """
        begun = {entry.series: entry for entry in self.entries if entry.since <= day}
        force = {series: entry for series, entry in begun.items() if entry.until is None or day < entry.until}

        def value(series: str, kind: type[V]) -> V:
            if series not in force or not isinstance(found := force[series].value, kind):
                raise UncoveredDay(self.code, day, series)
            return found

        week = value("overlay" if "overlay" in force and "hours" in force else "hours", Week)
        window = value("window", Window)
        return Decree(
            code=self.code,
            day=day,
            version=_version(self.code, force.values()),
            hours=week.hours[day.weekday()],
            opens_before_min=window.opens_before_min,
            closes_after_min=window.closes_after_min,
            window_clause=window.clause,
            lateness=value("lateness", Bands),
            early=value("early", Bands),
            absence=value("absence", Absence),
            cap=value("cap", Cap),
            leave=MappingProxyType({kind: value(f"leave.{kind}", LeaveEffect) for kind in LEAVES}),
            tpp=value("tpp", Tpp),
            score=value("score", Score),
            predicates=value("predicates", Predicates),
            flexi=value("flexi", Flexi) if "flexi" in force else None,
            together=value("together", Together) if "together" in force else None,
        )


def read(path: Path) -> tuple[Pack, list[Problem]]:
    """The pack in a file, and everything that is wrong with it."""
    problems: list[Problem] = []
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Pack(path.stem, "", ()), [Problem("", f"is not readable as TOML: {error}")]
    top = Table(document, "", problems)
    code, name = top.text("code"), top.text("name")
    basis = top.text("basis") if top.has("basis") else None
    if code != path.stem:
        top.refuse("code", f"must be the file's own name, {path.stem!r}")
    entries = [_entry(code, section, table) for section in SECTIONS if top.has(section) for table in top.tables(section)]
    top.close()
    problems.extend(_misdated(entries))
    return Pack(code, name, tuple(sorted(entries, key=lambda entry: (entry.series, entry.since))), basis), problems


def _entry(code: str, section: str, table: Table) -> Entry:
    """One clause read from its table."""
    since = table.day("since")
    until = table.day("until") if table.has("until") or section == "overlay" else None
    name = table.text("name") if section == "overlay" else table.choice("kind", LEAVES) if section == "leave" else ""
    label = ".".join(filter(None, (code, section, name, since.isoformat())))
    clause = Clause(label, table.text("source"), table.choice("quality", QUALITIES), since)
    value = SECTIONS[section](table, clause)
    table.close()
    return Entry(f"leave.{name}" if section == "leave" else section, since, until, value, table.path, table.written())


def _misdated(entries: list[Entry]) -> Iterator[Problem]:
    """A problem for every clause that ends before it begins, or is not after the one before it in its series."""
    last: dict[str, Entry] = {}
    for entry in entries:
        if entry.until is not None and entry.until <= entry.since:
            yield Problem(f"{entry.path}.until", "must be after `since`; it is the first day the clause no longer holds")
        before = last.get(entry.series)
        if before and entry.since <= before.since:
            yield Problem(f"{entry.path}.since", f"must be after {before.since}, the clause above it")
        elif before and before.until is not None and entry.since < before.until:
            yield Problem(f"{entry.path}.since", f"falls before {before.until}, while the clause above still holds")
        last[entry.series] = entry


def _version(code: str, entries: Iterable[Entry]) -> str:
    """Twelve hex digits over every clause in force, as written."""
    return hashlib.sha256("\n".join([code, *sorted(entry.written for entry in entries)]).encode()).hexdigest()[:12]


def _week(table: Table, clause: Clause) -> Week:
    """The hours of a week, whose net minutes must come to the week the law fixes."""
    hours: list[Hours | None] = [None] * len(WEEKDAYS)
    net_min = 0
    for row in table.tables("days"):
        found = Hours(row.clock("start"), row.clock("end"), row.minutes("break_min"), clause)
        length_min = _minute_of(found.end) - _minute_of(found.start)
        if length_min <= found.break_min:
            row.refuse("end", "must leave time to work between the start, the break and the end")
        for name in row.words("on", WEEKDAYS):
            if hours[WEEKDAYS.index(name)]:
                row.refuse("on", f"gives {name} hours for the second time")
            hours[WEEKDAYS.index(name)] = found
            net_min += length_min - found.break_min
        row.close()
    if net_min != table.minutes("week_min"):
        table.refuse("week_min", f"does not agree with the days, which come to {net_min} minutes without breaks")
    return Week(tuple(hours))


def _minute_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _window(table: Table, clause: Clause) -> Window:
    return Window(table.minutes("opens_before_min"), table.minutes("closes_after_min"), clause)


def _bands(table: Table, clause: Clause) -> Bands:
    """Bands that are sorted, touch and end open, each dearer than the one before."""
    bands: list[Band] = []
    for row in table.tables("bands"):
        band = Band(row.minutes("from_min"), row.minutes("to_min") if row.has("to_min") else None, row.number("pct", 100))
        if band.to_min is not None and band.to_min <= band.from_min:
            row.refuse("to_min", "must be greater than from_min; it is the first minute of the next band")
        if bands and band.from_min != bands[-1].to_min:
            row.refuse("from_min", f"must be {bands[-1].to_min}, where the band above ends: bands touch and do not overlap")
        if bands and band.pct < bands[-1].pct:
            row.refuse("pct", "costs less than the band above")
        row.close()
        bands.append(band)
    if bands and bands[-1].to_min is not None:
        table.refuse("bands", "must end with a band without to_min, or longer times would cost nothing")
    last = bands[-1].pct if bands else HUNDRED
    missing = last if table.says("missing", "last") else table.number("missing", 100)
    return Bands(tuple(bands), missing, table.choice("rounding", ROUNDINGS), clause)


def _together(table: Table, clause: Clause) -> Together:
    found = Together(table.number("least", 100), table.number("most", 100), clause)
    if found.most_pct < found.least_pct:
        table.refuse("most", "must not be below least")
    return found


def _tpp(table: Table, clause: Clause) -> Tpp:
    weights = table.number("productivity_weight", 100), table.number("discipline_weight", 100)
    if sum(weights) != HUNDRED:
        table.refuse("discipline_weight", "must make 100 with productivity_weight")
    return Tpp(*weights, table.choice("variant", VARIANTS), clause)


def _score(table: Table, clause: Clause) -> Score:
    weights = table.number("work_weight", 100), table.number("behaviour_weight", 100)
    if sum(weights) != HUNDRED:
        table.refuse("behaviour_weight", "must make 100 with work_weight")
    return Score(*weights, table.number("highest", 200), clause)


def _predicates(table: Table, clause: Clause) -> Predicates:
    """Words for a score, highest first, the last one from 0 and without condition, so that every score has one."""
    rows: list[Predicate] = []
    for row in table.tables("rows"):
        quality = row.choice("quality", QUALITIES) if row.has("quality") else clause.quality
        rows.append(Predicate(row.text("code"), row.number("from", 200), row.flag("needs_new_idea"), quality))
        if len(rows) > 1 and rows[-1].from_score >= rows[-2].from_score:
            row.refuse("from", "must be below the row above")
        row.close()
    if rows and (rows[-1].from_score != 0 or rows[-1].needs_new_idea):
        table.refuse("rows", "must end with a row from 0 without condition, or some scores would have no word")
    return Predicates(tuple(rows), clause)


SECTIONS: dict[str, Callable[[Table, Clause], object]] = {
    "hours": _week,
    "overlay": _week,
    "window": _window,
    "lateness": _bands,
    "early": _bands,
    "flexi": lambda table, clause: Flexi(table.minutes("earlier_min"), table.minutes("later_min"), clause),
    "together": _together,
    "absence": lambda table, clause: Absence(table.number("pct", 100), clause),
    "cap": lambda table, clause: Cap(table.number("pct", 100), clause),
    "leave": lambda table, clause: LeaveEffect(table.number("pct", 100), clause),
    "tpp": _tpp,
    "score": _score,
    "predicates": _predicates,
}
