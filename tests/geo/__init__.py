"""Geometry without a database."""
