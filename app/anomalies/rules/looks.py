"""What somebody who reviews a finding may see of where its person was."""

from dataclasses import dataclass
from enum import StrEnum
from math import atan2, degrees

from app.checkins.rules.place import Outcome

# As far as a check-in can still count, whatever accuracy is claimed (docs/decisions.md "place: accept, doubt, reject"). So near a
# site a position says where somebody works; farther away it may say where he lives, prays or is treated.
FARTHEST_M = 204.0

# Each band is wide enough that two of them from two sites do not meet in one street.
BANDS_M = (0, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
BEARINGS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


class Shown(StrEnum):
    """How a position is shown: as it was reported, or only roughly how far from the site and in which direction."""

    POINT = "point"
    BAND = "band"


@dataclass(frozen=True, slots=True)
class Band:
    """Metres outside the outline in `[from_m, to_m)`, open above the last band, and an eighth of the compass from its middle."""

    from_m: int
    to_m: int | None
    bearing: str


def shown_as(verdict: str, outside_m: float, is_agreed: bool) -> Shown:
    """How a position may be shown to somebody else. `is_agreed`: its person shows it, or appeals and so asks that it be looked at.

    Source: UU 27/2022 article 16 (limited, and no more than the purpose needs); issue 6 section 3.
    """
    is_at_site = outside_m == 0 or (verdict != Outcome.REJECTED and outside_m <= FARTHEST_M)
    return Shown.POINT if is_agreed or is_at_site else Shown.BAND


def band_of(outside_m: float, east_m: float, north_m: float) -> Band:
    """The band of a position so far outside a site, and east and north of the middle of its outline.

    Source: issue 6 section 3 (distance and bearing band).
    """
    place = max(at for at, least in enumerate(BANDS_M) if least <= outside_m)
    farther = BANDS_M[place + 1] if place + 1 < len(BANDS_M) else None
    eighth = round(degrees(atan2(east_m, north_m)) / 45) % 8
    return Band(BANDS_M[place], farther, BEARINGS[eighth])
