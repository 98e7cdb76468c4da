"""The demo government."""
