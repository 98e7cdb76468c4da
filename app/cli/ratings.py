"""`flask ratings`: results of SKP from a spreadsheet."""

from pathlib import Path

import click

from app import clock, errors
from app.cli.calendars import FILE, dry, language
from app.cli.people import SHOWN, spoken
from app.cli.told import Told
from app.db import transaction
from app.people import store as people
from app.people.actions.days import day_of
from app.ratings import actions
from app.ratings.rules import resultfile
from app.texts import text


@click.group(cls=Told)
def ratings() -> None:
    """Assessments and the ratings that follow from them."""


@ratings.command("results")
@click.argument("file", type=FILE)
@click.option("--by", "nip", required=True, help="NIP of the personnel officer in whose name they are brought in.")
@dry
@language
def results(file: Path, nip: str, dry_run: bool, lang: str) -> None:
    """Bring FILE (docs/assessments.md) in: every row is checked, and all of it is kept as assessments or nothing."""
    now = clock.now()
    with spoken(lang), transaction() as session:
        officer = people.officer(session, nip, day_of(now))
        if officer is None or not officer.has_any(actions.BRINGS):
            raise errors.Denied("role_missing", roles=", ".join(actions.BRINGS))
        brought = actions.import_results(session, resultfile.parse(file.read_bytes()), officer, now, dry_run)
    if brought.problems:
        for problem in brought.problems[:SHOWN]:
            words = text(problem.code, lang, **problem.params)
            click.echo(text("csv_line", lang, line=problem.line, words=words) if problem.line else words, err=True)
        raise click.ClickException(text("results_refused", lang, count=len(brought.problems)))
    said = {"added": brought.added, "changed": brought.changed, "same": brought.same}
    click.echo(text("results_dry" if dry_run else "results_done", lang, **said))
