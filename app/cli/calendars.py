"""`flask calendars`: holy days as they are computed, circulars declared, and who belongs to which calendar group."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import click

from app import clock
from app.cli.people import SHOWN, spoken
from app.cli.told import Told
from app.db import transaction
from app.texts import LANGUAGES, text
from app.workdays import actions, rules
from app.workdays.rules import memberfile

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
dry = click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
language = click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="Language of the answer.")


@click.group(cls=Told)
def calendars() -> None:
    """Holy days, circulars and calendar groups."""


@calendars.command("show")
@click.argument("code", type=click.Choice(rules.calendars()))
@click.option("--year", required=True, type=click.IntRange(1900, 2100))
def show(code: str, year: int) -> None:
    """Print the year's days of a shipped calendar; * frees its groups, G is general knowledge and frees nobody."""
    for feast in rules.feasts_of(code, year).values():
        mark = "*" if feast.frees else " "
        click.echo(f"{feast.day} {mark} {feast.quality}  {feast.name}  ({rules.pawukon_name(feast.day)})  {feast.source}")


@calendars.command("declare")
@click.argument("file", type=FILE)
@dry
@language
def declare(file: Path, dry_run: bool, lang: str) -> None:
    """Declare the days of a circular FILE (docs/calendars.md): all of them, or none."""
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        days = [_day(said, row) for row in said["days"]]
        unit, group = str(said["unit"]), said.get("group")
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(text("circular_wrong", lang, why=repr(error))) from error
    with spoken(lang), transaction() as session:
        count = actions.declare_all(session, unit, group, days, None, clock.now())
        if dry_run:
            session.rollback()
    click.echo(text("circular_dry" if dry_run else "circular_done", lang, count=count, unit=unit))


@calendars.command("members")
@click.argument("file", type=FILE)
@dry
@language
def members(file: Path, dry_run: bool, lang: str) -> None:
    """Bring FILE (nip, group, since, until) in: every row is checked, and all of it is written or nothing."""
    with spoken(lang), transaction() as session:
        brought = actions.import_members(session, memberfile.parse(file.read_bytes()), None, clock.now(), dry_run)
    if brought.problems:
        for problem in brought.problems[:SHOWN]:
            words = text(problem.code, lang, **problem.params)
            click.echo(text("csv_line", lang, line=problem.line, words=words) if problem.line else words, err=True)
        raise click.ClickException(text("members_refused", lang, count=len(brought.problems)))
    click.echo(text("members_dry" if dry_run else "members_done", lang, added=brought.added, changed=brought.changed))


def _day(said: dict[str, Any], row: dict[str, Any]) -> rules.Holiday:
    """A day of the circular.

    Raises: ValueError, KeyError, TypeError for what is none.
    """
    if not isinstance(row["on"], date):
        raise TypeError(f"{row['on']!r} is no day")
    return rules.Holiday(row["on"], rules.HolidayKind(said["kind"]), str(row["name"]), str(said["source"]))
