"""Asking for an export, writing the next one, and throwing old files away."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from app import errors
from app.access import Actor, Role
from app.config import var
from app.db import Session
from app.exports import store
from app.people import store as people
from app.recaps import actions as recaps
from app.recaps.render import WRITERS
from app.recaps.rules import Recap

READS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)
KEPT_FOR = timedelta(days=7)
EVERY = 500  # people between two words about how far it is

Progress = Callable[[UUID, int], None]


def ask(session: Session, month: date, unit: str | None, form: str, language: str, by: Actor, now: datetime) -> store.RecapExport:
    """The export as it waits for its turn, of the unit or of all of one's scope.

    Raises: NotFound for a unit out of scope too.
    """
    units = recaps.units_of(session, unit, by.paths(*READS))
    export = store.RecapExport(
        id=uuid4(), asked_by=by.person_id, month=month, units=[one.code for one in units], paths=[one.path for one in units],
        form=form, language=language, asked_at=now, people=0,
    )  # fmt: skip
    store.add(session, export)
    return export


def get(session: Session, export_id: UUID, by: Actor) -> store.RecapExport:
    """The export, for the one who asked.

    Raises: NotFound.
    """
    found = store.find(session, export_id, by.person_id)
    if found is None:
        raise errors.NotFound("unknown_export", export=export_id)
    return found


def file_of(session: Session, export_id: UUID, by: Actor) -> tuple[store.RecapExport, Path]:
    """The finished file.

    Raises: NotFound, Conflict (`export_not_done`).
    """
    found = get(session, export_id, by)
    if found.state != "done":
        raise errors.Conflict("export_not_done", state=found.state)
    file = _place(found)
    if not file.exists():
        raise errors.NotFound("unknown_export", export=export_id)
    return found, file


def write_next(session: Session, progress: Progress, now: datetime) -> int:
    """1 when the oldest waiting export was written or has failed for good; after a crash it begins again.

    `progress` is told how many people are written, in a transaction of its own, so that whoever waits can see it.
    """
    export = store.next_waiting(session)
    if export is None:
        return 0
    place = _place(export)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = place.with_suffix(".part")
    heading = recaps.heading_of(
        session, export.month, [people.get_unit(session, code) for code in export.units], export.language, now
    )
    try:
        with scratch.open("wb") as file:
            rows = _counted(export.id, recaps.stream_recaps(session, export.month, export.paths), progress)
            WRITERS[export.form](file, heading, rows)
    except errors.Invalid as error:
        scratch.unlink(missing_ok=True)
        store.note(session, export.id, error=error.code, ended_at=now)
        return 1
    with scratch.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = scratch.stat().st_size
    scratch.replace(place)
    store.note(session, export.id, bytes=size, sha256=digest, ended_at=now)
    return 1


def throw_away(session: Session, now: datetime) -> int:
    """Number of files that lay for a week and are gone now."""
    gone = [place for export in store.list_ended(session, now - KEPT_FOR) if (place := _place(export)).exists()]
    for place in gone:
        place.unlink()
    return len(gone)


def _counted(export_id: UUID, rows: Iterator[Recap], progress: Progress) -> Iterator[Recap]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % EVERY == 0 or number == 1:
            progress(export_id, number)


def _place(export: store.RecapExport) -> Path:
    return var("exports", f"{export.id}.{export.form}")
