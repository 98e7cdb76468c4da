"""Time since the anchor, and when nobody counted it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.phone import clocks
from app.phone.clocks import FRESH_MS, Anchor, Reading

NOW = datetime(2026, 11, 24, 23, 10, 2, tzinfo=UTC)
ANCHOR = Anchor("signed", NOW, Reading("boot-1", 1_000))


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
    assert ANCHOR.time_at(now) == (None if elapsed_ms is None else NOW + timedelta(milliseconds=elapsed_ms))


def test_this_machine_has_a_clock_that_only_goes_forward():
    first, second = clocks.read(), clocks.read()
    assert first.boot_id == second.boot_id
    assert second.ms >= first.ms > 0


@pytest.mark.parametrize(
    "asked, arrived, is_prompt",
    [
        (("boot-1", 1_000), ("boot-1", 11_000), True),
        (("boot-1", 1_000), ("boot-1", 11_001), False),
        (("boot-1", 1_000), ("boot-2", 1_001), False),
    ],
    ids=["ten seconds", "longer than the server allows for", "started again meanwhile"],
)
def test_a_time_that_was_long_on_its_way_is_not_counted_from(asked, arrived, is_prompt):
    """The server's bracket begins and ends around an anchor that arrived within ten seconds; a later one would lie outside."""
    assert clocks.is_prompt(Reading(*asked), Reading(*arrived)) is is_prompt
