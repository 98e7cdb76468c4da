"""Sites and their fences."""
