"""Attendance over HTTP."""

from app.attendance.api import corrections, days, permissions, team
from app.attendance.api.routes import attendance

__all__ = ["attendance", "corrections", "days", "permissions", "team"]
