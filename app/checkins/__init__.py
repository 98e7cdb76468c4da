"""Check-ins: what a phone reported, judged in its immediate context and kept."""
