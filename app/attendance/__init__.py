"""The day: what recorded check-ins, leave and the decree make of each person's day, and what it costs."""
