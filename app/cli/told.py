"""How a command ends that cannot do what it was asked: with a sentence and exit status 1, not with a traceback."""

from typing import Any

import click

from app import errors
from app.db import RowRefused
from app.texts import text


class Told(click.Group):
    """A group of commands whose refusals are told in words."""

    def invoke(self, ctx: click.Context) -> Any:
        """What the command returns. Raises: ClickException with the words of a refusal."""
        try:
            return super().invoke(ctx)
        except errors.TapakError as error:
            raise click.ClickException(text(error.code, "en", **error.params)) from None
        except RowRefused as refusal:
            raise click.ClickException(text("database_refused", "en", why=str(refusal))) from None
