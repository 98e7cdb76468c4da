"""What a decree says of the month when it is paid: how per cents become rupiah, and how long the figures may be objected to."""

from dataclasses import dataclass

from app.decrees.clauses import Clause
from app.decrees.shape import COUNT, Key, Said, Shape, choice

ROUNDINGS = ("half_up", "down", "up")

PAYMENT: Shape = {
    "to_rupiah": Key(COUNT, "the rupiah it is rounded to: 1, or 100, or 1000"),
    "rounding": Key(choice(*ROUNDINGS), "half_up, down or up"),
}
CONTEST: Shape = {"days": Key(COUNT, "calendar days from the day the month was sealed")}


@dataclass(frozen=True, slots=True)
class Payment:
    """How an allowance in per cents becomes rupiah: `rounding` (half_up, down, up) to whole `to_rupiah`."""

    to_rupiah: int
    rounding: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Contest:
    """How many days after a month was sealed its figures may be objected to."""

    days: int
    clause: Clause


def payment(said: Said, clause: Clause) -> Payment:
    """The rounding of an allowance."""
    return Payment(said["to_rupiah"], said["rounding"], clause)


def contest(said: Said, clause: Clause) -> Contest:
    """The time to object."""
    return Contest(said["days"], clause)
