"""A decree file read into dated clauses, and the law of a day put together from them."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from app.decrees.appraisals import Credit, Distribution, Grid
from app.decrees.clauses import (
    Absence,
    Bands,
    Cap,
    Ceremony,
    Clause,
    Consecutive,
    Flexi,
    Ladder,
    LeaveEffect,
    Overlay,
    Predicates,
    Score,
    Together,
    Tpp,
    Week,
    Window,
)
from app.decrees.law import Decree, UncoveredDay
from app.decrees.lines import line_of
from app.decrees.payments import Contest, Payment
from app.decrees.productivity import Productivity
from app.decrees.quotas import Quota
from app.decrees.rest import Rest
from app.decrees.sections import LEAVES, MUST, SECTIONS
from app.decrees.shape import TEXT, Key, Problem, Said, Shape, read_table, schema_of

V = TypeVar("V")

HEAD: Shape = {
    "code": Key(TEXT, "code of the decree, the file's own name"),
    "name": Key(TEXT, "whose law it is"),
    "basis": Key(TEXT, "code of a decree that lends every series that this one says nothing about", False),
    "amends": Key(TEXT, "code of the decree whose clauses this file follows or replaces", False),
}
FILE: Shape = {
    **HEAD,
    **{name: Key(None, section.help, is_required=False, default=(), rows=section.shape) for name, section in SECTIONS.items()},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated clause: in force from `since` until `until` or the next of its series, whichever comes first."""

    label: str
    series: str
    since: date
    until: date | None
    value: object
    path: str
    written: str
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A decree file: its code, its name, the decree it rests on or amends, and every clause, oldest first within a series."""

    code: str
    name: str
    entries: tuple[Entry, ...]
    basis: str | None = None
    amends: str | None = None

    def resting_on(self, basis: "Pack") -> "Pack":
        """The same, with the basis's clauses of every series that this one says nothing about, on whatever day."""
        stated = {entry.series for entry in self.entries}
        lent = tuple(entry for entry in basis.entries if entry.series not in stated)
        return replace(self, entries=self.entries + lent)

    def lacks(self) -> list[str]:
        """The series that a decree must have and this one never says anything about."""
        stated = {entry.series for entry in self.entries}
        return [series for series in MUST if series not in stated]

    def amended_by(self, amendment: "Pack") -> tuple["Pack", list[Problem]]:
        """The same with the amendment's clauses among its own, and what keeps them from fitting."""
        problems = []
        labels = {entry.label: entry for entry in self.entries}
        for entry in amendment.entries:
            before = labels.get(entry.replaces or "")
            if entry.replaces and (before is None or before.series != entry.series):
                problems.append(Problem(f"{entry.path}.replaces", f"names no {entry.series} clause of {self.code!r}"))
        replaced = {entry.replaces for entry in amendment.entries}
        kept = [entry for entry in self.entries if entry.label not in replaced]
        entries = sorted((*kept, *amendment.entries), key=lambda entry: (entry.series, entry.since, entry.path))
        problems += _misdated(entries, within=amendment.entries)
        return replace(self, entries=tuple(entries)), problems

    def decree_on(self, day: date) -> Decree:
        """The whole law of a day.

        Raises: UncoveredDay when a series that there must be has no clause for it.
        """
        begun = {entry.series: entry for entry in self.entries if entry.since <= day}
        force = {series: entry for series, entry in begun.items() if entry.until is None or day < entry.until}

        def value(series: str, kind: type[V]) -> V:
            if series not in force or not isinstance(found := force[series].value, kind):
                raise UncoveredDay(self.code, day, series)
            return found

        def known(series: str, kind: type[V]) -> V | None:
            return value(series, kind) if series in force else None

        overlays = sorted((entry.value for entry in force.values() if isinstance(entry.value, Overlay)), key=_specificity)
        window = value("window", Window)
        version = _version(self.code, force.values())
        law = Decree(
            code=self.code,
            day=day,
            version=version,
            hours=value("hours", Week).hours[day.weekday()],
            opens_before_min=window.opens_before_min,
            closes_after_min=window.closes_after_min,
            window_clause=window.clause,
            lateness=value("lateness", Bands),
            early=value("early", Bands),
            absence=value("absence", Absence),
            cap=value("cap", Cap),
            leave=MappingProxyType({kind: value(f"leave.{kind}", LeaveEffect) for kind in LEAVES}),
            quota=MappingProxyType({kind: found for kind in LEAVES if (found := known(f"quota.{kind}", Quota))}),
            tpp=value("tpp", Tpp),
            score=value("score", Score),
            predicates=value("predicates", Predicates),
            flexi=known("flexi", Flexi),
            together=known("together", Together),
            limited=tuple(overlay for overlay in overlays if overlay.is_limited),
            permitted_late=known("permitted_late", Bands),
            permitted_early=known("permitted_early", Bands),
            consecutive=known("consecutive", Consecutive),
            ceremony=known("ceremony", Ceremony),
            ladder=known("ladder", Ladder),
            productivity=known("productivity", Productivity),
            payment=known("payment", Payment),
            contest=known("contest", Contest),
            rest=known("rest", Rest),
            grid=known("grid", Grid),
            credit=known("credit", Credit),
            distribution=known("distribution", Distribution),
        )
        return law.under([overlay for overlay in overlays if not overlay.is_limited], version)


def read(path: Path) -> tuple[Pack, list[Problem]]:
    """The pack in a file, and everything that is wrong with it, each with its line."""
    try:
        words = path.read_text("utf-8")
        document = tomllib.loads(words)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Pack(path.stem, "", ()), [Problem("", f"is not readable as TOML: {error}")]
    problems: list[Problem] = []
    top = read_table(document, "", FILE, problems)
    code = top["code"]
    if code != path.stem:
        top.refuse("code", f"must be the file's own name, {path.stem!r}")
    if top.has("basis") and top.has("amends"):
        top.refuse("amends", "stands in for basis: a file has one or the other")
    entries = [_entry(code, section, said, top.has("amends")) for section in SECTIONS for said in top[section]]
    problems += _misdated(entries, within=entries)
    pack = Pack(
        code, top["name"], tuple(sorted(entries, key=lambda entry: (entry.series, entry.since))), top["basis"], top["amends"]
    )
    return pack, placed(problems, words)


def placed(problems: Iterable[Problem], words: str) -> list[Problem]:
    """The problems with the lines of the file on which they stand."""
    return [replace(problem, line=problem.line or line_of(words, problem.path)) for problem in problems]


def schema() -> dict[str, Any]:
    """What `read` asks of a decree file, as JSON Schema; what clauses ask of each other (touching bands, sums) it cannot say."""
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Tapak decree"}
    return about | schema_of(FILE)


def _entry(code: str, section: str, said: Said, is_amendment: bool) -> Entry:
    """One clause made of its table."""
    name = said["name"] if section == "overlay" else said["kind"] if section in ("leave", "quota") else ""
    label = ".".join(filter(None, (code, section, name, said["since"].isoformat())))
    if said.has("replaces") and not is_amendment:
        said.refuse("replaces", "means something only in a file that amends another")
    value = SECTIONS[section].make(said, Clause(label, said["source"], said["quality"], said["since"]))
    series = ".".join(filter(None, (section, name)))
    return Entry(label, series, said["since"], said["until"], value, said.path, _written(section, said), said["replaces"])


def _misdated(entries: Iterable[Entry], within: Iterable[Entry]) -> Iterator[Problem]:
    """A problem for every clause that ends before it begins, or is not after the one before it in its series.

    `within`: only of these, which are those of the file that is checked.
    """
    asked = {entry.label for entry in within}
    last: dict[str, Entry] = {}
    for entry in entries:
        before, last[entry.series] = last.get(entry.series), entry
        if entry.label in asked and entry.until is not None and entry.until <= entry.since:
            yield Problem(f"{entry.path}.until", "must be after `since`; it is the first day the clause no longer holds")
        if before is None or not {entry.label, before.label} & asked:
            continue
        place = entry.path if entry.label in asked else before.path
        if entry.since <= before.since:
            yield Problem(f"{place}.since", f"must be after {before.since}, the clause above it")
        elif before.until is not None and entry.since < before.until:
            yield Problem(f"{place}.since", f"falls before {before.until}, while the clause above still holds")


def _specificity(overlay: Overlay) -> tuple[bool, bool, date, str]:
    """Sorts an overlay for fewer people, and of two the later one, last and so foremost."""
    return bool(overlay.groups), bool(overlay.units), overlay.clause.since, overlay.name


def _version(code: str, entries: Iterable[Entry]) -> str:
    """Twelve hex digits over every clause in force, as written."""
    return hashlib.sha256("\n".join([code, *sorted(entry.written for entry in entries)]).encode()).hexdigest()[:12]


def _written(section: str, said: Said) -> str:
    """The clause in a canonical form: the same text for the same content."""
    return json.dumps([section, said.raw], sort_keys=True, default=str, ensure_ascii=False)
