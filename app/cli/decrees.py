"""`flask decrees`: check a decree file, and read the whole law of a day."""

import json
from datetime import datetime
from pathlib import Path

import click

from app import decrees as law
from app.cli.told import Told
from app.ratings.render.law import rules_of
from app.texts import LANGUAGES


@click.group(cls=Told)
def decrees() -> None:
    """Law as data: check it, read it, and see what a draft would change."""


@decrees.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_file(file: Path | None) -> None:
    """Say what keeps FILE (or any decree in use) from being law, line by line; exit status 1 if anything does."""
    try:
        problems = {found: law.check(found) for found in ([file] if file else law.files())}
    except law.BrokenDecree as error:
        raise click.ClickException(str(error)) from error
    for found, said in problems.items():
        click.echo(f"{found.name}: " + ("ok" if not said else f"{len(said)} problem(s)"))
        for problem in said:
            click.echo(f"  {found.name}:{problem.line}: {problem.path or 'file'}: {problem.message}")
    if any(problems.values()):
        raise SystemExit(1)


@decrees.command("schema")
def print_schema() -> None:
    """Print what a decree file may hold, as JSON Schema; docs/decree.schema.json is this."""
    click.echo(json.dumps(law.schema(), indent=2))


@decrees.command("show")
@click.argument("code")
@click.option("--on", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day whose law is shown.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="Language of the headings.")
def show(code: str, day: datetime, lang: str) -> None:
    """Show the whole law of a day: each number, its clause, its source and how sure it is (S read, G general, C ours)."""
    try:
        decree = law.on(code, day.date())
    except (law.UnknownDecree, law.BrokenDecree) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{decree.code} {decree.day} [{decree.version}]")
    for rule in rules_of(decree, lang):
        click.echo(f"\n{rule.title}")
        for sentence in rule.says:
            click.echo(f"  {sentence}")
        if rule.clause:
            click.echo(f"  [{rule.clause.quality}] {rule.clause.code}\n  {rule.clause.source}")
