"""`flask recaps`: a month as a file."""

import os
import tempfile
from datetime import datetime
from pathlib import Path

import click

from app import clock, errors
from app.cli.told import Told
from app.db import transaction
from app.people import store as people
from app.recaps import actions
from app.texts import LANGUAGES, text


@click.group(cls=Told)
def recaps() -> None:
    """Monthly recaps."""


@recaps.command("export")
@click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), help="The month, as 2026-11.")
@click.option("--unit", required=True, help="Code of the unit; everything below it is included.")
@click.option("--format", "form", required=True, type=click.Choice(["csv", "xlsx", "pdf"]), help="Kind of file.")
@click.option("-o", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="Language of headings and legend.")
def export(month: datetime, unit: str, form: str, file: Path, lang: str) -> None:
    """Write the recap of a unit; FILE appears when it is whole, or not at all."""
    folder = file.absolute().parent
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=folder)
    try:
        with os.fdopen(handle, "wb") as made, transaction() as session:
            found = people.get_unit(session, unit)
            heading = actions.heading_of(session, month.date(), [found], lang, clock.now())
            actions.write(session, made, form, heading, [found.path])
        os.chmod(name, 0o640)
        os.replace(name, file)
    except errors.TapakError as error:
        raise click.ClickException(text(error.code, lang, **error.params)) from error
    finally:
        Path(name).unlink(missing_ok=True)
    state = text("recap_state_provisional", lang) if heading.provisional else ""
    click.echo(text("recap_written", lang, file=file, state=state))
