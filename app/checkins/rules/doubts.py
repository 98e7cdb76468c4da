"""What may be odd about one check-in, each a plain yes or no."""

from datetime import timedelta
from decimal import Decimal

from app import jws
from app.checkins.rules.context import Scene
from app.checkins.rules.place import Fix
from app.checkins.rules.report import Earlier
from app.checkins.rules.timing import Grade
from app.geo import distance_m

# A fix of an Android phone has 7 to 10 decimals; a tap on a map has 13 to 15. iPhones send 13 and 14 all the time.
MAP_TAP_DECIMALS = 12

# A wall clock that is minutes off is common and honest; it is noted, and never decides anything.
SKEW = timedelta(minutes=5)

# Faster than any train; what flies is not back in its office at once. Fixes worse than 50 m made honest people fly.
FASTEST_MPS = 50.0
SHARPEST_M = 50.0
# Two fixes closer in time may be one and the same, served from the phone's memory.
APART = timedelta(minutes=1)
# Between coming and going home less passes, between two days more.
ANOTHER_DAY = timedelta(hours=12)

# So many fields of one template, and no honest fix in twenty thousand looks like that.
TEMPLATE_FIELDS = 3


def is_mocked(scene: Scene) -> bool:
    """The system says that an app supplied the position. External GPS receivers come the same way, so it proves nothing alone.

    Source: Android Location.isMock; docs/signals.md.
    """
    return scene.fix.is_mock is True


def is_from_template(scene: Scene) -> bool:
    """The fix has the fields that open-source fake-GPS apps write, three or more of one app's.

    Source: docs/signals.md "templates" (T1 to T4, read in the source of such apps).
    """
    return scene.report.platform == "android" and max(_matches(scene.fix)) >= TEMPLATE_FIELDS


def has_map_tap_decimals(scene: Scene) -> bool:
    """An Android coordinate is longer than any receiver's.

    Source: docs/signals.md (36 of 51,712 honest Android fixes; honest iPhones send 13 and 14 decimals).
    """
    point = scene.fix.point
    return scene.report.platform == "android" and min(_decimals(point.lat), _decimals(point.lon)) >= MAP_TAP_DECIMALS


def is_repeated(scene: Scene) -> bool:
    """A satellite fix is exactly the one of the check-in before, although a minute or more passed.

    Source: docs/signals.md (0 of 1,220 honest GPS fixes; network positions repeat all the time and are not asked).
    """
    earlier = scene.context.earlier
    return (
        scene.fix.provider == "gps"
        and earlier is not None
        and _is_same_place(scene, earlier)
        and _least_gap(scene, earlier) >= APART
    )


def is_replayed(scene: Scene) -> bool:
    """The coordinate is exactly that of the check-in before, half a day ago or longer.

    Source: docs/signals.md (0.41 % of honest Android coordinates come back on another day).
    """
    earlier = scene.context.earlier
    return earlier is not None and _is_same_place(scene, earlier) and _least_gap(scene, earlier) >= ANOTHER_DAY


def is_too_fast(scene: Scene) -> bool:
    """Farther from the check-in before than anyone travels in the time between, whatever the two errors were.

    Fixes worse than 50 m are not used: cell fixes 20 km wrong that claimed 1 km made 1-2 % of honest people fly.

    Source: docs/signals.md (1 of 6,569 pairs of honest Android fixes).
    """
    earlier = scene.context.earlier
    if earlier is None or max(scene.fix.accuracy_m, earlier.accuracy_m) > SHARPEST_M:
        return False
    gap = _longest_gap(scene, earlier)
    surely_m = distance_m(scene.fix.point, earlier.point) - 2 * (scene.fix.accuracy_m + earlier.accuracy_m)
    return gap >= APART and surely_m > FASTEST_MPS * gap.total_seconds()


def is_clock_off(scene: Scene) -> bool:
    """The phone's wall clock is minutes away from every instant at which the check-in can have been made.

    Source: docs/decisions.md "time without trust".
    """
    timing, claimed_at = scene.timing, scene.report.claimed_at
    return not timing.earliest_at - SKEW <= claimed_at <= timing.latest_at + SKEW


def is_clock_moved(scene: Scene) -> bool:
    """Since the check-in before, and without a reboot, somebody moved the phone's wall clock by minutes.

    Source: docs/signals.md (inside one boot the two clocks only drift apart, 0.2 per mille at most).
    """
    earlier, report, timing = scene.context.earlier, scene.report, scene.timing
    if earlier is None or report.boot_id is None or timing.grade is Grade.UNVERIFIED:
        return False
    if (earlier.device_id, earlier.boot_id) != (report.device_id, report.boot_id):
        return False
    return abs((report.claimed_at - timing.taken_at) - (earlier.claimed_at - earlier.taken_at)) > SKEW


def is_device_shared(scene: Scene) -> bool:
    """Somebody else enrolled a key on the same installation of the app.

    Source: docs/signals.md "shared phones".
    """
    return scene.context.is_device_shared


def is_device_unproved(scene: Scene) -> bool:
    """The agency asks how keys are held, and this phone has not proved that its hardware holds it.

    Source: docs/decisions.md "a maker's word about a key is evidence, not a gate".
    """
    return scene.context.is_proof_missing


def has_chain_gap(scene: Scene) -> bool:
    """The report does not follow the one before it in the phone's own chain: one is missing, late or was made twice.

    Source: design contract section 3 (seq, prev).
    """
    earlier, report = scene.context.earlier, scene.report
    if earlier is None or earlier.device_id != report.device_id:
        return False
    return (report.seq, report.prev) != (earlier.seq + 1, jws.b64(earlier.payload_hash))


def is_app_unknown(scene: Scene) -> bool:
    """The app and version is none of those that the agency knows, if it named any.

    Source: setting `known_apps`.
    """
    return bool(scene.context.known_apps) and scene.report.app not in scene.context.known_apps


def _longest_gap(scene: Scene, earlier: Earlier) -> timedelta:
    """The longest that can have passed since the check-in before."""
    return scene.timing.latest_at - earlier.earliest_at


def _least_gap(scene: Scene, earlier: Earlier) -> timedelta:
    """The least that has certainly passed since the check-in before."""
    return scene.timing.earliest_at - earlier.latest_at


def _is_same_place(scene: Scene, earlier: Earlier) -> bool:
    return scene.fix.point == earlier.point


def _matches(fix: Fix) -> tuple[int, int, int, int]:
    """How many fields are those of each template."""
    altitude_m, speed_mps, accuracy_m = fix.altitude_m, fix.speed_mps, fix.accuracy_m
    # Where nothing is known, Android writes 0 and some phones leave the field out.
    is_still = (fix.speed_mps or 0.0) <= 0 and (fix.bearing_deg or 0.0) <= 0
    points_east = fix.bearing_deg == 1.0
    return (
        (altitude_m == 3.0) + (speed_mps == 0.01) + points_east + (accuracy_m in (1.0, 3.0)),
        (altitude_m is not None and 2.72 <= altitude_m <= 3.02)
        + (speed_mps is not None and 2.28 <= speed_mps <= 2.76)
        + points_east
        + (accuracy_m == 3.0),
        # Network positions have no altitude and Android writes 0 for it: only what claims to be from satellites is odd.
        (fix.provider == "gps") * ((altitude_m == 0.0) + (accuracy_m in (10.0, 1.0, 0.1, 0.9)) + is_still),
        (fix.provider == "gps") * ((altitude_m is None) + (accuracy_m == 0.0) * 2 + is_still),
    )


def _decimals(degrees: float) -> int:
    """Digits after the point of the shortest decimal that is this number."""
    whole, _, after = repr(degrees).partition(".")
    # Such as 1e-05: so near the equator the shortest spelling has an exponent.
    return max(0, -int(Decimal(repr(degrees)).as_tuple().exponent)) if "e" in after or "e" in whole else len(after)
