"""Where a fix puts a person: at a site, perhaps, or elsewhere, given how wrong a phone may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite, log, sqrt
from typing import Any

from app.geo import TAIL_SHARE, TAIL_WIDTH, Point, outline_around, p_inside_heavy, sigma_m, tail_beyond

# A fix older than this says where the phone was, not where it is.
STALE_MS = 60_000
# Accepting protects the employer: the chance to stand outside is below one in twenty, and from outside a convex fence never is.
ACCEPT_P = 0.95
# Refusing protects the employee: at most one person in fifty who stands inside is refused, however small the fence.
REJECT_TAIL = 0.02
# The accuracy is the phone's word. Past 75 m a worse one earns no more benefit of the doubt: nobody counts from beyond 204 m.
COARSE_M = 75.0
SIGMA_CAP_M = sigma_m("android", COARSE_M)
# Where the bounds leave the probability less play than this, it is not computed.
PINNED = 1e-5


class Outcome(StrEnum):
    """What a place does to a check-in; doubtful counts."""

    ACCEPTED = "accepted"
    DOUBTFUL = "doubtful"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Fix:
    """One position as the phone reported it."""

    point: Point
    accuracy_m: float
    age_ms: int
    is_mock: bool | None = None
    provider: str | None = None
    altitude_m: float | None = None
    speed_mps: float | None = None
    bearing_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A site as PostGIS measured it from one fix: distance to the whole boundary, above 0 inside; its GeoJSON if needed.

    `door_secret` is behind the code at its door, if there is one; it must not be shown anywhere. `only_under`: the ids of the
    letters that name it, where no unit of the person may check in.
    """

    site_code: str
    site_name: str
    version_id: int
    signed_distance_m: float
    geometry: Mapping[str, Any] | None = None
    door_secret: bytes | None = field(default=None, repr=False)
    only_under: tuple[int, ...] | None = None

    @property
    def outside_m(self) -> float:
        """Metres from the fix to the site, 0 inside."""
        return max(0.0, -self.signed_distance_m)


@dataclass(frozen=True, slots=True)
class Place:
    """What the fix says about the place. Without a usable fix or a site, there is no probability and no distance."""

    verdict: Outcome
    reason_code: str
    site: Measured | None = None
    p_inside: float | None = None
    distance_m: float | None = None
    accuracy_m: float | None = None

    @property
    def params(self) -> dict[str, str | int]:
        """Words for the text of the reason: site, and whole metres of distance and accuracy."""
        return {
            "site": self.site.site_name if self.site else "",
            "distance_m": round(self.distance_m or 0),
            "accuracy_m": round(self.accuracy_m or 0),
        }


def best_fix(fixes: Sequence[Fix]) -> Fix | None:
    """The fresh fix that claims the smallest accuracy; the freshest of equals.

    Fixes of one minute share their error, so several never add up to more certainty than the best of them.

    Source: docs/decisions.md "several fixes are one"; Android Location (an accuracy of 0 is none), CLLocation (below 0 is invalid).
    """
    usable = [fix for fix in fixes if 0 <= fix.age_ms <= STALE_MS and isfinite(fix.accuracy_m) and fix.accuracy_m > 0]
    return min(usable, key=lambda fix: (fix.accuracy_m, fix.age_ms), default=None)


def needs_outline_m(sigma: float) -> float:
    """Distance from a boundary, on either side, within which the outline is needed to know the probability; beyond, bounds pin it.

    Source: the disc of that radius lies wholly on one side, so the rest has at most the mass of `geo.tail_beyond`.
    """
    return TAIL_WIDTH * sigma * sqrt(2 * log(TAIL_SHARE / PINNED))


def place_of(fix: Fix | None, platform: str, candidates: Sequence[Measured]) -> Place:
    """The best place a fix proves.

    Raises: ValueError when a site too close to call comes without its outline.

    Source: docs/decisions.md "place: accept, doubt, reject"; RFC 7459 section 5.
    """
    return best_of(places_of(fix, platform, candidates))


def flaw_of(fixes: Sequence[Fix]) -> str:
    """The code of why none of the fixes can be used: too old, or, if some are fresh, without an accuracy.

    Source: docs/decisions.md "several fixes are one".
    """
    return "no_accuracy" if any(0 <= fix.age_ms <= STALE_MS for fix in fixes) else "stale_fix"


def places_of(fix: Fix | None, platform: str, candidates: Sequence[Measured], flaw: str = "stale_fix") -> list[Place]:
    """What the fix says about each site that counts for the person; about none of them, when it can say nothing, for its flaw.

    Raises: ValueError when a site too close to call comes without its outline.

    Source: docs/decisions.md "place: accept, doubt, reject"; RFC 7459 section 5.
    """
    if fix is None:
        return [Place(Outcome.REJECTED, flaw)]
    if not candidates:
        return [Place(Outcome.REJECTED, "no_site", accuracy_m=fix.accuracy_m)]
    sigma = sigma_m(platform, fix.accuracy_m)
    return [_place_at(site, fix, sigma) for site in candidates]


def best_of(places: Sequence[Place]) -> Place:
    """The place with the best verdict, then the likeliest, then the nearest.

    Source: docs/decisions.md "place: accept, doubt, reject".
    """
    return min(places, key=_rank)


def probability(site: Measured, fix: Fix, sigma: float) -> float:
    """Probability that the person stands inside the site, right to 1e-4.

    Source: `geo.p_inside_heavy`; docs/decisions.md "errors have heavy tails".
    """
    if abs(site.signed_distance_m) > needs_outline_m(sigma):
        return 1.0 if site.signed_distance_m > 0 else 0.0
    if site.geometry is None:
        raise ValueError(f"site {site.site_code}: {site.signed_distance_m:.1f} m is too close to call without its outline")
    return p_inside_heavy(outline_around(site.geometry, fix.point), sigma)


def is_as_good_as_outside(outside_m: float, sigma: float) -> bool:
    """An error as long as the way to the site hardly ever occurs.

    Source: docs/decisions.md "place: accept, doubt, reject".
    """
    return tail_beyond(outside_m, min(sigma, SIGMA_CAP_M)) <= REJECT_TAIL


def _place_at(site: Measured, fix: Fix, sigma: float) -> Place:
    p = probability(site, fix, sigma)
    outside_m = site.outside_m
    if is_as_good_as_outside(outside_m, sigma):
        # First, so that no accuracy claimed in a wide courtyard is accepted from its middle.
        is_capped = tail_beyond(outside_m, sigma) > REJECT_TAIL
        verdict, reason = Outcome.REJECTED, "place_too_coarse" if is_capped else "place_outside"
    elif p >= ACCEPT_P:
        verdict, reason = Outcome.ACCEPTED, "place_inside"
    else:
        verdict, reason = Outcome.DOUBTFUL, "place_near" if outside_m > 0 else "place_unsure"
    return Place(verdict, reason, site, p, outside_m, fix.accuracy_m)


def _rank(place: Place) -> tuple[int, float, float]:
    """Order of preference; of two sites equally unlikely the one less far away."""
    nearness_m = place.site.signed_distance_m if place.site else 0.0
    return list(Outcome).index(place.verdict), -(place.p_inside or 0.0), -nearness_m
