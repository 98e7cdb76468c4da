"""The commands of `flask --app wsgi …`."""

from flask import Flask

from app.cli.db import db

GROUPS = (db,)


def register(app: Flask) -> None:
    """Add every group of commands to the program."""
    for group in GROUPS:
        app.cli.add_command(group)
