"""The law of a day in words, and what a draft would change as a file."""
