"""A month's recap of some subtrees: gathered in chunks, added up, handed on as an iterator or written to a file."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import IO

from app import decrees
from app.access import is_within
from app.db import Session
from app.people import store as people
from app.recaps import render, rules, store
from app.recaps.render import Heading


@lru_cache(maxsize=4096)
def bands_on(decree: str, day: date) -> tuple[decrees.Bands, decrees.Bands]:
    """The bands of late and of early minutes under a decree on a day."""
    law = decrees.on(decree, day)
    return law.lateness, law.early


def units_of(session: Session, unit: str | None, paths: Sequence[str]) -> list[people.Unit]:
    """The unit asked for if it lies in the subtrees, else the roots of the subtrees, each once.

    Raises: NotFound for a unit outside them.
    """
    if unit is not None:
        return [people.get_unit(session, unit, paths)]
    roots = [path for path in paths if not is_within(path, [other for other in paths if other != path])]
    return [people.get_unit(session, path.rpartition(".")[2], paths) for path in roots]


def list_recaps(
    session: Session, month: date, paths: Sequence[str], after: tuple[str, str] | None, limit: int
) -> list[rules.Recap]:
    """Recaps in order of unit path and NIP, beginning after that path and NIP."""
    return list(_added_up(month, store.list_months(session, month, paths, after, limit)))


def recaps_of(session: Session, month: date, paths: Sequence[str] | None, person_ids: Sequence[int]) -> list[rules.Recap]:
    """The recaps of these people, of their days in the subtrees (None: wherever they were)."""
    return list(_added_up(month, store.list_months(session, month, paths, person_ids=person_ids)))


def stream_recaps(session: Session, month: date, paths: Sequence[str]) -> Iterator[rules.Recap]:
    """All recaps in the same order, read from the database as they are used: 20,000 people take the memory of 200."""
    return _added_up(month, store.stream_months(session, month, paths))


def totals_of(session: Session, month: date, paths: Sequence[str]) -> list[rules.UnitTotal]:
    """The sums by unit, streamed: 20,000 people take the memory of 200."""
    return rules.totals_by_unit(stream_recaps(session, month, paths))


def heading_of(session: Session, month: date, units: Sequence[people.Unit], language: str, now: datetime) -> Heading:
    """What stands above the recap of the units' subtrees."""
    about = store.about(session, month, [unit.path for unit in units])
    laws = [decrees.on(code, day) for code, first_day, last_day in about.decrees for day in (first_day, last_day)]
    return Heading(
        month=month,
        units=tuple((unit.code, unit.name) for unit in units),
        laws=tuple({law.version: law for law in reversed(laws)}.values())[::-1],
        made_at=now,
        zone=units[0].zone,
        provisional=about.provisional,
        lateness=rules.same_bands([law.lateness for law in laws]),
        early=rules.same_bands([law.early for law in laws]),
        late_width=max((len(law.lateness.bands) for law in laws), default=0),
        early_width=max((len(law.early.bands) for law in laws), default=0),
        language=language,
    )


def write(session: Session, file: IO[bytes], form: str, heading: Heading, paths: Sequence[str]) -> None:
    """Write the recap of the subtrees into the file, as `csv`, `xlsx` or `pdf`."""
    render.WRITERS[form](file, heading, stream_recaps(session, heading.month, paths))


def file_name(heading: Heading, form: str) -> str:
    """A file name of the month and the units, of letters, digits, hyphens and underscores only (unit codes are no more)."""
    return f"rekap-{heading.month:%Y-%m}-{'-'.join(code for code, _ in heading.units[:3])}.{form}"


def _added_up(month: date, months: Iterable[store.Month]) -> Iterator[rules.Recap]:
    """The recaps of these people, in their order."""
    return (rules.recap_of(member, days, rated, month, bands_on) for member, rated, days in months)
