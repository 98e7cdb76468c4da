"""Decisions about people: numbers, the tree of units, passwords, lock-out, sessions, grants and imports."""
