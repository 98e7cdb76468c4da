"""What is done to people: signing in, grants, units and imports."""
