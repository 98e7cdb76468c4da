"""Signals: what trips each and what does not, what they weigh together, and that weak ones never block."""

from datetime import timedelta
from itertools import combinations, permutations
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checkins.rules.signals import (
    CHECKS,
    HOLD_SCORE,
    REVIEW_SCORE,
    Family,
    Flag,
    Observed,
    Strength,
    Unmeasured,
    flags_of,
    is_doubted,
    is_for_review,
    is_held,
    score_of,
)
from app.checkins.rules.timing import Grade
from app.config import ROOT
from app.geo import Point
from tests.checkins.scenes import DESK, MORNING, context, earlier, fix, report, scene, timing

TAP = Point(-8.6512345678912, 115.2198765432198)
FAR = Point(-8.10, 115.09)
MINUTE = timedelta(minutes=1)

flag_sets = st.sets(st.sampled_from(list(Flag)))


def before(**changes):
    return context(earlier=earlier(**changes))


def claiming(seconds):
    return report(claimed_at=MORNING + timedelta(seconds=seconds))


def template(**fields):
    return scene(fix(**{"altitude_m": None, "speed_mps": None, "bearing_deg": None, **fields}))


CASES = [
    pytest.param(Flag.MOCK_LOCATION, scene(fix(is_mock=True)), True, id="the system says an app supplied it"),
    pytest.param(Flag.MOCK_LOCATION, scene(fix(is_mock=None)), False, id="browsers cannot say"),
    pytest.param(Flag.FAKE_TEMPLATE, template(altitude_m=3.0, speed_mps=0.01, bearing_deg=1.0, accuracy_m=1.0), True, id="T1"),
    pytest.param(Flag.FAKE_TEMPLATE, template(altitude_m=2.9, speed_mps=2.6, bearing_deg=1.0, accuracy_m=3.0), True, id="T2"),
    pytest.param(Flag.FAKE_TEMPLATE, template(altitude_m=0.0, accuracy_m=0.9), True, id="T3"),
    pytest.param(Flag.FAKE_TEMPLATE, template(accuracy_m=0.0), True, id="T4"),
    pytest.param(Flag.FAKE_TEMPLATE, template(altitude_m=3.0, bearing_deg=1.0, accuracy_m=8.0), False, id="two fields are chance"),
    pytest.param(
        Flag.FAKE_TEMPLATE, template(altitude_m=0.0, accuracy_m=10.0, provider="network"), False, id="networks know no altitude"
    ),
    pytest.param(
        Flag.FAKE_TEMPLATE,
        scene(fix(altitude_m=3.0, speed_mps=0.01, bearing_deg=1.0, accuracy_m=1.0), report(platform="ios")),
        False,
        id="the apps are Android's",
    ),
    pytest.param(Flag.TOO_MANY_DECIMALS, scene(fix(point=TAP)), True, id="a tap on a map"),
    pytest.param(Flag.TOO_MANY_DECIMALS, scene(fix(point=Point(TAP.lat, 115.2198765))), False, id="one short coordinate"),
    pytest.param(Flag.TOO_MANY_DECIMALS, scene(fix(point=TAP), report(platform="ios")), False, id="iPhones send 14 decimals"),
    pytest.param(Flag.TOO_MANY_DECIMALS, scene(fix(point=TAP), report(platform="web")), False, id="browsers on iPhones too"),
    pytest.param(Flag.REPEATED_FIX, scene(context_=before(ago=2 * MINUTE, point=DESK)), True, id="satellites never repeat"),
    pytest.param(
        Flag.REPEATED_FIX, scene(context_=before(ago=timedelta(seconds=50), point=DESK)), False, id="the same minute's fix"
    ),
    pytest.param(
        Flag.REPEATED_FIX, scene(fix(provider="fused"), context_=before(ago=2 * MINUTE, point=DESK)), False, id="networks repeat"
    ),
    pytest.param(
        Flag.REPEATED_FIX,
        scene(context_=before(ago=2 * MINUTE, point=DESK, latest_at=MORNING)),
        False,
        id="perhaps of the same minute",
    ),
    pytest.param(Flag.REPEATED_FIX, scene(), False, id="elsewhere in the building"),
    pytest.param(
        Flag.REPLAYED_FIX, scene(fix(provider="fused"), context_=before(point=DESK)), True, id="yesterday's coordinate to the digit"
    ),
    pytest.param(
        Flag.REPLAYED_FIX, scene(context_=before(ago=timedelta(hours=9), point=DESK)), False, id="the same desk the same day"
    ),
    pytest.param(Flag.REPLAYED_FIX, scene(context_=context(earlier=None)), False, id="nothing before"),
    pytest.param(Flag.IMPOSSIBLE_TRAVEL, scene(context_=before(ago=15 * MINUTE, point=FAR)), True, id="60 km in 15 minutes"),
    pytest.param(Flag.IMPOSSIBLE_TRAVEL, scene(context_=before(ago=60 * MINUTE, point=FAR)), False, id="60 km in an hour"),
    pytest.param(
        Flag.IMPOSSIBLE_TRAVEL, scene(context_=before(ago=15 * MINUTE, point=FAR, accuracy_m=51.0)), False, id="a coarse fix before"
    ),
    pytest.param(
        Flag.IMPOSSIBLE_TRAVEL,
        scene(fix(accuracy_m=51.0), context_=before(ago=15 * MINUTE, point=FAR)),
        False,
        id="a coarse fix now",
    ),
    pytest.param(
        Flag.IMPOSSIBLE_TRAVEL, scene(context_=before(ago=timedelta(seconds=50), point=FAR)), False, id="less than a minute apart"
    ),
    pytest.param(
        Flag.IMPOSSIBLE_TRAVEL,
        scene(context_=context(earlier=earlier(ago=15 * MINUTE, point=FAR, earliest_at=MORNING - timedelta(hours=2)))),
        False,
        id="the bracket leaves time enough",
    ),
    pytest.param(Flag.CLOCK_SKEW, scene(report_=claiming(-302)), True, id="five minutes slow"),
    pytest.param(Flag.CLOCK_SKEW, scene(report_=claiming(301)), False, id="five minutes are nothing"),
    pytest.param(Flag.CLOCK_MOVED, scene(report_=claiming(-3600)), True, id="an hour back since yesterday"),
    pytest.param(
        Flag.CLOCK_MOVED,
        scene(report_=claiming(-3600), context_=before(claimed_at=MORNING - timedelta(hours=16))),
        False,
        id="always an hour slow",
    ),
    pytest.param(Flag.CLOCK_MOVED, scene(report_=claiming(-3600), context_=before(boot_id="other")), False, id="a reboot between"),
    pytest.param(Flag.CLOCK_MOVED, scene(report_=claiming(-3600), context_=before(device_id="other")), False, id="another phone"),
    pytest.param(
        Flag.CLOCK_MOVED,
        scene(report_=claiming(-3600), timing_=timing(grade=Grade.UNVERIFIED)),
        False,
        id="late or moved, nobody can say",
    ),
    pytest.param(Flag.SHARED_DEVICE, scene(context_=context(is_device_shared=True)), True, id="two people's installation"),
    pytest.param(Flag.UNPROVED_DEVICE, scene(context_=context(is_proof_missing=True)), True, id="no proof of the key"),
    pytest.param(Flag.CHAIN_GAP, scene(context_=before(seq=6)), True, id="one is missing"),
    pytest.param(Flag.CHAIN_GAP, scene(context_=before(payload_hash=b"\x03" * 32)), True, id="another was seventh"),
    pytest.param(Flag.CHAIN_GAP, scene(context_=before(device_id="other", seq=3)), False, id="the first of a new phone"),
    pytest.param(Flag.CHAIN_GAP, scene(), False, id="the next in the chain"),
    pytest.param(
        Flag.UNKNOWN_APP, scene(context_=context(known_apps=frozenset({"tapak/2"}))), True, id="the agency knows another version"
    ),
    pytest.param(Flag.UNKNOWN_APP, scene(context_=context(known_apps=frozenset({"tapak/1"}))), False, id="the version it knows"),
    pytest.param(Flag.UNKNOWN_APP, scene(), False, id="none named, none unknown"),
]


@pytest.mark.parametrize("flag, seen, trips", CASES)
def test_a_signal_trips_on_what_it_is_for_and_on_nothing_near_it(flag, seen, trips):
    assert (flag in flags_of(seen)) is trips


def test_every_signal_has_a_case_that_trips_it():
    assert {flag for flag, _, trips in (case.values for case in CASES) if trips} == set(Flag)


def test_an_honest_check_in_trips_nothing():
    assert flags_of(scene()) == ()
    assert score_of(()) == 0


def test_every_rate_is_measured_or_says_why_not():
    for check in CHECKS.values():
        if isinstance(check.honest, Observed):
            assert check.honest.of >= 1_000 and check.honest.rate < check.honest.ceiling < 0.01
        else:
            assert isinstance(check.honest, Unmeasured) and check.honest.why and check.honest.rate is None


@pytest.mark.parametrize("tripped, of, ceiling", [(0, 1_000, 0.0030), (1, 1_000, 0.0047), (36, 51_712, 0.00092)], ids=str)
def test_a_ceiling_is_the_upper_bound_of_what_was_seen(tripped, of, ceiling):
    """Poisson tables, 95 % one-sided: 3.00 for 0, 4.74 for 1, 47.6 for 36."""
    assert Observed(tripped, of).ceiling == pytest.approx(ceiling, rel=0.02)


def test_a_note_weighs_nothing_and_every_other_signal_something():
    for check in CHECKS.values():
        assert (check.weight == 0) is (check.strength is Strength.NOTE)
        assert check.weight < REVIEW_SCORE


def test_of_one_family_only_the_heaviest_counts():
    for family in Family:
        own = [flag for flag, check in CHECKS.items() if check.family is family]
        assert score_of(own) == max(CHECKS[flag].weight for flag in own)


def test_scores_of_different_families_add_up():
    assert score_of([Flag.MOCK_LOCATION, Flag.TOO_MANY_DECIMALS]) == pytest.approx(
        log(0.5 / 0.01) + CHECKS[Flag.TOO_MANY_DECIMALS].weight
    )


@given(flag_sets)
def test_no_weak_signal_alone_is_looked_at_and_no_number_of_them_blocks(flags):
    strong = {flag for flag in flags if CHECKS[flag].strength is Strength.STRONG}
    weak = {flag for flag in flags if CHECKS[flag].strength is Strength.WEAK}
    score = score_of(flags)
    assert is_doubted(flags) is bool(strong | weak)
    assert not is_held(flags - strong, score_of(flags - strong))
    if len(weak) <= 1 and not strong:
        assert not is_for_review(flags, score)
    if strong:
        assert is_for_review(flags, score)


@given(flag_sets, flag_sets)
def test_more_signals_never_weigh_less(some, others):
    assert score_of(some | others) >= score_of(some)


def test_the_order_of_the_signals_changes_no_digit():
    """Floating-point sums do depend on it, and a score is computed again from flags in any order."""
    one_of_each = [Flag.MOCK_LOCATION, Flag.FAKE_TEMPLATE, Flag.REPEATED_FIX, Flag.CLOCK_MOVED, Flag.SHARED_DEVICE]
    weights = {sum(CHECKS[flag].weight for flag in order) for order in permutations(one_of_each)}
    assert len(weights) > 1
    assert len({score_of(order) for order in permutations(one_of_each)}) == 1


def test_one_strong_signal_holds_nothing_back_and_three_families_do():
    strong = [flag for flag, check in CHECKS.items() if check.strength is Strength.STRONG]
    assert not any(is_held([flag], score_of([flag])) for flag in strong)
    found = [Flag.MOCK_LOCATION, Flag.FAKE_TEMPLATE, Flag.REPEATED_FIX]
    assert is_held(found, score_of(found)) and score_of(found) >= HOLD_SCORE
    assert not any(is_held(pair, score_of(pair)) for pair in combinations([Flag.MOCK_LOCATION, Flag.FAKE_TEMPLATE], 2))


def row_of(flag: Flag) -> str:
    """A signal as docs/signals.md tells of it."""
    check, honest = CHECKS[flag], CHECKS[flag].honest
    if isinstance(honest, Observed):
        seen, most = f"{honest.tripped} of {honest.of:,} ({100 * honest.rate:.2g} %)", f"{100 * honest.ceiling:.2g} %"
    else:
        seen, most = f"no: {honest.why}", f"{100 * honest.ceiling:.2g} %, assumed" if honest.ceiling else "–"
    return f"| `{flag}` | {check.strength} | {check.family} | {seen} | {most} | {check.weight:.1f} |"


@pytest.mark.parametrize("flag", Flag)
def test_the_documentation_tells_of_each_signal_what_it_really_weighs(flag):
    assert row_of(flag) in (ROOT / "docs" / "signals.md").read_text("utf-8").splitlines()
