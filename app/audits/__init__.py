"""The audit of everything: each fact as it is stored today beside the leaf that was written with it."""
