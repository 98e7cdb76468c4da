"""Workdays: which hours a person owes on a day, and why."""
