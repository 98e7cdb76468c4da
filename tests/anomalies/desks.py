"""People who check in for weeks from one spot, with the errors of real phones: what the place of many days is tested on."""

from collections.abc import Callable
from datetime import date, timedelta
from math import exp, hypot, log
from random import Random
from uuid import UUID

from app.anomalies.rules.offset import NETWORK_M, Spot
from app.geo import Outline, sigma_m

FIRST = date(2026, 1, 5)
REACH_M = 204.0

Accuracy = Callable[[Random], float]


def satellite(chance: Random) -> float:
    """An accuracy as receivers report it: half better than 11 m, nine in ten better than 22 m."""
    return max(3.0, 11 * exp(chance.gauss(0, log(2) / 1.2816)))


def network(chance: Random) -> float:
    """The same of networks: 32 and 72 m."""
    return max(3.0, 32 * exp(chance.gauss(0, log(72 / 32) / 1.2816)))


def either(chance: Random) -> float:
    """One or the other."""
    return satellite(chance) if chance.random() < 0.5 else network(chance)


def office(width_m: float, height_m: float) -> Outline:
    """A rectangle around the middle of a site."""
    x, y = width_m / 2, height_m / 2
    return (((-x, -y), (x, -y), (x, y), (-x, y)),)


def weeks(
    chance: Random,
    spot: tuple[float, float],
    size: tuple[float, float],
    accuracy: Accuracy = either,
    days: int = 22,
    shared: float = 0.3,
    share_there: float = 1.0,
) -> list[Spot]:
    """Two fixes a day from the spot, on a share of the days, else from the middle of the site.

    `shared`: part of the error that stays the same for all the weeks.
    """
    same = chance.gauss(0, 1), chance.gauss(0, 1)
    spots: list[Spot] = []
    for number in range(days):
        here = spot if chance.random() < share_there else (0.0, 0.0)
        for _ in range(2):
            claimed_m = accuracy(chance)
            own_m = claimed_m / 1.5096
            fresh_m = own_m * (3 if chance.random() < 0.05 else 1) * (1 - shared**2) ** 0.5
            east_m, north_m = (at + own_m * shared * kept + chance.gauss(0, fresh_m) for at, kept in zip(here, same, strict=True))
            outside_m = hypot(max(abs(east_m) - size[0] / 2, 0), max(abs(north_m) - size[1] / 2, 0))
            if outside_m <= REACH_M:
                day, id = FIRST + timedelta(days=number), UUID(int=len(spots) + 1)
                spots.append(Spot(id, day, east_m, north_m, sigma_m("android", claimed_m), claimed_m > NETWORK_M, outside_m))
    return spots
