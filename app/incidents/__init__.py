"""Declared incidents: what kept people from checking in although they were there, for whom, and from when until when."""
