"""`flask people`: bring in units and people from a file, and set up the first ones who may sign in."""

import contextlib
import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import click

from app import clock, errors
from app.access import Role
from app.cli.told import Told
from app.db import transaction
from app.people.actions import accounts, grants, imports
from app.people.actions.days import day_of
from app.people.rules.codes import LIFETIME
from app.people.rules.grants import GIVEN_BY
from app.people.rules.plan import Change, PersonState, Plan, PostingState, UnitState
from app.people.rules.separated import Problem
from app.people.rules.table import parse
from app.texts import LANGUAGES, text

# A file with one wrong column is wrong on every line: a hundred say it, the count says how much.
SHOWN = 100

language = click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="Language of the answer.")


@click.group(cls=Told)
def people() -> None:
    """Units, people and who may sign in."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
@click.option("--codes", type=click.Path(dir_okay=False, path_type=Path), help="New file for the one-time codes of new people.")
@language
def import_file(file: Path, dry_run: bool, codes: Path | None, lang: str) -> None:
    """Bring FILE in (docs/people-csv.md): every row is checked, the difference shown, and all of it applied or nothing."""
    table = parse(file.read_bytes())
    with spoken(lang), transaction() as session:
        imported = imports.import_people(session, table, None, clock.now(), dry_run, with_codes=codes is not None)
        if codes is not None and imported.codes:
            write_codes(codes, imported.plan, imported.codes)
    _echo_some(_line(problem, lang) for problem in imported.plan.warnings)
    if imported.plan.problems:
        _echo_some((_line(problem, lang) for problem in imported.plan.problems), err=True)
        raise click.ClickException(text("import_refused", lang, count=len(imported.plan.problems)))
    for line in diff(imported.plan, lang):
        click.echo(line)
    click.echo(_outcome(imported, codes, lang))


@people.command("grant")
@click.argument("nip")
@click.argument("role", type=click.Choice([str(role) for role in GIVEN_BY]))
@click.argument("unit")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="First day it no longer holds.")
@language
def grant(nip: str, role: str, unit: str, until: datetime | None, lang: str) -> None:
    """Give NIP the ROLE over UNIT from today: how the first administrator comes to be."""
    now = clock.now()
    wanted = grants.Wanted(nip, Role(role), unit, day_of(now), until.date() if until else None)
    with spoken(lang), transaction() as session:
        given = grants.add_first_grant(session, wanted, now)
    click.echo(text("grant_given", lang, role=given.role, unit=given.unit_code, name=given.name, since=given.since))


@people.command("activate-code")
@click.argument("nip")
@language
def activate_code(nip: str, lang: str) -> None:
    """Print a fresh one-time code for NIP; codes given before stop working."""
    with spoken(lang), transaction() as session:
        code = accounts.new_code(session, nip, clock.now())
    click.echo(code)
    click.echo(text("code_given", lang, days=LIFETIME.days), err=True)


@contextlib.contextmanager
def spoken(lang: str) -> Iterator[None]:
    """A refusal inside the block ends the command with its words and exit status 1."""
    try:
        yield
    except errors.TapakError as error:
        raise click.ClickException(text(error.code, lang, **error.params)) from error


def write_codes(file: Path, plan: Plan, codes: Mapping[str, str]) -> None:
    """Write the codes to a new file that only its owner can read.

    Raises: ClickException when there is such a file already: its codes would be lost.
    """
    units = {change.after.nip: change.after.unit_code for change in plan.postings}
    names = {change.after.nip: change.after.name for change in plan.people}
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("nip", "name", "unit_code", "code"))
        writer.writerows((nip, names[nip], units.get(nip, ""), code) for nip, code in codes.items())
        handle.flush()
        os.fsync(handle.fileno())


def diff(plan: Plan, lang: str) -> Iterator[str]:
    """The plan as lines: `+` what is new, `~` what changes, of each kind the first hundred and the number of all."""
    kinds: tuple[tuple[str, list[str]], ...] = (
        ("units", [_unit(change) for change in plan.units]),
        ("people", [_person(change) for change in plan.people]),
        ("postings", [_posting(change) for change in plan.postings]),
    )
    for kind, lines in kinds:
        if lines:
            yield text(
                f"diff_{kind}", lang, added=sum(line[0] == "+" for line in lines), changed=sum(line[0] == "~" for line in lines)
            )
            yield from (f"  {line}" for line in lines[:SHOWN])
            if len(lines) > SHOWN:
                yield text("diff_more", lang, count=len(lines) - SHOWN)


def _unit(change: Change[UnitState]) -> str:
    after = change.after
    if change.before is None:
        return f"+ {after.code}  {after.name}  ({after.path}, {after.zone}, {after.decree})"
    members = ("name", "path", "zone", "decree")
    return f"~ {after.code}  " + _changed(change.before, after, members)


def _person(change: Change[PersonState]) -> str:
    sign = "+" if change.before is None else "~"
    was = "" if change.before is None else f"{change.before.name} → "
    return f"{sign} {change.after.nip}  {was}{change.after.name}"


def _posting(change: Change[PostingState]) -> str:
    after = change.after
    held = f"{after.nip}  {after.unit_code}  {after.position}  ({after.kind}, {after.since} – {after.until or '…'})"
    if change.before is None:
        return f"+ {held}"
    return f"~ {held}  " + _changed(change.before, after, ("position", "until"))


def _changed(before: object, after: object, members: Iterable[str]) -> str:
    pairs = ((member, getattr(before, member), getattr(after, member)) for member in members)
    return "; ".join(f"{member}: {was or '…'} → {now or '…'}" for member, was, now in pairs if was != now)


def _line(problem: Problem, lang: str) -> str:
    words = text(problem.code, lang, **problem.params)
    return text("csv_line", lang, line=problem.line, words=words) if problem.line else words


def _echo_some(lines: Iterable[str], err: bool = False) -> None:
    for count, line in enumerate(lines):
        if count == SHOWN:
            return
        click.echo(line, err=err)


def _outcome(imported: imports.Imported, codes: Path | None, lang: str) -> str:
    """The last line: nothing to do, nothing done, or what was done and where the codes are."""
    if imported.plan.is_empty():
        return text("import_nothing", lang)
    if not imported.is_written:
        return text("import_dry", lang)
    added = sum(change.before is None for change in imported.plan.people)
    if imported.codes:
        return text("import_done_codes", lang, count=added, file=codes)
    return text("import_done", lang, count=added)
