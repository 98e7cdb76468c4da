"""Jobs: what the program does by itself, when, and the record of having done it."""
