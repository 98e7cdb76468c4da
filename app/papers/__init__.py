"""Papers: what was issued under a number and a signature, kept as it is, and verified by anybody who holds a copy."""
