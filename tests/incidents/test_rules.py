"""What an incident is, before anybody declares one."""

from datetime import UTC, datetime, timedelta

import pytest

from app.incidents.rules import Incident, IncidentKind, incidents_at, is_plausible

BEGINS = datetime(2026, 11, 24, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=3)
TICK = timedelta(microseconds=1)
POWER = Incident(1, IncidentKind.POWER, BEGINS, ENDS, "Listrik padam", ("BALI.DISHUB",), declared_by=7)


@pytest.mark.parametrize(
    "at, holds",
    [(BEGINS - TICK, False), (BEGINS, True), (ENDS - TICK, True), (ENDS, False)],
    ids=("before", "first", "last", "after"),
)
def test_an_incident_holds_from_its_beginning_until_before_its_end(at, holds):
    assert incidents_at(at, [POWER]) == ((POWER,) if holds else ())


@pytest.mark.parametrize(
    "person, unit, is_reached",
    [
        (1, "BALI.DISHUB", True),
        (1, "BALI.DISHUB.TERMINAL", True),
        (1, "BALI", False),
        (1, "BALI.DISHUBUD", False),
        (7, "BALI.DISHUB", False),
    ],
    ids=["there", "below", "above", "of a like name", "the one who declared it"],
)
def test_it_reaches_the_units_below_and_never_the_one_who_declared_it(person, unit, is_reached):
    assert POWER.reaches(person, unit) is is_reached


@pytest.mark.parametrize(
    "length, plausible",
    [(timedelta(0), False), (TICK, True), (timedelta(days=31), True), (timedelta(days=31) + TICK, False), (-TICK, False)],
    ids=str,
)
def test_an_incident_ends_after_it_begins_and_lasts_a_month_at_most(length, plausible):
    assert is_plausible(BEGINS, BEGINS + length) is plausible
