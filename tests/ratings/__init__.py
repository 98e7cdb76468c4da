"""Tests of app/ratings."""
