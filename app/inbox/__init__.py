"""What a person should know without asking: decisions about him, what waits for his word, and the check-in that is due."""
