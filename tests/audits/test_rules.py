"""When a row still says what its leaf says."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audits.rules import Erased, Pair, alarm_of, is_said
from app.ledger.rules import Alarm

AT = datetime(2026, 3, 9, 23, 25, 1, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "value", "same"),
    [
        ("2026-03-09T23:25:01.123456+00:00", AT, True),
        ("2026-03-10T07:25:01.123456+08:00", AT, True),
        ("2026-03-09T23:25:01.123Z", AT, True),
        ("2026-03-09T23:25:01.124Z", AT, False),
        ("2026-03-09T23:25:01.123456+00:00", AT - timedelta(microseconds=1), False),
        (None, AT, False),
        ("then", AT, False),
        ("2026-03-09", date(2026, 3, 9), True),
        ("2026-03-10", date(2026, 3, 9), False),
        ("80", Decimal("80.00"), True),
        ("80.01", Decimal("80.00"), False),
        (None, Decimal("80.00"), False),
        ("much", Decimal("80.00"), False),
        (None, None, True),
        ("", None, False),
        (1, True, False),
        (["2026-03-09"], [date(2026, 3, 9)], True),
        (["2026-03-09", "2026-03-10"], [date(2026, 3, 9)], False),
        ([2, 1], [1, 2], False),
        (None, [], False),
        ({"a": [1.5]}, {"a": [1.5]}, True),
    ],
    ids=str,
)
def test_a_word_says_a_value(word, value, same) -> None:
    assert is_said(word, value) is same


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))))
def test_an_instant_is_said_by_every_spelling_of_it(at) -> None:
    assert is_said(at.isoformat(), at) and is_said(at.astimezone(UTC).isoformat(), at)


SAME = {"reason": "Listrik padam", "more": 1}


@pytest.mark.parametrize(
    ("told", "kept", "code"),
    [
        (SAME, {"reason": "Listrik padam"}, None),
        (SAME, {"reason": "Lupa"}, "fact_changed"),
        (SAME, {"reason": "Listrik padam", "by": 1}, "fact_changed"),
        (SAME, None, "fact_missing"),
        (None, {"reason": "Listrik padam"}, "fact_without_leaf"),
    ],
    ids=str,
)
def test_a_fact_is_held_against_its_newest_leaf(told, kept, code) -> None:
    pair = Pair("incident:1", None if told is None else 9, told, kept)
    assert alarm_of(pair) == (code and Alarm(code, "incident:1"))


def test_nothing_is_said_where_what_was_told_is_erased() -> None:
    """The leaf of a decision is about its leave, so both are erased together; of a batch everything told before it is unknown."""
    row = {"reason": "Lupa"}
    assert alarm_of(Pair("leave:1/hr", None, None, row), Erased({"leave:1"})) is None
    assert alarm_of(Pair("leave:1", None, None, row), Erased({"leave:1"})) is None
    assert alarm_of(Pair("leave:11", None, None, row), Erased({"leave:1"})) == Alarm("fact_without_leaf", "leave:11")
    assert alarm_of(Pair("unit:A", 4, SAME, row), Erased(newest_batch=5)) is None
    assert alarm_of(Pair("unit:A", 6, SAME, row), Erased(newest_batch=5)) == Alarm("fact_changed", "unit:A")
