"""`flask pay`: base amounts from a file, and a month handed over to payroll."""

import os
import tempfile
from datetime import datetime
from pathlib import Path

import click

from app import clock
from app.cli.calendars import FILE, dry, language
from app.cli.people import SHOWN, spoken
from app.cli.told import Told
from app.db import transaction
from app.pay import actions, rules
from app.people import store as people
from app.texts import text


@click.group(cls=Told)
def pay() -> None:
    """What a month comes to in rupiah."""


@pay.command("bases")
@click.argument("file", type=FILE)
@dry
@language
def bases(file: Path, dry_run: bool, lang: str) -> None:
    """Bring FILE (docs/pay.md) in: every row is checked, and all of it is written or nothing."""
    with spoken(lang), transaction() as session:
        brought = actions.import_bases(session, rules.parse(file.read_bytes()), None, clock.now(), dry_run)
    if brought.problems:
        for problem in brought.problems[:SHOWN]:
            words = text(problem.code, lang, **problem.params)
            click.echo(text("csv_line", lang, line=problem.line, words=words) if problem.line else words, err=True)
        raise click.ClickException(text("bases_refused", lang, count=len(brought.problems)))
    said = {"added": brought.added, "changed": brought.changed, "same": brought.same}
    click.echo(text("bases_dry" if dry_run else "bases_done", lang, **said))


@pay.command("handover")
@click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), help="The month, as 2026-11.")
@click.option("--unit", required=True, help="Code of the unit; everything below it is included.")
@click.option("--provisional", is_flag=True, help="Also an open month: its rows say so.")
@click.option("-o", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@language
def handover(month: datetime, unit: str, provisional: bool, file: Path, lang: str) -> None:
    """Write a sealed month for payroll (docs/payroll-csv.md) and FILE.sha256 beside it; both appear when whole, or not at all."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as made, spoken(lang), transaction() as session:
            found = [people.get_unit(session, unit)]
            done = actions.write_payroll(session, made, month.date(), found, provisional, lang, clock.now())
        os.chmod(name, 0o640)
        file.with_name(f"{file.name}.sha256").write_text(f"{done.handed.whole_sha256.hex()}  {file.name}\n", "utf-8")
        os.replace(name, file)
    finally:
        Path(name).unlink(missing_ok=True)
    state = text("payroll_state_open", lang) if done.heading.provisional else ""
    handed = done.handed
    click.echo(text("payroll_done", lang, file=file, rows=handed.rows, rupiah=handed.rupiah, sha256=handed.sha256, state=state))
