"""How long a sign-in lasts."""

from datetime import timedelta

# Contract section 2: a stolen access token is worth little, and a phone in use stays signed in.
ACCESS = timedelta(minutes=15)
REFRESH = timedelta(days=30)

# How long after its use a refresh token still finds its successor: four times what a phone waits for an answer.
GRACE = timedelta(seconds=60)
