"""`flask decrees`: check a decree file, read the whole law of a day, try a draft, and tell how far absence has gone."""

import json
from datetime import datetime
from pathlib import Path

import click

from app import clock
from app import decrees as law
from app.cli.told import Told
from app.db import transaction
from app.people import store as people
from app.ratings import actions
from app.ratings.render.law import rules_of
from app.ratings.render.trial import document_of, summary_of, write_xlsx
from app.texts import LANGUAGES, text


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
    said = {"name": law.name_of(code), "code": code, "day": f"{decree.day}", "version": decree.version}
    click.echo(text("law_heading", lang, **said))
    click.echo(text("law_qualities", lang))
    for rule in rules_of(decree, lang):
        click.echo(f"\n{rule.title}")
        for sentence in rule.says:
            click.echo(f"  {sentence}")
        if rule.clause:
            click.echo(f"  [{rule.clause.quality}] {rule.clause.code}\n  {rule.clause.source}")


@decrees.command("backtest")
@click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), help="The month, as 2026-11.")
@click.option("--unit", help="Code of the unit; everything below it is included. Left out: everybody under the decree.")
@click.option("--format", "form", type=click.Choice(["json", "xlsx"]), help="Kind of file; left out, the sums in words.")
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="Language of headings.")
def try_draft(draft: Path, month: datetime, unit: str | None, form: str | None, file: Path | None, lang: str) -> None:
    """Say what a month would have cost under DRAFT, who would be touched, and where; nothing is changed."""
    if (form is None) != (file is None):
        raise click.UsageError("--format and -o belong together")
    try:
        with transaction() as session:
            paths = None if unit is None else [people.get_unit(session, unit).path]
            trial = actions.backtest(session, law.draft_of(draft), month.date(), clock.now(), paths)
    except (law.UnknownDecree, law.BrokenDecree) as error:
        raise click.ClickException(str(error)) from error
    if file is not None:
        with file.open("wb") as made:
            if form == "xlsx":
                write_xlsx(made, trial, lang)
            else:
                made.write(json.dumps(document_of(trial), indent=2, ensure_ascii=False).encode() + b"\n")
    for line in summary_of(trial, lang):
        click.echo(line)


@decrees.command("ladder")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day of the calendar year that is counted.")
@click.option("--unit", help="Code of the unit; everything below it is included.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="Language of the sentences.")
def show_ladder(until: datetime, unit: str | None, lang: str) -> None:
    """Say whom absence has brought to a step of the ladder of discipline: a notice to those who examine, never a sanction."""
    with transaction() as session:
        paths = None if unit is None else [people.get_unit(session, unit).path]
        notices = list(actions.ladder_of(session, until.date(), paths))
    for notice in notices:
        person, reached = notice.person, notice.reached
        said = {"nip": person.nip, "name": person.name, "unit": person.unit_code, "days": reached.days, "run": reached.run}
        named = {"level": text(f"level_{reached.level}", lang), "sanction": text(f"sanction_{reached.sanction}", lang)}
        click.echo(text("notice_line", lang, quality=notice.clause.quality, **said, **named))
    click.echo(text("rule_rung_notice" if notices else "notice_none", lang))
