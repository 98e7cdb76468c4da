"""A reference phone: checks in from the terminal, speaks only HTTP, and knows nothing of the server's inside."""
