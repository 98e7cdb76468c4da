"""Lock-out: how long a wrong password makes the next attempt wait."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

FREE = 5
FIRST = timedelta(seconds=30)
CAP = timedelta(minutes=15)
FORGET = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in attempt as counted: the state to keep, and the seconds to wait if it is not to be looked at."""

    failures: int
    locked_until: datetime | None
    wait_s: int | None


def lock_after(failures: int) -> timedelta | None:
    """How long an account rests after that many failures in a row: not at all for five, then 30 s doubling up to 15 min.

    The cap is what keeps a stranger from locking somebody out for good; phones check in and refresh without a password.
    Source: ASVS 5.0 6.3.1; contract section 2.
    """
    if failures <= FREE:
        return None
    doublings = min(failures - FREE - 1, 10)
    return min(timedelta(seconds=FIRST.total_seconds() * 2.0**doublings), CAP)


def attempt(failures: int, locked_until: datetime | None, now: datetime) -> Attempt:
    """One more attempt, counted as a failure before the password is looked at, so parallel guesses cannot outrun the lock.

    While locked nothing is counted and nothing looked at. A day after the last lock all is forgotten.
    Source: ASVS 5.0 6.3.1, 2.2.1.
    """
    if locked_until is not None and now < locked_until:
        return Attempt(failures, locked_until, math.ceil((locked_until - now).total_seconds()))
    if locked_until is not None and now - locked_until >= FORGET:
        failures = 0
    rest = lock_after(failures + 1)
    return Attempt(failures + 1, None if rest is None else now + rest, None)
