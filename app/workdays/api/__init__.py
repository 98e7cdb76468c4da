"""Workdays over HTTP."""

from app.workdays.api import balances, calendar, drafts, groups, leaves, patterns, rosters, swaps, versions
from app.workdays.api.routes import workdays

__all__ = ["balances", "calendar", "drafts", "groups", "leaves", "patterns", "rosters", "swaps", "versions", "workdays"]
