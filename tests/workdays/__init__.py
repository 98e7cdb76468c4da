"""Tests of app/workdays."""
