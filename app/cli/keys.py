"""`flask keys`: the keys this server signs with."""

import click

from app import jws
from app.cli.told import Told
from app.config import var


@click.group(cls=Told)
def keys() -> None:
    """The keys that sign receipts, time anchors and checkpoints."""


@keys.command()
def rotate() -> None:
    """Make a new signing key; running processes sign with it at once, older keys keep verifying."""
    click.echo(jws.keyring(var("keys")).rotate())


@keys.command("list")
def list_keys() -> None:
    """Names of the keys, oldest first; the last one signs."""
    for key in jws.keyring(var("keys")).jwks():
        click.echo(key["kid"])
