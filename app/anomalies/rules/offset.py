"""The place of many days: do a person's fixes scatter about somewhere inside a site, or about one and the same place outside?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import atan2, degrees, log, pi
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from app.geo import TAIL_SHARE, TAIL_WIDTH, Outline, area_m2

Grid = np.ndarray[Any, np.dtype[np.float64]]

# Thirty windows begin in a month and each errs at most once in 300,000 (Ville's inequality), so a person is wrongly found at most
# once in 10,000 months, as long as errors are as we say they are.
LOG_ODDS = log(300_000)
WINDOW_DAYS = 30
# Part of an error stays the same at one desk for weeks: the wall that mirrors, the access point somebody moved. The few pairs of
# stays that can be compared say a quarter of the variance (0.27 of 1.18 of 22 pairs); no part of it is held against anybody.
SHARED = 0.3
# A coarser fix is a network's, and says the same wrong place every day: all of them together are one.
NETWORK_M = 60.0
# Whoever checks in from outside does so from near by: a prior, which costs power and never honesty.
NEAR_M = 60.0
REACH_M = 150.0
CELLS = 80
# How much of the time somebody may be outside: always, or every other time.
ALWAYS, HALF = 1.0, 0.5
# What is fewer cannot come to the odds: one fix that still counts says at most six nats.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A fix in metres (east, north) of the site's middle, which was not rejected: what does not count gains nobody anything."""

    checkin_id: UUID
    day: date
    east_m: float
    north_m: float
    sigma_m: float
    is_network: bool
    outside_m: float


@dataclass(frozen=True, slots=True)
class Offset:
    """What the fixes say: log of how many times likelier one place outside is than any inside, and where it would be."""

    log_odds: float
    outside_m: float
    bearing_deg: float

    @property
    def is_found(self) -> bool:
        """Whether chance hardly ever says as much."""
        return self.log_odds >= LOG_ODDS


def offset_of(outline: Outline, spots: Sequence[Spot]) -> Offset:
    """How many times likelier the fixes are from one place outside, always or every other time, than from the best place inside.

    Accepted fixes must be among them: the doubtful ones of an honest desk near the wall all lie towards the wall. Every honest
    place inside, with any shared error, keeps its chance: the numerator is an average over places outside, the denominator the
    best inside after averaging over shared errors, so the ratio exceeds k with a chance of at most 1/k at any time.

    Source: Wald 1945 (sequential tests); Wasserman, Ramdas and Balakrishnan 2020 (universal inference); Ville 1939;
    docs/decisions.md "a place of many days".
    """
    site = _shape(outline)
    east, north, step = _cells(site)
    inside = shapely.contains_xy(site.buffer(step / 2), east, north)
    away_m = shapely.distance(shapely.points(east, north), site)
    prior = np.where(inside | (away_m > REACH_M), 0.0, np.exp(-away_m / NEAR_M))
    chances = _chances(spots, east, north, step)
    weights = _weights(spots)
    fitting = np.tensordot(weights, chances, axes=1)
    typical_m = float(np.median([spot.sigma_m for spot in spots]))
    honest = np.max(np.where(inside, _spread(fitting, max(SHARED * typical_m, step), step), -np.inf))
    within = np.log(np.mean(np.exp(chances[:, inside]), axis=1) + 1e-300)
    always = _log_mean(fitting, prior)
    halved = np.logaddexp(chances + log(HALF), within[:, None, None] + log(1 - HALF))
    half = _log_mean(np.tensordot(weights, halved, axes=1), prior)
    at = np.unravel_index(np.argmax(np.where(prior > 0, fitting + np.log(np.maximum(prior, 1e-300)), -np.inf)), fitting.shape)
    bearing = degrees(atan2(float(east[at]), float(north[at]))) % 360
    return Offset(float(np.logaddexp(always, half) - log(2) - honest), float(away_m[at]), bearing)


def is_worth_testing(spots: Sequence[Spot]) -> bool:
    """Whether enough of the fixes lie outside, and on one side, to be worth the whole test.

    Source: docs/decisions.md "a place of many days"; it only saves time.
    """
    out = [spot for spot in spots if spot.outside_m > 0]
    if len(out) < FEWEST or len({spot.day for spot in out}) < 2:
        return False
    weights = np.array([spot.sigma_m**-2 for spot in out])
    mean = weights @ np.array([(spot.east_m, spot.north_m) for spot in out]) / weights.sum()
    lengths = weights @ np.hypot(*np.array([(spot.east_m, spot.north_m) for spot in out]).T) / weights.sum()
    return bool(np.hypot(*mean) > lengths / 2)


def _shape(outline: Outline) -> shapely.Geometry:
    shells = [shapely.Polygon(ring) for ring in outline if area_m2(ring) > 0]
    holes = [shapely.Polygon(ring) for ring in outline if area_m2(ring) < 0]
    return shapely.unary_union(shells).difference(shapely.unary_union(holes))


def _cells(site: shapely.Geometry) -> tuple[Grid, Grid, float]:
    """Middles of the cells of a square around the site, and their width."""
    west, south, east, north = site.bounds
    half = max(east - west, north - south) / 2 + REACH_M
    step = 2 * half / CELLS
    steps = np.arange(CELLS) * step + step / 2 - half
    easts, norths = np.meshgrid(steps + (west + east) / 2, steps + (south + north) / 2)
    return easts, norths, step


def _chances(spots: Sequence[Spot], east: Grid, north: Grid, step: float) -> Grid:
    """Log of the density of each fix for each true place, with the tails real phones have; no fix is finer than a cell."""
    found = np.empty((len(spots), *east.shape))
    for number, spot in enumerate(spots):
        sigma = max(spot.sigma_m, step)
        square = ((east - spot.east_m) ** 2 + (north - spot.north_m) ** 2) / (2 * sigma**2)
        near, wide = log((1 - TAIL_SHARE) / (2 * pi * sigma**2)), log(TAIL_SHARE / (2 * pi * (TAIL_WIDTH * sigma) ** 2))
        found[number] = np.logaddexp(near - square, wide - square / TAIL_WIDTH**2)
    return found


def _weights(spots: Sequence[Spot]) -> Grid:
    """How much each fix says: a satellite's everything, all of a network's together as much as one."""
    networks = sum(spot.is_network for spot in spots)
    return np.array([1 / networks if spot.is_network else 1.0 for spot in spots])


def _spread(fitting: Grid, sigma: float, step: float) -> Grid:
    """Log of the likelihood averaged over shared errors of that size around each place."""
    highest = float(fitting.max())
    at = np.arange(len(fitting)) * step
    kernel = np.exp(-((at[:, None] - at[None, :]) ** 2) / (2 * sigma**2)) * step / (sigma * (2 * pi) ** 0.5)
    spread: Grid = np.log(kernel @ np.exp(fitting - highest) @ kernel.T + 1e-300) + highest
    return spread


def _log_mean(fitting: Grid, prior: Grid) -> float:
    """Log of the likelihood averaged over the places outside."""
    highest = float(fitting.max())
    return float(np.log(np.sum(np.exp(fitting - highest) * prior) / np.sum(prior) + 1e-300) + highest)
