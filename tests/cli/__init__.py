"""Tests of the commands that build and serve."""
