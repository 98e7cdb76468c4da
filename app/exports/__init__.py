"""Recaps too large to wait for: asked for, written beside the requests, and fetched with a checksum."""
