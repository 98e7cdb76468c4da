"""Which civil day it is here."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.config import text_setting


def day_of(now: datetime) -> date:
    """The civil day by which posts and grants begin and end: one for the whole installation, as the guard of every route has it."""
    return now.astimezone(ZoneInfo(text_setting("zone"))).date()
