"""`flask attendance`: days derived anew from what was recorded."""

import sys
from calendar import monthrange
from datetime import date, datetime

import click

from app import clock
from app.attendance import actions
from app.cli.told import Told
from app.db import transaction
from app.jobs import schedule


@click.group(cls=Told)
def attendance() -> None:
    """Days as they are derived."""


@attendance.command()
@click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), help="The month, as 2026-11; days to come are left out.")
@click.option("--check", is_flag=True, help="Write nothing; name every record that would differ, and then exit 1.")
def replay(month: datetime, check: bool) -> None:
    """Derive every day of a month anew, each in its own transaction. Sealed days are never rewritten."""
    first, now = month.date(), clock.now()
    last = min(first.replace(day=monthrange(first.year, first.month)[1]), now.astimezone(schedule.zone()).date())
    count = 0
    for day in (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)):
        with transaction() as session:
            if not check:
                count += actions.close_day(session, day, now)
                continue
            found = actions.differences_on(session, day, now)
        count += len(found)
        for person_id, columns in sorted(found.items()):
            click.echo(f"{day} person {person_id}: {', '.join(columns)}")
    click.echo(f"{first:%Y-%m}: {count} {'differ' if check else 'changed'}")
    if check and count:
        sys.exit(1)
