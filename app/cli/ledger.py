"""`flask ledger`: the newest checkpoint, a proof, the audit of everything, and an export with its inspection."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

import click
import orjson

from app import clock, jws
from app.anomalies import actions as anomalies
from app.audits import actions as audits
from app.checkins import actions as checkins
from app.cli.told import Told
from app.db import transaction
from app.inspector.inspection import inspect
from app.inspector.reading import read
from app.jobs import schedule
from app.ledger import actions
from app.ledger.rules import Alarm
from app.people import store as people
from app.texts import text


@click.group(cls=Told)
def ledger() -> None:
    """The sealed record of everything that happened."""


@ledger.command()
def checkpoint() -> None:
    """Print the newest signed checkpoint."""
    with transaction() as session:
        click.echo(actions.current_note(session), nl=False)


@ledger.command()
@click.argument("name", metavar="ID")
def prove(name: str) -> None:
    """Print the proofs that the leaf with the hash ID, or every leaf about ID, is under the newest checkpoint."""
    with transaction() as session:
        found = actions.proofs_of(session, name)
    proofs = [
        {"leaf_index": one.leaf_index, "leaf_hash": jws.b64(one.leaf_hash), "path": [jws.b64(step) for step in one.path]}
        for one in found.proofs
    ]
    proof = {"id": name, "size": found.size, "proofs": proofs, "checkpoint": found.note}
    click.echo(json.dumps(proof, indent=2, ensure_ascii=False))


@ledger.command()
def audit() -> None:
    """Rebuild the tree from its words, hold every fact against its leaf, and say what is not as it was; then exit 1."""
    with transaction() as session:
        alarms = list(audits.audit(session))
    _tell(alarms, "The ledger is as it was sealed.")


@ledger.command()
@click.option(
    "--month", type=click.DateTime(["%Y-%m"]), help="What was sealed in this month; absent: everything from the beginning."
)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def export(month: datetime | None, output: Path) -> None:
    """Write a stretch of the ledger with all that verdicts rest on: positions are in it, so give it to those who may see them.

    Everybody whose position is in it reads in the log of who looked that it was written.
    """
    begins_at = month and month.replace(tzinfo=schedule.zone())
    ends_at = begins_at and (begins_at + timedelta(days=32)).replace(day=1)
    with transaction() as session:
        span = actions.span_of(session, begins_at, ends_at)
        anomalies.note_export(session, span.first, span.end, clock.now())
    with transaction() as session, output.open("wb") as file:
        for line in checkins.exported(session, span):
            file.write(orjson.dumps(line) + b"\n")
    click.echo(f"{output}: leaves {span.first} to {span.end}")


@ledger.command()
@click.option("--nip", help="Whose reports and positions to erase, whatever their age.")
@click.option("--subject", help="The leaves whose content to erase, such as leave:3.")
def erase(nip: str | None, subject: str | None) -> None:
    """Erase on demand; what is sealed stays sealed, and a leaf says that something was erased.

    Evidence of findings that can still be decided or appealed stays until nothing can change any more; the leaf names it.
    """
    if (nip is None) == (subject is None):
        raise click.UsageError("give --nip or --subject")
    now = clock.now()
    with transaction() as session:
        if subject is not None:
            count = actions.forget_content(session, subject, now)
        else:
            person = people.get_person(session, nip or "")
            held = anomalies.held_checkins(session, now)
            count = checkins.forget_reports(session, now, now, person.id, held)
    click.echo(f"{count} erased")


@ledger.command()
@click.argument("file", metavar="EXPORT", type=click.File("r", encoding="utf-8"))
@click.option(
    "--held", multiple=True, type=click.File("r", encoding="utf-8"), help="A checkpoint somebody kept; may be given again."
)
@click.option("--receipts", type=click.File("r", encoding="utf-8"), help="Receipts of phones, one a line.")
@click.option("--keys", type=click.File("r", encoding="utf-8"), help="The server's jwks.json somebody kept: only these count.")
def verify(file: TextIO, held: tuple[TextIO, ...], receipts: TextIO | None, keys: TextIO | None) -> None:
    """Check EXPORT without a database: every leaf, checkpoint and receipt, every verdict made again; exit 1 if one is wrong."""
    counts: Counter[str] = Counter()
    try:
        found = read(file, None if keys is None else json.load(keys)["keys"])
        alarms = list(inspect(found, [note.read() for note in held], receipts or (), counts))
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"not an export that can be read: {error}") from None
    for what, count in sorted(counts.items()):
        click.echo(f"{count:>9} {what.replace('_', ' ')}")
    _tell(alarms, "Everything in it is as it was signed.")


def _tell(alarms: Sequence[Alarm], nothing: str) -> None:
    """Say each alarm, then how many there are; with any, exit 1."""
    for alarm in alarms:
        click.echo(text(f"alarm_{alarm.code}", "en", at=alarm.at))
    click.echo(f"{len(alarms)} alarms" if alarms else nothing)
    raise SystemExit(1 if alarms else 0)
