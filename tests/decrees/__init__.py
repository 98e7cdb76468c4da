"""Tests of app/decrees."""
