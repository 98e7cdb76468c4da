"""Calendars to subscribe to: a person's shifts, leave, letters and holidays, and an agency's holidays."""
