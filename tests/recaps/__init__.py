"""Tests of app/recaps."""
