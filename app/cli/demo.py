"""`flask demo`: a made-up government to try everything on."""

import time
from datetime import date, datetime, timedelta

import click

from app import clock, jws
from app.cli.told import Told
from app.config import ROOT, setting, var
from app.demo import loading
from app.demo.cast import FEWEST_PEOPLE, MOST_PEOPLE
from app.demo.plan import ZONE, Plan


@click.group(cls=Told)
def demo() -> None:
    """A made-up government to try everything on."""


@demo.command()
@click.option("--people", type=click.IntRange(FEWEST_PEOPLE, MOST_PEOPLE), default=200, show_default=True)
@click.option("--months", type=click.IntRange(1, 12), default=2, show_default=True, help="Of check-ins.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed and last day give the same story.")
@click.option("--cheats", type=click.IntRange(0, 1000), default=5, show_default=True, help="Planted cheats of each kind.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the story; yesterday if left out.")
def load(people: int, months: int, seed: int, cheats: int, until: datetime | None) -> None:
    """Load people, sites and months of check-ins into an empty database. Doing it again changes nothing."""
    if setting("database_url") is not None and not setting("demo"):
        raise click.ClickException("DATABASE_URL is set: say TAPAK_DEMO=1 if made-up people may be written into that database.")
    started = time.monotonic()
    plan = Plan(people, months, seed, cheats, until.date() if until else _yesterday())
    try:
        for step in loading.load(plan, jws.keyring(var("keys")), ROOT / "geofences", var("demo")):
            click.echo(f"{time.monotonic() - started:6.1f} s  {step}")
    except loading.NotOurs:
        raise click.ClickException("This database holds people who are not the demo's; nothing was changed.") from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{time.monotonic() - started:6.1f} s  accounts: {var('demo', 'accounts.csv')}")


def _yesterday() -> date:
    return clock.now().astimezone(ZONE).date() - timedelta(days=1)
