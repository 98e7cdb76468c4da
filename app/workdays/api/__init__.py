"""Workdays over HTTP."""

from app.workdays.api import calendar, leaves, rosters
from app.workdays.api.routes import workdays

__all__ = ["calendar", "leaves", "rosters", "workdays"]
