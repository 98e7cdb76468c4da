"""A made-up government with history, labelled as such and the same again from the same seed."""
