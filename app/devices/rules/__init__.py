"""Decisions about devices, each without a clock, a setting or a row."""
