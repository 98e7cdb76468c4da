"""The place of many days: an honest desk near the wall is never found, the café across the street within days."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.anomalies.rules.offset import LOG_ODDS, is_worth_testing, offset_of

from . import desks

SIZE = (80.0, 60.0)
OUTLINE = desks.office(*SIZE)


def days_until_found(spots):
    for number in range(1, 23):
        so_far = [spot for spot in spots if (spot.day - desks.FIRST).days < number]
        if is_worth_testing(so_far) and offset_of(OUTLINE, so_far).is_found:
            return number
    return None


@pytest.mark.parametrize("shared", [0.0, 0.3, 0.5], ids=["fresh errors", "as we think", "worse than we think"])
@pytest.mark.parametrize(
    "spot, size, accuracy",
    [
        ((40, 0), SIZE, desks.either),
        ((40, 30), SIZE, desks.satellite),
        ((30, 0), SIZE, desks.network),
        ((12, 0), (30.0, 30.0), desks.network),
    ],
    ids=["at the wall", "in the corner", "ten metres inside", "in a small office"],
)
def test_an_honest_desk_is_never_found(spot, size, accuracy, shared):
    chance = Random(f"{spot}{size}{shared}")
    odds = []
    for _ in range(12):
        spots = desks.weeks(chance, spot, size, accuracy, shared=shared)
        odds.append(offset_of(desks.office(*size), spots).log_odds if is_worth_testing(spots) else 0.0)
    assert max(odds) < LOG_ODDS / 2


@pytest.mark.parametrize("accuracy", [desks.satellite, desks.network, desks.either])
def test_the_cafe_across_the_street_is_found_within_ten_days(accuracy):
    chance = Random(accuracy.__name__)
    found = [days_until_found(desks.weeks(chance, (120, 0), SIZE, accuracy)) for _ in range(6)]
    assert sorted(number or 99 for number in found)[4] <= 10


def test_the_cafe_every_other_day_is_found_too():
    chance = Random(5)
    found = [days_until_found(desks.weeks(chance, (120, 0), SIZE, share_there=0.5)) for _ in range(4)]
    assert all(number is not None for number in found)


def test_where_the_place_is_said_to_be_is_where_it_is():
    offset = offset_of(OUTLINE, desks.weeks(Random(3), (0, 110), SIZE))
    assert offset.is_found and abs(offset.outside_m - 80) < 15 and (offset.bearing_deg < 12 or offset.bearing_deg > 348)


def test_the_doubtful_fixes_alone_would_find_an_honest_desk_by_the_wall():
    """Why accepted fixes are among those looked at: what is left out on one side only moves the rest to the other."""
    chance, odds = Random(11), {"all": [], "outside": []}
    for _ in range(8):
        spots = desks.weeks(chance, (39, 0), SIZE, desks.satellite, days=30, shared=0.3)
        odds["all"].append(offset_of(OUTLINE, spots).log_odds)
        odds["outside"].append(offset_of(OUTLINE, [spot for spot in spots if spot.outside_m > 0]).log_odds)
    assert max(odds["all"]) < 0 < np.mean(odds["outside"]) - np.mean(odds["all"])


def test_a_thousand_fixes_of_a_network_say_as_much_as_one():
    spots = desks.weeks(Random(1), (120, 0), SIZE, lambda _: 100.0, days=20, shared=0.0)
    assert all(spot.is_network for spot in spots) and offset_of(OUTLINE, spots).log_odds < LOG_ODDS / 2


@settings(max_examples=15)
@given(st.randoms(use_true_random=False), st.integers(0, 2**16))
def test_the_order_of_the_fixes_changes_nothing(shuffle, seed):
    spots = desks.weeks(Random(seed), (100, 20), SIZE, days=5)
    mixed = list(spots)
    shuffle.shuffle(mixed)
    assert offset_of(OUTLINE, mixed).log_odds == pytest.approx(offset_of(OUTLINE, spots).log_odds, abs=1e-6)


def test_few_fixes_or_one_day_are_not_worth_a_test():
    spots = [spot for spot in desks.weeks(Random(2), (120, 0), SIZE, desks.satellite, days=6) if spot.outside_m > 0]
    assert is_worth_testing(spots) and not is_worth_testing(spots[:2])
    assert not is_worth_testing([replace(spot, day=desks.FIRST) for spot in spots])
