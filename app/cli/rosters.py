"""`flask rosters`: a unit's roster of a month as one spreadsheet, compared and published."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from app import clock, errors
from app.cli.told import Told
from app.db import Session, transaction
from app.texts import LANGUAGES, text
from app.workdays import actions, render, rules
from app.workdays import store as workdays
from app.workdays.rules import rosterfile

# A file with one wrong column is wrong on every line: a hundred say it, the count says how much.
SHOWN = 100

unit = click.option("--unit", required=True, help="Code of the unit; people below it are included.")
month = click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), help="The month, as 2026-12.")
language = click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="Language of the answer.")


@click.group(cls=Told)
def rosters() -> None:
    """Rosters by unit and month."""


@rosters.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@unit
@month
@click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
@language
def import_file(file: Path, unit: str, month: datetime, dry_run: bool, lang: str) -> None:
    """Bring FILE (docs/rosters.md) into the unit's draft: every row is checked, and all of it is written or nothing."""
    now = clock.now()
    with spoken(lang), transaction() as session:
        there = actions.month_of(session, unit, month.date(), None, now)
        found = actions.import_roster(session, there, rosterfile.parse(file.read_bytes(), there.month), now, dry_run)
        if found.problems:
            for problem in found.problems[:SHOWN]:
                words = text(problem.code, lang, **problem.params)
                click.echo(text("csv_line", lang, line=problem.line, words=words) if problem.line else words, err=True)
            raise click.ClickException(text("roster_file_refused", lang, count=len(found.problems)))
        show(session, found.changes, lang)
    count = len(found.changes)
    code = "roster_file_dry" if dry_run else "roster_file_done" if count else "roster_file_nothing"
    click.echo(text(code, lang, count=count, unit=unit, month=f"{month:%Y-%m}"))


@rosters.command("export")
@unit
@month
@click.option("--of", "name", default=actions.IN_FORCE, help="draft, in_force, or the number of a version.")
@click.option("-o", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@language
def export(unit: str, month: datetime, name: str, file: Path, lang: str) -> None:
    """Write a roster as the file that `import` reads, with everybody of the unit."""
    with spoken(lang), transaction() as session:
        there = actions.month_of(session, unit, month.date(), None, clock.now())
        words = render.roster_csv(actions.people_of(there), actions.plan_of(session, there, name), there.month)
    file.write_bytes(words.encode())


@rosters.command("diff")
@unit
@month
@click.option("--from", "before", default=actions.IN_FORCE, help="draft, in_force, or the number of a version.")
@click.option("--to", "after", default=actions.DRAFT, help="draft, in_force, or the number of a version.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@language
def diff(unit: str, month: datetime, before: str, after: str, form: str, lang: str) -> None:
    """Show where two rosters of a unit and month differ."""
    with spoken(lang), transaction() as session:
        there = actions.month_of(session, unit, month.date(), None, clock.now())
        changes = rules.differences(actions.plan_of(session, there, before), actions.plan_of(session, there, after))
        if form == "json":
            click.echo(json.dumps(list(_words(session, changes)), ensure_ascii=False, indent=1))
        else:
            show(session, changes, lang)
            if not changes:
                click.echo(text("roster_file_nothing", lang))


@rosters.command("publish")
@unit
@month
@click.option("--note", required=True, help="Why this roster replaces the one before.")
@language
def publish(unit: str, month: datetime, note: str, lang: str) -> None:
    """Put the unit's draft in force: refused with every conflict there would be."""
    now = clock.now()
    with spoken(lang), transaction() as session:
        there = actions.month_of(session, unit, month.date(), None, now)
        version = actions.publish(session, there, note, None, now)
    click.echo(text("roster_published", lang, unit=unit, month=f"{month:%Y-%m}", version=version.version))


@contextlib.contextmanager
def spoken(lang: str) -> Iterator[None]:
    """A refusal inside the block ends the command with its words, all of them, and exit status 1."""
    try:
        yield
    except errors.TapakError as error:
        for said in list(error.errors.values() if isinstance(error, errors.Invalid) else ())[:SHOWN]:
            code, params = said if isinstance(said, tuple) else (said, {})
            click.echo(text(code, lang, **params), err=True)
        raise click.ClickException(text(error.code, lang, **error.params)) from error


def show(session: Session, changes: Sequence[rules.Change], lang: str) -> None:
    """Print the changes as a table."""
    names = workdays.names_of(session, sorted({change.person_id for change in changes}))
    for line in render.table_of(changes, names, text("roster_said_nothing", lang)) if changes else ():
        click.echo(line)


def _words(session: Session, changes: Sequence[rules.Change]) -> Iterator[dict[str, str]]:
    names = workdays.names_of(session, sorted({change.person_id for change in changes}))
    for change in changes:
        nip, name = names[change.person_id]
        yield {
            "day": change.day.isoformat(), "nip": nip, "name": name, "before": rules.written(change.before),
            "after": rules.written(change.after),
        }  # fmt: skip
