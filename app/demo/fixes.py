"""What phones and fake-GPS apps report as position, as measured on real ones."""

from collections.abc import Mapping
from math import exp, log
from random import Random
from typing import Any

from app.demo.ground import moved
from app.geo import ACCURACY_PER_SIGMA, Point

Fix = Mapping[str, Any]

# Half of the fixes are better than the median, nine in ten better than the last (facts: location 1).
GPS_M, WIFI_M = (11.0, 22.0), (32.0, 72.0)
IPHONE_INDOORS_M = 65.0
TENTH_Z = 1.2816
# One fix in twenty errs three times as far as it claims.
HEAVY_SHARE, HEAVY_TIMES = 0.05, 3.0


def honest(spot: Point, platform: str, is_indoors: bool, chance: Random) -> Fix:
    """A real phone's fix: an honest accuracy, and an error as heavy-tailed as such phones have."""
    accuracy_m = _accuracy_m(platform, is_indoors, chance)
    sigma_m = accuracy_m / ACCURACY_PER_SIGMA[platform]
    if chance.random() < HEAVY_SHARE:
        sigma_m *= HEAVY_TIMES
    seen = moved(spot, chance.gauss(0, sigma_m), chance.gauss(0, sigma_m))
    # iPhones give every digit of a double, others round.
    lat, lon = (seen.lat, seen.lon) if platform == "ios" else (round(seen.lat, 7), round(seen.lon, 7))
    fix: dict[str, Any] = {
        "lat": lat,
        "lon": lon,
        "accuracy_m": accuracy_m,
        "age_ms": chance.randint(120, 9_000),
    }
    if platform != "web":
        fix |= {"altitude_m": round(chance.gauss(38, 9), 1), "is_mock": False}
    if platform == "android":
        fix["provider"] = "fused" if is_indoors else "gps"
    return fix


def relayed(spot: Point) -> Fix:
    """One coordinate that a coordinator hands to all who share it: no mock flag, nothing odd by itself."""
    return {
        "lat": round(spot.lat, 7), "lon": round(spot.lon, 7), "accuracy_m": 6.0, "age_ms": 400, "provider": "gps",
        "is_mock": False, "altitude_m": 31.0,
    }  # fmt: skip


def faked(spot: Point, template: int, chance: Random) -> Fix:
    """What one of five families of fake-GPS apps sends for a tap on a map.

    Source: fields read in the source of open-source apps (facts: location 5, T1 to T5); synthetic all the same.
    """
    tap = {"lat": spot.lat, "lon": spot.lon, "age_ms": 150, "provider": "gps", "is_mock": True}
    match template % 5:
        case 0:
            return {**tap, "accuracy_m": chance.choice((1.0, 3.0)), "altitude_m": 3.0, "speed_mps": 0.01, "bearing_deg": 1.0}
        case 1:
            altitude_m, speed_mps = 2.8 + chance.uniform(-0.08, 0.22), 2.5 + chance.uniform(-0.22, 0.26)
            return {**tap, "accuracy_m": 3.0, "altitude_m": altitude_m, "speed_mps": speed_mps, "bearing_deg": 1.0}
        case 2:
            return {**tap, "accuracy_m": chance.choice((10.0, 1.0, 0.1, 0.9)), "altitude_m": 0.0}
        case 3:
            return {**tap, "accuracy_m": 0.0, "is_mock": False}
        case _:
            # Its clock says one millisecond after boot, so the fix looks as old as the boot.
            return {**tap, "accuracy_m": 5.0, "altitude_m": 0.0, "age_ms": chance.randint(3_600_000, 400_000_000)}


def _accuracy_m(platform: str, is_indoors: bool, chance: Random) -> float:
    """An accuracy as such phones report it, in metres."""
    if platform == "ios" and is_indoors and chance.random() < 0.4:
        return IPHONE_INDOORS_M
    median_m, tenth_m = WIFI_M if is_indoors else GPS_M
    return round(median_m * exp(chance.gauss(0, log(tenth_m / median_m) / TENTH_Z)), 1)
