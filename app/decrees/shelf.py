"""The decree files there are: those that are shipped, an agency's own beside them, and what its amendments change."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from app.config import setting
from app.decrees import pack
from app.decrees.law import Decree, UnknownDecree
from app.decrees.shape import Problem

SHIPPED = Path(__file__).parent


class BrokenDecree(ValueError):
    """A decree file has problems; nothing is judged by half a law."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        super().__init__(f"{path}: " + "; ".join(f"line {found.line}, {found.path} {found.message}" for found in problems))


@dataclass(frozen=True, slots=True)
class Draft:
    """A law that is not in force: the decree whose place it would take, and what it says."""

    stands_for: str
    pack: pack.Pack

    def on(self, code: str, day: date) -> Decree:
        """The law of that day as if the draft were in force; other decrees as they are."""
        return self.pack.decree_on(day) if code == self.stands_for else on(code, day)


def files() -> list[Path]:
    """Every decree file: the shipped ones, then those of the agency's folder."""
    own = setting("decrees")
    return [*sorted(SHIPPED.glob("*.toml")), *(sorted(Path(str(own)).glob("*.toml")) if own else ())]


@lru_cache(maxsize=1)
def codes() -> tuple[str, ...]:
    """The codes of the decrees there are, in order; amendments have none of their own.

    Raises: BrokenDecree when one of the files has problems.
    """
    return tuple(sorted(_shelf()[0]))


@lru_cache(maxsize=8192)
def on(code: str, day: date) -> Decree:
    """The whole law of that day; the law is chosen by the day judged, never by today.

    Raises: UnknownDecree for a code without a file; UncoveredDay when the decree says nothing about the day; BrokenDecree.
    """
    return _pack(code).decree_on(day)


def stand() -> None:
    """Nothing, when every decree there is can be put together; a process begins with it, so that a broken file is met at once.

    Raises: BrokenDecree; UnknownDecree for a basis or an amendment of a decree there is not.
    """
    words()
    for code in codes():
        _pack(code)
    for amendment in _shelf()[1]:
        path_of(amendment.amends or "")


@lru_cache(maxsize=1)
def words() -> str:
    """A hash of the decree files as this process read them: of two processes that agree in it, both judge by the same law."""
    return hashlib.sha256(repr([(path.stem, path.read_bytes()) for path in files()]).encode()).hexdigest()[:32]


def path_of(code: str) -> Path:
    """The file of a decree.

    Raises: UnknownDecree.
    """
    if code not in _shelf()[0]:
        raise UnknownDecree(code)
    return _shelf()[0][code]


def name_of(code: str) -> str:
    """Whose law the decree is.

    Raises: UnknownDecree.
    """
    return _pack(code).name


def check(path: Path) -> list[Problem]:
    """Everything that keeps a decree file from being law; empty when nothing does."""
    return _sound(path)[1]


def draft_of(path: Path) -> Draft:
    """The file as the law it would be.

    Raises: BrokenDecree; UnknownDecree when it bears the code of no decree that is in force and amends none.
    """
    found, problems = _sound(path)
    if problems:
        raise BrokenDecree(path, problems)
    stands_for = found.amends or found.code
    if stands_for not in codes():
        raise UnknownDecree(stands_for)
    if found.amends is not None:
        found = _pack(found.amends).amended_by(found)[0]
    elif found.basis is not None:
        found = found.resting_on(_pack(found.basis))
    return Draft(stands_for, found)


def _sound(path: Path) -> tuple[pack.Pack, list[Problem]]:
    """The pack of a file, and what is wrong with it by itself or beside the decree it rests on or amends."""
    found, problems = pack.read(path)
    if problems:
        return found, problems
    for key, named in (("basis", found.basis), ("amends", found.amends)):
        known = [code for code in codes() if code != found.code]
        if named is not None and named not in known:
            problems.append(Problem(key, f"must be one of {', '.join(known)}, not {named!r}"))
    if found.amends is None and not problems:
        problems += _lacking(found if found.basis is None else found.resting_on(_pack(found.basis)))
    if found.amends in codes() and not problems:
        others = [entry for entry in _shelf()[1] if entry.amends == found.amends and entry.code != found.code]
        problems += _amended(found.amends or "", others)[0].amended_by(found)[1]
    return found, pack.placed(problems, path.read_text("utf-8", "replace"))


@lru_cache(maxsize=64)
def _pack(code: str) -> pack.Pack:
    """The decree of that code as it is in force: amended, and resting on its basis.

    Raises: UnknownDecree; BrokenDecree when its file, or one that amends it, has problems.
    """
    found, problems = _amended(code, [entry for entry in _shelf()[1] if entry.amends == code])
    whole = found if found.basis is None else found.resting_on(_pack(found.basis))
    problems += _lacking(whole)
    if problems:
        raise BrokenDecree(path_of(code), problems)
    return whole


def _amended(code: str, amendments: list[pack.Pack]) -> tuple[pack.Pack, list[Problem]]:
    """The decree with these amendments in order of their codes, and what keeps them from fitting."""
    found, problems = pack.read(path_of(code))
    for amendment in sorted(amendments, key=lambda entry: entry.code):
        found, flaws = found.amended_by(amendment)
        problems += flaws
    return found, problems


@lru_cache(maxsize=1)
def _shelf() -> tuple[dict[str, Path], tuple[pack.Pack, ...]]:
    """The file of each code, and the amendments.

    Raises: BrokenDecree for a file of the agency's folder that cannot be read, or bears the code of another.
    """
    found: dict[str, Path] = {}
    amendments: list[pack.Pack] = []
    for path, entry in _read(files()):
        if entry.code in found or entry.code in [amendment.code for amendment in amendments]:
            raise BrokenDecree(path, [Problem("code", "is that of another decree file; what changes it amends it")])
        if entry.amends is None:
            found[entry.code] = path
        else:
            amendments.append(entry)
    return found, tuple(amendments)


def _read(paths: list[Path]) -> Iterator[tuple[Path, pack.Pack]]:
    """Each file with its pack.

    Raises: BrokenDecree.
    """
    for path in paths:
        entry, problems = pack.read(path)
        if problems:
            raise BrokenDecree(path, problems)
        yield path, entry


def _lacking(whole: pack.Pack) -> list[Problem]:
    """A problem for each series that a decree must have."""
    return [Problem("", f"says nothing about {series}, and rests on nothing that does") for series in whole.lacks()]
