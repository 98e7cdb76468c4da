"""`flask activities`: standard activities with their norm times from a file."""

from pathlib import Path

import click

from app import clock
from app.activities import actions
from app.activities.rules import standardfile
from app.cli.calendars import FILE, dry, language
from app.cli.people import SHOWN, spoken
from app.cli.told import Told
from app.db import transaction
from app.texts import text


@click.group(cls=Told)
def activities() -> None:
    """Standard activities and their norm times."""


@activities.command("standards")
@click.argument("file", type=FILE)
@dry
@language
def standards(file: Path, dry_run: bool, lang: str) -> None:
    """Bring FILE (docs/activities.md) in: every row is checked, and all of it is written or nothing."""
    with spoken(lang), transaction() as session:
        brought = actions.import_standards(session, standardfile.parse(file.read_bytes()), clock.now(), dry_run)
    if brought.problems:
        for problem in brought.problems[:SHOWN]:
            words = text(problem.code, lang, **problem.params)
            click.echo(text("csv_line", lang, line=problem.line, words=words) if problem.line else words, err=True)
        raise click.ClickException(text("standards_refused", lang, count=len(brought.problems)))
    click.echo(text("standards_dry" if dry_run else "standards_done", lang, added=brought.added, changed=brought.changed))
