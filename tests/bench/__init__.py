"""The benches count right, on inputs whose answer is known."""
