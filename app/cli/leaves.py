"""`flask leaves`: opening balances of annual leave from a file."""

from pathlib import Path

import click

from app import clock
from app.cli.calendars import FILE, dry, language
from app.cli.people import SHOWN, spoken
from app.cli.told import Told
from app.db import transaction
from app.texts import text
from app.workdays import actions
from app.workdays.rules import openingfile


@click.group(cls=Told)
def leaves() -> None:
    """Balances of leave."""


@leaves.command("openings")
@click.argument("file", type=FILE)
@dry
@language
def openings(file: Path, dry_run: bool, lang: str) -> None:
    """Bring FILE (nip, year, days, source) in: every row is checked, and all of it is written or nothing."""
    with spoken(lang), transaction() as session:
        stated = actions.import_openings(session, openingfile.parse(file.read_bytes()), clock.now(), dry_run)
    if stated.problems:
        for problem in stated.problems[:SHOWN]:
            words = text(problem.code, lang, **problem.params)
            click.echo(text("csv_line", lang, line=problem.line, words=words) if problem.line else words, err=True)
        raise click.ClickException(text("openings_refused", lang, count=len(stated.problems)))
    click.echo(text("openings_dry" if dry_run else "openings_done", lang, added=stated.added, changed=stated.changed))
