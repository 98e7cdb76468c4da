"""`flask ledger`: the newest checkpoint, a proof, and the audit of everything."""

import json

import click

from app import jws
from app.cli.told import Told
from app.db import transaction
from app.ledger import actions
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
    """Rebuild the tree from the words of its entries and say what is not as it was sealed; exit 1 if anything is not."""
    with transaction() as session:
        alarms = [text(f"alarm_{alarm.code}", "en", at=alarm.at) for alarm in actions.audit(session)]
    for alarm in alarms:
        click.echo(alarm)
    click.echo(f"{len(alarms)} alarms" if alarms else "The ledger is as it was sealed.")
    raise SystemExit(1 if alarms else 0)
