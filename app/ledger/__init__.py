"""The sealed record: every fact that matters is a leaf of one Merkle tree, so that nobody can rewrite it unseen."""
