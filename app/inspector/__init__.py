"""The reference inspector: reads an export and checks it without a database, a network or the server's good will."""
