"""Ratings: what a month of days and a human assessment come to, each figure with the lines that add up to it."""
