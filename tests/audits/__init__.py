"""The audit of everything."""
