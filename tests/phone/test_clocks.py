"""Time since the anchor, and when nobody counted it."""

import pytest

from app.phone import clocks
from app.phone.actions import LONGEST_WAIT_S, pause_s
from app.phone.clocks import FRESH_MS, Anchor, Reading

ANCHOR = Anchor("signed", Reading("boot-1", 1_000))


@pytest.mark.parametrize(
    "boot_id, ms, elapsed_ms, is_fresh",
    [
        ("boot-1", 1_000, 0, True),
        ("boot-1", 1_000 + FRESH_MS - 1, FRESH_MS - 1, True),
        ("boot-1", 1_000 + FRESH_MS, FRESH_MS, False),
        ("boot-2", 5_000, None, False),
        ("boot-1", 999, None, False),
    ],
    ids=["at once", "just under six hours", "six hours", "after a reboot", "before it arrived"],
)
def test_an_anchor_counts_only_in_the_boot_it_arrived_in(boot_id, ms, elapsed_ms, is_fresh):
    now = Reading(boot_id, ms)
    assert ANCHOR.elapsed_ms(now) == elapsed_ms
    assert ANCHOR.is_fresh(now) is is_fresh


def test_this_machine_has_a_clock_that_only_goes_forward():
    first, second = clocks.read(), clocks.read()
    assert first.boot_id == second.boot_id
    assert second.ms >= first.ms > 0


def test_pauses_grow_stay_below_a_minute_and_never_undercut_the_server():
    assert [pause_s(failures, 0, 1.0) for failures in (1, 2, 3)] == [2, 4, 8]
    assert pause_s(30, 0, 1.0) == LONGEST_WAIT_S
    assert pause_s(1, 30, 0.0) == 30
    assert pause_s(3, 0, 0.1) != pause_s(3, 0, 0.9)
