"""The commands of `flask --app wsgi …`."""

from flask import Flask

from app.cli.activities import activities
from app.cli.attendance import attendance
from app.cli.calendars import calendars
from app.cli.db import db
from app.cli.decrees import decrees
from app.cli.demo import demo
from app.cli.geofences import geofences
from app.cli.jobs import jobs
from app.cli.keys import keys
from app.cli.leaves import leaves
from app.cli.ledger import ledger
from app.cli.pay import pay
from app.cli.people import people
from app.cli.phone import phone
from app.cli.ratings import ratings
from app.cli.recaps import recaps
from app.cli.rosters import rosters
from app.cli.serve import serve

GROUPS = (
    activities,
    attendance,
    calendars,
    db,
    decrees,
    demo,
    geofences,
    jobs,
    keys,
    leaves,
    ledger,
    pay,
    people,
    phone,
    ratings,
    recaps,
    rosters,
    serve,
)


def register(app: Flask) -> None:
    """Add every group of commands to the program."""
    for group in GROUPS:
        app.cli.add_command(group)
