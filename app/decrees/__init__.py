"""The law as data: which decree applies to a day, and whether a decree file may become law."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from app.decrees import pack
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
    UnknownDecree,
)
from app.decrees.table import Problem

__all__ = [
    "Absence", "Band", "Bands", "BrokenDecree", "Cap", "Clause", "Decree", "Flexi", "Hours", "LeaveEffect", "Predicate",
    "Predicates", "Problem", "Score", "Together", "Tpp", "UncoveredDay", "UnknownDecree", "check", "codes", "on", "path_of",
]  # fmt: skip

HERE = Path(__file__).parent


class BrokenDecree(ValueError):
    """A shipped decree file has problems; nothing is judged by half a law."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        super().__init__(f"{path.name}: " + "; ".join(f"{problem.path} {problem.message}" for problem in problems))


def codes() -> tuple[str, ...]:
    """The codes of the decrees that are shipped, in order."""
    return tuple(sorted(path.stem for path in HERE.glob("*.toml")))


@lru_cache(maxsize=8192)
def on(code: str, day: date) -> Decree:
    """The whole law of that day; the law is chosen by the day judged, never by today.

    Raises: UnknownDecree for a code without a file; UncoveredDay when the decree says nothing about the day.
    """
    return _pack(code).decree_on(day)


def path_of(code: str) -> Path:
    """The file of a decree.

    Raises: UnknownDecree.
    """
    if code not in codes():
        raise UnknownDecree(code)
    return HERE / f"{code}.toml"


def check(path: Path) -> list[Problem]:
    """Everything that keeps a decree file from being law; empty when nothing does."""
    found, problems = pack.read(path)
    if found.basis is not None and found.basis not in codes():
        problems.append(Problem("basis", f"must be one of {', '.join(codes())}, not {found.basis!r}"))
    return problems


@lru_cache(maxsize=64)
def _pack(code: str) -> pack.Pack:
    path = path_of(code)
    found, problems = pack.read(path)
    if problems:
        raise BrokenDecree(path, problems)
    return found if found.basis is None else found.resting_on(_pack(found.basis))
